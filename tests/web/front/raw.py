"""vsee-web and bytes that no browser sends: whatever is refused, nothing of it comes back."""

import socket
import sys
import time

import packet
from pages import CHANGE
from slow import wait_then
from webrig import FORM, HOST, ORIGIN, main

BODY = packet.form({"user": "alice", "current": "old", "new": "fresh one", "confirm": "fresh one"})
MARK = b"MaRk-4711"


def head(*lines, first="GET / HTTP/1.1", host=True, end="\r\n"):
    names = [first] + (["Host: " + HOST] if host else []) + list(lines)
    return end.join(names + ["", ""]).encode("latin-1")


def post(*lines, size=len(BODY), target="/change", kind=FORM, version="HTTP/1.1"):
    own = [f"Origin: {ORIGIN}"]
    own += [f"Content-Type: {kind}"] if kind else []
    own += [] if size is None else [f"Content-Length: {size}"]
    return head(*own, *lines, first=f"POST {target} {version}")


def exchange(front, data):
    """Whatever comes back until the connection ends; b"" when it is just closed."""
    got = b""
    with front.connect(timeout=15) as sock:
        try:
            sock.sendall(data)
            while True:
                more = sock.recv(65536)
                if not more:
                    break
                got += more
        except (ConnectionError, OSError):
            pass
    return got


def status(raw):
    return int(raw.split(b" ", 2)[1]) if raw.startswith(b"HTTP/1") else 0


# What is sent, and the statuses that are right; 0: closed without a word.
REFUSED = {
    "two Host": (head("Host: " + HOST), {400}),
    "two Host that differ": (head("Host: evil.test"), {400}),
    "no Host": (head(host=False), {400, 421}),
    "no Host in HTTP/1.0": (head(first="GET / HTTP/1.0", host=False), {400, 421}),
    "blank before the colon": (head("Host : " + HOST, host=False), {400}),
    "a name of two words": (head("Content Length: 0"), {400}),
    "a name with a tab": (head("Transfer-Encoding\t: chunked"), {400}),
    "a name with a control": (head("Transfer-Encoding\x0b: chunked"), {400}),
    "a name that is empty": (head(": a"), {400}),
    "a value with CR": (head("X-A: b\rX-B: c"), {400}),
    "absolute form": (head(first="GET https://page.test/ HTTP/1.1"), {400}),
    "absolute form, foreign": (head(first="GET http://evil.test/ HTTP/1.1"), {400}),
    "authority form": (head(first="CONNECT page.test:443 HTTP/1.1"), {400, 405}),
    "asterisk": (head(first="OPTIONS * HTTP/1.1"), {400}),
    "no slash": (head(first="GET index HTTP/1.1"), {400}),
    "fragment": (head(first="GET /#a HTTP/1.1"), {400}),
    "NUL in the target": (head(first="GET /\0a HTTP/1.1"), {400, 0}),
    "NUL in the query": (head(first="GET /?user=\0a HTTP/1.1"), {400, 0}),
    "%00 in the target": (head(first="GET /%00 HTTP/1.1"), {400}),
    "%00 in the query": (head(first="GET /?user=a%00 HTTP/1.1"), {400}),
    "blank in the target": (head(first="GET /?user=a b HTTP/1.1"), {0, 400}),
    "lines that end in LF": (head(end="\n"), {400}),
    "one line that ends in LF": (head("X-A: b\nX-B: c"), {400}),
    "a first line that ends in LF": (head(first="GET / HTTP/1.1\nX-A: b"), {400}),
    "a folded line": (head("X-A: b", " c"), {400}),
    "a folded name": (head("X-Forwarded-: 192.0.2.1", " For"), {400}),
    "an empty value that is folded": (head("X-A:", "\tc"), {400}),
    "a NUL in a header": (head("X-A: b\0c"), {0, 400}),
    "two NUL in a header": (head("X-A: b\0\0c"), {400}),
    "two NUL in a Content-Length": (post(size="5\0\0" + str(len(BODY))) + BODY, {400}),
    "a line of NUL": (head("X-A: b\n\0X-B: c"), {400}),
    "a line that begins with NUL": (head("X-A: b", "\0X-B: c", "X-C: d"), {400}),
    "a line that begins with two NUL": (head("X-A: b", "\0\0X-B: c", "X-C: d"), {400}),
    "8 bit in the target": (head(first="GET /\xe9 HTTP/1.1"), {400}),
    "control in the target": (head(first="GET /\x01 HTTP/1.1"), {400}),
    "HTTP/0.9": (b"GET /\r\n\r\n", {0, 400, 505}),
    "HTTP/2.0": (head(first="GET / HTTP/2.0"), {0, 400, 505}),
    "a preface of HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {0, 400, 405, 505}),
    "no version": (head(first="GET / "), {0, 400, 505}),
    "a line too long": (head(first="GET /" + "a" * 40000 + " HTTP/1.1"), {0, 414, 431}),
    "a target of 17 KiB": (head(first="GET /" + "a" * 17000 + " HTTP/1.1"), {431}),
    "a head of 17 KiB": (head(*(f"X-{n}: {'b' * 90}" for n in range(170))), {431}),
    "a head of 40 KiB": (head(*(f"X-{n}: {'b' * 90}" for n in range(400))), {0, 431, 413}),
    "one header of 40 KiB": (head("X-A: " + "b" * 40000), {0, 431, 413}),
    "two Cookie": (head("Cookie: a=b", "Cookie: c=d"), {400}),
    "GET with a body": (head("Content-Length: 4") + b"user", {400}),
    "GET in chunks": (head("Transfer-Encoding: chunked") + b"0\r\n\r\n", {400}),
    "two Content-Length": (post("Content-Length: 4") + BODY, {400}),
    "two equal Content-Length": (post(f"Content-Length: {len(BODY)}") + BODY, {400}),
    "a list as Content-Length": (post(size=f"{len(BODY)}, {len(BODY)}") + BODY, {0, 400}),
    "Content-Length -1": (post(size=-1) + BODY, {0, 400}),
    "Content-Length +9": (post(size="+9") + BODY, {0, 400}),
    "Content-Length 0x9": (post(size="0x9") + BODY, {0, 400}),
    "Content-Length empty": (post(size="") + BODY, {0, 400}),
    "Content-Length huge": (post(size=10 ** 30) + BODY, {0, 400, 413}),
    "Content-Length and chunks": (post("Transfer-Encoding: chunked") + b"0\r\n\r\n", {400}),
    "chunks": (post("Transfer-Encoding: chunked", size=None) + b"0\r\n\r\n", {400}),
    "identity": (post("Transfer-Encoding: identity") + BODY, {400}),
    "folded encoding": (post("Transfer-Encoding:", " chunked") + BODY, {0, 400}),
    "two Content-Type": (post("Content-Type: text/plain") + BODY, {400}),
    "two Origin": (post("Origin: " + ORIGIN) + BODY, {400}),
    "no Content-Length": (post(size=None) + BODY, {411, 400}),
    "no Content-Type": (post(kind=None) + BODY, {415}),
    "text/plain": (post(kind="text/plain") + BODY, {415}),
    "multipart": (post(kind="multipart/form-data; boundary=x") + BODY, {415}),
    "json": (post(kind="application/json") + b"{" + BODY, {415}),
    "nearly the type": (post(kind=FORM + "x") + BODY, {415}),
    "a body of 8193 bytes": (post(size=8193) + b"a" * 8193, {413}),
    "a body of 60 KiB": (post(size=61440) + b"a" * 61440, {413}),
    "a body of 1 GiB": (post(size=1 << 30) + b"a" * 1000, {413}),
    "a query on POST": (post(target="/change?user=alice") + BODY, {400}),
    "nothing of HTTP": (b"\x16\x03\x01\x00\xa5\x01\x00\x00\r\n\r\n", {0, 400, 405, 421}),
    "an endless method": (b"A" * 40000, {0, 400, 414, 431, 413}),
    "SSH": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", {0, 400}),
    "no colon": (head("X-Nothing"), {0, 400}),
}


