#!/usr/bin/env python3
"""Kill a password change at each system call, and let each fail: faults.py WORKER MODULE SANITIZER

After each fault the invariants hold (tests/invariants); who was not expired is let in; what was a
password is refused; a change without a fault mends what is left over. A sample by default,
everything with VSEE_TEST_ALL=1.
"""

import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "invariants"))
# pylint: disable=wrong-import-position
from check import Story, judge
from hashing import makes
from shadow_file import lines_of

MARK = "getpgid(24301)"  # 0x5eed
TODAY = 20800  # world.h
CURRENT, FRESH, NEXT = "Current-Elm-1", "Fresh-Elm-2", "Next-Elm-3"
# What worker.c's make and the first change leave; none is old enough to be forgotten.
PASSWORDS = [*(f"Past-Oak-{i}" for i in range(1, 6)), "Old-Walnut-1", CURRENT]
SUCCESS = 0
SKIPPED = 77

# What changes files is always tried; of the others, one in so many.
SAMPLE = 6
CHANGING = re.compile(r"(p?write\w*|f(data)?sync|f?ch(mod|own)(at)?|rename\w*|unlink\w*|link\w*|"
                      r"mkdir\w*|f?truncate)\(|open\w*\(.*O_(CREAT|WRONLY|RDWR)")

# Errors are not tried in what others do alone: pam_unix between its lock and its rename (a failing
# read there makes it drop lines of shadow, 1.5.2), libpam when it tells the audit system.
THEIRS_BEGIN = re.compile(r'"/etc/\.pwd\.lock"|NETLINK_AUDIT')
THEIRS_END = re.compile(r'rename.*"/etc/shadow"')

# What each can fail with. A disk fills up, breaks, becomes read-only, a limit is reached.
ERRORS = {
    "openat": ("EROFS", "EMFILE", "EIO"), "write": ("ENOSPC", "EIO"), "fsync": ("EIO", "ENOSPC"),
    "fchmod": ("EROFS",), "fchown": ("EROFS",), "chmod": ("EROFS",), "chown": ("EROFS",),
    "rename": ("EIO", "EROFS"), "renameat": ("EIO", "EROFS"), "unlinkat": ("EROFS",),
    "mkdirat": ("EROFS",), "close": ("EIO",), "fcntl": ("ENOLCK",), "read": ("EIO",),
    "newfstatat": ("EIO",), "fstatfs": ("EIO",), "getrandom": ("ENOSYS",), "mmap": ("ENOMEM",),
    "lseek": ("EIO",), "flock": ("ENOLCK",),
}

# when: the number of this call among those of its name, as strace counts them.
Call = collections.namedtuple("Call", "name when changing theirs")


class Bad(Exception):
    pass


def want(condition, text):
    if not condition:
        raise Bad(text)


