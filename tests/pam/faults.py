#!/usr/bin/env python3
"""Kill a password change at each system call, and let each fail: faults.py WORKER MODULE SANITIZER

After each fault: shadow and state are the old or the new, never in between; the history has lost
nothing; who was not expired is let in; a success means that the new password stands in shadow and
is refused the next time; a change without a fault mends what is left over. A sample by default,
everything with VSEE_TEST_ALL=1.
"""

import collections
import ctypes
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

MARK = "getpgid(24301)"  # 0x5eed
CURRENT, FRESH, NEXT = "Current-Elm-1", "Fresh-Elm-2", "Next-Elm-3"
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

libcrypt = ctypes.CDLL("libcrypt.so.1")
libcrypt.crypt.restype = ctypes.c_char_p
libcrypt.crypt.argtypes = (ctypes.c_char_p, ctypes.c_char_p)


def makes(password, stored):
    return libcrypt.crypt(password.encode(), stored.encode()) == stored.encode()


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
        self.log = folder / "strace.log"
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


class Folder:
    """What stands on the disk after a fault."""

    def __init__(self, etc):
        self.shadow = (etc / "shadow").read_text()
        self.passwd = (etc / "passwd").read_text()
        self.state = (etc / "state/accounts/alice").read_text()
        self.names = sorted(path.name for path in (etc / "state/accounts").iterdir())

    def field(self):
        return re.search(r"^alice:([^:]*):", self.shadow, re.M)[1]

    def fact(self, key):
        found = re.search(rf"^{key} (.*)$", self.state, re.M)
        return found[1] if found else ""

    def known(self):
        """Every hash that stands for a password: entries, the current one."""
        entries = re.findall(r"^entry \S+ (\S+)$", self.state, re.M)
        return set(entries) | {self.fact("current") or self.fact("hash")}


def check_disk(before, after):
    want(after.passwd == before.passwd, "passwd changed")
    want(after.shadow.endswith("\n"), "shadow: the last line is cut")
    others = [[line for line in folder.shadow.splitlines() if not line.startswith("alice:")]
              for folder in (before, after)]
    want(others[0] == others[1], "shadow: other lines changed")
    want(all(line.count(":") == 8 for line in after.shadow.splitlines()), "shadow: a damaged line")
    want(after.field() == before.field() or makes(FRESH, after.field()),
         "shadow: neither old nor new")
    lines = after.state.splitlines()
    want(after.state.endswith("\n") and lines[0] == "vsee-account 1" and lines[-1] == "end",
         "state: cut")
    want(before.known() <= after.known(), "the history lost an entry")
    want(not any(".damaged" in name for name in after.names), "state was called damaged")


def check_recovery(bench, before, after, code):
    """Without a fault again: what was a password is refused, a new one is taken, all is tidy."""
    changed = after.field() != before.field()
    want(code != SUCCESS or changed, "success, but shadow has the old password")
    steps = ["account", f"change:{CURRENT}"]
    steps += [f"change:{FRESH}"] if changed else []
    codes, status = bench.run(bench.etc, [*steps, f"change:{NEXT}", f"login:{NEXT}"])
    want(status == 0, f"the next process ends with {status}")
    want(codes[0] == SUCCESS, f"not expired, but not let in: {codes[0]}")
    want(codes[1] != SUCCESS, "the old password is taken again")
    want(not changed or codes[2] != SUCCESS, "the new password is taken again")
    want(codes[-2:] == [SUCCESS, SUCCESS], f"the next change fails: {codes}")
    last = Folder(bench.etc)
    want(last.names == ["alice"], f"left over: {last.names}")
    want(after.known() - {after.fact("hash")} <= last.known(), "recovery lost an entry")


def try_change(bench, before, inject, killed):
    bench.renew()
    codes, status = bench.run(bench.etc, [f"change:{FRESH}"], inject=inject)
    if killed:
        want(status in (-9, 137) and codes == [], f"was not killed: {codes} {status}")
    else:
        want(status == 0 and len(codes) == 1, f"the process died: {codes} {status}")
    after = Folder(bench.etc)
    check_disk(before, after)
    check_recovery(bench, before, after, None if killed else codes[0])
    if not killed and codes[0] != SUCCESS:
        leftovers = [name for name in after.names if name != "alice"]
        want(not leftovers or inject.startswith("unlink"), f"left over: {leftovers}")


def try_account(bench, _before, inject, _killed):
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
        before = Folder(bench.pattern)
        for title, attempt, injections in plan(bench, total):
            for inject, killed in injections:
                try:
                    attempt(bench, before, inject, killed)
                except (Bad, OSError, subprocess.TimeoutExpired) as error:
                    failed += 1
                    print(f"FAILED: {title}: {inject}: {error}")
            print(f"{title}: {len(injections)} done")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
