"""A guest with systemd whose clock is set; its people, mails and story.

On the true day anna and plain (not covered) have time, ben has two days and knows, and cleo's time
is over, which she was told.
"""

import datetime
import json
import re
import shutil
import time

import machine
from story import Story
from verdict import violations

EPOCH = datetime.date(1970, 1, 1)
PAST = (12, 10, 8, 6, 4, 2, 1, 0)  # days ago on which there was a daily run
PASSWORD = "Amber-Fox-31"
LISTEN = 2525
SERVICE, TIMER = "reminderd-scan.service", "reminderd-scan.timer"
GOOD, NOTED, REFUSED = 0, 75, 78
LET_IN = ("anna", "ben", "plain")
TIMED = ("anna", "ben", "cleo")


def number(day):
    """Of a date, as shadow counts."""
    return (day - EPOCH).days


class Host:
    """One disk, through some boots. truth: the date it is, whatever the clock says."""

    def __init__(self, folder, results, truth):
        self.folder, self.results, self.truth = folder, results, truth
        self.told = folder / "told"
        shutil.rmtree(self.told, ignore_errors=True)
        self.guest = None

    def new(self, disk):
        """A disk on which nothing has happened yet."""
        (self.told / "mailbox").mkdir(parents=True)
        self.story, self.mails = Story(self.told / "story"), []
        machine.copy(disk, self.folder / "disk.img")

    def keep(self, place):
        """The machine ends; its disk and story can be gone on with more than once."""
        self.guest.stop()
        place.mkdir()
        shutil.move(self.folder / "disk.img", place)
        shutil.move(self.told, place)
        (place / "mails").write_text(json.dumps(self.mails))

    def resume(self, place):
        machine.copy(place / "disk.img", self.folder / "disk.img")
        shutil.copytree(place / "told", self.told)
        self.story, self.mails = Story(self.told / "story"), json.loads(
            (place / "mails").read_text())

    def boot(self, rtc):
        self.guest = machine.Machine(self.folder, self.folder / "disk.img", init="systemd",
                                     rtc=rtc, ports=[self.heard])
        self.guest.ready()
        self.guest.run("ip", "link", "set", "lo", "up")
        self.guest.ask("start", program="mailer.py", port=1, listen=LISTEN)

    def heard(self, line):
        self.mails.append(line["recipient"].split("@")[0])
        (self.told / f"mailbox/{len(self.mails)}").write_bytes(
            line["text"].encode("utf-8", "surrogateescape"))

    def expect(self, name, expected, got):
        self.results.expect(name, expected, got)

    def now(self):
        return self.guest.run("date", "+%F %T").strip()

    def at(self, date):
        """The clock is set, and what systemd starts for it has come to its end."""
        self.guest.run("date", "-s", date)
        time.sleep(1)
        self.quiet()

    def state(self, *units):
        return self.guest.run("systemctl", "show", "-P", "SubState", *units).split()

    def quiet(self, *more):
        """No run is under way, nor any of more."""
        busy = {"start", "running", "start-pre", "stop-sigterm", *more}
        end = time.monotonic() + machine.SECONDS
        while busy & set(self.state(SERVICE, "reminderd-send.service")):
            if time.monotonic() > end:
                raise machine.Fault("the daily run does not end")
            time.sleep(0.2)

    def ran(self, *argv):
        self.quiet()
        return self.guest.ask("run", argv=list(argv))

    def scan(self, *options):
        return self.ran("reminderd", "scan", *options)[0]

    def send(self):
        return self.ran("reminderd", "send")[0]

    def run_daily(self):
        """Scan, and send where the scan did something: what the units do."""
        return self.scan() or self.send()

    def go_on(self):
        """A run that systemd waits to repeat; without one the next one, by hand."""
        if self.state(SERVICE) != ["auto-restart"]:
            return self.run_daily()
        self.quiet("auto-restart")
        return int(self.guest.run("systemctl", "show", "-P", "ExecMainStatus", SERVICE))

    def scanned_on(self):
        text = self.guest.ask("read", path="/var/lib/vsee-expire/scan")
        return int(re.search(r"^last (\d+)$", text, re.M)[1])

    def wait(self):
        """Hours until the timer starts a run."""
        text = self.guest.run("systemctl", "list-timers", "--all", "--output=json", TIMER)
        following = json.loads(text)[0]["next"]
        now = float(self.guest.run("date", "+%s"))
        return (following / 1e6 - now) / 3600 if following else None

    def logins(self, name, who=LET_IN):
        """Each by su with the password, through the real stack."""
        words = {user: self.guest.ask("enter", name=user, password=PASSWORD)[0] for user in who}
        self.expect(f"{name}: who has time logs in", {user: "in" for user in who},
                    {user: word.split("+")[0] for user, word in words.items()})

    def demanded(self, name, user):
        self.expect(f"{name}: {user} must change", True,
                    self.guest.ask("demanded", name=user, password=PASSWORD))

    def live(self):
        """The past: ben and cleo were told of their dates, and today's scan was good."""
        self.guest.ask("age", day=number(self.truth))
        for days in PAST:
            self.at(f"{self.truth - datetime.timedelta(days)} 12:00:00")
            self.scan(*(("--accept-clock",) if days == PAST[0] else ()))
            self.send()
        told = self.guest.ask("begin")
        self.story.begin(number(self.truth), told["shadow"], {name: [PASSWORD] for name in TIMED})
        self.check_truth("in the beginning")

    def check_truth(self, name):
        """Who has time logs in, whose time is over is asked for a new one."""
        self.logins(name)
        self.demanded(name, "cleo")

    def judge(self, name, due=("ben", "cleo")):
        """The invariants program on a copy of the files."""
        self.story.tell("due", names=list(due))
        self.story.tell("settled")
        self.expect(f"{name}: the invariants hold", [], violations(self.guest, self.told))

    def close(self):
        if self.guest:
            self.guest.cut()
