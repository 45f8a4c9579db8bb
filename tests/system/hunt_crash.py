"""Programs that die with a password in their hands, with every limit on core dumps lifted."""

import contextlib
import fcntl
import os
import pathlib
import signal
import time

import booted_mail
import hunt_mail
import hunt_page
import hunt_places
import world
from booted_mail import SEND, drop_in
from booted_page import FRONT

RESETD = "vsee-resetd@.service"
CONTROL = "hunt-core.service"
INPUT = pathlib.Path("/var/tmp/hunt-core-input")
NO_LIMIT = "[Service]\nLimitCORE=infinity\n"


def lift_limits():
    for unit in (FRONT, RESETD):
        drop_in(unit, NO_LIMIT)


@contextlib.contextmanager
def shadow_locked():
    """Who changes a password waits: the worker for up to five seconds."""
    with open("/etc/.pwd.lock", "w", encoding="ascii") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        yield


def is_hidden(pid):
    """Not dumpable: its files in /proc are root's, whoever it runs as."""
    return os.stat(f"/proc/{pid}/environ").st_uid == 0


def core_limit(pid):
    text = pathlib.Path(f"/proc/{pid}/limits").read_text()
    return next(line.split()[4:6] for line in text.splitlines() if "core file" in line)


class Crash:
    def __init__(self, results, marks, page, journal, await_true):
        self.results, self.marks, self.page = results, marks, page
        self.journal, self.await_true = journal, await_true
        self.dumps = False

    def ends(self, unit):
        return [entry["EXIT_CODE"] for entry in self.journal("-u", unit) if "EXIT_CODE" in entry]

    def control(self):
        """A program that does nothing about it leaves a core, and the hunt finds it."""
        mark = self.marks.new("canary: core")
        INPUT.write_text(mark + "\n")
        world.run("systemd-run", f"--unit={CONTROL}", "-p", "LimitCORE=infinity", "-p",
                  "WorkingDirectory=/var/tmp", "-p", f"StandardInput=file:{INPUT}", "python3", "-c",
                  "import sys, time; word = sys.stdin.readline(); time.sleep(60)")
        time.sleep(0.3)
        world.run("systemctl", "kill", "--signal=ABRT", CONTROL)
        self.await_true(lambda: self.ends(CONTROL))
        self.dumps = self.ends(CONTROL) == ["dumped"]
        return mark

    def expect_no_core(self, what, unit, pid, hidden, limit):
        """hidden, limit: what was seen of it while it lived."""
        self.results.expect(f"crash: {what} allows no core", (True, ["0", "0"]), (hidden, limit))
        self.await_true(lambda: self.ends(unit))
        ends = set(self.ends(unit))
        self.results.expect(f"crash: {what} died of a signal and left no core", (True, False),
                            ("killed" in ends, "dumped" in ends), None)
        self.results.expect(f"crash: {what} is gone", False, os.path.exists(f"/proc/{pid}"))

    def one(self, what, unit, name):
        """Killed while it holds the passwords of a change that waits for shadow's lock."""
        person = self.page.people["page-killed"]
        with shadow_locked(), hunt_page.connect() as sock:
            sock.sendall(hunt_page.post("/change", self.page.own(person, person.new)))
            self.await_true(lambda: hunt_places.pids("vsee-resetd"))
            time.sleep(0.6)
            pid = hunt_places.pids(name)[0][0]
            held = hunt_places.memory(self.marks, pid)
            seen = is_hidden(pid), core_limit(pid)
            os.kill(pid, signal.SIGABRT)
            self.page.said.append(("killed", hunt_page.receive(sock)))
        self.results.expect(f"crash: {what} held the passwords when it died", True, {
            f"{person.name}: current", f"{person.name}: new"} <= hunt_places.owners(held))
        self.await_true(lambda: not os.path.exists(f"/proc/{pid}"))
        self.expect_no_core(what, unit, pid, *seen)

    def sender(self):
        """reminderd send, which waits for the answer to the final dot."""
        (booted_mail.FOLDER / "slow").touch()
        world.run("systemctl", "start", booted_mail.SCAN)
        self.await_true((booted_mail.FOLDER / "waiting").exists)
        pid = hunt_mail.sending()[0][0]
        held = hunt_places.memory(self.marks, pid, "memory of reminderd send", True)
        seen = is_hidden(pid), core_limit(pid)
        os.kill(pid, signal.SIGABRT)
        self.await_true(lambda: not os.path.exists(f"/proc/{pid}"))
        (booted_mail.FOLDER / "slow").unlink()
        self.expect_no_core("reminderd send", SEND, pid, *seen)
        return held

    def all(self):
        self.one("the worker", "vsee-resetd@*", "vsee-resetd")
        self.one("the front", FRONT, "vsee-web")
        self.await_true(lambda: hunt_page.front_pid() > 0)
