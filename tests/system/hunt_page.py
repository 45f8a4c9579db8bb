"""Passwords and links sent to the page, in forms that browsers send and in others."""

import os
import pathlib
import re
import signal
import socket
import ssl
import time
import urllib.parse

import world
from booted_page import FRONT, PORT, SOCKET, TLS, WORKER, certificate

HOST = f"{os.uname().nodename}:{PORT}"
ORIGIN = f"https://{HOST}"
FORM = "application/x-www-form-urlencoded"
# What the page takes for a name: it is shown again in the form, and not logged.
NAMES = ("page: as the name", "page: as the name, short")
FORM_TOKEN = "page: the form's token"
# What a form holds that never becomes complete.
UNFINISHED = ("page: half, kept open", "page-link: current")
COOKIE = re.compile(rb"^set-cookie: ([^=]+)=([^;\r]+)", re.I | re.M)


def connect():
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", PORT))
    plain.settimeout(40)
    return context.wrap_socket(plain)


def head(first, *lines):
    return "\r\n".join([first, f"Host: {HOST}", "Sec-Fetch-Site: same-origin", *lines, "", ""]
                       ).encode("latin-1")


def post(target, body, *lines, kind=FORM, size=None):
    body = body if isinstance(body, bytes) else urllib.parse.urlencode(body).encode()
    return head(f"POST {target} HTTP/1.1", f"Origin: {ORIGIN}", f"Content-Type: {kind}",
                f"Content-Length: {len(body) if size is None else size}", *lines) + body


def receive(sock):
    got = b""
    try:
        while more := sock.recv(65536):
            got += more
    except OSError:
        pass  # the library just closes where it does not understand
    return got


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1") else 0


