"""vsee-web over HTTP: routes, headers, cookies, origins, and what becomes of a form."""

import re
import sys

import packet
from webrig import ORIGIN, main

TOKEN = "aB3_" * 10 + "-zQ"
LINK_COOKIE = f"__Host-vsee-link={TOKEN}.alice"
CHANGE = {"user": "alice", "current": "former phrase", "new": "new pass phrase", "confirm":
          "new pass phrase"}
LINK = {"user": "alice", "new": "new pass phrase", "confirm": "new pass phrase"}

HEADERS = {
    "Content-Security-Policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def check_headers(answer, kept=False, tls=True):
    for name, value in HEADERS.items():
        assert answer.one(name) == value, (name, answer.all(name))
    age = re.fullmatch(r"max-age=(\d+)", answer.one("Strict-Transport-Security")) if tls else None
    assert int(age[1]) >= 31536000 if tls else not answer.all("Strict-Transport-Security")
    allowed = [part.split("=")[1] for part in answer.one("Permissions-Policy").split(", ")]
    assert len(allowed) > 5 and set(allowed) == {"()"}, allowed
    assert not answer.all("Server") and not answer.all("X-Powered-By")
    if kept:
        assert "immutable" in answer.one("Cache-Control")
    else:
        assert answer.one("Cache-Control") == "no-store"
        assert "Accept-Language" in answer.one("Vary")
    if answer.all("Content-Type"):
        assert answer.one("Content-Type").endswith("; charset=utf-8")
    elif answer.status != 303:
        raise AssertionError("no type")


def assets(front, path="/"):
    page = front.get(path).body.decode()
    names = re.findall(r'(?:href|src)="([^"]*page-[0-9a-f]+\.(?:css|js))"', page)
    assert len(names) == 2, names
    return names


def form_token(answer):
    found = re.findall(rb'name="form"[^>]*value="([0-9a-f]*)"', answer.body)
    return found[0].decode() if found else None


def every_answer_has_every_header(front):
    cases = [("GET", path, 200, {}) for path in ("/", "/?user=alice", "/?lang=de")]
    cases += [("HEAD", "/", 200, {}), ("GET", "/done", 303, {}), ("GET", "/nothing", 404, {}),
              ("GET", "/done", 200, {"Cookie": "__Host-vsee-done=1"}),
              ("GET", "/.well-known/change-password", 303, {}), ("PUT", "/", 405, {}),
              ("POST", "/", 405, {}), ("GET", "/change", 405, {}), ("TRACE", "/", 405, {}),
              ("GET", "/?nonsense=1", 400, {}), ("GET", "/", 421, {"Host": "evil.test"}),
              ("GET", f"/?user=alice&token={TOKEN}", 303, {}),
              ("GET", "/?user=alice&token=short", 410, {}),
              ("GET", "/", 200, {"Cookie": LINK_COOKIE}),
              ("POST", "/change", 411, {}), ("GET", "/" + "a" * 17000, 431, {})]
    for method, path, status, headers in cases:
        answer = front.request(method, path, headers)
        assert answer.status == status, (method, path[:40], answer.status, status)
        check_headers(answer)
        assert (answer.body == b"") == (method == "HEAD" or status == 303), (method, path)
    for path in assets(front):
        answer = front.get(path)
        assert answer.status == 200 and answer.body, path
        check_headers(answer, kept=True)


def each_reply_has_its_status_and_headers(front):
    for play, status in (
            (packet.CHANGED, 303), (packet.WRONG, 403), (packet.UNMET, 422),
            (packet.REFUSED, 422), (packet.TOO_SOON, 422), (packet.THROTTLED, 429),
            (packet.BUSY, 503), (packet.FAULT, 503), (packet.UNCERTAIN, 502),
            (packet.LINK_GOOD, 502)):
        more = {packet.UNMET: {"criteria": 1}, packet.REFUSED: {"text": "<b>no & never"},
                packet.TOO_SOON: {"until": 1900000000}, packet.THROTTLED: {"retry_after": 720}}
        front.worker.play = front.worker.say(play, **more.get(play, {}))
        answer = front.post("/change", CHANGE)
        assert answer.status == status, (play, answer.status)
        check_headers(answer)
        assert answer.one("Connection") == "close"
        assert b"new pass phrase" not in answer.raw and b"former phrase" not in answer.raw
        assert b"<b>no" not in answer.body
        if status in (429, 503):
            assert int(answer.one("Retry-After")) > 0
        if status in (403, 422):
            assert b'value="alice"' in answer.body, answer.body
    assert answer.status == 502
    front.worker.play = front.worker.say(packet.THROTTLED, retry_after=720)
    assert front.post("/change", CHANGE).one("Retry-After") == "720"


def what_is_sent_arrives_to_the_byte(front):
    for text in (" lead and trail ", "a" * 511, "é€😀", "a&b=c+d%41\"'<>\\", "\t tab"):
        fields = {"user": "alice", "current": text, "new": text + "1", "confirm": text + "1"}
        assert front.post("/change", fields).status == 303
        got = front.worker.requests[-1]
        assert (got["op"], got["user"], got["current"], got["new"]) == (
            packet.CHANGE, "alice", text, text + "1"), got
        assert got["source"] == "127.0.0.1" and re.fullmatch("[0-9a-f]{16}", got["id"])
        assert f"request {got['id']}: changed" in front.log()
    assert not any(text in front.log() for text in ("lead and", "aaaa", "tab"))


def success_leads_to_a_page_of_its_own(front):
    answer = front.post("/change", {**CHANGE, "lang": "de"})
    assert answer.status == 303 and answer.one("Location") == "/done?lang=de"
    lines = answer.all("Set-Cookie")
    assert len(lines) == 2 and answer.cookie("__Host-vsee-done") == "1", lines
    for line in lines:
        assert line.endswith("; Path=/; Secure; HttpOnly; SameSite=Lax"), line
    assert any("vsee-link=; Max-Age=0;" in line for line in lines), lines
    assert any("vsee-done=1; Max-Age=60;" in line for line in lines), lines
    done = front.get("/done?lang=de", Cookie="__Host-vsee-done=1")
    assert done.status == 200 and done.one("Clear-Site-Data") == '"cache"'
    assert done.one("Content-Language") == "de"
    for cookie in (None, "__Host-vsee-done=2", "vsee-done=1", "__Host-vsee-done="):
        answer = front.get("/done", Cookie=cookie)
        assert answer.status == 303 and answer.one("Location") == "/", cookie
        assert not answer.all("Clear-Site-Data")


def methods_and_paths(front):
    assert front.post("/", CHANGE).one("Allow") == "GET, HEAD"
    assert front.get("/link").one("Allow") == "POST"
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "get", "FOO"):
        answer = front.request(method, "/")
        assert answer.status == 405 and answer.one("Allow") == "GET, HEAD", method
        assert b"X-Secret" not in front.request(method, "/", {"X-Secret": "X-Secret"}).raw
    for path in ("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200",
                 "/index.html", "//", "/./", "/../", "/%2e%2e/", "/change/", "/CHANGE", "/%63hange",
                 "/page-0000000000000000.css", "/.git/config", "/done/..", "/change;a=b"):
        assert front.get(path).status == 404, path
    for path in ("/done?x=1", "/change?user=a", "/page.css?x", "/.well-known/change-password?a=b"):
        method = "POST" if path.startswith("/change") else "GET"
        assert front.request(method, path).status in (400, 404), path
    assert not front.worker.requests


