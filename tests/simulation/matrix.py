"""What a mail, the ledger, the module and chage -l say, for every stage, delay and situation.

matrix.py REMINDERD VSEECTL CLOCK CHAGE PERSON

All people set their password on the same day, with max_days = 60: it ends on day D. The host runs
on each day of an earlier stage, is then off until so many days after the stage's day, and runs
again; something has happened to some of them meanwhile. What is expected was written by hand, from
the design's sections 3, 7 and 8.
"""

import datetime
import email
import email.policy
import json
import os
import re
import shutil
import subprocess
import sys
import time
import traceback

from check import day_of, explained
from host import CHANGE, CONF, DAY, HASH, MAP, MAX, WARN, Host, hash_of

CONFIG = """[policy]
mode = off
[group people]
mode = enforce
[user shortened]
mode = enforce
max_days = {shortened}
[user lengthened]
mode = enforce
max_days = {lengthened}
[mail]
smtp = maildir:/var/mail/all
from = help@example.com
addresses = map
"""
AGE, D = 60, 60  # days; of the deadline since the day of the change

# (stage, days missed): days left on that day, the deadline, the stage that is mailed, and the
# ledger's rows as (deadline, stage, state). Nobody was told before the first stage: with a day
# left, they get the three days that a mail needs. None left: expired, for they were told.
SENT, PASSED, GONE = "sent", "superseded", "obsolete"
TEN, THREE, ONE = (D, 10, SENT), (D, 3, SENT), (D, 1, SENT)
PLAIN = {
    (10, 0): (10, D, 10, [TEN]),
    (10, 1): (9, D, 10, [TEN]),
    (10, 2): (8, D, 10, [TEN]),
    (10, 9): (3, D + 2, 3, [(D + 2, 10, PASSED), (D + 2, 3, SENT)]),
    (3, 0): (3, D, 3, [TEN, THREE]),
    (3, 1): (2, D, 3, [TEN, THREE]),
    (3, 2): (1, D, 1, [TEN, (D, 3, PASSED), ONE]),
    (3, 9): (-6, D, None, [TEN]),
    (1, 0): (1, D, 1, [TEN, THREE, ONE]),
    (1, 1): (0, D, None, [TEN, THREE]),
    (1, 2): (-1, D, None, [TEN, THREE]),
    (1, 9): (-8, D, None, [TEN, THREE]),
}
# What the ledger holds before that day: nothing is taken back when no mail is due any more.
BEFORE = {10: [], 3: [TEN], 1: [TEN, THREE]}
RUNS = {10: (), 3: (10,), 1: (10, 3)}

# On which date chage -l says that it expires: the deadline; never, until 0 says that it is over;
# or not asked, where the password can't be used at all.
DATE, NEVER, ANY = "deadline", "never", "any"
PEOPLE = ("nothing", "changed", "shortened", "lengthened", "locked", "asked", "future", "empty",
          "unlimited")


class Expected:
    """Of one person on one day: left and deadline None where they do not matter."""

    def __init__(self, left, deadline, stage, rows, verdict, chage=DATE):
        self.left, self.deadline, self.stage, self.rows = left, deadline, stage, rows
        self.verdict, self.chage = verdict, chage


def expect(person, stage, missed, today):
    """today: days since the change. A table would have 108 rows of these five kinds."""
    left, deadline, mailed, rows = PLAIN[stage, missed]
    verdict = "warn" if left > 0 else "must-change"
    before = BEFORE[stage]
    if person == "changed":
        return Expected(60, today + AGE, None, before, "valid")
    if person == "lengthened":
        return Expected(90 - today, 90, None, before, "valid")
    if person == "locked":
        return Expected(None, None, None, before, "no-password", ANY)
    if person == "asked":
        return Expected(None, None, None, before, "must-change", NEVER)
    # Shadow's date or max says nothing any more; ours goes on, as for who is shortened: the new
    # date is long past, and the one promised stands.
    chage = NEVER if person in ("future", "empty", "unlimited") else DATE
    return Expected(left, deadline, mailed, rows, verdict, chage)


