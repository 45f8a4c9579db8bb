"""A made-up host in a temporary folder, the built programs, and TAP output."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

TODAY = int(time.time()) // 86400
HASH_A = "$6$saltsalt$" + "A" * 86
HASH_B = "$6$saltsalt$" + "B" * 86
STATE = "var/lib/vsee-expire"
CONF = "etc/vsee-expire/vsee-expire.conf"

GROUP_REMIND = "[policy]\nmode = off\n[group providers]\nmode = remind\n"


class Skip(Exception):
    """The test can't be run here; the text says why."""


class Host:
    """alice and bob are providers, robot is in robots, carol and root are in no group."""

    def __init__(self, programs):
        self.root = os.path.join(tempfile.mkdtemp(prefix="vsee-cli-"), "root")
        self.programs = programs
        for folder in ("etc/vsee-expire/vsee-expire.conf.d", "var/lib"):
            os.makedirs(self.path(folder))
        self.write("etc/passwd", "".join(
            f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, uid in
            (("root", 0), ("alice", 1001), ("bob", 1002), ("carol", 1003), ("robot", 1004))))
        self.write("etc/group", "providers:x:2000:alice,bob\nrobots:x:2001:robot\n")
        self.days = {"root": 400, "alice": 100, "bob": 20, "carol": 10, "robot": 10}
        self.write_shadow()
        self.write(CONF, GROUP_REMIND)

    def close(self):
        shutil.rmtree(os.path.dirname(self.root), ignore_errors=True)

    def path(self, name):
        return os.path.join(self.root, name)

    def write(self, name, text, mode=0o644):
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(self.path(name), mode)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def shadow_line(self, name, hash=HASH_A, max_days="99999"):
        return f"{name}:{hash}:{TODAY - self.days[name]}:0:{max_days}:7:::\n"

    def write_shadow(self, **lines):
        self.write("etc/shadow", "".join(
            lines.get(name, self.shadow_line(name)) for name in self.days))

    def run(self, program, *arguments, code=0):
        """Run a program on this host; it must end with this code. Returns stdout, stderr."""
        done = subprocess.run(
            [self.programs[program], *self.place(program, arguments)], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        assert done.returncode == code, (
            f"{program} {arguments}: code {done.returncode}, not {code}\n{done.stdout}"
            f"{done.stderr}")
        return done.stdout, done.stderr

    def place(self, program, arguments):
        where = ["--root", self.root]
        return [*arguments, *where] if program == "reminderd" else [*where, *arguments]

    def scan(self, *arguments, code=0):
        return self.run("reminderd", "scan", *arguments, code=code)

    def ctl(self, *arguments, code=0):
        return self.run("vseectl", *arguments, code=code)

    def account(self, name):
        """The facts in an account's state, entries as a list."""
        facts = {"entry": []}
        for line in self.read(f"{STATE}/accounts/{name}").splitlines():
            key, _, value = line.partition(" ")
            if key == "entry":
                facts["entry"].append(value)
            else:
                facts[key] = value
        return facts

    def has_state(self, name):
        return os.path.exists(self.path(f"{STATE}/accounts/{name}"))

    def snapshot(self):
        lines = [json.loads(line) for line in self.read(f"{STATE}/snapshot").splitlines()]
        assert lines[-1] == {"end": len(lines) - 2}, lines[-1]
        return lines[0], {line["name"]: line for line in lines[1:-1]}

    def set_scan_day(self, last, noted="-"):
        self.write(f"{STATE}/scan", f"vsee-expire scan 1\nlast {last}\nnoted {noted}\n")

    def contents(self):
        """Every file with its content: to see that nothing was written but a scan's record."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                if name in ("lastrun", "metrics.prom"):
                    continue
                path = os.path.join(folder, name)
                found[path] = "" if os.path.isdir(path) else open(path, "rb").read()
        return found


def need_root():
    if os.geteuid() != 0:
        raise Skip("needs root")


def need_chage():
    need_root()
    if not os.path.exists("/usr/bin/chage"):
        raise Skip("no chage(1)")


def add_facts(host, key, lines):
    """Put lines into alice's state behind the one of that key."""
    text = host.read(f"{STATE}/accounts/alice")
    text, count = re.subn(rf"^{key} .*\n", lambda line: line[0] + lines, text, flags=re.M)
    assert count == 1, (key, text)
    host.write(f"{STATE}/accounts/alice", text, 0o600)


def newer(host):
    """alice's state was written by a version to come."""
    text = host.read(f"{STATE}/accounts/alice").replace("vsee-account 1", "vsee-account 9")
    host.write(f"{STATE}/accounts/alice", text, 0o600)


def edit_record(host, **values):
    """Change what the last scan left of itself."""
    text = host.read(f"{STATE}/lastrun")
    for key, value in values.items():
        text = re.sub(rf"^{key} .*$", f"{key} {value}", text, flags=re.M)
    host.write(f"{STATE}/lastrun", text)


def main(tests):
    """argv: the built reminderd and vseectl. They are put side by side, as an installation has."""
    bin_folder = tempfile.mkdtemp(prefix="vsee-bin-")
    programs = {}
    for name, built in zip(("reminderd", "vseectl"), sys.argv[1:3]):
        programs[name] = shutil.copy(built, os.path.join(bin_folder, name))
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        host = Host(programs)
        name = test.__name__.replace("_", " ")
        try:
            test(host)
            print(f"ok {number} - {name}")
        except Skip as reason:
            print(f"ok {number} - {name} # SKIP {reason}")
        except Exception:  # pylint: disable=broad-except
            failed += 1
            print(f"not ok {number} - {name}")
            print("".join("# " + line + "\n" for line in traceback.format_exc().splitlines()))
        finally:
            host.close()
    shutil.rmtree(bin_folder, ignore_errors=True)
    return 1 if failed else 0
