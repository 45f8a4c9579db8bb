"""A host on which one scan has everything to do, restored before each fault.

p0 was mailed, and is told now; p1's password was changed by another tool; p2 is covered no longer,
and has shadow's own values restored; p3 is new; p4's maximum was overwritten; p5 is nobody's.
"""

import ctypes
import json
import os
import shutil
import signal
import sys
import time

from harness import CONF, STATE
from mailrig import DAY, MAIL, Post

for folder in ("../invariants", "../lib"):
    sys.path.insert(0, os.path.join(os.path.dirname(__file__), folder))
# pylint: disable=wrong-import-position,unused-import
import inject
import nomem
from check import Story, judge
from compare import different, same_files
from hashing import made_by

PASSWORDS = {f"p{i}": [f"First-Elm-{i}"] for i in range(6)}
LATER = "Later-Elm-1"
SETTING = "$6$rounds=1000$vseetests$"
PR_SET_CHILD_SUBREAPER = 36
PATIENCE = 20
LIBC = ctypes.CDLL(None)


class ScanScene:
    def __init__(self, host, server):
        self.host = host
        self.post = Post(host, server.url, people=6, policy="")
        self.hashes = {name: made_by(words[0], SETTING) for name, words in PASSWORDS.items()}
        self.post.fields = {name: f"{hash_}:{DAY - 57}:0:99999:7:::"
                            for name, hash_ in self.hashes.items()}
        self.post.write_shadow()
        self.configure("p0,p1,p2,p4")
        self.post.scan_and_send()
        assert set(self.post.states().values()) == {"sent"} and len(server.mails) == 4
        self.disturb()
        self.pattern = host.root + "-pattern"
        shutil.copytree(host.root, self.pattern)
        self.stories = [self.tell(settled) for settled in (False, True)]
        self.post.scan()
        self.wanted = self.outcome()
        LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1)  # to wait for a chage whose scan was killed

    def configure(self, members):
        conf = self.host.read(CONF).replace(
            "[policy]\nmode = remind\n", "[policy]\nmode = off\n[group providers]\n"
            "mode = enforce\nmax_days = 60\n")
        self.host.write(CONF, conf)
        self.host.write("etc/group", f"providers:x:2000:{members}\n")
        passwd = self.host.read("etc/passwd").replace(":2000:", ":100:")
        self.host.write("etc/passwd", passwd)

    def disturb(self):
        self.configure("p0,p1,p3,p4")
        lines = self.host.read("etc/shadow").splitlines()
        self.hashes["p1"] = made_by(LATER, SETTING)
        lines[1] = f"p1:{self.hashes['p1']}:{DAY}:0:99999:7:::"
        lines[4] = f"p4:{self.hashes['p4']}:{DAY - 57}:0:99999:7:::"
        self.host.write("etc/shadow", "".join(line + "\n" for line in lines), 0o640)
        day = f"{STATE}/scan"
        self.host.write(day, self.host.read(day).replace(str(DAY), str(DAY - 1)), 0o644)

    def tell(self, settled):
        story = Story(f"{self.host.root}-story{settled:d}", durable=False)
        passwords = {**PASSWORDS, "p1": [*PASSWORDS["p1"], LATER]}
        story.begin(DAY, self.host.read("etc/shadow"), passwords,
                    passwd=self.host.read("etc/passwd"))
        if settled:
            story.tell("settled")
        return story.path

    def renew(self):
        """As it was before the scan."""
        shutil.rmtree(self.host.root)
        shutil.copytree(self.pattern, self.host.root)

    def command(self):
        return self.post.command("scan")

    def settle(self):
        """Until each chage that a killed scan left behind has ended; what hangs is ended."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                ended, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if ended == 0 and time.monotonic() > end:
                with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as file:
                    for child in file.read().split():
                        os.kill(int(child), signal.SIGKILL)
            time.sleep(0 if ended else 0.005)

    def outcome(self):
        """What a scan leaves behind, but for what every run draws anew."""
        host = self.host
        header, accounts = host.snapshot()
        header.pop("time")
        mark = header.pop("shadow")
        shadow = os.stat(host.path("etc/shadow"))
        names = sorted(os.listdir(host.path(f"{STATE}/accounts")))
        return {
            "header": header, "accounts": accounts, "shadow": host.read("etc/shadow"),
            "marked": mark and (mark["inode"], mark["nanoseconds"]) == (
                shadow.st_ino, shadow.st_mtime_ns % 10**9),
            "state": {name: host.account(name) for name in names},
            "policy": host.read(f"{STATE}/policy"), "day": host.read(f"{STATE}/scan"),
            "names": [name for name in sorted(os.listdir(host.path(STATE)))],
            "locks": [name for name in os.listdir(host.path("etc")) if self.held(name)],
        }

    def held(self, name):
        """shadow's tools take a lock whose process is gone; one who lives would keep them out."""
        owner = name.endswith(".lock") and self.host.read("etc/" + name).strip("\0\n")
        return bool(owner) and os.path.exists(f"/proc/{owner}")

    def differences(self):
        """Where the host is not as one undisturbed scan leaves it."""
        return list(different(self.outcome(), self.wanted))

    def judge(self, settled=False):
        """What is violated, whatever happened. settled: and nothing may be left over."""
        path = self.host.path
        verdict = judge(self.stories[settled], shadow=path("etc/shadow"), passwd=path("etc/passwd"),
                        state=path(STATE), ledger=path(MAIL))
        return [f"{found.invariant}: {found.account}: {found.what}"
                for found in verdict.violations]

    def look(self, code):
        """What is wrong with a run that ended with this code, and the undisturbed one behind it."""
        if code != 0 and same_files(self.host.root, self.pattern):
            return ""  # what follows is known
        wrong = self.judge()
        if wrong:
            return f"the invariants: {wrong}"
        if code == 0 and self.differences():
            return f"said success, but {self.differences()}"
        self.post.scan()
        wrong = self.differences() or self.judge(settled=True)
        return f"the next scan leaves {wrong}" if wrong else ""