class Matrix:
    def __init__(self, programs):
        self.host = Host(programs)
        self.start = int(time.time()) // DAY + 30  # the day of the change
        os.makedirs(self.host.path("var/mail"))
        self.write()
        self.read = set()

    def close(self):
        self.host.close()

    def write(self):
        host = self.host
        numbers = list(enumerate(PEOPLE))
        host.write("etc/passwd", "".join(f"{name}:x:{2000 + i}:{2000 + i}::/:/bin/sh\n"
                                         for i, name in numbers))
        host.write("etc/shadow", "".join(f"{name}:{hash_of(i)}:{self.start}:0:99999:7:::\n"
                                         for i, name in numbers), 0o600)
        host.write("etc/group", f"people:x:900:{','.join(PEOPLE)}\n")
        host.write(MAP, "".join(f"{name}: {name}@example.com\n" for name in PEOPLE))
        self.configure(60, 60)

    def configure(self, shortened, lengthened):
        self.host.write(CONF, CONFIG.format(shortened=shortened, lengthened=lengthened))

    def reminderd(self, *arguments, codes=(0,)):
        code, out, error = self.host.reminderd(*arguments)
        assert code in codes, (arguments, code, out, error)
        return code, out

    def run_on(self, day, between=None):
        self.host.true = (self.start + day) * DAY + 3 * 3600
        code, _ = self.reminderd("scan", codes=(0, 3, 75))
        if code == 75:
            self.host.true += 3660
            self.reminderd("scan")
        if between:
            between()
        self.reminderd("send")
        wanted = self.host.path("var/lib/vsee-expire-mail/scan-wanted")
        if os.path.exists(wanted):
            os.unlink(wanted)
            self.reminderd("scan", codes=(0, 3))
            self.reminderd("send")

    def befall(self):
        """While the host's programs did not run."""
        lines = self.host.lines
        self.host.read_shadow()
        lines = self.host.lines
        lines["locked"][HASH] = "!" + lines["locked"][HASH]
        lines["asked"][CHANGE] = "0"
        lines["future"][CHANGE] = str(self.start + 400)
        for field in (CHANGE, MAX, WARN):
            lines["empty"][field] = ""
        lines["unlimited"][MAX] = "99999"
        self.host.write_shadow()
        self.configure(30, 90)

    def change(self):
        self.host.read_shadow()
        line = self.host.lines["changed"]
        line[HASH], line[CHANGE] = hash_of(77), str(self.host.today())
        self.host.write_shadow()

    def mails(self):
        """Those that came since the last time, by name."""
        folder, found = self.host.path("var/mail/all/new"), {}
        for name in os.listdir(folder) if os.path.isdir(folder) else ():
            if name in self.read:
                continue
            self.read.add(name)
            with open(os.path.join(folder, name), "rb") as file:
                mail = email.message_from_binary_file(file, policy=email.policy.default)
            person = mail["To"].partition("@")[0].strip('" <')
            assert person not in found, f"two mails to {person}"
            found[person] = mail
        return found

    def chage_says(self, name):
        done = subprocess.run(["chage", "--root", self.host.root, "-l", name], text=True,
                              env={**os.environ, "LC_ALL": "C"}, capture_output=True, check=True)
        said = re.search(r"^Password expires\s*: (.*)$", done.stdout, re.M)[1]
        try:
            return day_of(datetime.datetime.strptime(said, "%b %d, %Y").date().isoformat())
        except ValueError:
            return said

    def check_mail(self, mail, expected):
        if expected.stage is None:
            assert mail is None, f"mailed: {mail['Subject']}"
            return
        assert mail is not None, "no mail"
        days = f"in {expected.left} day{'' if expected.left == 1 else 's'}"
        assert mail["Subject"] == f"VSee Messenger Password is Expiring {days}", mail["Subject"]
        date = datetime.date(1970, 1, 1) + datetime.timedelta(self.start + expected.deadline)
        for kind in ("plain", "html"):
            body = mail.get_body((kind,)).get_content()
            assert f"{date:%A}, {date.day} {date:%B} {date.year}" in body, (date, body)
            assert days in body, (days, body)

    def check_ledger(self, name, expected):
        rows = map(json.loads, self.reminderd("reminders", name, "--json")[1].splitlines())
        found = sorted((row["deadline"] - self.start, -row["stage"], row["state"])
                       for row in rows if row["state"] != "skipped")
        wanted = sorted((deadline, -stage, state) for deadline, stage, state in expected.rows)
        assert found == wanted, f"ledger {found}, expected {wanted}"

    def check_module(self, name, expected):
        """vseectl explain, snapshot, and chage -l."""
        code, said, error = self.host.vseectl("explain", name)
        assert code == 0, error
        verdict, deadline = explained(said)
        line = self.host.snapshot()[name]
        assert verdict == line["verdict"] == expected.verdict, (verdict, line, expected.verdict)
        over = expected.verdict == "must-change"
        if expected.deadline is not None:
            wanted = self.start + expected.deadline
            assert deadline == line["deadline"] == wanted, (deadline, line, wanted)
            assert line["days_left"] == expected.left, line
        assert line["due_stage"] == expected.stage, line
        shown = self.chage_says(name)
        if expected.chage == DATE:
            assert shown == self.start + expected.deadline, (shown, line)
        elif expected.chage == NEVER:
            assert shown == ("password must be changed" if over else "never"), (shown, line)

    def play(self, stage, missed):
        for earlier in RUNS[stage] or (40,):
            self.run_on(D - earlier)
            self.mails()
        self.befall()
        today = D - stage + missed
        self.run_on(today, self.change)
        mails = self.mails()
        for person in PEOPLE:
            yield person, mails.get(person), expect(person, stage, missed, today)


def rows(programs, stage, missed):
    """(name of the row, None or what is wrong)."""
    matrix = Matrix(programs)
    try:
        for person, mail, expected in matrix.play(stage, missed):
            wrong = None
            try:
                matrix.check_mail(mail, expected)
                matrix.check_ledger(person, expected)
                matrix.check_module(person, expected)
            except AssertionError as error:
                wrong = str(error) or traceback.format_exc()
            yield f"{stage}, missed {missed}, {person}", wrong
    finally:
        matrix.close()


def main():
    names = ("reminderd", "vseectl", "clock", "chage", "person")
    programs = {name: os.path.realpath(path) for name, path in zip(names, sys.argv[1:])}
    if os.geteuid() != 0 or not shutil.which("chage"):
        print("1..0 # SKIP needs root and chage")
        return 0
    print(f"1..{len(PLAIN) * len(PEOPLE)}")
    number = failed = 0
    for stage, missed in PLAIN:
        for name, wrong in rows(programs, stage, missed):
            number += 1
            failed += wrong is not None
            print(f"{'not ok' if wrong else 'ok'} {number} - {name}")
            if wrong:
                print("".join(f"# {line}\n" for line in wrong.splitlines()), end="")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
