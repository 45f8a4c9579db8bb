"""A host of our own in private namespaces: its /etc, /run, /var/lib and /dev, and the real PAM."""

import ctypes
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

import wire

SOURCE, BUILD = os.environ["VSEE_SOURCE"], os.environ["VSEE_BUILD"]
RESETD = BUILD + "/web/worker/vsee-resetd"
TODAY = int(time.time()) // 86400
OLD = "Old#horse-battery 7"
FRONT = 990  # the uid of vsee-web
STATE, THROTTLE = "/var/lib/vsee-expire", "/run/vsee-expire/throttle"
LIBC = ctypes.CDLL(None, use_errno=True)
LIBCRYPT = ctypes.CDLL("libcrypt.so.1")
LIBCRYPT.crypt.restype = ctypes.c_char_p
POLICY = ("[policy]\nmode = enforce\nmax_days = 60\nremember = 3\nmin_days = 0\n"
          "inactive_days = 30\n[web]\nbase_url = https://page.test:9443\n"
          "account_failures = {failures}\nsource_failures = 1000\nthrottle_minutes = 5\n"
          "token_deny_groups = sudo\n[exempt]\nusers = exempt\nreason = test\n"
          "[user inactive]\nmode = remind\n[user root]\nmode = enforce\n")
# name, uid, days since the last change (alice: must change now), the rest of the shadow line
PEOPLE = (("root", 0, 5, "0:99999:7:::"), ("alice", 1001, TODAY, "0:99999:7:::"),
          ("bob", 1002, 5, "0:99999:7:::"), ("admin", 1003, 90, "0:99999:7:::"),
          ("locked", 1004, 5, "0:99999:7:::"), ("disabled", 1005, 5, "0:99999:7:::"),
          ("ended", 1006, 5, "0:99999:7::100:"), ("inactive", 1007, 200, "0:30:7:5::"),
          ("exempt", 1008, 5, "0:99999:7:::"), ("system", 500, 5, "0:99999:7:::"),
          ("minimum", 1009, 5, "30:99999:7:::"), ("vsee-web", FRONT, 5, "0:99999:7:::"))


class Skip(Exception):
    """The test can't be run here; the text says why."""


def hash_of(password, setting="$6$rounds=1000$vseetests$"):
    return LIBCRYPT.crypt(wire.bytes_of(password), setting.encode()).decode()


def write(path, text, mode=0o644):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def mount(*words):
    subprocess.run(["mount", *words], check=True)


def enter():
    """Start this program again in namespaces of its own."""
    if os.geteuid() != 0 or "4294967295" not in read("/proc/self/uid_map"):
        print("1..0 # SKIP needs root and every uid")
        sys.exit(0)
    if "VSEE_INSIDE" not in os.environ:
        os.environ["VSEE_INSIDE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--ipc", "--propagation", "private",
                              sys.executable, *sys.argv])


def kept_files():
    """What the dynamic linker and the clock need of the real /etc."""
    return {name: open("/etc/" + name, "rb").read() for name in ("ld.so.cache", "localtime")
            if os.path.exists("/etc/" + name)}


def build_host():
    os.dup2(os.open("/dev/null", os.O_RDWR), 3)  # so that nothing else takes the worker's number
    kept, folder = kept_files(), "/run/dev"
    for path in ("/etc", "/run", "/var/lib"):
        mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
    os.mkdir(folder)
    for name in ("null", "zero", "random", "urandom"):
        write(f"{folder}/{name}", "")
        mount("--bind", f"/dev/{name}", f"{folder}/{name}")
    mount("--rbind", folder, "/dev")
    for name, data in kept.items():
        with open("/etc/" + name, "wb") as file:
            file.write(data)
    for path in ("/etc/pam.d", "/etc/security", "/etc/vsee-expire", "/run/vsee-expire", "/run/t"):
        os.mkdir(path, 0o755)
    os.makedirs("/etc/vsee-expire/vsee-expire.conf.d")
    os.mkdir("/run/bin")
    for name in ("reminderd", "vseectl"):  # side by side, as an installation has them
        shutil.copy(f"{BUILD}/{name}/{name}", "/run/bin")
    write("/etc/nsswitch.conf", "passwd: files\nshadow: files\ngroup: files\n")
    write("/etc/login.defs", "UID_MIN 1000\nUID_MAX 60000\nENCRYPT_METHOD YESCRYPT\n")
    write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
    write("/etc/passwd", "".join(f"{name}:x:{uid}:{uid}:{name} Gecos:/:/bin/sh\n"
                                 for name, uid, _, _ in PEOPLE) +
          "directory:x:2001:2001::/:/bin/sh\n")  # as NSS shows who is not in shadow
    write("/etc/group", "sudo:x:27:admin\n")
    write("/etc/security/pwquality.conf", "minlen = 12\nucredit = -1\ndictcheck = 0\n")
    for name in ("vsee-reset", "vsee-reset-token"):
        write("/etc/pam.d/" + name, stack(read(f"{SOURCE}/web/worker/pam.d/{name}")))
    write("/etc/pam.d/other", "auth required pam_deny.so\n")