def cross_site_posts_are_refused(front):
    for origin, site in (
            ("https://evil.test", "cross-site"), (ORIGIN, "cross-site"), (ORIGIN, "same-site"),
            (ORIGIN, "none"), ("https://evil.test", "same-origin"), ("null", None),
            ("https://evil.test", None), ("http://page.test", None), (None, "cross-site"),
            ("https://page.test.evil.test", None), ("https://page.test:8443", None), ("", None)):
        answer = front.post("/change", CHANGE, origin="-", Origin=origin, Sec_Fetch_Site=site)
        assert answer.status == 403, (origin, site, answer.status)
        check_headers(answer)
    assert not front.worker.requests
    for origin, site in ((ORIGIN, "same-origin"), (ORIGIN, None), (None, "same-origin"),
                         (ORIGIN + ":443", None)):
        answer = front.post("/change", CHANGE, origin="-", Origin=origin, Sec_Fetch_Site=site)
        assert answer.status == 303, (origin, site)


def without_origin_the_form_token_decides(front):
    first = front.get("/")
    token = form_token(first)
    assert re.fullmatch("[0-9a-f]{32}", token)
    assert first.cookie("__Host-vsee-form") == token
    assert "Max-Age=86400" in first.one("Set-Cookie")
    again = front.get("/", Cookie="__Host-vsee-form=" + token)
    assert form_token(again) == token, "a second tab keeps the first one's form good"
    assert not front.get("/", Sec_Fetch_Site="none").all("Set-Cookie")
    other = form_token(front.get("/"))
    assert other != token
    for cookie, field in ((None, token), (token, None), (token, other), (other, token),
                          (token, token[:-1]), (token, token.upper()), ("", ""), ("x", "x")):
        fields = {**CHANGE, **({} if field is None else {"form": field})}
        if (cookie, field) == (token, token.upper()) and token == token.upper():
            continue
        answer = front.post("/change", fields, origin=None,
                            Cookie=cookie if cookie is None else "__Host-vsee-form=" + cookie)
        assert answer.status == 403, (cookie, field, answer.status)
        assert b'value="alice"' in answer.body
        assert form_token(answer) == answer.cookie("__Host-vsee-form") != ""
    assert not front.worker.requests
    answer = front.post("/change", {**CHANGE, "form": token}, origin=None,
                        Cookie="a=b; __Host-vsee-form=" + token + "; c=d")
    assert answer.status == 303 and len(front.worker.requests) == 1


