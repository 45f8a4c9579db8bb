"""The page on the booted system: its units as they are, from the switch to a password that logs in."""

import http.client
import os
import pathlib
import re
import socket
import ssl
import urllib.parse

import world

SOCKET, FRONT, WORKER = "vsee-web.socket", "vsee-web.service", "vsee-resetd.socket"
TLS = pathlib.Path("/etc/vsee-expire/tls")
PORT = 9443
CONFIGURATION = f"""\
[web]
base_url = https://%H:{PORT}
login_page = https://example.com/login
"""
FIRST, SECOND, LAST = "Maple-Lantern-73", "Juniper-Kettle-58", "Cobalt-Meadow-64"


def connect():
    return socket.create_connection(("127.0.0.1", PORT))


class Browser:
    """As much of one as the page needs: cookies, and the headers it looks at."""

    def __init__(self, authority=f"{os.uname().nodename}:{PORT}", connect=connect):
        self.authority, self.connect = authority, connect
        self.cookies = {}

    def ask(self, method, target, fields=None):
        """Status, the place it leads to, and the text."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        plain = self.connect()
        plain.settimeout(60)
        connection = http.client.HTTPConnection(self.authority)
        connection.sock = context.wrap_socket(plain)
        headers = {"Host": self.authority, "Sec-Fetch-Site": "same-origin", "Cookie": "; ".join(
            f"{name}={value}" for name, value in self.cookies.items())}
        if not self.cookies:
            del headers["Cookie"]
        body = None
        if fields is not None:
            body = urllib.parse.urlencode(fields)
            headers["Origin"] = f"https://{self.authority}"
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, target, body, headers)
        answer = connection.getresponse()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, value = line.split(";")[0].split("=", 1)
            self.cookies.pop(name, None)
            if value and "Max-Age=0" not in line:
                self.cookies[name] = value
        connection.close()
        return answer.status, answer.headers.get("Location"), text


def certificate():
    TLS.mkdir(mode=0o700, exist_ok=True)
    world.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
              "-nodes", "-days", "300", "-subj", f"/CN={os.uname().nodename}", "-keyout",
              str(TLS / "key.pem"), "-out", str(TLS / "cert.pem"))


def scanned(results):
    """What a scanner of others finds at the port."""
    said = world.run("sslscan", "--no-colour", "--no-check-certificate", f"127.0.0.1:{PORT}")
    results.expect("scan: protocols", ["TLSv1.2", "TLSv1.3"],
                   re.findall(r"^((?:SSL|TLS)v\S+)\s+enabled$", said, re.M))
    found = re.findall(r"^(?:Preferred|Accepted)\s+TLSv1\.([23])\s+\d+ bits\s+(\S+)", said, re.M)
    results.expect("scan: ciphers of both", {"2", "3"}, {version for version, _ in found})
    results.expect("scan: only AEAD, and keys that are gone afterwards", [], [
        name for version, name in found if not re.search("GCM|CCM|CHACHA20", name)
        or version == "2" and not name.startswith("ECDHE-")])
    results.expect("scan: no renegotiation, no heartbleed", (True, 2), (
        "Session renegotiation not supported" in said, said.count("not vulnerable to heartbl")))


def states(*units):
    return [world.run("systemctl", "is-active", unit, codes=None).strip() for unit in units]


def change(browser, current, new):
    return browser.ask("POST", "/change", {"user": "ben", "current": current, "new": new,
                                           "confirm": new, "lang": "en"})


def with_the_current_password(results, ssh, old):
    browser = Browser()
    status, _, text = browser.ask("GET", "/?user=ben")
    results.expect("page: it is served, with the criteria and the name", (200, True, True),
                   (status, 'id="rules"' in text, 'value="ben"' in text))
    results.expect("page: the front is its own user, in no other group", ["vsee-web"] * 2,
                   world.run("ps", "-o", "user:20=,supgrp:20=", "-C", "vsee-web").split())
    results.expect("page: a wrong current password", 403, change(browser, "wrong", FIRST)[0])
    status, _, text = change(browser, old, "short1")
    results.expect("page: what is not met is named", (422, True),
                   (status, "at least 8 characters" in text))
    results.expect("page: it is changed", (303, "/done?lang=en"), change(browser, old, FIRST)[:2])
    results.expect("page: next steps", (200, True), (lambda answer: (
        answer[0], "https://example.com/login" in answer[2]))(browser.ask("GET", "/done")))
    results.expect("page: the new password logs in", "in", ssh("ben", FIRST)[0])
    results.expect("page: the old one does not", "refused", ssh("ben", old)[0].split("+")[0])
    results.expect("page: an old one again is refused", 422, change(browser, FIRST, old)[0])


def with_a_link(results, ssh):
    url = world.run("vseectl", "link", "ben").strip()
    target = url.removeprefix(f"https://{os.uname().nodename}:{PORT}")
    browser = Browser()
    fields = {"user": "ben", "new": SECOND, "confirm": SECOND}
    results.expect("link: the token leaves the address line", (303, "/"),
                   browser.ask("GET", target)[:2])
    status, _, text = browser.ask("GET", "/")
    results.expect("link: the form of a link", (200, True), (status, "readonly" in text))
    other = Browser()
    other.cookies = dict(browser.cookies)
    results.expect("link: it is changed", 303, browser.ask("POST", "/link", fields)[0])
    results.expect("link: once", 410, other.ask("POST", "/link", fields)[0])
    results.expect("link: the new password logs in", "in", ssh("ben", SECOND)[0])
    return re.search(r"token=([^&]+)", url)[1]


def refused_login(results, ssh, old):
    """The product's way: refused at login, the link in the message, a new password, and in."""
    text = world.CONFIG.read_text()
    world.CONFIG.write_text(text.replace("max_days = 60\n", "max_days = 60\nexpired = deny\n"))
    world.run("vseectl", "apply")
    word, outcome = ssh("ben", old)
    message = re.sub(r"\s*\n\s*", "", outcome.text)
    found = re.search(r"Update Password: https://([^/]+)(/\?user=ben&token=[\w-]{43})", message)
    results.expect("login: refused, with the link to the page of this host", (True, True),
                   (word.startswith("refused+V04"), bool(found)), outcome)
    browser = Browser()
    for method in ("HEAD", "GET", "HEAD", "GET"):  # as scanners of mail do
        status, place, _ = browser.ask(method, found[2])
        results.expect(f"login: {method} of the link uses nothing up", (303, "/"), (status, place))
    results.expect("login: its host is the page's", browser.authority, found[1])
    fields = {"user": "ben", "new": LAST, "confirm": LAST}
    results.expect("login: what differs is not taken", 422, browser.ask(
        "POST", "/link", {**fields, "confirm": LAST + "x"})[0])
    results.expect("login: what was used before is not taken", 422, browser.ask(
        "POST", "/link", {**fields, "new": old, "confirm": old})[0])
    results.expect("login: the new one is", 303, browser.ask("POST", "/link", fields)[0])
    results.expect("login: and is in", "in", ssh("ben", LAST)[0])
    world.CONFIG.write_text(text)
    world.run("vseectl", "apply")
    return found[2].rpartition("=")[2]


