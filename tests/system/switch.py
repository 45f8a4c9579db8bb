#!/usr/bin/env python3
"""vseectl enable and disable with the real pam-auth-update, passwd, su and sshd.

play.sh BUILD switch.py runs it in a throw-away root.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import callers
import world
from results import Results
from terminal import Outcome

PAM = pathlib.Path("/etc/pam.d")
PROFILES = pathlib.Path("/usr/share/pam-configs")
SAVED = pathlib.Path("/var/lib/pam")
CONFIG = pathlib.Path("/etc/vsee-expire")
UPDATE = pathlib.Path("/usr/sbin/pam-auth-update")
DROPIN = CONFIG / "vsee-expire.conf.d/99-vseectl.conf"
ENFORCE = ("enable", "--mode", "enforce", "--group", "providers")
NOW = world.DAY_NOW

WITH_QUALITY = """\
auth optional pam_vsee_expire.so
account [success=3 new_authtok_reqd=ok acct_expired=die authtok_expired=die default=ignore] \
pam_vsee_expire.so
account [new_authtok_reqd=2 default=ignore] pam_vsee_expire.so again
password requisite pam_vsee_expire.so use_authtok
password optional pam_vsee_expire.so bind
"""
WITHOUT_QUALITY = WITH_QUALITY.replace(".so use_authtok", ".so")


def ctl(*arguments):
    """Exit code and what was printed; pam-auth-update must not ask anybody."""
    done = subprocess.run(["vseectl", *arguments], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, timeout=120)
    return done.returncode, Outcome(done.stdout + done.stderr, done.returncode)


def contents(folder):
    """Every file's bytes; what pam-auth-update keeps beside them does not count."""
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def stamps(folder):
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino)
            for path in folder.rglob("*")}


def our_lines():
    """Our lines of the common files, blanks squeezed."""
    text = "".join((PAM / f"common-{name}").read_text() for name in ("auth", "account", "password"))
    lines = [" ".join(line.split()) for line in text.splitlines() if "pam_vsee_expire" in line]
    return "".join(line + "\n" for line in lines)


def last_line(outcome):
    lines = outcome.text.splitlines()
    return lines[-1] if lines else ""


class Switch:
    def __init__(self, results, clock):
        self.results, self.clock = results, clock

    def expect(self, name, expected, got, outcome=None):
        self.results.expect(f"switch {name}", expected, got, outcome)

    def ctl(self, name, code, *arguments):
        got, outcome = ctl(*arguments)
        self.expect(name, code, got, outcome)
        return outcome

    def same(self, name, before, folder):
        after = contents(folder)
        changed = sorted(path for path in {**before, **after} if before.get(path) != after.get(path))
        self.expect(name, [], changed)


def set_up(clock):
    """Sixty days back: programs and profiles as the packages have them, pam.d as Debian has it."""
    clock.set(NOW - 60)
    world.install_programs()
    for name in ("vsee-expire", "vsee-expire-bind"):
        shutil.copy(world.SOURCE / "packaging/pam-configs" / name, PROFILES)
    world.run("groupadd", "providers")
    for name, groups in (("anna", "providers"), ("ben", "providers"), ("cleo", "providers"),
                         ("carl", "sudoing"), ("runner", "sudoing")):
        world.run("useradd", "-m", "-s", "/usr/local/bin/test-shell", "-G", groups, name)
        world.set_password(name, callers.OLD)
        world.authorize(name)
    (world.CONFIG).write_text("[web]\nbase_url = https://%H:9443\n")


def check_dry_run(switch):
    pam, config = contents(PAM), contents(CONFIG)
    outcome = switch.ctl("dry run says changed", 10, *ENFORCE, "--dry-run", "--detailed-exitcodes")
    switch.expect("dry run names pam-auth-update", True, "PAM: pam-auth-update" in outcome.text,
                  outcome)
    switch.expect("dry run: runuser never asks about expiry", False, "runuser" in outcome.text,
                  outcome)
    switch.same("dry run leaves pam.d alone", pam, PAM)
    switch.same("dry run leaves the configuration alone", config, CONFIG)


