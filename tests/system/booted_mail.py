"""Mail on the booted system: what systemd starts when, as whom, and what that one may see."""

import os
import pathlib
import subprocess
import time

import sink
import world

SEND, SCAN = "reminderd-send.service", "reminderd-scan.service"
UNITS = ("reminderd-scan.path", "reminderd-send.timer")
FOLDER = pathlib.Path("/run/sink")
CREDENTIAL = pathlib.Path("/etc/credstore.encrypted/vsee-expire.smtp-password")
SEEN = world.MAIL / "seen"
DUE = world.MAIL / "due"
PASSWORD = "Quince-Lorry-86"
CONFIGURATION = f"""\
[mail]
smtp = smtp://localhost:{sink.PORT}
user = {sink.USER}
from = Help desk <help@example.com>
addresses = domain
domain = example.com
"""
# Runs in the sandbox of the unit before send does.
LOOK = f"""\
#!/bin/sh
exec >{SEEN} 2>&1
id -un; id -Gn
stat -c %F /etc/shadow
cat /etc/shadow /etc/shadow- {world.STATE}/accounts/anna /etc/credstore.encrypted/*
ls {world.STATE}/accounts /home /root
touch {world.STATE}/x /etc/x /tmp/x
cat {world.STATE}/policy {world.STATE}/snapshot | wc -l
cat "$CREDENTIALS_DIRECTORY/smtp-password"
"""


def drop_in(unit, text):
    folder = pathlib.Path(f"/etc/systemd/system/{unit}.d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mail.conf").write_text(text)
    world.run("systemctl", "daemon-reload")


