#!/usr/bin/env python3
"""The packages on a booted system, from installation to purge; tests/system/boot.sh runs it.

Its first boot ends with 100, which asks boot.sh for a reboot; the second one counts for both.
systemd, its timers and the journal are real and keep the real time. What logs people in, and what
counts days, sees the test's clock (clock.c).
"""

import glob
import json
import os
import pathlib
import re
import sys
import time

import booted_mail
import booted_page
import callers
import world
from results import Results
from terminal import Answer, Terminal

DEBS = world.BUILD / "deb"
NEWER = world.BUILD / "deb-newer"
OLD, NEW, LATER = "Amber-Fox-31", "Hazel-Orbit-18", "Ivory-Canoe-29"
TIMER, SERVICE = "reminderd-scan.timer", "reminderd-scan.service"
COUNTS = pathlib.Path("/var/tmp/booted-counts")
NOTED = re.compile(r"^noted \d", re.M)
REBOOT = 100
STAMP = pathlib.Path(f"/var/lib/systemd/timers/stamp-{TIMER}")
DROP_IN = pathlib.Path(f"/etc/systemd/system/{SERVICE}.d/test.conf")
CONFIGURATION = """\
[policy]
mode = off
notice_days = 10
[group providers]
max_days = 60
"""


class Quiet:
    """Results want a log to show; here that is the journal's last lines."""

    def take(self):
        return world.run("journalctl", "-q", "-n", "40", codes=None).splitlines()


def await_true(condition, seconds=20):
    """Whether it came true in time; the system's own programs need a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def packages(folder):
    return sorted(glob.glob(f"{folder}/*.deb"))


def install(folder):
    return dpkg("-i", *packages(folder))


def dpkg(*arguments):
    return world.run("dpkg", *arguments, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def state_of(unit, what):
    """What systemctl(1) says of it. Its --wait needs dbus, which is not here."""
    return world.run("systemctl", what, unit, codes=None).strip()


def journal(*arguments):
    """The journal's entries as objects; its complaint that a unit has none yet is no entry."""
    text = world.run("journalctl", "-q", "-o", "json", *arguments, codes=None)
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def ssh(user, old, new=NEW, method="kbdint"):
    argv = callers.ssh(method, user, "-tt", f"{user}@127.0.0.1")
    answers = (*callers.answers(user, old, new), Answer("shell", r"\$ $", "id -un; exit"))
    before = world.shadow_fields(user)[1]
    outcome = Terminal(argv).converse(answers)
    return callers.verdict(user, before, outcome, f"\n{user}\n" in outcome.text), outcome


def start_sshd():
    options = [word for option in world.Sshd.OPTIONS for word in ("-o", option)]
    world.run("systemd-run", "--unit=test-sshd", "/usr/sbin/sshd", "-D", "-p", world.PORT, *options)
    world.Sshd.await_port()


def restart_sshd():
    world.run("systemctl", "restart", "test-sshd")
    world.Sshd.await_port()


def lines_of_ours():
    """In the stacks of logins; the page has two of its own."""
    return [line for file in glob.glob("/etc/pam.d/*") if "/vsee-reset" not in file
            for line in pathlib.Path(file).read_text().splitlines()
            if "pam_vsee_expire" in line and not line.startswith("#")]


def stack_files():
    return {name: pathlib.Path(name).read_bytes() for name in glob.glob("/etc/pam.d/common-*")}


def last_scan():
    file = world.STATE / "scan"
    return file.read_text() if file.exists() else ""


def started():
    """When systemd last started the scan."""
    return world.run("systemctl", "show", "-P", "ExecMainStartTimestampMonotonic", SERVICE)


def fire_timer():
    """As after days off: the stamp is old, and Persistent= catches up at once."""
    before = started()
    world.run("systemctl", "stop", TIMER)
    STAMP.parent.mkdir(parents=True, exist_ok=True)
    STAMP.touch()
    past = time.time() - 3 * 86400
    os.utime(STAMP, (past, past))
    world.run("systemctl", "start", TIMER)
    return await_true(lambda: started() != before
                      and state_of(SERVICE, "is-active") not in ("active", "activating"))


