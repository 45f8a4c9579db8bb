#!/usr/bin/env python3
"""The sudoers sample with the real sudo: what a person of group helpdesk may do, and what not."""

import pathlib
import pwd
import re
import shutil
import subprocess
import sys

import world
from results import Results

SAMPLE = world.SOURCE / "packaging/sudoers.d/vsee-expire-helpdesk"
CONFIGURATION = ("[policy]\nmode = off\n[group providers]\nmode = enforce\n"
                 "[web]\nbase_url = https://%H:9443\n")
WHY = ("--reason", "on leave, ticket 4711")

# Arguments of vseectl, and whether sudo runs it at all.
CASES = (
    ("explain a person", ("explain", "alice"), True),
    ("explain a code", ("explain", "V04"), True),
    ("extend by 3 days", ("extend", "alice", "--days", "3", *WHY), True),
    ("extend by 7 days", ("extend", "alice", "--days", "7", "--reason", "leave"), True),
    ("extend by 8 days", ("extend", "alice", "--days", "8", *WHY), False),
    ("extend by 60 days", ("extend", "alice", "--days", "60", *WHY), False),
    ("extend by 3 days, then 60", ("extend", "alice", "--days", "3", *WHY, "--days", "60"), False),
    ("the same, shortened", ("extend", "alice", "--days", "3", *WHY, "--d=60"), False),
    ("60 days inside the reason", ("extend", "alice", "--days", "3", "--reason", "x --days 60"),
     False),
    ("60 days behind a newline", ("extend", "alice", "--days", "3", "--reason", "x\n", "--days=60"),
     False),
    ("an empty reason, then 60 days", ("extend", "alice", "--days", "3", "--reason", "",
                                       "--days=60"), False),
    ("60 days before", ("extend", "--days", "60", "alice", "--days", "3", *WHY), False),
    ("extend without a reason", ("extend", "alice", "--days", "3"), False),
    ("extend on another root", ("--root", "/tmp", "extend", "alice", "--days", "3", *WHY), False),
    ("explain with another state", ("--state", "/tmp", "explain", "alice"), False),
    ("explain, an option behind", ("explain", "alice", "--service", "sshd"), False),
    ("an option for a name", ("explain", "--help"), False),
    ("a link", ("link", "alice"), True),
    ("take the link back", ("link", "alice", "--revoke"), True),
    ("a link for a day", ("link", "alice", "--hours", "24"), False),
    ("a link on another root", ("--root", "/tmp", "link", "alice"), False),
    ("hold", ("hold", "--until", "+1h", *WHY), False),
    ("release a hold", ("hold", "--release"), False),
    ("history", ("history", "list", "alice"), False),
    ("forget the history", ("history", "forget", "alice"), False),
    ("apply", ("apply",), False),
    ("no verb", (), False),
)


def make_people():
    for group in ("helpdesk", "providers"):
        world.run("groupadd", group)
    for name, group in (("clerk", "helpdesk"), ("alice", "providers"), ("guest", "")):
        world.run("useradd", "-m", *(("-G", group) if group else ()), name)
        world.set_password(name, "Old-Walnut-1")
    world.CONFIG.write_text(CONFIGURATION)


def install_sample():
    target = pathlib.Path("/etc/sudoers.d/vsee-expire-helpdesk")
    shutil.copy(SAMPLE, target)
    target.chmod(0o440)
    # The sample asks for the caller's password; nobody is here to type it.
    pathlib.Path("/etc/sudoers.d/test").write_text(
        "Defaults !authenticate\nDefaults lecture = never\n")
    return world.run("visudo", "-cf", str(target))


def sudo(name, arguments):
    """Run vseectl as that person through sudo: (exit status, output)."""
    person = pwd.getpwnam(name)
    groups = [int(gid) for gid in world.run("id", "-G", name).split()]
    done = subprocess.run(["sudo", "-n", "/usr/sbin/vseectl", *arguments], capture_output=True,
                          text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
                          user=person.pw_uid, group=person.pw_gid, extra_groups=groups)
    return done.returncode, done.stdout + done.stderr


def outcome(name, arguments):
    status, output = sudo(name, arguments)
    if "not allowed to execute" in output or "is not in the sudoers file" in output:
        return "refused by sudo"
    return "done" if status == 0 else f"exit {status}: {output}"


def check(results):
    results.expect("helpdesk: visudo takes the sample", True, "parsed OK" in install_sample())
    for name, arguments, allowed in CASES:
        results.expect(f"helpdesk: {name}", "done" if allowed else "refused by sudo",
                       outcome("clerk", arguments))
    for name, arguments, _ in CASES[:4]:
        results.expect(f"not in helpdesk: {name}", "refused by sudo", outcome("guest", arguments))


def check_log(results, journal):
    """What the help desk did is in the log: for whom, how long, why."""
    journal.take()
    sudo("clerk", ("extend", "alice", "--days", "2", *WHY))
    lines = [line for line in journal.take() if "action=extend" in line]
    wanted = 'user=alice days=2 '
    results.expect("helpdesk: an extension is logged once", 1, len(lines))
    results.expect("helpdesk: with whom, how long and why", True, bool(
        lines and wanted in lines[0] and 'reason="on leave, ticket 4711"' in lines[0]))
    output = sudo("clerk", ("link", "alice"))[1]
    token = re.search(r"token=([\w-]{43})$", output, re.M)
    journal_lines = journal.take()
    lines = [line for line in journal_lines if "action=link " in line]
    results.expect("helpdesk: a link is logged once, for whom", True,
                   len(lines) == 1 and "user=alice hours=1 expires=" in lines[0])
    results.expect("helpdesk: the token is in no line of the log", [],
                   [line for line in journal_lines if token[1] in line] if token else output)


def main():
    if not world.SOURCE.is_dir():
        sys.exit("helpdesk.py changes accounts: it runs inside tests/system/root.sh only")
    journal = world.Journal()
    results = Results(journal)
    clock = world.Clock()
    world.install_programs()
    make_people()
    world.scan(clock)
    check(results)
    check_log(results, journal)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
