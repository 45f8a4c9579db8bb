"""The front on a loopback socket or one of the file system, and a worker that Python plays."""

import fcntl
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import packet

HOST = "page.test"
ORIGIN = "https://" + HOST
FORM = "application/x-www-form-urlencoded"
CONF = "etc/vsee-expire/vsee-expire.conf"
POLICY = ("[policy]\nmode = remind\n[text]\nproduct = Acme\n"
          "[web]\nbase_url = %s\nsupport = https://help.test/\n")


class Skip(Exception):
    """The test can't be run here; the text says why."""


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.raw = raw
        self.status = int(lines[0].split()[1]) if lines[0] else 0
        self.headers = [tuple(line.split(": ", 1)) for line in lines[1:] if ": " in line]

    def all(self, name):
        return [value for key, value in self.headers if key.lower() == name.lower()]

    def one(self, name):
        found = self.all(name)
        assert len(found) == 1, (name, found, self.raw[:300])
        return found[0]

    def cookie(self, name):
        """What a browser would send back: None where it isn't set, "" where it is removed."""
        for line in self.all("Set-Cookie"):
            if line.startswith(name + "="):
                return line.split(";")[0][len(name) + 1:]
        return None


def read_answer(sock, head_only=False):
    """One answer, whether or not the connection stays open. b"" at its end."""
    data = b""
    while b"\r\n\r\n" not in data:
        got = sock.recv(65536)
        if not got:
            return data
        data += got
    head, _, body = data.partition(b"\r\n\r\n")
    size = 0
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    while not head_only and len(body) < size:
        got = sock.recv(65536)
        if not got:
            break
        body += got
    return head + b"\r\n\r\n" + body


