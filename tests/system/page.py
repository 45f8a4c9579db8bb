"""The page in the throw-away root, on a port of the host's own loopback; with_port.py made that."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

import world
from booted_page import Browser
from with_port import CLIENTS, LISTENER

PROGRAMS = pathlib.Path("/usr/libexec/vsee-expire")
CREDENTIALS = pathlib.Path("/run/page-credentials")
WORKER_SOCKET = pathlib.Path("/run/vsee-expire/reset.sock")
USER = "vsee-web"
FRONT = ["sh", "-c", 'LISTEN_PID=$$ exec "$0"', str(PROGRAMS / "vsee-web")]
WORKER = ["systemd-socket-activate", "--seqpacket", "--accept", "-l", str(WORKER_SOCKET),
          str(PROGRAMS / "vsee-resetd")]


def log_socket():
    """For a program that writes a line at a time to what it takes for systemd's journal."""
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.connect("/dev/log")
    return log


def install():
    """As the package would; its user and folders too."""
    PROGRAMS.mkdir(parents=True, exist_ok=True)
    for name in ("front/vsee-web", "worker/vsee-resetd"):
        shutil.copy(world.BUILD / "web" / name, PROGRAMS)
    for service in (world.SOURCE / "web/worker/pam.d").iterdir():
        shutil.copy(service, "/etc/pam.d/")
    for kind, tool in (("sysusers", ("systemd-sysusers",)),
                       ("tmpfiles", ("systemd-tmpfiles", "--create"))):
        world.run(*tool, str(world.SOURCE / f"packaging/systemd/{kind}.d/vsee-expire-web.conf"))


def certificate():
    """Valid for a browser outside, which has the real time, and for the front inside."""
    CREDENTIALS.mkdir(mode=0o711)
    key, cert = CREDENTIALS / "tls-key", CREDENTIALS / "tls-cert"
    world.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
              "-nodes", "-days", "7300", "-subj", "/CN=127.0.0.1", "-addext",
              "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert),
              env={**os.environ, "TEST_REAL_CLOCK": "1"})
    for file in (key, cert):
        shutil.chown(file, USER)


class Page:
    """Made first, so that no other program inherits its descriptors."""

    def __init__(self):
        for number in (LISTENER, CLIENTS):
            os.set_inheritable(number, False)
        with socket.socket(fileno=os.dup(LISTENER)) as listener:
            self.port = listener.getsockname()[1]
        self.clients = socket.socket(fileno=CLIENTS)
        self.authority = f"127.0.0.1:{self.port}"
        self.url = f"https://{self.authority}"
        self.processes = []

    def browser(self):
        return Browser(self.authority, self.connect)

    def connect(self):
        """A connection that a program of the host made."""
        self.clients.send(b"c")
        return socket.socket(fileno=socket.recv_fds(self.clients, 1, 1)[1][0])

    def start(self):
        install()
        certificate()
        self.spawn(WORKER)
        self.await_worker()
        shutil.chown(WORKER_SOCKET, "root", USER)
        WORKER_SOCKET.chmod(0o660)
        with log_socket() as log:
            self.spawn(FRONT, stderr=log, pass_fds=(LISTENER,), user=USER, group=USER,
                       extra_groups=(), env={"LISTEN_FDS": "1", "PATH": os.environ["PATH"],
                                             "CREDENTIALS_DIRECTORY": str(CREDENTIALS)})

    def spawn(self, argv, **options):
        """In a session of its own: Ctrl-C is for who waits, not for what is waited for."""
        self.processes.append(subprocess.Popen(argv, start_new_session=True, **{
            "stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL, **options}))

    @staticmethod
    def await_worker():
        for _ in range(200):
            if WORKER_SOCKET.exists():
                return
            time.sleep(0.02)
        raise world.Fault("the worker's socket is not there")

    def stop(self):
        while self.processes:
            process = self.processes.pop()
            process.terminate()
            process.wait(30)
