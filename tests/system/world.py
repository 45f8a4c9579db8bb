"""The throw-away root as a test finds it: stack, people, clock, servers. Runs inside root.sh only."""

import glob
import os
import pathlib
import shutil
import socket
import subprocess
import threading
import time

SOURCE = pathlib.Path("/mnt/vsee/source")
BUILD = pathlib.Path("/mnt/vsee/build")
STATE = pathlib.Path("/var/lib/vsee-expire")
MAIL = pathlib.Path("/var/lib/vsee-expire-mail")
CONFIG = pathlib.Path("/etc/vsee-expire/vsee-expire.conf")
PORT = "2222"

# A fixed day far from any build's: texts and dates are the same in every run, and no run can
# meet midnight.
DAY_NOW = 22341  # 2031-03-03
NOON = 12 * 3600
OFFSET_FILE = pathlib.Path("/etc/test-clock")
CLOCK_LIBRARY = "/usr/lib/test-clock.so"


class Fault(Exception):
    """The world could not be made as a test needs it: no verdict about what is tested."""


def run(*argv, text=None, codes=(0,), **options):
    """Run a program as root; its output. Fault unless it exits with one of codes."""
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=120, **options)
    if codes and done.returncode not in codes:
        raise Fault(f"{' '.join(argv)}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout + done.stderr


def date_of(day):
    """The day as chage(1) wants it; 0 and -1 keep their meaning."""
    return time.strftime("%Y-%m-%d", time.gmtime(day * 86400)) if day > 0 else str(day)


class Clock:
    """Every program started from now on sees the chosen time; see clock.c."""

    def __init__(self):
        shutil.copy(BUILD / "tests/system/clock.so", CLOCK_LIBRARY + ".new")
        os.replace(CLOCK_LIBRARY + ".new", CLOCK_LIBRARY)  # the old one may be mapped
        self.real = time.time  # this process started before the library was there
        self.set(DAY_NOW)
        pathlib.Path("/etc/ld.so.preload").write_text(CLOCK_LIBRARY + "\n")

    def set(self, day, second=NOON):
        self.day, self.second = day, second
        offset = day * 86400 + second - int(self.real())
        new = OFFSET_FILE.with_suffix(".new")  # programs may start at this moment
        new.write_text(f"{offset}\n")
        new.replace(OFFSET_FILE)


class Journal:
    """Takes what programs log, in place of a syslog daemon."""

    def __init__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind("/dev/log")
        os.chmod("/dev/log", 0o666)
        threading.Thread(target=self.receive, daemon=True).start()

    def receive(self):
        while True:
            line = self.socket.recv(65536).decode("utf-8", "replace")
            self.lines.append(line.split(">", 1)[-1].rstrip("\0\n"))

    def take(self):
        """What was logged since the last call."""
        time.sleep(0.02)
        lines, self.lines = self.lines, []
        return lines


class Snapshot:
    """The account files and our state as they were, to put back after a test."""

    FILES = ("/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow", "/etc/security/opasswd")
    FOLDERS = (STATE, pathlib.Path("/var/run/faillock"))

    def __init__(self):
        self.kept = pathlib.Path(run("mktemp", "-d").strip())
        for number, name in enumerate(self.FILES):
            if os.path.exists(name):
                run("cp", "-a", name, self.kept / str(number))
        for number, folder in enumerate(self.FOLDERS):
            if folder.exists():
                run("cp", "-a", str(folder), self.kept / f"folder{number}")

    def restore(self):
        for number, name in enumerate(self.FILES):
            self.put(self.kept / str(number), name)
        for number, folder in enumerate(self.FOLDERS):
            shutil.rmtree(folder, ignore_errors=True)
            if (self.kept / f"folder{number}").exists():
                shutil.copytree(self.kept / f"folder{number}", folder)
                shutil.copystat(self.kept / f"folder{number}", folder)

    @staticmethod
    def put(kept, name):
        if not kept.exists():
            pathlib.Path(name).unlink(missing_ok=True)
            return
        stat = kept.stat()
        shutil.copy2(kept, name + ".new")
        os.chown(name + ".new", stat.st_uid, stat.st_gid)
        os.replace(name + ".new", name)


def security_folder():
    """Where this root's PAM modules are: the multiarch folder that holds pam_unix."""
    return pathlib.Path(glob.glob("/usr/lib/*/security/pam_unix.so")[0]).parent


def install_programs():
    """The built module and programs, where a package would put them."""
    shutil.copy(BUILD / "pam_vsee_expire/pam_vsee_expire.so", security_folder())
    for name in ("reminderd/reminderd", "vseectl/vseectl"):
        shutil.copy(BUILD / name, "/usr/sbin/")
    CONFIG.parent.mkdir(exist_ok=True)


def install_mail():
    """The user that sends, its folder, and the texts."""
    for kind in ("sysusers", "tmpfiles"):
        shutil.copy(SOURCE / f"packaging/systemd/{kind}.d/vsee-expire.conf", f"/usr/lib/{kind}.d/")
    run("systemd-sysusers", "/usr/lib/sysusers.d/vsee-expire.conf")
    run("systemd-tmpfiles", "--create", "/usr/lib/tmpfiles.d/vsee-expire.conf")
    texts = pathlib.Path("/usr/share/vsee-expire/texts")
    texts.mkdir(parents=True)
    for file in (SOURCE / "reminderd/texts").glob("*.ini"):
        shutil.copy(file, texts)


def install_stack():
    """The sample pam.d files, which are thereby what is tested."""
    for sample in (SOURCE / "packaging/pam.d").iterdir():
        shutil.copy(sample, "/etc/pam.d/")


def make_shell():
    """A login shell that says who it is and ends: a session is seen at once."""
    shell = pathlib.Path("/usr/local/bin/test-shell")
    shell.write_text('#!/bin/sh\n[ $# -eq 0 ] || exec /bin/sh "$@"\necho "session-of $LOGNAME"\n')
    shell.chmod(0o755)
    with open("/etc/shells", "a") as shells:
        shells.write(f"{shell}\n")
    return str(shell)


def make_surroundings():
    """What every login test needs besides the stack."""
    pathlib.Path("/etc/hosts").write_text("127.0.0.1 localhost testroot\n::1 localhost\n")
    pathlib.Path("/run/sshd").mkdir(exist_ok=True)
    pathlib.Path("/etc/sudoers.d/test").write_text(
        "Defaults passwd_tries=1, timestamp_timeout=0, lecture=never\n%sudoing ALL=(ALL) ALL\n")
    pathlib.Path("/etc/ssh/keys").mkdir(exist_ok=True)
    run("groupadd", "-f", "sudoing")
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "/root/key")
    run("ssh-keygen", "-A")