def stack(text):
    """The shipped lines with the built module; without pam_pwquality where there is none."""
    found = subprocess.run("ls /lib/*/security/pam_pwquality.so /lib64/security/pam_pwquality.so",
                           shell=True, capture_output=True, text=True, check=False)
    if not found.stdout:
        text = "".join(line + "\n" for line in text.splitlines() if "pam_pwquality" not in line)
        text = text.replace(" use_authtok enforce", " enforce").replace(
            "expired=change use_authtok", "expired=change")
    return text.replace("pam_vsee_expire.so",
                        BUILD + "/pam_vsee_expire/pam_vsee_expire.so debug")


class Log(threading.Thread):
    """Everything that was said to /dev/log."""

    def __init__(self):
        super().__init__(daemon=True)
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        self.start()

    def run(self):
        while True:
            self.lines.append(self.socket.recv(65536).decode(errors="replace"))

    def text(self):
        return "\n".join(self.lines)

    def says(self, words):
        """Now or soon: a thread reads what was sent."""
        end = time.monotonic() + 10
        while words not in self.text() and time.monotonic() < end:
            time.sleep(0.05)
        return words in self.text()


class Host:
    log = None

    def __init__(self):
        self.reset()

    def reset(self, policy=POLICY, failures=100, **changes):
        """Everybody as at the beginning; changes: other shadow hashes."""
        shutil.rmtree(STATE, ignore_errors=True)
        for path in os.listdir("/run/vsee-expire"):
            os.unlink("/run/vsee-expire/" + path)
        special = {"locked": "!" + hash_of(OLD), "disabled": "*", "vsee-web": "!*", **changes}
        write("/etc/shadow", "".join(
            f"{name}:{special.get(name, hash_of(OLD))}:{TODAY - days}:{rest}\n"
            for name, _, days, rest in PEOPLE), 0o600)
        write("/etc/vsee-expire/vsee-expire.conf", policy.format(failures=failures))
        self.run("vseectl", "apply")
        self.run("reminderd", "scan")

    def run(self, program, *words):
        done = subprocess.run(["/run/bin/" + program, *words], text=True, check=False,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        assert done.returncode == 0, (program, words, done.stdout, done.stderr)
        return done.stdout

    def shadow(self, name):
        """The password field; the file must be whole."""
        lines = read("/etc/shadow").splitlines()
        assert len(lines) == len(PEOPLE) and {line.count(":") for line in lines} == {8}, lines
        return next(line.split(":")[1] for line in lines if line.startswith(name + ":"))

    def has(self, name, password):
        found = self.shadow(name)
        return hash_of(password, found) == found

    def account(self, name):
        return dict(line.partition(" ")[::2] for line in
                    read(f"{STATE}/accounts/{name}").splitlines())

    def link(self, name):
        return re.search("token=([A-Za-z0-9_-]{43})\n", self.run("vseectl", "link", name))[1]

    def forget(self):
        """No failure was ever counted."""
        if os.path.exists(THROTTLE):
            os.unlink(THROTTLE)


class Call:
    """A worker of its own for one connection, as systemd's Accept=yes has it."""

    number = 0
    mutex = threading.Lock()
    wrap = ()  # words in front of the program

    def __init__(self, uid=FRONT, options=(), before=None):
        with Call.mutex:  # euid is the whole process's
            Call.number += 1
            path = f"/run/t/{Call.number}"
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(path)
                os.chmod(path, 0o666)
                listener.listen()
                os.seteuid(uid)
                try:
                    self.connection = wire.connect(path)
                finally:
                    os.seteuid(0)
                accepted = listener.accept()[0]
            os.unlink(path)
            self.worker = self.spawn(accepted, options, before)
            accepted.close()
        self.began = time.monotonic()

    @staticmethod
    def spawn(accepted, options, before):
        def prepare():
            os.dup2(accepted.fileno(), 3)
            if before:
                before()
        unit = read(f"{SOURCE}/web/worker/vsee-resetd@.service.in")
        words = " ".join(re.findall("^Environment=(.*)$", unit, re.M))
        script = words + ' LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"'
        command = ["/bin/sh", "-c", script, "sh", *Call.wrap, RESETD, *options]
        return subprocess.Popen(command, pass_fds=(3,),
                                preexec_fn=prepare, stdin=subprocess.DEVNULL,
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def send(self, data):
        self.began = time.monotonic()
        try:
            self.connection.send(data)
        except BrokenPipeError:  # the worker did not wait for it
            pass
        return self

    def finish(self):
        data = wire.receive(self.connection)
        seconds = time.monotonic() - self.began
        self.connection.close()
        self.worker.wait(timeout=45)
        return wire.Reply(data, seconds)


def ask(op, user, **fields):
    return Call().send(wire.request(op, user, **fields)).finish()


def ask_all(calls):
    """Many at once: each of calls is a function."""
    results = [None] * len(calls)

    def run(number, call):
        results[number] = call()
    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def main(tests):
    enter()
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    build_host()
    Host.log = Log()
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            test(Host())
            print(f"ok {number} - {name}", flush=True)
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}", flush=True)
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name}", flush=True)
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()
                          + Host.log.lines[-6:]), flush=True)
    return 1 if failed else 0
