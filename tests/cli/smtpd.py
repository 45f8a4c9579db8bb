"""An SMTP server that misbehaves as it is told, and certificates made for one test run."""

import os
import shutil
import socket
import ssl
import subprocess
import threading

DROP = object()    # the server closes the connection instead of a reply
SILENT = object()  # it says nothing more, and keeps the connection


class Server:
    """Listens on a port of the kernel's choice, or port; answers by default as a good server does.

    answers: what to say to a verb (GREETING, EHLO, STARTTLS, AUTH, MAIL, RCPT, DATA, DOT, QUIT):
    text, DROP, SILENT, or a function of the session that returns one of these or None.
    """

    def __init__(self, answers=None, address="127.0.0.1", offers=("8BITMIME",), tls=None,
                 implicit=False, backlog=64, port=0):
        self.answers, self.offers, self.tls, self.implicit = answers or {}, offers, tls, implicit
        self.sessions, self.mails, self.lock = [], [], threading.Lock()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.create_server((address, port), family=family, backlog=backlog)
        host = f"[{address}]" if ":" in address else address
        scheme = "smtps" if implicit else "smtp"
        self.url = f"{scheme}://{host}:{self.socket.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for session in self.sessions:
            session.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            session = Session(self, connection)
            with self.lock:
                self.sessions.append(session)
            threading.Thread(target=session.run, daemon=True).start()

    def commands(self):
        """Every command line of all connections, as (verb, line, under TLS)."""
        return [command for session in self.sessions for command in session.commands]

    def verbs(self):
        return [verb for verb, _, _ in self.commands()]


class Session:
    def __init__(self, server, connection):
        self.server, self.connection = server, connection
        self.commands, self.mail_count, self.secure, self.buffer = [], 0, False, b""
        self.sender = self.recipient = self.said = ""

    def close(self):
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()

    def run(self):
        try:
            if self.server.implicit:
                self.secured()
            if self.say("GREETING", "220 test ESMTP"):
                while self.command():
                    pass
        except OSError:
            pass
        self.close()

    def secured(self):
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.secure, self.buffer = True, b""

    def line(self):
        while b"\n" not in self.buffer:
            got = self.connection.recv(65536)
            if not got:
                raise OSError("closed")
            self.buffer += got
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line + b"\n"

    def say(self, verb, usual):
        """Reply to a verb. False: this connection is over."""
        answer = self.server.answers.get(verb)
        if callable(answer):
            answer = answer(self)
        if answer is SILENT:
            while self.connection.recv(65536):
                pass
        if answer in (DROP, SILENT):
            return False
        text = self.said = answer or usual
        self.connection.sendall("".join(f"{line}\r\n" for line in text.split("\n")).encode(
            "utf-8", "surrogateescape"))
        return not text.startswith("421")

    def command(self):
        line = self.line().decode("utf-8", "surrogateescape").rstrip("\r\n")
        verb = line.split(" ")[0].split(":")[0].upper()
        self.commands.append((verb, line, self.secure))
        handler = getattr(self, f"do_{verb.lower()}", None)
        return handler(line) if handler else self.say(verb, "500 what?")

    def do_ehlo(self, _):
        offers = list(self.server.offers)
        if self.secure and "STARTTLS" in offers:
            offers.remove("STARTTLS")
        words = ["test", *offers]
        return self.say("EHLO", "\n".join(
            f"250{' ' if i == len(words) - 1 else '-'}{word}" for i, word in enumerate(words)))

    def do_starttls(self, _):
        if not self.say("STARTTLS", "220 go ahead"):
            return False
        if not self.server.answers.get("STARTTLS"):
            self.secured()
        return True

    def do_auth(self, line):
        words = line.split(" ")
        if words[1] == "PLAIN" and len(words) == 2:
            self.connection.sendall(b"334 \r\n")
            self.commands.append(("SECRET", self.line().decode().strip(), self.secure))
        return self.say("AUTH", "235 welcome")

    def do_mail(self, line):
        self.sender = line.partition("<")[2].partition(">")[0]
        return self.say("MAIL", "250 2.1.0 Ok")

    def do_rcpt(self, line):
        self.recipient = line.partition("<")[2].partition(">")[0]
        return self.say("RCPT", "250 2.1.5 Ok")

    def do_data(self, _):
        if not self.say("DATA", "354 go on"):
            return False
        if not self.said.startswith("354"):
            return True
        text = b""
        while (line := self.line()) != b".\r\n":
            text += line[1:] if line.startswith(b".") else line
        self.mail_count += 1
        with self.server.lock:
            self.server.mails.append((self.sender, self.recipient, text))
            number = len(self.server.mails)
        return self.say("DOT", f"250 2.0.0 Ok: queued as Q{number}")

    def do_rset(self, _):
        return self.say("RSET", "250 2.0.0 Ok")

    def do_quit(self, _):
        self.say("QUIT", "221 2.0.0 Bye")
        return False


class Certificates:
    """A certification authority of our own in a folder, and what it signs."""

    def __init__(self, folder):
        self.folder = folder
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                     "-subj", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE")

    @staticmethod
    def possible():
        return shutil.which("openssl") is not None

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                       stdin=subprocess.DEVNULL, capture_output=True)

    def context(self, name, subject, days=2):
        """What a server needs to be this subject (an IP address); days: negative is expired."""
        with open(os.path.join(self.folder, f"{name}.ext"), "w", encoding="ascii") as file:
            file.write(f"subjectAltName=IP:{subject}\n")
        self.openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                     "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                     "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", str(days), "-extfile", f"{name}.ext",
                     "-out", f"{name}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(os.path.join(self.folder, f"{name}.pem"),
                                os.path.join(self.folder, f"{name}.key"))
        return context