def check_on(switch, lines):
    outcome = switch.ctl("enable", 10, *ENFORCE, "--detailed-exitcodes")
    switch.expect("enable ends with what is in force", "changed: [group providers] mode = enforce",
                  last_line(outcome), outcome)
    switch.expect("the five lines of the design", lines, our_lines())
    switch.expect("the timer is left to cron", True, "have cron run reminderd scan" in outcome.text)
    switch.expect("the policy is published", True, (world.STATE / "policy").exists())
    folders = (PAM, CONFIG, world.STATE)
    before = [stamps(folder) for folder in folders]
    outcome = switch.ctl("enable again", 0, *ENFORCE, "--detailed-exitcodes")
    switch.expect("enable again is unchanged", "unchanged: [group providers] mode = enforce",
                  last_line(outcome), outcome)
    switch.expect("enable again writes nothing", True,
                  before == [stamps(folder) for folder in folders])
    world.run("pam-auth-update", "--package")
    switch.expect("pam-auth-update of another package keeps the lines", lines, our_lines())


def check_passwords(switch, user):
    """What is set by passwd is remembered: the fifth line is where it belongs."""
    for name, old, new, expected in (
            ("a fresh one", callers.OLD, callers.NEW, "changed"),
            ("the last one", callers.NEW, callers.OLD, "refused+V11"),
            ("another", callers.NEW, "Kettle-Ocean-29", "changed"),
            ("the last but one", "Kettle-Ocean-29", callers.OLD, "refused+V11")):
        before = world.shadow_fields(user)[1]
        outcome = callers.Terminal(["passwd"], user).converse(
            callers.answers(user, old, new))
        changed = world.shadow_fields(user)[1] != before
        got = "+".join(["changed" if changed else "refused", *callers.tags(outcome.text)])
        switch.expect(f"passwd: {name}", expected, got, outcome)


def login(switch, name, expected, call, user):
    got, outcome = call(user)
    switch.expect(name, expected, got, outcome)


def check_logins(switch):
    """Valid, then expired; carl is in no group that is covered."""
    ways = (("ssh", callers.ssh_login("kbdint")), ("su", callers.su_user))
    for way, call in ways:
        login(switch, f"{way}, valid", "in", call, "anna")
    for day in (NOW - 5, NOW):  # nobody expires untold: told today, not before three days
        switch.clock.set(day)
        world.scan(switch.clock)
    snapshot = world.Snapshot()
    for way, call in ways:
        snapshot.restore()
        login(switch, f"{way}, expired", "change+V03", call, "anna")
        login(switch, f"{way}, expired, not covered", "in", call, "carl")
    snapshot.restore()


def check_back_to_remind(switch):
    switch.ctl("back to remind", 10, "enable", "--mode", "remind", "--group", "providers",
               "--detailed-exitcodes")
    login(switch, "su, expired, remind", "in+V08", callers.su_user, "anna")
    switch.ctl("and to enforce", 0, *ENFORCE)


def check_off(switch, pam, config, shadow):
    outcome = switch.ctl("disable", 10, "disable", "--detailed-exitcodes")
    switch.expect("disable ends with off", "changed: [policy] mode = off", last_line(outcome),
                  outcome)
    switch.same("pam.d is as it was", pam, PAM)
    switch.same("the configuration is as it was", config, CONFIG)
    fields = [field for field in world.shadow_fields("anna")[3:]]
    switch.expect("shadow's limits are as they were", shadow, fields)
    switch.ctl("disable again", 0, "disable", "--detailed-exitcodes")
    login(switch, "su after disable", "in", callers.su_user, "anna")


def check_edited(switch, name, line):
    """pam-auth-update passes over files changed by hand without a code: we say so."""
    file = PAM / f"common-{name}"
    kept = file.read_text()
    lines = kept.splitlines(keepends=True)
    number = 1 + [" pam_unix.so" in text.replace("\t", " ") for text in lines].index(True)
    file.write_text("".join([*lines[:number - 1], line + "\n", *lines[number - 1:]]))
    pam, config = contents(PAM), contents(CONFIG)
    outcome = switch.ctl(f"common-{name} edited by hand", 4, *ENFORCE)
    switch.expect(f"the edited line of common-{name} is named", True,
                  f"{file}:{number} was edited by hand" in outcome.text, outcome)
    shown = " ".join(outcome.text.split())
    switch.expect("the lines to put in are shown", [],
                  [text for text in WITHOUT_QUALITY.splitlines() if text not in shown], outcome)
    switch.same("nothing is left in pam.d", pam, PAM)
    switch.same("nothing is left in the configuration", config, CONFIG)
    file.write_text(kept)