class Bench:
    """One worker binary, a pattern of /etc, and a copy of it for each fault."""

    def __init__(self, worker, module, folder):
        self.command = [worker, module]
        self.pattern = folder / "pattern"
        self.etc = folder / "etc"
        self.log, self.story = folder / "strace.log", folder / "story"
        self.environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=0")

    def run(self, etc, steps, inject=None, log=None):
        """Returns (PAM codes of the steps that ended, exit status)."""
        command = [*self.command, str(etc), *steps]
        if inject or log:
            strace = ["strace", "-qq", "-o", str(log or "/dev/null")]
            if inject:
                strace += [f"--trace={inject.split(':')[0]}", f"--inject={inject}"]
            command = [*strace, *command]
        done = subprocess.run(command, env=self.environment, text=True, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode == SKIPPED:
            skip(done.stdout.strip())
        return [int(line.rsplit(" ", 1)[1]) for line in done.stdout.splitlines()], done.returncode

    def make(self):
        self.pattern.mkdir()
        codes, status = self.run(self.pattern, ["make", f"change:{CURRENT}"])
        want((codes, status) == ([SUCCESS, SUCCESS], 0), f"no pattern: {codes} {status}")

    def renew(self):
        shutil.rmtree(self.etc, ignore_errors=True)
        shutil.copytree(self.pattern, self.etc, symlinks=True)

    def calls(self, step):
        """The system calls between the marks of a step that nothing disturbs."""
        self.renew()
        codes, status = self.run(self.etc, [step], log=self.log)
        want((codes, status) == ([SUCCESS], 0), f"{step} fails without a fault: {codes} {status}")
        seen, inside, theirs, calls = collections.Counter(), False, False, []
        for line in self.log.read_text(errors="replace").splitlines():
            match = re.match(r"(\w+)\(", line)
            if not match:
                continue
            name = match[1]
            seen[name] += 1
            theirs = theirs or bool(THEIRS_BEGIN.search(line))
            if line.startswith(MARK):
                inside, theirs = not inside, False
            elif inside:
                calls.append(Call(name, seen[name], bool(CHANGING.match(line)), theirs))
            theirs = theirs and not THEIRS_END.search(line)
        return calls


class Change:
    """One change of Alice's password in a renewed folder, told as it goes and judged."""

    def __init__(self, bench):
        self.bench, self.shadow = bench, (bench.pattern / "shadow").read_text()
        bench.renew()
        bench.story.unlink(missing_ok=True)
        self.story = Story(bench.story, durable=False)
        self.story.begin(TODAY, self.shadow, {"alice": PASSWORDS}, remember=len(PASSWORDS) + 2,
                         passwd=(bench.pattern / "passwd").read_text())

    def run(self, steps, passwords, inject=None):
        """Steps, and what they change to. A code of PAM's other than success is a refusal."""
        tries = [self.story.attempt("alice", password) for password in passwords]
        codes, status = self.bench.run(self.bench.etc, steps, inject=inject)
        changes = [code for step, code in zip(steps, codes) if step.startswith("change:")]
        for number, code in zip(tries, [*changes, *[None] * len(tries)]):
            self.story.end(number, "unknown" if code is None else
                           "done" if code == SUCCESS else "refused")
        return codes, status

    def judge(self):
        etc = self.bench.etc
        verdict = judge(self.bench.story, shadow=etc / "shadow", passwd=etc / "passwd",
                        state=etc / "state")
        want(not verdict.violations, verdict.text())

    def changed(self):
        return makes(FRESH, lines_of((self.bench.etc / "shadow").read_text())["alice"].hash)

    def leftovers(self):
        return [path.name for path in (self.bench.etc / "state/accounts").iterdir()
                if path.name != "alice"]


def check_recovery(change):
    """Without a fault again: what was a password is refused, a new one is taken, all is tidy."""
    words = [CURRENT, *([FRESH] if change.changed() else []), NEXT]
    steps = ["account", *(f"change:{word}" for word in words), f"login:{NEXT}"]
    codes, status = change.run(steps, words)
    want(status == 0, f"the next process ends with {status}")
    want(codes[0] == SUCCESS, f"not expired, but not let in: {codes[0]}")
    want(SUCCESS not in codes[1:-2], "an earlier password is taken again")
    want(codes[-2:] == [SUCCESS, SUCCESS], f"the next change fails: {codes}")
    change.story.tell("settled")
    change.judge()


def try_change(bench, inject, killed):
    change = Change(bench)
    codes, status = change.run([f"change:{FRESH}"], [FRESH], inject)
    if killed:
        want(status in (-9, 137) and codes == [], f"was not killed: {codes} {status}")
    else:
        want(status == 0 and len(codes) == 1, f"the process died: {codes} {status}")
    change.judge()
    if not killed and codes[0] != SUCCESS:
        leftovers = change.leftovers()
        want(not leftovers or inject.startswith("unlink"), f"left over: {leftovers}")
    check_recovery(change)


def try_account(bench, inject, _killed):
    bench.renew()
    codes, status = bench.run(bench.etc, ["account"], inject=inject)
    want((codes, status) == ([SUCCESS], 0), f"refused: {codes} {status}")


def sample(calls, total):
    """All calls that change something, and of the others each SAMPLE-th."""
    return [call for number, call in enumerate(calls)
            if total or call.changing or number % SAMPLE == 0]


def kills_of(calls):
    return [(f"{call.name}:signal=KILL:when={call.when}", True) for call in calls]


def errors_of(calls):
    return [(f"{call.name}:error={error}:when={call.when}", False) for call in calls
            for error in ERRORS.get(call.name, ())]


def plan(bench, total):
    """Rows (title, function, [(injection, killed)])."""
    change, account = bench.calls(f"change:{FRESH}"), bench.calls("account")
    ours = [call for call in change if not call.theirs]
    ours_account = [call for call in account if not call.theirs]
    kills, errors = kills_of(sample(change, total)), errors_of(sample(ours, total))
    print(f"a change makes {len(change)} system calls, an account phase {len(account)}; tried: "
          f"{len(kills)} kills of {len(change)}, {len(errors)} errors of {len(errors_of(ours))}"
          + ("" if total else "; all with VSEE_TEST_ALL=1"))
    return (("killed in a change", try_change, kills), ("error in a change", try_change, errors),
            ("error in an account phase", try_account, errors_of(ours_account)))


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def main():
    if not shutil.which("strace"):
        skip("strace is missing")
    total = os.environ.get("VSEE_TEST_ALL", "") not in ("", "0")
    if sys.argv[3] != "none":
        del ERRORS["mmap"]  # a sanitizer ends the program
    failed = 0
    with tempfile.TemporaryDirectory(prefix="vsee-faults-") as folder:
        bench = Bench(sys.argv[1], sys.argv[2], pathlib.Path(folder))
        bench.make()
        for title, attempt, injections in plan(bench, total):
            for inject, killed in injections:
                try:
                    attempt(bench, inject, killed)
                except (Bad, OSError, subprocess.TimeoutExpired) as error:
                    failed += 1
                    print(f"FAILED: {title}: {inject}: {error}")
            print(f"{title}: {len(injections)} done")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