def authorize(user):
    """Let the test's key log in as user."""
    shutil.copy("/root/key.pub", f"/etc/ssh/keys/{user}")
    os.chmod(f"/etc/ssh/keys/{user}", 0o644)


class Sshd:
    """A real sshd on the root's own loopback, started at the clock's present time."""

    OPTIONS = ("ListenAddress=127.0.0.1", "UsePAM=yes", "PasswordAuthentication=yes",
               "KbdInteractiveAuthentication=yes", "AuthorizedKeysFile=/etc/ssh/keys/%u",
               "PidFile=none", "PrintLastLog=no", "MaxStartups=100")
    if os.path.exists("/usr/lib/openssh/sshd-session"):  # 9.8, which began both
        OPTIONS += ("PerSourcePenalties=no",)

    def __init__(self):
        options = [word for option in self.OPTIONS for word in ("-o", option)]
        self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-p", PORT, *options],
                                        stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_port()

    @staticmethod
    def await_port():
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(PORT))) == 0:
                    return
            time.sleep(0.02)
        raise Fault("sshd does not listen")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


def shadow_fields(user):
    """The user's shadow line, split; None without one."""
    for line in pathlib.Path("/etc/shadow").read_text().splitlines():
        fields = line.split(":")
        if fields[0] == user:
            return fields
    return None


def set_password(user, password):
    """As an installer or a directory import sets it: outside PAM, so no module has a say."""
    run("chpasswd", "-c", "YESCRYPT", text=f"{user}:{password}\n")


def scan(clock):
    """What the timer does, and the second run that design 3 asks for after a leap of the clock."""
    output = run("reminderd", "scan", codes=(0, 75))
    clock.set(clock.day, clock.second + 3700)
    output += run("reminderd", "scan")
    return output