def a_link_is_only_looked_at(front):
    for method in ("HEAD", "GET") * 3:
        answer = front.request(method, f"/?user=alice&token={TOKEN}&lang=de")
        assert answer.status == 303 and answer.one("Location") == "/?lang=de"
        assert answer.cookie("__Host-vsee-link") == TOKEN + ".alice"
        assert "Max-Age=86400; Path=/; Secure; HttpOnly; SameSite=Lax" in answer.one("Set-Cookie")
    assert not front.worker.requests
    for method in ("HEAD", "GET") * 3:
        answer = front.request(method, "/", {"Cookie": LINK_COOKIE})
        assert answer.status == 200 and not answer.cookie("__Host-vsee-link")
    assert {request["op"] for request in front.worker.requests} == {packet.PEEK_LINK}
    assert {request["token"] for request in front.worker.requests} == {TOKEN}
    assert TOKEN not in front.log() and "token" not in front.log()
    answer = front.get("/?user=bob", Cookie=LINK_COOKIE)
    assert answer.status == 200 and answer.cookie("__Host-vsee-link") == ""
    assert b'value="bob"' in answer.body


def links_that_are_not_good(front):
    for query in ("user=alice&token=", "user=alice&token=" + TOKEN[:-1], "user=&token=" + TOKEN,
                  f"user=alice&token={TOKEN}A", "user=a%2Fb&token=" + TOKEN, "token=" + TOKEN,
                  "user=alice&token=" + "%20" * 43):
        answer = front.get("/?" + query)
        assert answer.status == 410 and answer.cookie("__Host-vsee-link") == "", query
    for value in ("", "x", TOKEN, TOKEN + ".", TOKEN + ".a/b", TOKEN + ".%zz", TOKEN + "..",
                  TOKEN[:-1] + ".alice", TOKEN + ".%61lice"):
        answer = front.get("/", Cookie="__Host-vsee-link=" + value)
        assert answer.status == 410 and answer.cookie("__Host-vsee-link") == "", value
        assert front.post("/link", LINK, Cookie="__Host-vsee-link=" + value).status == 410
    assert front.post("/link", LINK).status == 410, "no cookie"
    assert front.post("/link", {**LINK, "user": "bob"}, Cookie=LINK_COOKIE).status == 410
    assert not front.worker.requests
    front.worker.play = front.worker.say(packet.LINK_BAD)
    for answer in (front.get("/", Cookie=LINK_COOKIE),
                   front.post("/link", LINK, Cookie=LINK_COOKIE)):
        assert answer.status == 410 and answer.cookie("__Host-vsee-link") == ""
    for status, wanted in ((packet.THROTTLED, 429), (packet.FAULT, 503), (packet.WRONG, 503)):
        front.worker.play = front.worker.say(status, retry_after=60)
        assert front.get("/", Cookie=LINK_COOKIE).status == wanted, status


def a_link_changes_the_password(front):
    answer = front.post("/link", LINK, Cookie=LINK_COOKIE)
    assert answer.status == 303 and answer.cookie("__Host-vsee-link") == ""
    got = front.worker.requests[-1]
    assert (got["op"], got["user"], got["token"], got["new"], got["current"]) == (
        packet.CHANGE_LINK, "alice", TOKEN, LINK["new"], "")
    assert front.post("/link", CHANGE, Cookie=LINK_COOKIE).status == 400, "current has no place"
    front.worker.play = front.worker.say(packet.UNMET, criteria=1)
    answer = front.post("/link", LINK, Cookie=LINK_COOKIE)
    assert answer.status == 422 and answer.cookie("__Host-vsee-link") is None


