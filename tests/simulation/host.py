"""A made-up host whose clock the simulation sets, and the built programs on it."""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time

DAY = 86400
STATE = "var/lib/vsee-expire"
MAIL = "var/lib/vsee-expire-mail"
CONF = "etc/vsee-expire/vsee-expire.conf"
MAP = "etc/vsee-expire/addresses"
LEFT = re.compile(r"(\d+) left for the next run, (\d+) failed")

# shadow(5)
HASH, CHANGE, MAX, WARN, EXPIRE = 1, 2, 4, 5, 7


def hash_of(number):
    return f"$6$simulated${number:086d}"


def number(field):
    """-1 where it is empty."""
    return int(field) if field else -1


class Host:
    """The programs see the time `true` seconds since the epoch, `ahead` of it by a fault."""

    def __init__(self, programs):
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.root = tempfile.mkdtemp(prefix="vsee-year-", dir=memory)
        self.programs = programs
        self.true, self.ahead, self.offsets = 0, 0, (None, 0)
        self.lines = {}
        for folder in ("etc/vsee-expire/vsee-expire.conf.d", "var/lib", MAIL):
            os.makedirs(self.path(folder))
        os.chmod(self.path(MAIL), 0o2771)
        self.write("etc/machine-id", "0123456789abcdef0123456789abcdef\n")

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text, mode=0o644):
        """Replaced whole, as editors and shadow's tools do."""
        path = self.path(name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path + ".new", mode)
        os.rename(path + ".new", path)

    def exists(self, name):
        return os.path.exists(self.path(name))

    def now(self):
        return self.true + self.ahead

    def today(self):
        return self.now() // DAY

    def offset(self):
        """Kept while the time is the same: rounded anew, it would set some back by a second."""
        if self.offsets[0] != self.now():
            self.offsets = self.now(), int(self.now() - time.time())
        return self.offsets[1]

    def run(self, program, *arguments, given=None):
        """Exit code, standard output, standard error."""
        environment = {
            "PATH": os.environ["PATH"], "TZ": "UTC", "LC_ALL": "C.UTF-8",
            "LD_PRELOAD": self.programs["clock"],
            "TEST_CLOCK_OFFSET": str(self.offset()),
            # A sanitized program's runtime comes behind the clock.
            "ASAN_OPTIONS": "verify_asan_link_order=0",
        }
        done = subprocess.run([self.programs[program], *arguments], text=True, input=given or "",
                              capture_output=True, timeout=600, check=False, env=environment)
        return done.returncode, done.stdout, done.stderr

    def reminderd(self, *arguments):
        return self.run("reminderd", *arguments, "--root", self.root)

    def vseectl(self, *arguments):
        return self.run("vseectl", "--root", self.root, *arguments)

    def read_shadow(self):
        with open(self.path("etc/shadow"), encoding="utf-8") as file:
            self.lines = {line[:line.index(":")]: line.rstrip("\n").split(":") for line in file}

    def write_shadow(self):
        self.write("etc/shadow", "".join(":".join(line) + "\n" for line in self.lines.values()),
                   0o600)

    def change_through_pam(self, changes):
        """(name, uid, old hash, new hash): what the module notes; shadow is the caller's."""
        text = "".join(f"{name} {uid} {self.today()} {old} {new}\n"
                       for name, uid, old, new in changes)
        code, _, error = self.run("person", self.path(STATE), given=text)
        assert code == 0, error

    def snapshot(self):
        with open(self.path(f"{STATE}/snapshot"), encoding="utf-8") as file:
            next(file)
            lines = [json.loads(line) for line in file]
        assert lines[-1]["end"] == len(lines) - 1, lines[-1]
        return {line["name"]: line for line in lines[:-1]}

    def report(self):
        """What a login would say now, of everybody, by name; None: the policy is damaged."""
        code, out, error = self.reminderd("report", "--format", "json")
        if code == 4 and "/policy: Bad message" in error:
            return None
        assert code == 0, (code, error)
        return {row["name"]: row for row in json.loads(out)["accounts"]}

    def spoil(self, name, draw):
        """Cut short, or with bytes of nothing in its middle. Whether there was such a file."""
        path = self.path(name)
        if not os.path.exists(path) or os.path.getsize(path) < 64:
            return False
        size = os.path.getsize(path)
        with open(path, "r+b") as file:
            if draw.random() < 0.5:
                file.truncate(draw.randrange(size // 4, size - 1))
            else:
                file.seek(draw.randrange(size // 4, size - 32))
                file.write(b"\xff" * 24)
        return True