def check(results, ssh, journal, old):
    with open(world.CONFIG, "a") as file:
        file.write(CONFIGURATION)
    world.run("vseectl", "apply")
    certificate()
    world.run("systemctl", "enable", "--now", SOCKET)
    world.run("systemctl", "start", WORKER)  # waits for what the switch started
    results.expect("page: one switch starts both sockets", ["active"] * 2, states(SOCKET, WORKER))
    results.expect("page: no password is swapped out", "0", world.run(
        "systemctl", "show", "--value", "--property=MemorySwapMax", FRONT).strip())
    results.expect("page: a proxy's socket would not be everybody's", "0660", world.run(
        "systemctl", "show", "--value", "--property=SocketMode", SOCKET).strip())
    scanned(results)
    tokens = [refused_login(results, ssh, old)]
    with_the_current_password(results, ssh, LAST)
    tokens.append(with_a_link(results, ssh))
    said = "\n".join(str(entry.get("MESSAGE")) for entry in journal("-b"))
    results.expect("page: both programs leave a line a request", (True, True),
                   ("POST /change 303" in said, "outcome=changed" in said))
    results.expect("page: no password and no token in the journal", [], [
        secret for secret in (old, FIRST, SECOND, LAST, *tokens) if secret in said])
    world.run("systemctl", "restart", FRONT)
    results.expect("page: served again after a restart", 200, Browser().ask("GET", "/")[0])
    results.expect("page: status finds nothing amiss with it", False,
                   "vsee-web" in world.run("vseectl", "lint", codes=None))
    world.run("systemctl", "disable", "--now", SOCKET)
    for file in TLS.iterdir():  # an administrator's, which a purge leaves alone
        file.unlink()
    results.expect("page: switched off, neither listens", ["inactive"] * 2, states(SOCKET, WORKER))