class Page:
    def __init__(self, results, people, marks):
        self.results, self.people, self.marks = results, people, marks
        self.said = []  # every answer, byte by byte

    @staticmethod
    def start():
        certificate()
        world.run("systemctl", "enable", "--now", SOCKET)
        world.run("systemctl", "start", WORKER)

    def ask(self, name, data):
        with connect() as sock:
            try:
                sock.sendall(data)
            except OSError:
                pass
            answer = receive(sock)
        self.said.append((name, answer))
        return answer

    def get(self, name, target, *lines):
        return self.ask(name, head(f"GET {target} HTTP/1.1", "Connection: close", *lines))

    def own(self, person, new, confirm=None, current=None):
        return {"user": person.name, "current": person.current if current is None else current,
                "new": new, "confirm": new if confirm is None else confirm}

    def changed(self):
        """The form with the current password, first with all that it refuses."""
        person, right = self.people["page"], []
        weak, mistyped = person.weak(), person.mistyped()
        rows = (("wrong", 403, self.own(person, person.new, current=person.wrong())),
                ("an old one again", 422, self.own(person, person.old)),
                ("weak", 422, self.own(person, weak)),
                ("mistyped", 422, self.own(person, person.new, mistyped)),
                ("empty", 422, self.own(person, person.new, current="")),
                ("too long", 422, self.own(person, person.new + "x" * 1000)),
                ("changed", 303, self.own(person, person.new)))
        for name, wanted, fields in rows:
            answer = self.ask(f"form, {name}", post("/change", fields))
            right.append((name, status(answer)) if status(answer) != wanted else name)
        self.results.expect("page: the form is answered", [row[0] for row in rows], right)
        self.results.expect("page: the new password stands", True, person.has(person.new))

    def odd_bodies(self):
        """What no browser sends to the form, by name; a password of its own in each."""
        person, special = self.people["page"], {
            "larger than a form": lambda body: body + b"&" * 9000,
            "much larger": lambda body: body * 400, "broken escape": lambda body: body + b"%zz",
            "not UTF-8": lambda body: body + b"%ff%fe", "a field twice": lambda body: body * 2,
            "a field unknown": lambda body: b"other=1&" + body}
        for name, make in special.items():
            word = self.marks.new(f"page: {name}")
            body = urllib.parse.urlencode(self.own(person, word, current=word)).encode()
            yield name, post("/change", make(body))

    def odd_requests(self):
        """The same of whole requests."""
        marks = self.marks

        def word(name, quote=str):
            return quote(marks.new(f"page: {name}"))

        def body(name):
            return urllib.parse.urlencode({"user": "page", "new": word(name)}).encode()
        quote = urllib.parse.quote
        foreign = post("/change", body("foreign")).replace(b"same-origin", b"cross-site")
        return {
            "another type": post("/change", body("another type"), kind="text/plain"),
            "in parts": post("/change", word("in parts").encode(),
                             kind="multipart/form-data; boundary=x"),
            "in JSON": post("/change", word("in JSON").encode(), kind="application/json"),
            "foreign": foreign.replace(ORIGIN.encode(), b"https://evil.test"),
            "no length": head("POST /change HTTP/1.1", f"Content-Type: {FORM}")
            + body("no length"),
            "in the query": head(f"GET /?new={word('in the query', quote)} HTTP/1.1",
                                 "Connection: close"),
            "to a link's form": post("/link", body("to a link's form")),
        }, {
            "in the cookie": head("GET / HTTP/1.1", "Connection: close",
                                  f"Cookie: __Host-vsee-link={word('in the cookie', quote)}"),
            "in a header": head("GET / HTTP/1.1", "Connection: close",
                                f"Referer: {ORIGIN}/?new={word('in a header', quote)}"),
        }

    def odd(self):
        """All that, and half a form."""
        refused, served = self.odd_requests()
        refused.update(self.odd_bodies())
        answers = {name: status(self.ask(name, data)) for name, data in refused.items()}
        self.results.expect("page: none of these is served", [], [
            (name, code) for name, code in answers.items() if code < 400])
        self.results.expect("page: a bad link, and the form", {"in the cookie": 410,
                                                               "in a header": 200}, {
            name: status(self.ask(name, data)) for name, data in served.items()})
        half = self.own(self.people["page"], self.marks.new("page: half"))
        with connect() as sock:
            sock.sendall(post("/change", half, size=4000))
            time.sleep(0.2)

    def old_browser(self):
        """One that says nothing of origins: a token in form and cookie stands in for that."""
        def plain(data):
            return b"\r\n".join(line for line in data.split(b"\r\n")
                                if not line.startswith((b"Sec-Fetch", b"Origin")))
        person = self.people["page-killed"]
        answer = self.ask("old browser", plain(head("GET / HTTP/1.1", "Connection: close")))
        token = dict(COOKIE.findall(answer))[b"__Host-vsee-form"].decode()
        self.marks.draw(FORM_TOKEN, token)
        fields = {**self.own(person, person.new, current=person.wrong("form")), "form": token}
        answer = self.ask("old browser, form", plain(post(
            "/change", fields, f"Cookie: __Host-vsee-form={token}")))
        self.results.expect("page: the form's token is taken", 403, status(answer))

    def misplaced(self):
        """A password where the name belongs, and a link whose question mark was escaped."""
        person, right = self.people["page"], []
        for where, word in (("name", self.marks.new("page: as the name", "!%;")),
                            ("short name", self.marks.word("page: as the name, short"))):
            fields = {**self.own(person, person.wrong(where), current=person.wrong(where)),
                      "user": word}
            right.append(status(self.ask(where, post("/change", fields))))
        path = urllib.parse.quote(self.marks.new("page: in the path"))
        right.append(status(self.get("path", f"/%3Fuser=page&token={path}")))
        right.append(status(self.ask("method", head(
            f"{self.marks.word('page: as the method')} / HTTP/1.1", "Connection: close"))))
        self.results.expect("page: what is misplaced is refused", [403, 403, 404, 405], right)

    def take_link(self, name, url):
        """Follow a link as a browser does; the token, and the line with its cookies."""
        token = re.search(r"token=([\w-]+)", url)[1]
        self.marks.draw(f"{name}: token", token)
        target = "/?" + url.partition("/?")[2]
        answer = self.get(f"{name}: landing", target)
        cookies = [f"{key.decode()}={value.decode()}" for key, value in COOKIE.findall(answer)]
        return token, "Cookie: " + "; ".join(cookies)

    def by_link(self):
        """A link of the help desk's, refused, used, and used once more."""
        person = self.people["page-link"]
        url = world.run("vseectl", "link", person.name).strip()
        _, cookie = self.take_link(person.name, url)
        codes = [status(self.get("link, the form", "/", cookie))]
        for new, confirm in ((person.old, person.old), (person.new, person.mistyped()),
                             (person.new, person.new), (person.wrong(),) * 2):
            answer = self.ask("link", post("/link", {"user": person.name, "new": new,
                                                     "confirm": confirm}, cookie))
            codes.append(status(answer))
        bad = self.marks.draw("page: a bad token", self.marks.letters(12) + "b" * 30 + "A")
        codes.append(status(self.get("a bad link", f"/?user={person.name}&token={bad}")))
        self.results.expect("page: a link is used once", [200, 422, 422, 303, 410, 303], codes)
        self.results.expect("page: the link's password stands", True, person.has(person.new))

    def kept_open(self):
        """A browser that keeps its connection after the link, and one that sends half a form."""
        person = self.people["page-link"]
        sock = connect()
        bad = self.marks.draw("page: a link, kept open", self.marks.letters(12) + "C" * 30 + "A")
        sock.sendall(head(f"GET /?user={person.name}&token={bad} HTTP/1.1"))
        self.said.append(("kept open", sock.recv(65536)))
        half = connect()
        word = self.marks.new("page: half, kept open")
        half.sendall(post("/change", self.own(person, word), size=4000))
        time.sleep(0.3)
        return sock, half

    def killed(self, number):
        """The front or the worker ends with a signal while the answer is being made."""
        person = self.people["page-killed"]
        sock = connect()
        fields = self.own(person, self.marks.new("page: killed"), current=person.wrong())
        sock.sendall(post("/change", fields))
        time.sleep(0.25)  # the worker answers what is wrong after two seconds
        number()
        self.said.append(("killed", receive(sock)))
        sock.close()


def kill(pids, number=signal.SIGABRT):
    for pid, _ in pids:
        os.kill(pid, number)


def key_parts():
    """What of the private key may stand nowhere: a line of the file, and the number itself."""
    text = (TLS / "key.pem").read_text()
    der = world.run("openssl", "ec", "-in", str(TLS / "key.pem"), "-noout", "-text")
    digits = re.search(r"priv:\n([\s0-9a-f:]+)\npub:", der)[1]
    return text.splitlines()[2], bytes.fromhex(re.sub(r"[\s:]", "", digits))[-32:]


def front_pid():
    return int(world.run("systemctl", "show", "-P", "MainPID", FRONT))


def await_calm(pid):
    """Until no answer's thread is left, and no connection: it has its own three, and five files."""
    def has():
        return len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd"))
    for _ in range(400):
        threads, files = has()
        if threads <= 3 and files <= 5:
            return True
        time.sleep(0.1)
    print("# {} threads, {} descriptors".format(*has()))
    return False