def check_edited_later(switch):
    """Edited between enable and disable: the mode is off, the lines stay and are named."""
    file = PAM / "common-account"
    switch.ctl("enable before an edit", 0, *ENFORCE)
    kept = file.read_text()
    file.write_text(kept.replace('"Primary" block)\n',
                                 '"Primary" block)\naccount required pam_access.so\n'))
    outcome = switch.ctl("disable after an edit", 4, "disable")
    switch.expect("the edited line is named", True,
                  re.search(r"common-account:\d+ was edited by hand", outcome.text) is not None,
                  outcome)
    switch.expect("our lines are named", 5, outcome.text.count("a line of ours"), outcome)
    login(switch, "su with lines and without mode", "in", callers.su_user, "anna")
    file.write_text(kept)
    switch.ctl("disable when the edit is gone", 10, "disable", "--detailed-exitcodes")
    switch.expect("no line is left", "", our_lines())


def check_cut_short(switch):
    """pam-auth-update ended when it had taken out some of the lines: the next disable goes on."""
    switch.ctl("enable before a disable cut short", 0, *ENFORCE)
    late = {file: file.read_text() for file in (PAM / "common-password", SAVED / "password")}
    switch.ctl("disable", 0, "disable")
    for file, text in late.items():
        file.write_text(text)
    switch.expect("two lines are left", 2, our_lines().count("\n"))
    outcome = switch.ctl("disable goes on", 10, "disable", "--detailed-exitcodes")
    switch.expect("none is left then", "", our_lines(), outcome)


def check_without_update(switch):
    pam, config = contents(PAM), contents(CONFIG)
    os.rename(UPDATE, f"{UPDATE}.away")
    outcome = switch.ctl("no pam-auth-update", 4, *ENFORCE)
    switch.expect("its absence is named", True, "has no pam-auth-update" in outcome.text, outcome)
    os.rename(f"{UPDATE}.away", UPDATE)
    switch.same("without it pam.d is left alone", pam, PAM)
    switch.same("without it the configuration is left alone", config, CONFIG)


SYSTEMCTL = """\
#!/bin/sh
case $1 in
  is-enabled | is-active) test -e /run/timer-is-on ;;
  enable) test ! -e /run/timer-fails && touch /run/timer-is-on ;;
  disable) rm -f /run/timer-is-on ;;
esac
"""


def check_timer(switch):
    """With a systemctl of our own in place of systemd, which booted.py has."""
    fake, on, fails = (pathlib.Path(path) for path in
                       ("/usr/sbin/systemctl", "/run/timer-is-on", "/run/timer-fails"))
    pathlib.Path("/run/systemd/system").mkdir(parents=True)
    fake.write_text(SYSTEMCTL)
    fake.chmod(0o755)
    fails.touch()
    outcome = switch.ctl("a timer that can't be switched on", 4, *ENFORCE)
    switch.expect("what stands without a timer is said", True,
                  "all else is done" in outcome.text and DROPIN.exists(), outcome)
    fails.unlink()
    policy = stamps(world.STATE)
    outcome = switch.ctl("the timer alone", 10, *ENFORCE, "--detailed-exitcodes")
    switch.expect("for the timer alone no scan is run", policy, stamps(world.STATE))
    switch.expect("the timer is on", True, on.exists(), outcome)
    switch.ctl("with the timer on, unchanged", 0, *ENFORCE, "--detailed-exitcodes")
    switch.ctl("a group's end leaves the timer", 0, "disable", "--group", "providers")
    switch.expect("the timer is still on", True, on.exists())
    switch.ctl("the end of all", 0, "disable")
    switch.expect("the timer is off", False, on.exists())
    fake.unlink()
    os.rmdir("/run/systemd/system")


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("switch.py changes accounts: play.sh runs it in a throw-away root")
    results = Results(world.Journal())
    clock = world.Clock()
    switch = Switch(results, clock)
    world.make_shell()
    world.make_surroundings()
    set_up(clock)
    pam, config = contents(PAM), contents(CONFIG)
    shadow = world.shadow_fields("anna")[3:]
    check_dry_run(switch)
    check_on(switch, WITH_QUALITY)
    sshd = world.Sshd()
    check_passwords(switch, "ben")
    check_logins(switch)
    check_back_to_remind(switch)
    check_off(switch, pam, config, shadow)
    sshd.stop()
    world.run("pam-auth-update", "--package", "--disable", "pwquality")
    pam = contents(PAM)
    check_edited(switch, "auth", "auth optional pam_faildelay.so")
    check_edited(switch, "account", "account required pam_access.so")
    check_without_update(switch)
    check_on(switch, WITHOUT_QUALITY)
    check_passwords(switch, "cleo")
    check_off(switch, pam, config, shadow)
    check_edited_later(switch)
    check_cut_short(switch)
    check_timer(switch)
    switch.same("after all of it pam.d is as it was", pam, PAM)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