def what_no_browser_sends_is_refused(front):
    wrong = []
    for name, (data, right) in REFUSED.items():
        got = exchange(front, data)
        if status(got) not in right:
            wrong.append((name, status(got)))
        # The library's own answers (no policy in them) come with their head twice over TLS.
        if got.count(b"HTTP/1.1 ") > 1 and b"Security-Policy" in got:
            wrong.append((name, "two answers", got))
    assert not wrong, wrong
    assert not front.worker.requests
    assert front.get("/").status == 200


def no_refusal_says_what_was_sent(front):
    text = MARK.decode()
    for data in (head(first=f"GET /{text} HTTP/1.1"), head(first=f"{text} / HTTP/1.1"),
                 head(first=f"GET / HTTP/{text}"), head(f"X-A: {text}", "Host: b"), head(text),
                 head(f"Host: {text}", host=False),
                 head("Connection: close", first=f"GET /?{text} HTTP/1.1"),
                 head(first=f"GET /{text}{'a' * 40000} HTTP/1.1"), head(f"X: {text}" * 4000),
                 post(f"Content-Length: {text}") + BODY, post(size=1 << 40) + MARK,
                 post("Transfer-Encoding: " + text, size=None) + MARK,
                 post(kind=text) + BODY, post(size=9000) + MARK * 1000,
                 head(f"Cookie: {text}", "Connection: close"),
                 head(first=f"GET {text} HTTP/1.1"), head(f"{text} : a"), head(f"{text}: \0")):
        assert MARK not in exchange(front, data), data[:60]


