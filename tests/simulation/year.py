"""A year of many accounts with the built programs: every day run, much of it going wrong.

year.py REMINDERD VSEECTL CLOCK CHAGE PERSON [--people N] [--days N] [--seed N]... [--chage]
--seed 0 draws one and prints it. --chage puts our stand-in in chage's place, in a mount namespace
of our own; --undated, with a stand-in that knows of none, plays a shadow that has just ceased to
keep dates and maximum ages. check.py says what must hold; the first thing that does not ends the
run, with the story of the account. Root only: chage works below another root for nobody else.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import time
import traceback

from check import Broken, Check, day_of, explained
from faults import Faults
from host import DAY, LEFT, MAIL, Host
from mailbox import Mailbox
from people import Town

HOUR = 3600
GOOD = (0, 3)  # exit codes of a scan that acted
NOTED, REFUSED = 75, 78


class Year:
    def __init__(self, programs, people, seed, undated):
        self.draw = random.Random(seed)
        self.host = Host(programs)
        self.first = int(time.time()) // DAY + 30
        self.host.true = self.first * DAY
        self.mailbox = Mailbox(seed)
        self.town = Town(self.host, self.mailbox, self.draw, people, undated)
        self.faults = Faults(self.town)
        self.check = Check(self.town, self.faults)
        self.refused = 0  # days in a row

    def close(self):
        self.mailbox.close()
        self.host.close()

    def at(self, day, hour, minute=0):
        self.host.true = (self.first + day) * DAY + hour * HOUR + minute * 60
        self.mailbox.day = day

    # The programs

    def reminderd(self, *arguments, codes):
        code, out, error = self.host.reminderd(*arguments)
        assert code in codes, f"reminderd {arguments}: {code}\n{out}{error}"
        return code, out + error

    def scan(self, *arguments):
        """Whether it acted. 4: the published policy is damaged, and so is the configuration."""
        code, said = self.reminderd("scan", "--verbose", *arguments,
                                    codes=(*GOOD, 2, 4, NOTED, REFUSED))
        self.town.count(f"scans that ended with {code}")
        if code in (NOTED, REFUSED):
            return code
        if code == 4:
            assert "policy" in said, said
        if not (found := LEFT.search(said)):
            assert code in (2, 4), (code, said)
            return code
        if code in GOOD:
            self.town.publish()
        self.check.left = int(found[1])
        self.check.snapshot = self.host.snapshot()
        for account in self.town.accounts.values():
            account.seen = account.hash()
            account.anew |= account.damaged
            account.damaged = False
        return 0

    def send(self):
        """As the units have it: who asks for a scan gets one, and is started again."""
        for _ in range(4):
            salvage = self.faults.break_ledger()
            code, said = self.reminderd("send", codes=(*GOOD, 4, REFUSED))
            self.deliver()
            if code == 4 and "/policy: Bad message" in said:
                assert self.town.policy_damaged, said
                return
            if code == 4:
                assert salvage or "ledger" in said, said
                self.salvage()
                continue
            wanted = self.host.path(f"{MAIL}/scan-wanted")
            if not os.path.exists(wanted):
                return
            os.unlink(wanted)
            self.town.count("scans that send asked for")
            if self.scan() != 0:
                return

    def salvage(self):
        self.host.true += 5  # what is set aside is named by the second
        code, said = self.reminderd("salvage", codes=(0, 3))
        self.town.ledger_lost = self.host.true
        self.town.count(f"salvaged ledgers: {code}")
        self.town.tell_all(f"the ledger was salvaged: {' '.join(said.split())}")

    def deliver(self):
        for mail in self.mailbox.collect():
            self.check.mail(mail)
            account = self.town.accounts[mail.name]
            self.plan(account, mail.days)

    def due(self):
        return self.host.exists(f"{MAIL}/due")

    # The day

    def plan(self, account, left):
        """When they will act on it, if this is the time for it."""
        today = self.host.true // DAY
        if account.habit == "early" and left <= 30:
            act = today + self.draw.randrange(0, 3)
        elif account.habit == "late" and left <= 3:
            act = today + self.draw.randrange(0, 2)
        elif account.habit == "last" and left > 0:
            act = today + left - 1
        else:
            return
        account.act_on = min(act, account.act_on or act)

    def logins(self, report):
        """Who must change does so, or waits for the help desk; who is warned may be."""
        demanded, helped = [], []
        for name, row in report.items():
            account = self.town.accounts[name]
            if row["verdict"] == "warn" and account.reach != "good":
                self.plan(account, row["days_left"])
            if row["verdict"] in ("must-change", "inactive"):
                if account.habit != "never" and self.draw.random() < 0.6:
                    demanded.append(account)
                elif self.draw.random() < 0.03:
                    helped.append(account)
        self.town.change_passwords(demanded, "passwd")
        self.town.change_passwords(helped, "chpasswd")

    def people_act(self):
        today = self.host.true // DAY
        acting = [one for one in self.town.accounts.values()
                  if one.act_on is not None and one.act_on <= today and not one.locked]
        ways = {"passwd": [], "chpasswd": [], "usermod": []}
        for account in acting:
            ways[self.draw.choices(list(ways), (80, 15, 5))[0]].append(account)
        for how, accounts in ways.items():
            self.town.change_passwords(accounts, how)

    def hasty(self):
        """Some change between the scan and the mails."""
        if self.draw.random() < 0.3:
            due = [one for name, line in self.check.snapshot.items()
                   if line["due_stage"] is not None and (one := self.town.accounts[name])]
            chosen = [one for one in due if self.draw.random() < 0.3]
            self.town.change_passwords(chosen[:20], "passwd")

    def night(self, day):
        """Scan and send; whether a scan at the right time has seen everybody."""
        self.at(day, 3)
        code = self.scan()
        if code == NOTED:
            self.at(day, 4, 5)
            code = self.scan()
        if code == REFUSED:
            self.refused += 1
            if self.refused > 2 and not self.host.ahead:
                code = self.scan("--accept-clock")
        if code != 0:
            return False
        self.refused = 0
        self.hasty()
        self.send()
        self.at(day, self.host.true % DAY // HOUR, 20)
        self.send()
        if self.host.ahead or self.check.left:
            return False
        report = self.report()
        self.check.login(report, True)
        self.check.agree(report)
        self.explain(report)
        if day % 7 == 0:
            self.status()
        return True

    def report(self):
        """Of nobody where the published policy is damaged: then nothing is enforced."""
        report = self.host.report()
        assert report or self.town.policy_damaged, "an empty report"
        return report or {}

    def status(self):
        """Whom no mail reaches is told to the administrator, each kind by its own."""
        _, said = self.reminderd("status", "--json", codes=(0, 1, 2, 3, 4))
        status = json.loads(said[:said.rindex("}") + 1])
        problems = {problem["name"] for problem in status["problems"]}
        skipped = [line for line in self.check.snapshot.values()
                   if line["skipped"] in ("no-address", "bad-address")
                   and line["mode"] != "watch"]
        assert status["no_address"]["count"] == len(skipped), (status, skipped)
        assert ("no-address" in problems) == bool(skipped), problems
        refused = self.check.refused_for_long()
        assert not refused or "mail-refused" in problems, (problems, refused[0].story)
        self.town.count("accounts without an address in status", len(skipped))
        self.town.count("accounts refused for long, told by status", len(refused))

    def explain(self, report):
        """vseectl, of a few."""
        for name in self.draw.sample(sorted(report), min(2, len(report))):
            row, account = report[name], self.town.accounts[name]
            code, said, error = self.host.vseectl("explain", name)
            assert code == 0, error
            verdict, deadline = explained(said)
            self.check.require(
                (verdict or row["verdict"], deadline) == (row["verdict"], day_of(row["deadline"])),
                "agree", account, f"explain {verdict} {deadline}, report {row}")

    def one_day(self, day):
        self.at(day, 0, 30)
        if not self.faults.off and self.check.snapshot:
            report = self.report()
            self.check.login(report, False)
            self.logins(report)
        self.at(day, 2)
        self.faults.next_day()
        for account in self.town.accounts.values():
            if account.reach != "good":
                account.unreached = self.host.true // DAY
        if self.faults.off:
            self.check.end_of_day(False)
            return
        self.town.befall()
        if self.draw.random() < 0.12:
            self.town.change_policy()
        scanned = self.night(day)
        self.check.end_of_day(scanned)
        self.at(day, 9)
        self.people_act()
        for hour in (10, 16):
            self.at(day, hour)
            # Each costs a scan; of many people some always have a mail put off.
            if self.due() and (len(self.town.names) < 1000 or hour == 10 and day % 3 == 0):
                self.send()

    def run(self, days):
        for day in range(days):
            self.one_day(day)


def stands_in(programs):
    """Our chage writes what the real one writes."""
    host = Host(programs)
    host.write("etc/passwd", "a:x:2000:2000::/:/bin/sh\nb:x:2001:2001::/:/bin/sh\n")
    try:
        for options in (("--maxdays", "5"), ("--maxdays", "-1", "--warndays", "3"),
                        ("--lastday", "0"), ("--lastday", "-1", "--maxdays", "99999")):
            found = []
            for program in ("/usr/bin/chage", programs["chage"]):
                host.write("etc/shadow", "b:!:1:0:9:7:::\na:$6$x$y:20000:0:60:7:::\n", 0o600)
                subprocess.run([program, "--root", host.root, *options, "--", "a"], check=True)
                with open(host.path("etc/shadow"), encoding="utf-8") as file:
                    found.append(file.read())
            assert found[0] == found[1], (options, found)
    finally:
        host.close()


def play(programs, people, days, seed, undated):
    """Whether all held. Prints what came of it."""
    year = Year(programs, people, seed, undated)
    begun = time.monotonic()
    print(f"# seed {seed}: {people} accounts, {days} days", flush=True)
    try:
        year.run(days)
    except Broken as broken:
        what, account = broken.args
        print(f"# BROKEN {what}\n# seed {seed}, {account.name} (uid {account.uid},"
              f" {account.habit}, {account.reach}):")
        print("".join(f"#   {line}\n" for line in account.story))
        return False
    except Exception:  # pylint: disable=broad-except
        print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()))
        return False
    finally:
        year.close()
        for what, number in sorted(year.town.counts.items()):
            print(f"# {number:>9} {what}")
        print(f"# day {year.host.true // DAY - year.first}, {time.monotonic() - begun:.0f} s")
    return True


def main():
    parser = argparse.ArgumentParser()
    for name in ("reminderd", "vseectl", "clock", "chage", "person"):
        parser.add_argument(name, type=os.path.realpath)
    parser.add_argument("--people", type=int, default=150)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--seed", type=int, action="append")
    parser.add_argument("--chage", dest="stand_in", action="store_true")
    parser.add_argument("--undated", action="store_true")
    given = parser.parse_args()
    if os.geteuid() != 0 or not shutil.which("chage"):
        print("1..0 # SKIP needs root and chage")
        return 0
    if given.stand_in and not os.environ.get("VSEE_STAND_IN"):
        os.environ["VSEE_STAND_IN"] = "yes"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", "sh", "-c",
                              'mount --bind "$0" /usr/bin/chage && exec "$@"', given.chage,
                              sys.executable, *sys.argv])
    programs = {name: getattr(given, name)
                for name in ("reminderd", "vseectl", "clock", "chage", "person")}
    seeds = [seed or random.SystemRandom().randrange(1, 10 ** 9) for seed in given.seed or [1]]
    print(f"1..{len(seeds) + 1}")
    failed = 0
    if given.stand_in:
        print("ok 1 - chage stands in # SKIP the real one is not to be had here")
    else:
        stands_in(programs)
        print("ok 1 - the stand-in writes what chage writes")
    for number, seed in enumerate(seeds, 2):
        good = play(programs, given.people, given.days, seed, given.undated)
        failed += not good
        print(f"{'ok' if good else 'not ok'} {number} - seed {seed}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
