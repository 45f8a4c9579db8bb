#!/usr/bin/env python3
"""The module inside real programs under valgrind. memcheck.sh BUILD runs it.

valgrind runs no setuid program, so su and passwd are copies without that bit. su is started with
a person's real uid and root's effective one, as the bit would do. sshd forbids its children what
valgrind needs; a login without a password is login -f, which is the same to the module.
"""

import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys

import callers
import people
import world
from results import Results
from terminal import Outcome, Terminal, environment

KEPT = world.BUILD / "tests/system/valgrind"
SUPPRESSIONS = world.SOURCE / "tests/system/memcheck.supp"
LOGS = pathlib.Path("/run/memcheck")
SU, PASSWD = "/usr/local/lib/su", "/usr/local/lib/passwd"
SECONDS = 200
OPTIONS = ("--leak-check=full", "--show-leak-kinds=definite", "--errors-for-leak-kinds=definite",
           "--track-fds=yes", "--keep-debuginfo=yes", "--num-callers=40", "--error-exitcode=97",
           f"--suppressions={SUPPRESSIONS}", f"--log-file={LOGS}/%p")


def install():
    """valgrind where it looks for itself, and the copy of su."""
    world.run("cp", "-r", f"{KEPT}/.", "/")
    LOGS.mkdir()
    for copy in (SU, PASSWD):
        shutil.copyfile(f"/usr/bin/{os.path.basename(copy)}", copy)
        os.chmod(copy, 0o755)
    with open("/etc/login.defs", "a", encoding="ascii") as file:
        file.write("LOGIN_RETRIES 1\n")


def watched(*argv, as_user=None):
    """argv under valgrind; as_user: whose real uid it has, beside root's effective one."""
    real = ["setpriv", "--ruid", str(pwd.getpwnam(as_user).pw_uid)] if as_user else []
    return [*real, "/usr/bin/valgrind.bin", *OPTIONS, *argv]


def talk(argv, user, old=callers.OLD, new=callers.NEW):
    """As callers.interactive, with the patience that valgrind takes."""
    before = world.shadow_fields(user)[1]
    outcome = Terminal(argv).converse(callers.answers(user, old, new), seconds=SECONDS)
    return callers.verdict(user, before, outcome, callers.session_seen(user, outcome)), outcome


def entered(*argv, as_user=None):
    return lambda user: talk(watched(*argv, user, as_user=as_user), user)


def su_reused(user):
    """Who has just changed is asked to change again, and wants the old one back."""
    world.run("chage", "-d", "0", user)
    return talk(watched(SU, "-", user, as_user="runner"), user, callers.NEW, callers.OLD)


def login_unknown(user):
    terminal = Terminal(watched("/usr/bin/login", user))
    outcome = terminal.converse(callers.answers(user), seconds=SECONDS)
    return callers.tags(outcome.text) or "refused", outcome


def state(user):
    file = world.STATE / "accounts" / user
    return file.read_bytes() if file.exists() else b""


def kept(change):
    """A change that the module saw through shows in the account's state: +kept."""
    def call(user):
        before = state(user)
        word, outcome = change(user)
        return word + ("+kept" if state(user) != before else ""), outcome
    return call


@kept
def passwd(user):
    return callers.change(watched(PASSWD, user), user, "root")


@kept
def chpasswd(user):
    before = world.shadow_fields(user)
    done = subprocess.run(watched("/usr/sbin/chpasswd"), input=f"{user}:{callers.NEW}\n", text=True,
                          capture_output=True, timeout=SECONDS, check=False,
                          env=environment("root"))
    outcome = Outcome(done.stdout + done.stderr, done.returncode)
    changed = world.shadow_fields(user) != before
    return "+".join(["changed" if changed else "refused", *callers.tags(outcome.text)]), outcome


SU_USER = entered(SU, "-", as_user="runner")
SU_ROOT = entered(SU, "-")
LOGIN = entered("/usr/bin/login")
LOGIN_KEY = entered("/usr/bin/login", "-f")

# The module's own words (V..), or what it keeps, prove that it was there. The order matters:
# passwords change.
CASES = (
    ("su", SU_USER, "valid", "in"),
    ("su", SU_USER, "warned", "in+V01"),
    ("su", SU_USER, "expired", "change+V03"),
    ("su to a password had before", su_reused, "expired", "asked-in-vain+V05+V11"),
    ("su", SU_USER, "denied", "refused+V04+token"),
    ("su", SU_USER, "inactive", "refused+V06"),
    ("su by root", SU_ROOT, "floor", "in+V01"),
    ("login", LOGIN, "overdue", "change+V03"),
    ("login", LOGIN, "denied", "refused+V04+token"),
    ("login without a password", LOGIN_KEY, "denied", "in+V09"),
    ("login without a password", LOGIN_KEY, "keyed", "change+V03"),
    ("login", login_unknown, "nobody-here", "refused"),
    ("passwd by root", passwd, "valid", "changed+kept"),
    ("chpasswd", chpasswd, "warned", "changed+kept"),
    ("chpasswd", chpasswd, "nobody-here", "refused"),
)


def blocks(text):
    """The paragraphs of a log, without valgrind's mark before each line."""
    return re.sub(r"(?m)^==\d+== ?", "", text).split("\n\n")


def is_complaint(block):
    """Anything with a stack, but the one socket that syslog(3) keeps for the process."""
    return bool(re.search(r"(?m)^\s+at 0x", block)) and "__syslog_chk" not in block


def judgement():
    """What valgrind says of the processes since the last call; some must have come to their end."""
    texts = [file.read_text() for file in LOGS.iterdir()]
    for file in LOGS.iterdir():
        file.unlink()
    if not any("ERROR SUMMARY" in text for text in texts):
        return ["no process was judged"]
    return [block for text in texts for block in blocks(text) if is_complaint(block)]


def check(results, name, caller, user, expected):
    got, outcome = caller(user)
    results.expect(f"memcheck {name}, {user}", expected, got, outcome)
    found = judgement()
    outcome.text = "\n\n".join(found)
    results.expect(f"memcheck {name}, {user}: nothing lost, nothing read or open that should not",
                   0, len(found), outcome)


def set_up():
    clock = world.Clock()
    world.make_shell()
    world.make_surroundings()
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    install()


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("memcheck.py changes accounts: it runs inside tests/system/root.sh only")
    results = Results(world.Journal())
    set_up()
    for case in CASES:
        check(results, *case)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