class Worker:
    """play(worker, connection, request) answers; the default changes every password."""

    def __init__(self, path):
        self.path = path
        self.requests = []
        self.play = Worker.say(packet.CHANGED)
        self.listener = None
        self.listen()

    def listen(self):
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen(64)
        threading.Thread(target=self.run, args=(self.listener,), daemon=True).start()

    def close(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            os.unlink(self.path)
        self.listener = None

    def run(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection:
            try:
                self.play(self, connection)
            except OSError:
                pass

    def take(self, connection):
        request = packet.read_request(connection.recv(65536))
        self.requests.append(request)
        return request

    @staticmethod
    def say(status, **fields):
        def play(worker, connection):
            op = worker.take(connection)["op"]
            peek = op == packet.PEEK_LINK and status == packet.CHANGED
            connection.send(packet.print_reply(packet.LINK_GOOD if peek else status, **fields))
        return play


class Front:
    """vsee-web for the time of a test."""

    def __init__(self, program, folder, options=(), unix=False, base_url=ORIGIN, wrap=()):
        self.folder = folder
        self.unix = unix
        self.worker = Worker(os.path.join(folder, "worker"))
        self.log_path = os.path.join(folder, "log")
        self.listener = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
        self.listener.bind(os.path.join(folder, "front") if unix else ("127.0.0.1", 0))
        self.listener.listen(1024)
        self.address = self.listener.getsockname()
        publish(folder, base_url)
        self.options = [*wrap, program, "--root", folder, "--worker", self.worker.path, *options]
        if not unix and "--cert" not in options:
            self.options += ["--cert", CERT.path, "--key", CERT.key]
        self.process = None
        self.start()

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = launch(self.options, [self.listener], stderr=log)
        self.wait_ready()

    def wait_ready(self):
        for _ in range(300):
            try:
                if self.get("/done").status:
                    return
            except OSError:
                time.sleep(0.05)
            assert self.process.poll() is None, self.log()
        raise AssertionError("the front does not answer: " + self.log())

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def connect(self, source=None, timeout=40, context=None):
        sock = socket.socket(socket.AF_UNIX if self.unix else socket.AF_INET)
        sock.settimeout(timeout)
        if source:
            sock.bind((source, 0))
        sock.connect(self.address)
        if self.unix:
            return sock
        return (context or CERT.context).wrap_socket(sock, server_hostname=HOST)

    def raw(self, data, head_only=False, sock=None):
        with sock or self.connect() as connection:
            connection.sendall(data)
            return Answer(read_answer(connection, head_only))

    def request(self, method, target, headers=(), body=b"", source=None):
        lines = {"Host": HOST, "Connection": "close", **dict(headers)}
        text = f"{method} {target} HTTP/1.1\r\n" + "".join(
            f"{name}: {value}\r\n" for name, value in lines.items() if value is not None)
        return self.raw(text.encode("latin-1") + b"\r\n" + body, head_only=method == "HEAD",
                        sock=self.connect(source))

    def get(self, target, **headers):
        return self.request("GET", target, with_dashes(headers))

    def post(self, target, fields, origin=ORIGIN, source=None, **headers):
        body = fields if isinstance(fields, bytes) else packet.form(fields)
        lines = {"Content-Type": FORM, "Content-Length": len(body), "Origin": origin,
                 "Sec-Fetch-Site": "same-origin" if origin else None, **with_dashes(headers)}
        return self.request("POST", target, lines, body, source)

    def stop(self, code=0):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=60) == code, (self.process.returncode, self.log())

    def close(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.worker.close()
        self.listener.close()


def with_dashes(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def launch(options, listeners, stderr, environment=()):
    """As systemd starts it: the sockets from descriptor 3 on, and who they are meant for."""
    copies = [fcntl.fcntl(listener, fcntl.F_DUPFD, 100) for listener in listeners]
    places = " ".join(f"{3 + number}<&{fd} {fd}<&-" for number, fd in enumerate(copies))
    process = subprocess.Popen(
        ["/bin/bash", "-c", f'LISTEN_PID=$$ exec "$@" {places}', "bash", *options],
        env={**os.environ, "LISTEN_FDS": str(len(listeners)), **dict(environment)},
        stderr=stderr, stdin=subprocess.DEVNULL, pass_fds=copies)
    for fd in copies:
        os.close(fd)
    return process


def publish(folder, base_url):
    os.makedirs(os.path.join(folder, "etc/vsee-expire/vsee-expire.conf.d"), exist_ok=True)
    os.makedirs(os.path.join(folder, "var/lib"), exist_ok=True)
    for name, text in ((CONF, POLICY % base_url), ("etc/passwd", "root:x:0:0::/:/bin/sh\n"),
                       ("etc/group", "root:x:0:\n"), ("etc/shadow", "root:*:20000::::::\n")):
        with open(os.path.join(folder, name), "w", encoding="ascii") as file:
            file.write(text)
    done = subprocess.run([PROGRAMS["reminderd"], "scan", "--root", folder], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Certificate:
    def __init__(self, folder, days=365):
        self.path, self.key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + HOST, "-addext",
             "subjectAltName=DNS:" + HOST, "-days", str(days), "-keyout", self.key, "-out",
             self.path], check=True, capture_output=True)
        self.context = ssl.create_default_context(cafile=self.path)


CERT = None
PROGRAMS = {}


def run(test, folder):
    """A test that names an argument gets a running front."""
    os.makedirs(folder)
    if test.__code__.co_argcount == 0:
        test()
        return
    front = Front(PROGRAMS["vsee-web"], folder, **getattr(test, "front", {}))
    try:
        test(front)
        told = front.log()
        assert "Sanitizer" not in told and "runtime error" not in told, told
    except Exception:
        print("".join("# " + line + "\n" for line in front.log().splitlines()[-20:]))
        raise
    finally:
        front.close()


def main(tests):
    """argv: the built vsee-web, reminderd and, where there are any, names of the tests wanted."""
    global CERT  # pylint: disable=global-statement
    folder = tempfile.mkdtemp(prefix="vsee-web-")
    PROGRAMS.update(zip(("vsee-web", "reminderd"), map(os.path.abspath, sys.argv[1:3])))
    tests = [test for test in tests if not sys.argv[3:] or test.__name__ in sys.argv[3:]]
    CERT = Certificate(folder)
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            run(test, os.path.join(folder, str(number)))
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name}")
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()),
                  flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    return 1 if failed else 0