def two_of_one_cookie_are_refused(front):
    for name in ("link", "form", "done"):
        line = f"__Host-vsee-{name}=1; x=y; __Host-vsee-{name}=1"
        assert front.get("/", Cookie=line).status == 400
    assert front.get("/", Cookie="a=1; a=2; __host-vsee-done=1;;; =; b").status == 200


def forms_are_checked_before_the_worker(front):
    long = "x" * 1025
    for change, status in (
            ({"user": ""}, 422), ({"current": ""}, 422), ({"new": "", "confirm": ""}, 422),
            ({"confirm": ""}, 422), ({"confirm": "other"}, 422), ({"confirm": "new pass phrasE"},
                                                                  422),
            ({"user": "a/b"}, 403), ({"user": "-x"}, 403), ({"user": "a b"}, 403),
            ({"current": long}, 403), ({"new": long, "confirm": long}, 422)):
        answer = front.post("/change", {**CHANGE, **change})
        assert answer.status == status, (change, answer.status)
        assert b"pass phrase" not in answer.raw and b"former phrase" not in answer.raw
    for missing in CHANGE:
        fields = {name: value for name, value in CHANGE.items() if name != missing}
        assert front.post("/change", fields).status == 422, missing
    good = packet.form(CHANGE)
    for body in (good + b"&user=bob", good + b"&extra=1", good + b"&token=" + TOKEN.encode(),
                 b"user", b"&", good + b"&", b"user=%00", b"user=%c3", b"user=%ff", b"user=%zz",
                 b"user=%4", b"user=a\x00", b"user=a\nb", good + b"&lang", b"%75ser=a"):
        assert front.post("/change", body).status == 400, body
    assert not front.worker.requests


def nothing_sent_comes_back(front):
    probe = "\"'><img src=x onerror=alert(1)>"
    quoted = "%22%27%3E%3Cimg+src=x%3E"
    for answer in (
            front.get("/?user=" + quoted), front.get("/" + quoted), front.get("/?" + quoted),
            front.get("/?lang=" + quoted), front.get("/", Accept_Language=probe),
            front.get("/", Cookie="__Host-vsee-form=" + probe), front.get("/", Host=probe),
            front.post("/change", {**CHANGE, "user": probe}), front.request(probe, "/"),
            front.post("/change", {**CHANGE, "lang": probe}, origin=None),
            front.post("/change", CHANGE, Content_Type=probe),
            front.post("/link", LINK, Cookie="__Host-vsee-link=" + probe)):
        assert b"<img" not in answer.raw and b"onerror" not in answer.raw, answer.raw[:400]


def names_in_requests_make_no_url(front):
    cases = ({"Host": "evil.test"}, {"Host": "page.test:8443"}, {"Host": "page.test.evil.test"},
             {"Host": ""}, {"Host": "page.test@evil.test"}, {"Host": "page.test evil"})
    for headers in cases:
        answer = front.request("GET", "/done", headers)
        assert answer.status == 421 and b"evil" not in answer.raw, (headers, answer.status)
    for name in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Forwarded-For"):
        for path in ("/", "/done", "/.well-known/change-password"):
            answer = front.request("GET", path, {name: "evil.test"})
            assert answer.status in (200, 303) and b"evil" not in answer.raw, (name, path)
    for host in ("PAGE.test", "page.test:443"):
        assert front.get("/", Host=host).status == 200


def the_language_is_negotiated(front):
    for headers, query, wanted in (
            ({}, "", "en"), ({"Accept-Language": "de"}, "", "de"),
            ({"Accept-Language": "de"}, "?lang=en", "en"), ({}, "?lang=de", "de"),
            ({"Accept-Language": "de"}, "?lang=xx", "de")):
        answer = front.request("GET", "/" + query, headers)
        assert answer.one("Content-Language") == wanted, (headers, query)
        assert f'lang="{wanted}"'.encode() in answer.body
    answer = front.post("/change", {**CHANGE, "confirm": "x", "lang": "de"}, Accept_Language="en")
    assert answer.one("Content-Language") == "de"