def no_random_delay():
    """The timer's random delay may be hours; what is tested is that it fires and catches up."""
    folder = pathlib.Path(f"/etc/systemd/system/{TIMER}.d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "test.conf").write_text("[Timer]\nRandomizedDelaySec=0\nAccuracySec=1s\n")
    world.run("systemctl", "daemon-reload")


def prepare():
    world.make_surroundings()
    for group in ("providers", "robots"):
        world.run("groupadd", "-f", group)
    for name, groups in (("anna", "providers"), ("ben", "providers"), ("carl", "providers"),
                         ("robot", "robots")):
        world.run("useradd", "-m", "-s", "/bin/bash", "-G", groups, name)
        world.set_password(name, OLD)
        world.authorize(name)
        pathlib.Path(f"/home/{name}/.hushlogin").touch()


def installation(results):
    before = stack_files()
    install(DEBS)
    results.expect("installing leaves pam.d alone", True, before == stack_files())
    results.expect("installing enables no timer", "disabled", state_of(TIMER, "is-enabled"))
    results.expect("installing creates the group of the snapshot's readers", True,
                   "vsee-expire:" in pathlib.Path("/etc/group").read_text())
    results.expect("everybody logs in as before", "in", ssh("anna", OLD)[0])


def switch_on(results):
    world.CONFIG.write_text(CONFIGURATION)
    no_random_delay()
    output = world.run("vseectl", "enable", "--mode", "enforce", "--group", "providers")
    results.expect("enable says that it changed something", True,
                   output.strip().splitlines()[-1].startswith("changed"))
    results.expect("enable puts the five lines in place", 5, len(lines_of_ours()))
    results.expect("enable starts the timer", "enabled", state_of(TIMER, "is-enabled"))
    results.expect("a timer that missed its time catches up", True, fire_timer())
    results.expect("the scan left an entry with a message id", True, await_true(
        lambda: any("MESSAGE_ID" in entry and "VSEE_COVERED" in entry
                    for entry in journal("-u", SERVICE))))
    text = world.run("journalctl", "-q", "-x", "-u", SERVICE)
    results.expect("the catalog explains it", True,
                   "Subject: Password expiry: the daily run has ended" in text)
    results.expect("anna has a date", True, bool(re.search(r"enrolled until +\d{4}-", world.run(
        "vseectl", "explain", "anna"))))
    results.expect("the service ended well", "success",
                   world.run("systemctl", "show", "-P", "Result", SERVICE).strip())


def noted():
    """The scan of a day that its clock leapt to does nothing but note the time."""
    before = last_scan()
    world.run("systemctl", "start", "--no-block", SERVICE)
    return await_true(lambda: last_scan() != before and NOTED.search(last_scan()))


def an_hour_later(clock):
    """systemd starts it again by itself, in this test after 3 seconds; then it goes on."""
    clock.set(clock.day, clock.second + 3700)
    return await_true(lambda: not NOTED.search(last_scan()))


def two_months_later(results, clock):
    """The scan believes a leap of the clock only after an hour: two runs, an hour apart."""
    clock.set(world.DAY_NOW + 57)
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    DROP_IN.write_text("[Service]\nRestartSec=3s\n")
    world.run("systemctl", "daemon-reload")
    results.expect("after a leap of the clock the first run only notes it", True, noted())
    results.expect("systemd runs it again, and that run goes on", True, an_hour_later(clock))
    restart_sshd()
    word, outcome = ssh("anna", OLD)
    results.expect("three days before she is told", "in+V01", word, outcome)
    clock.set(world.DAY_NOW + 60)
    noted()
    an_hour_later(clock)
    restart_sshd()
    break_glass(results)
    word, outcome = ssh("anna", OLD)
    results.expect("anna must change at login and gets in", "change+V03", word, outcome)
    results.expect("her new password logs in", "in", ssh("anna", NEW)[0])
    results.expect("robot is not covered", "in", ssh("robot", OLD)[0])
    told = [str(entry.get("MESSAGE")) for entry in journal("_COMM=sshd")]
    results.expect("the journal tells her story", True,
                   any("pam_vsee_expire" in line and "user=anna" in line
                       and "action=demand" in line for line in told))


def break_glass(results):
    """Nobody shall be asked for now, and the configuration is broken on top."""
    good = world.CONFIG.read_text()
    world.CONFIG.write_text(good + "nonsense\n")
    world.run("vseectl", "hold", "--until", "+2h", "--reason", "nobody can log in", codes=None)
    word, outcome = ssh("ben", OLD)
    results.expect("during a hold ben is let in", "in+V08", word, outcome)
    results.expect("status shows the hold and its reason", True,
                   "nobody can log in" in world.run("vseectl", "status", codes=None))
    earlier = started()
    world.run("systemctl", "start", SERVICE, codes=None)
    results.expect("a scan with a broken configuration fails, and the hook says so", True,
                   await_true(lambda: started() != earlier and any(
                       "reminderd-scan.service" in str(entry.get("MESSAGE")) for entry in
                       journal("-u", "vsee-expire-failure@*"))))
    world.CONFIG.write_text(good)
    world.run("vseectl", "hold", "--release")
    results.expect("after the release shadow is in step again", "60",
                   world.shadow_fields("ben")[4])


def hardened(results):
    """With /etc read-only a scan changes nothing; under NoNewPrivileges a login goes on."""
    kept = DROP_IN.read_text()
    DROP_IN.write_text(f"{kept}ReadWritePaths=\nReadOnlyPaths=/etc\nReadWritePaths={world.STATE}\n")
    world.run("systemctl", "daemon-reload")
    world.run("chage", "-M", "99999", "ben")
    before = pathlib.Path("/etc/shadow").read_bytes()
    earlier = started()
    world.run("systemctl", "start", SERVICE)
    await_true(lambda: started() != earlier and state_of(SERVICE, "is-active") != "active")
    results.expect("with /etc read-only a scan leaves shadow alone", True,
                   before == pathlib.Path("/etc/shadow").read_bytes())
    results.expect("and says so", True, any("chage" in str(entry.get("MESSAGE"))
                                            for entry in journal("-u", SERVICE, "-p", "warning")))
    DROP_IN.write_text(kept)
    world.run("systemctl", "stop", "test-sshd")
    options = [word for option in world.Sshd.OPTIONS for word in ("-o", option)]
    world.run("systemd-run", "--unit=test-sshd-nnp", "-p", "NoNewPrivileges=yes",
              "/usr/sbin/sshd", "-D", "-p", world.PORT, *options)
    world.Sshd.await_port()
    word, outcome = ssh("carl", OLD)
    results.expect("under NoNewPrivileges a change inside PAM works", "change+V03", word, outcome)
    world.run("systemctl", "stop", "test-sshd-nnp")


def watched(results):
    """What mode watch would have refused is summed up from the journal of the running system."""
    world.run("vseectl", "enable", "--mode", "watch", "--group", "providers")
    start_sshd()
    results.expect("mode watch lets ben in", "in", ssh("ben", OLD)[0])
    results.expect("report --watched finds him in the journal", True, await_true(
        lambda: re.search(r"\bben\b.*\bsshd\b.*\bdemand\b", world.run(
            "vseectl", "report", "--watched", "--since", "2000-01-01")) is not None))
    world.run("vseectl", "enable", "--mode", "enforce", "--group", "providers")
    world.run("systemctl", "stop", "test-sshd")


def first(results, clock):
    clock.set(world.DAY_NOW)
    prepare()
    start_sshd()
    installation(results)
    switch_on(results)
    two_months_later(results, clock)
    hardened(results)
    watched(results)
    booted_mail.check(results, clock, await_true, journal,
                      lambda day: (clock.set(day), noted(), an_hour_later(clock)))
    start_sshd()
    booted_page.check(results, ssh, journal, OLD)
    world.run("systemctl", "stop", "test-sshd")


def upgrade(results):
    state = {name: pathlib.Path(name).read_bytes()
             for name in glob.glob(str(world.STATE / "accounts/*")) + [str(world.STATE / "policy")]}
    lines = lines_of_ours()
    install(NEWER)
    after = {name: pathlib.Path(name).read_bytes() for name in state}
    results.expect("an upgrade keeps state and policy", True, state == after)
    results.expect("an upgrade keeps the lines in pam.d", lines, lines_of_ours())
    results.expect("an upgrade keeps the timer", "enabled", state_of(TIMER, "is-enabled"))
    results.expect("an old sshd logs in with the old module's file gone", "in", ssh("anna", NEW)[0])
    restart_sshd()
    results.expect("the new one, too", "in", ssh("anna", NEW)[0])


def purge(results):
    dpkg("--purge", "vsee-expire-web", "vsee-expire", "libpam-vsee-expire")
    results.expect("purge leaves no line in pam.d", [], lines_of_ours())
    ours = ("/etc/vsee-expire", str(world.STATE), str(world.MAIL), "/usr/sbin/vseectl",
            "/usr/sbin/reminderd", f"/etc/systemd/system/timers.target.wants/{TIMER}")
    left = [name for name in ours if os.path.lexists(name)]
    results.expect("purge leaves no file", [], left)
    results.expect("purge leaves no user", False,
                   "vsee-expire:" in pathlib.Path("/etc/passwd").read_text())
    results.expect("purge gives shadow its own fields back", ["99999", "7"],
                   world.shadow_fields("anna")[4:6])
    results.expect("everybody logs in after the purge", "in", ssh("anna", NEW)[0])


def second(results, clock):
    clock.set(world.DAY_NOW + 60, clock.second + 7200)
    start_sshd()
    results.expect("after the reboot the timer waits", "active", state_of(TIMER, "is-active"))
    results.expect("the state is still there", True, bool(last_scan()))
    results.expect("anna's password still logs in", "in", ssh("anna", NEW)[0])
    results.expect("her old one is still refused", "refused+V11",
                   refuse_old())
    upgrade(results)
    purge(results)


def refuse_old():
    """anna tries her first password again, with passwd."""
    outcome = Terminal(["passwd"], "anna").converse(callers.answers("anna", NEW, OLD))
    return "+".join(["refused" if outcome.status else "changed", *callers.tags(outcome.text)])


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("booted.py changes accounts: it runs inside tests/system/boot.sh only")
    if not os.environ.pop("TEST_REAL_CLOCK", None):
        os.execve(sys.executable, [sys.executable, *sys.argv],
                  {**os.environ, "TEST_REAL_CLOCK": "1"})
    results = Results(Quiet())
    clock = world.Clock()
    if os.environ["VSEE_BOOT"] == "1":
        first(results, clock)
        COUNTS.write_text(f"{results.passed} {results.failed}")
        return REBOOT
    second(results, clock)
    before = [int(number) for number in COUNTS.read_text().split()]
    results.passed += before[0]
    results.failed += before[1]
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
