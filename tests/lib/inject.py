"""What strace lets go wrong: a program is killed at a system call, or the call fails."""

import collections
import os
import pathlib
import re
import subprocess
import tempfile

# What changes files is always tried; of the others, one in so many.
SAMPLE = 6
CHANGING = re.compile(r"(p?write\w*|f(data)?sync|f?ch(mod|own)(at)?|rename\w*|unlink\w*|link\w*|"
                      r"mkdir\w*|f?truncate)\(|open\w*\(.*O_(CREAT|WRONLY|RDWR)")

# What others do alone, and the text of the call that ends it.
THEIRS = (
    # pam_unix between its lock and its rename: a failing read makes it drop lines (1.5.2).
    (re.compile(r'"/etc/\.pwd\.lock", O_WRONLY\|O_CREAT\|O_CLOEXEC, 0600\)'),
     r'rename.*"/etc/shadow"'),
    # libpam, when it tells the audit system.
    (re.compile(r"NETLINK_AUDIT\) = (\S+)"), r"close\({}\)"),
)

# What each can fail with. A disk fills up, breaks, becomes read-only, a limit is reached.
FULL = ("ENOSPC", "EDQUOT", "EIO")
ERRORS = {
    "openat": ("EROFS", "EMFILE", "EIO"), "open": ("EROFS", "EMFILE", "EIO"), "write": FULL,
    "pwrite64": FULL, "fsync": FULL, "fdatasync": FULL, "ftruncate": FULL, "fallocate": FULL,
    "fchmod": ("EROFS",), "fchown": ("EROFS",), "chmod": ("EROFS",), "chown": ("EROFS",),
    "rename": ("EIO", "EROFS"), "renameat": ("EIO", "EROFS"), "unlink": ("EROFS",),
    "unlinkat": ("EROFS",), "mkdir": ("EROFS", "EDQUOT"), "mkdirat": ("EROFS", "EDQUOT"),
    "close": ("EIO",), "fcntl": ("ENOLCK",), "read": ("EIO",), "pread64": ("EIO",),
    "newfstatat": ("EIO",), "fstatfs": ("EIO",), "getrandom": ("ENOSYS",), "mmap": ("ENOMEM",),
    "lseek": ("EIO",), "flock": ("ENOLCK",), "getdents64": ("EIO",), "pipe2": ("EMFILE",),
    "dup2": ("EMFILE",), "fchdir": ("EIO",), "wait4": ("ECHILD",), "poll": ("ENOMEM",),
    "clone": ("EAGAIN", "ENOMEM"), "clone3": ("EAGAIN", "ENOMEM"), "vfork": ("EAGAIN",),
    "socket": ("EMFILE", "ENFILE", "ENOMEM"), "connect": ("EAGAIN", "ENOMEM"),
    "accept4": ("EMFILE", "ENFILE", "ENOMEM"), "sendto": ("ENOMEM", "EIO"),
    "sendmsg": ("ENOMEM", "EIO"), "recvfrom": ("ENOMEM", "EIO"), "recvmsg": ("ENOMEM", "EIO"),
}

# when: the number of this call among those of its name, as strace counts them for a process.
Call = collections.namedtuple("Call", "name when changing text")


def everything():
    return os.environ.get("VSEE_TEST_ALL", "") not in ("", "0")


def sanitized(program):
    """A sanitizer makes calls of its own; it ends the program, or is blind, where they fail."""
    return b"__asan" in pathlib.Path(program).read_bytes()


def calls_of(log, process=None):
    """The calls in order, of one process where strace followed more."""
    seen, calls = collections.Counter(), []
    for line in pathlib.Path(log).read_text(errors="replace").splitlines():
        match = re.match(r"(?:(\d+) +)?((\w+)\(.*)", line)
        if not match or (process and match[1] != process):
            continue
        seen[match[3]] += 1
        calls.append(Call(match[3], seen[match[3]], bool(CHANGING.match(match[2])), match[2]))
    return calls


def ours(calls):
    """But for what others do alone: its errors are not ours to survive."""
    end, kept = None, []
    for call in calls:
        for begin, last in THEIRS:
            found = begin.search(call.text)
            end = last.format(*found.groups()) if found else end
        if not end:
            kept.append(call)
        elif re.match(end, call.text):
            end = None
    return kept


def sample(calls, step=SAMPLE):
    """All calls that change something, and of the others each step-th."""
    return [call for number, call in enumerate(calls)
            if everything() or call.changing or number % step == 0]


def kills_of(calls):
    return [f"{call.name}:signal=KILL:when={call.when}" for call in calls]


def waited_for(call):
    """The descriptors that this call opens and somebody waits for: a pipe's, and that of our lock."""
    if call.name == "pipe2":
        return re.findall(r"\d+", call.text.partition("[")[2].partition("]")[0])
    return re.findall(r'^openat\(\d+, "lock", .*\) = (\d+)', call.text)


def without_waits(calls):
    """But for each close(2) of what is waited for: where it fails strace leaves it open, as the kernel
    does not."""
    waits, kept = set(), []
    for call in calls:
        waits.update(waited_for(call))
        number = re.match(r"close\((\d+)\)", call.text)
        if number and number[1] in waits:
            waits.remove(number[1])
        else:
            kept.append(call)
    return kept


def errors_of(calls):
    calls = without_waits(calls)
    return [f"{call.name}:error={error}:when={call.when}" for call in calls
            for error in ERRORS.get(call.name, ())]


class Missed(AssertionError):
    """What was to go wrong did not: nothing was tried."""


def missed(injections, log):
    """Those of which strace's log says nothing."""
    text = pathlib.Path(log).read_text(errors="replace")
    return [injection for injection in injections if not (
        "+++ killed by SIGKILL" in text if ":signal=KILL" in injection else
        re.search(rf"\b{injection.split(':')[0]}(\(| resumed>).*\(INJECTED\)", text))]


def traced(command, injections=(), log=None, options=(), **settings):
    """Runs it under strace. The return code is -9 where it was killed; missed: what did not go wrong
    although it should have. Threads, which are followed by -f, do not make the same calls in each
    run: then it is the caller's to count them. Else it raises Missed."""
    with tempfile.NamedTemporaryFile(prefix="strace-") as file:
        log = str(log or file.name)
        done = run(["strace", "-qq", "-o", log, *options], command, injections, settings)
        done.missed = missed(injections, log)
    if done.missed and "-f" not in options:
        raise Missed(f"was not injected: {done.missed} {done}")
    return done


def run(words, command, injections, settings):
    if injections:
        names = {injection.split(":")[0] for injection in injections}
        words += ["--trace=" + ",".join(sorted(names))]
        words += [f"--inject={injection}" for injection in injections]
    for name, value in settings.pop("environment", {}).items():
        words += ["-E", f"{name}={value}"]
    done = subprocess.run([*words, *command], stdin=subprocess.DEVNULL, text=True, check=False,
                          capture_output=True, timeout=120, **settings)
    if done.returncode == 137:
        done.returncode = -9
    return done