def a_proxy_says_who_asks(front):
    for forwarded, source in (
            ("192.0.2.7", "192.0.2.7"), ("198.51.100.1, 192.0.2.8", "192.0.2.8"),
            ("10.0.0.1,2001:DB8::1", "2001:db8::1"), ("::ffff:192.0.2.9", "192.0.2.9"),
            (None, "unix"), ("", "unix"), ("evil", "unix"), ("192.0.2.7, ", "unix"),
            ("192.0.2.7:123", "unix"), ("192.0.2.07", "unix"), ("1.2.3.4 5", "unix")):
        answer = front.post("/change", CHANGE, X_Forwarded_For=forwarded)
        assert answer.status == 303 and front.worker.requests[-1]["source"] == source, forwarded
        check_headers(answer, tls=False)
        assert f" from {source}, request" in front.log()
    twice = front.raw(b"GET / HTTP/1.1\r\nHost: page.test\r\nX-Forwarded-For: 192.0.2.1\r\n"
                      b"X-Forwarded-For: 192.0.2.77\r\n\r\n")
    assert twice.status == 200 and "from 192.0.2.77," in front.log()
    assert twice.one("Connection") == "close", "nothing is left for a request behind it"


a_proxy_says_who_asks.front = {"unix": True}


def elsewhere_nobody_says_who_asks(front):
    front.post("/change", CHANGE, X_Forwarded_For="192.0.2.7", Forwarded="for=192.0.2.7")
    assert front.worker.requests[-1]["source"] == "127.0.0.1"
    assert "192.0.2.7" not in front.log()


def the_log_is_one_clean_line_a_request(front):
    front.get("/x%0a%1b[31m\x01y\xff")
    front.get("/?user=secretname")
    front.post("/change", {**CHANGE, "user": "a\nb"})
    front.worker.play = front.worker.say(packet.WRONG)
    front.post("/change", CHANGE)
    lines = [line for line in front.log().splitlines() if "GET /done" not in line]
    assert len(lines) == 4, lines
    assert lines[0].startswith("<6>GET - 400 from 127.0.0.1, request "), lines[0]
    assert "secretname" not in lines[1], "a query is nobody's business"
    assert re.fullmatch(r"<5>POST /change 403 from 127\.0\.0\.1, request [0-9a-f]{16}: "
                        r"refused: wrong, unknown or not allowed here", lines[3]), lines[3]


def the_log_has_nothing_that_was_sent(front):
    """A password in the field of the name; a link whose question mark was escaped on its way."""
    front.worker.play = front.worker.say(packet.WRONG)
    front.post("/change", {**CHANGE, "user": "SeSame-1!"})
    front.post("/link", {"user": "SeSame-2!", "new": "a", "confirm": "a"})
    front.get(f"/%3Fuser=alice&token={TOKEN}")
    front.get("/SeSame-3/" + "x" * 300)
    front.request("SeSame-4", "/")
    assert len(front.log().splitlines()) >= 5
    assert "SeSame" not in front.log() and TOKEN not in front.log()
    assert "<6>- / 405 " in front.log() and "<6>GET - 404 " in front.log()


def below_a_path(front):
    assert front.get("/").status == 404 and front.get("/reset").status == 404
    assert front.get("/reset/").status == 200
    assert front.get("/reset/done").one("Location") == "/reset/"
    assert front.get("/.well-known/change-password").one("Location") == "/reset/"
    assert front.post("/reset/change", CHANGE).one("Location") == "/reset/done"
    assert all(front.get(name).status == 200 for name in assets(front, "/reset/"))
    assert front.get("/", Host="page.test:9443").status == 421


below_a_path.front = {"base_url": ORIGIN + "/reset"}

TESTS = [
    every_answer_has_every_header, each_reply_has_its_status_and_headers,
    what_is_sent_arrives_to_the_byte, success_leads_to_a_page_of_its_own, methods_and_paths,
    cross_site_posts_are_refused, without_origin_the_form_token_decides, a_link_is_only_looked_at,
    links_that_are_not_good, a_link_changes_the_password, two_of_one_cookie_are_refused,
    forms_are_checked_before_the_worker, nothing_sent_comes_back, names_in_requests_make_no_url,
    the_language_is_negotiated, a_proxy_says_who_asks, elsewhere_nobody_says_who_asks,
    the_log_is_one_clean_line_a_request, the_log_has_nothing_that_was_sent, below_a_path,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