def what_is_only_unusual_is_served(front):
    for name, data in {
            "HTTP/1.0": head(first="GET / HTTP/1.0"),
            "Content-Length: 0": head("Content-Length: 0", "Connection: close"),
            "upper-case names": head("HOST: " + HOST, "CONNECTION: close", host=False),
            "no blank and many": head("Host:" + HOST, "Connection:   close", host=False),
            "an empty value": head("X-A:", "X-B: ", "Connection: close"),
            "blanks at the end": head("X-A: b \t ", "X-B: \t", "Connection: close"),
            "an empty line before": b"\r\n" + head("Connection: close"),
            "a query without fields": head("Connection: close", first="GET /? HTTP/1.1"),
            "15 KiB of header": head("Connection: close", "X-A: " + "b" * 15000),
    }.items():
        assert status(exchange(front, data)) == 200, name
    for name, data in {
            "a charset": post(kind=FORM + "; charset=UTF-8") + BODY,
            "type in capitals": post(kind=FORM.upper()) + BODY,
            "HTTP/1.0": post(version="HTTP/1.0") + BODY,
            "a body of 8192 bytes": None,
    }.items():
        if data:
            assert status(exchange(front, data)) == 303, name
    full = BODY + b"&form=" + b"a" * (8192 - len(BODY) - 6)
    assert status(exchange(front, post(size=8192) + full)) == 303


def bare_lf_and_folding_smuggle_nothing(front):
    inner = head()
    for data in (head("Connection: close", end="\n"), head("X-A: b", " c", "Connection: close"),
                 head("X-A: b\nConnection: close"), head("X-A: b\n\0a") + inner,
                 head("\0a", "X-A: b") + inner, head("X-A: b", "\0\0") + inner):
        assert exchange(front, data).count(b"HTTP/1.1 ") <= 1, data
    for data in (post().replace(b"\r\n", b"\n") + BODY + inner, post() + BODY + inner,
                 post("Connection: keep-alive") + BODY + inner, post("Host: b") + BODY + inner,
                 post("Transfer-Encoding: chunked") + b"0\r\n\r\n" + inner,
                 head("Content-Length: 5") + b"aaaaa" + inner, head("Host: b") + inner):
        got = exchange(front, data)
        assert got.count(b"HTTP/1.1 ") <= 1, (data, got)


def behind_a_proxy_nothing_follows(front):
    for data in (head(), head(first="GET /done HTTP/1.1"), head(first="HEAD / HTTP/1.1"),
                 post() + BODY, head(first="GET /nothing HTTP/1.1")):
        got = exchange(front, data + head(first="GET /second HTTP/1.1"))
        assert got.count(b"HTTP/1.1 ") == 1, got
    assert "/second" not in front.log()


behind_a_proxy_nothing_follows.front = {"unix": True}


def one_connection_serves_many_pages(front):
    with front.connect() as sock:
        sock.sendall(head() * 5)
        sock.settimeout(3)
        got = b""
        try:
            while got.count(b"HTTP/1.1 200") < 5:
                got += sock.recv(65536)
        except socket.timeout:
            pass
        assert got.count(b"HTTP/1.1 200") == 5


def expect_100_continue(front):
    with front.connect() as sock:
        sock.sendall(post("Expect: 100-continue"))
        assert sock.recv(4096).startswith(b"HTTP/1.1 100 ")
        sock.sendall(BODY)
        assert b"HTTP/1.1 303" in sock.recv(4096)
    with front.connect() as sock:
        sock.sendall(post("Expect: 100-continue", size=1 << 20))
        assert sock.recv(4096).startswith(b"HTTP/1.1 413")


def a_body_may_come_in_pieces(front):
    with front.connect() as sock:
        for byte in post() + BODY:
            sock.send(bytes([byte]))
        assert sock.recv(4096).startswith(b"HTTP/1.1 303")
    assert front.worker.requests[-1]["new"] == "fresh one"
    with front.connect() as sock:
        sock.sendall(post() + BODY[:-3])
    time.sleep(0.3)
    assert len(front.worker.requests) == 1, "half a form is no form"


def what_became_of_it_is_logged_whoever_is_gone(front):
    """The password is another one then, and support is asked why."""
    front.worker.play = wait_then(1, packet.CHANGED)
    patient = front.connect
    front.connect = lambda source=None: patient(source, timeout=0.5)
    try:
        front.post("/change", CHANGE)
    except TimeoutError:
        pass
    for _ in range(50):
        if ": changed" in front.log():
            break
        time.sleep(0.1)
    assert front.log().count("POST /change 303") == 1, front.log()


TESTS = [
    what_no_browser_sends_is_refused, no_refusal_says_what_was_sent,
    what_is_only_unusual_is_served, bare_lf_and_folding_smuggle_nothing,
    behind_a_proxy_nothing_follows, one_connection_serves_many_pages, expect_100_continue,
    a_body_may_come_in_pieces, what_became_of_it_is_logged_whoever_is_gone,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