def start_sink(password):
    """The server, which wants that password."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "password").write_text(password)
    world.run("systemd-run", "--unit=test-sink", "python3", world.SOURCE / "tests/system/sink.py",
              str(FOLDER))


def encrypt(password):
    """As README has it."""
    CREDENTIAL.parent.mkdir(exist_ok=True)
    world.run("systemd-creds", "encrypt", "--name=smtp-password", "-", CREDENTIAL, text=password)


def prepare():
    """The server, its password, and the look around."""
    start_sink(PASSWORD)
    encrypt(PASSWORD)
    script = pathlib.Path("/usr/local/bin/look")
    script.write_text(LOOK)
    script.chmod(0o755)
    drop_in(SEND, f"[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStartPre={script}\n")
    with open(world.CONFIG, "a") as file:
        file.write(CONFIGURATION)


def taken():
    """Who got mail since the last call."""
    found = []
    for path in sorted((FOLDER / "taken").glob("*")):
        found.append(path.name.split("-", 1)[1].split("@")[0])
        path.unlink()
    return sorted(found)


def shown(unit, what):
    return world.run("systemctl", "show", "-P", what, unit).strip()


class Mail:
    def __init__(self, results, clock, await_true, journal):
        self.results, self.clock = results, clock
        self.await_true, self.journal = await_true, journal

    def expect_all(self, name):
        """Those who have changed get one mail each; ben's time is over."""
        got = []

        def complete():
            got.extend(taken())
            return len(got) >= 2

        self.await_true(complete)
        self.await_true(lambda: shown(SEND, "ActiveState") != "active")
        self.results.expect(name, ["anna", "carl"], sorted(got + taken()))

    def later(self, seconds):
        self.clock.set(self.clock.day, self.clock.second + seconds)

    def look_around(self):
        seen = SEEN.read_text()
        lines = seen.splitlines()
        expect = self.results.expect
        expect("send is its own user, in no other group", ["vsee-expire"] * 2, lines[:2])
        expect("it can look at the date of shadow", "regular file", lines[2])
        expect("it reads no hash, no state, no home, no store of secrets", [False, 4, 3], [
            "$y$" in seen, seen.count("cat: "), seen.count("ls: ")])
        expect("it writes nothing but its own folder and its own /tmp", [2, False], [
            seen.count("touch: "), os.path.exists("/tmp/x")])
        expect("it has the password, from systemd", PASSWORD, lines[-1])
        SEEN.unlink()
        places = [world.run("journalctl", "-q", "-b", "-o", "export"),
                  world.run("systemctl", "show", SEND),
                  *(path.read_bytes().decode("latin-1") for path in
                    [*world.MAIL.iterdir(), *world.STATE.rglob("*")] if path.is_file())]
        expect("nobody else has it", [], [text[:80] for text in places if PASSWORD in text])

    def on_success(self, leap):
        """The daily run's success sends; who is told is told once."""
        leap(world.DAY_NOW + 117)
        self.expect_all("the scan's success sends, with AUTH")
        self.look_around()
        self.results.expect("nothing is left to do", True, self.await_true(
            lambda: not DUE.exists()))
        self.results.expect("others read the numbers, and not the ledger", [0, 1], [
            subprocess.run(["runuser", "-u", "nobody", "--", "cat", world.MAIL / name],
                           capture_output=True).returncode
            for name in ("mail.prom", "ledger.sqlite")])
        self.results.expect("send leaves an entry with its numbers", True, self.await_true(
            lambda: any(entry.get("VSEE_SENT") == "2" for entry in self.journal("-u", SEND))))

    def asked(self):
        """Two hours later the snapshot is too old: one scan, one run of send, and silence."""
        DUE.touch()
        self.later(3 * 3600)
        before = shown(SCAN, "ExecMainStartTimestampMonotonic")
        world.run("systemctl", "start", SEND)
        self.results.expect("a snapshot that is too old: the path unit starts a scan", True,
                            self.await_true(lambda: shown(
                                SCAN, "ExecMainStartTimestampMonotonic") != before))
        self.results.expect("and its success starts send, which ends it", True,
                            self.await_true(lambda: not DUE.exists()))
        self.results.expect("nobody is told again", [], taken())
        self.results.expect("the path unit goes on", "active", shown(UNITS[0], "ActiveState"))

    def killed(self):
        """One day before: send is killed while the server is silent after the final dot."""
        (FOLDER / "slow").touch()
        self.clock.set(world.DAY_NOW + 119)
        world.run("systemctl", "start", SCAN)
        self.results.expect("send waits for the answer to the final dot", True,
                            self.await_true((FOLDER / "waiting").exists))
        world.run("systemctl", "kill", "--signal=KILL", SEND)
        self.results.expect("killed: the unit has failed", True, self.await_true(
            lambda: shown(SEND, "Result") == "signal"))
        (FOLDER / "slow").unlink()
        (FOLDER / "defer").touch()
        self.later(1000)
        drop_in(UNITS[1], "[Timer]\nRandomizedDelaySec=0\nAccuracySec=100ms\nOnCalendar=*:*:*\n")
        self.results.expect("the timer starts it again; the server puts them off", True,
                            self.await_true(lambda: any(
                                entry.get("VSEE_DEFERRED") == "2"
                                for entry in self.journal("-u", SEND))))
        self.results.expect("which is no failure of the unit", "success", shown(SEND, "Result"))

    def retried(self):
        (FOLDER / "defer").unlink()
        self.later(600)
        self.expect_all("the timer tries again, and the mail arrives")
        self.results.expect("then nothing is due", True, self.await_true(
            lambda: not DUE.exists()))
        lines = len(self.journal("-u", SEND, "-u", UNITS[1]))
        time.sleep(2.2)
        self.results.expect("a timer that finds nothing due leaves no line", lines,
                            len(self.journal("-u", SEND, "-u", UNITS[1])))


def check(results, clock, await_true, journal, leap):
    mail = Mail(results, clock, await_true, journal)
    prepare()
    results.expect("who enabled the daily run has mail's units, too", ["active"] * 2,
                   [shown(unit, "ActiveState") for unit in UNITS])
    mail.on_success(leap)
    mail.asked()
    mail.killed()
    mail.retried()
    world.run("systemctl", "stop", "test-sink")
