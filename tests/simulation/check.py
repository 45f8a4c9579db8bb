"""What must hold of everybody on every day, whatever happened.

told    Where our own deadline is enforced, a mail that names this very day reached the person at
        least 24 hours before it began on the host's clock. No outage excuses: without a mail the
        deadline waits. Not asked of: people without an address or whose receiver refused since
        their password was set (told at login; counted), lists of stages without a reminder at
        all; 24 hours are not asked where the largest stage is below 2, or the clock was wrong
        meanwhile.
escape  The bound of tests/unit/search_check.c, P2: after W good days in a row since the date was
        last set (scanned at the right time, covered and enforced, mail possible), W = notice +
        spread + 3 + 2, notice once more where the receiver refuses, and from last change + the
        longest lifetime of these days + W on, or extension + W, the password must be changed.
        A told deadline that has come is enforced on that very day.
twice   No (name, uid, deadline, stage) in two mails, but for a second copy with the same
        Message-ID where the connection died behind the final dot, and but for rows that the
        ledger lost to damage, or forgot under a clock over 30 days ahead.
after   No mail to anybody whose password was changed since the last scan saw it; each mail says
        the days left that the last snapshot says, on the stage that is due by the rules.
agree   Snapshot, report (the module's judgement) and shadow's fields name the same day.
"""

import copy
import datetime
import re

from host import CHANGE, DAY, HASH, MAX, number
from people import NEVER

TOLD_DAYS, SLACK = 3, 2
BELIEVED = 7305  # 1990-01-01: no earlier date of the last change is
OVER = ("must-change", "inactive")
UNUSABLE = ("no-password", "account-expired")


class Broken(Exception):
    """A property does not hold: its name, the account, and how."""


def day_of(text):
    if text is None:
        return None
    return (datetime.date.fromisoformat(text[:10]) - datetime.date(1970, 1, 1)).days


def stage_of(rules, left):
    stages = [int(word) for word in rules["reminders"].split() if int(word) >= left]
    return min(stages, default=None) if left >= 0 else None


class Window:
    """Of one account: good days in a row, and the largest values of these days."""

    def __init__(self):
        self.days = self.lifetime = self.notice = self.spread = 0
        self.bound = None      # last change, as a run at the right time learnt it
        self.known = None      # password, date and reach that it belongs to
        self.max_days = 0

    def reset(self):
        self.days = self.lifetime = self.notice = self.spread = 0

    def widen(self, rules):
        self.lifetime = max(self.lifetime, rules["max_days"])
        self.notice = max(self.notice, rules["notice"])
        self.spread = max(self.spread, rules["spread"])


class Check:
    def __init__(self, town, faults):
        self.town, self.host, self.faults = town, town.host, faults
        self.windows = {name: Window() for name in town.names}
        self.snapshot, self.left, self.scan_day = {}, 0, None

    def require(self, holds, what, account, how):
        if not holds:
            self.town.tell(account, f"BROKEN {what}: {how}")
            raise Broken(f"{what}: {how}", account)

    # told, and escape to the day

    def login(self, report, scanned):
        """scanned: a run at the right time has just seen them all."""
        for name, row in report.items():
            account = self.town.accounts[name]
            deadline = day_of(row["deadline"])
            view = (row["verdict"], deadline)
            if view != account.view:
                self.town.tell(account, f"verdict {row['verdict']}, deadline {deadline}"
                               f" ({row['days_left']} left), told {day_of(row['told'])}")
                account.view = view
            if row["mode"] != "enforce":
                continue
            if row["verdict"] in OVER:
                self.expired(account, row, deadline)
            elif row["verdict"] not in UNUSABLE:
                self.let_in(account, row, deadline, scanned)

    def expired(self, account, row, deadline):
        if account.own_change == 0 or row["days_left"] > 0:
            self.require(self.asked(account) or self.own_expired(account), "told",
                         account, "a demand that nobody asked for")
            return
        told = [mail for mail in account.mails if mail.deadline == deadline]
        # A hash without a new date leaves the date, and who was told of it; so does a date that
        # is not believed.
        if account.unreached >= min(account.changed_at // DAY, account.changed_day,
                                    account.own_change or NEVER):
            self.town.count("days on which somebody without mail was expired")
        elif told:
            self.in_time(account, told, deadline)
        else:
            self.require(self.own_expired(account), "told", account,
                         f"expired on {deadline}, and no mail named this day")
            self.town.count("expired by shadow's own maximum alone")

    def asked(self, account):
        """By an administrator; so it looks, too, where a damaged state forgot that the 0 is ours."""
        return account.own_change == 0 or (
            account.meddled and number(self.host.lines[account.name][CHANGE]) == 0)

    def own_expired(self, account):
        return account.own_change is not None and (
            account.own_change + account.own_max <= self.host.today())

    def in_time(self, account, told, deadline):
        first = min(mail.host_time for mail in told)
        rules = self.town.rules(account)
        short = max(mail.largest for mail in told) < 2
        wrong = self.faults.last_clock >= min(mail.true_time for mail in told) // DAY
        self.require(short or wrong or first <= (deadline - 1) * DAY, "told", account,
                     f"expired on {deadline}, first told at {first / DAY:.2f} ({rules})")
        self.town.count("days on which somebody told was expired")

    def let_in(self, account, row, deadline, scanned):
        today = self.host.today()
        over = scanned and deadline is not None and day_of(row["told"]) == deadline
        self.require(not over or deadline > today, "escape", account,
                     f"told {deadline}, and on {today} still {row['verdict']}")
        window, rules = self.windows[account.name], self.town.rules(account)
        if self.host.ahead or not rules or window.known != self.known(account):
            return
        if self.is_put_off(account, window, self.snapshot.get(account.name)):
            return
        if account.damaged or account.anew:  # what was promised and told is not known any more
            return
        wide = copy.copy(window)
        wide.widen(rules)
        bound = wide.notice + wide.spread + TOLD_DAYS + SLACK
        if account.reach[0] in "45":
            bound += wide.notice
        # A date from a clock ahead may be taken for the right one behind a second leap.
        change = max(window.bound, day_of(row["last_change"]) or 0) if (
            self.faults.last_clock >= account.changed_at // DAY) else window.bound
        last = max(change + wide.lifetime, day_of(row["extension"]) or 0)
        self.require(window.days < bound or today < last + bound, "escape", account,
                     f"last change {window.bound}, bound {last + bound}, let in on {today}")

    def only_at_login(self, account, line, row):
        """Whether the ledger knows of a refusal that this password's mails met from the first."""
        return (account.reach[0] in "45" and line["verdict"] in ("warn", *OVER)
                and line["mode"] == "enforce" and day_of(row["told"]) == line["deadline"]
                and account.reach_since <= account.changed_at
                and self.town.ledger_lost < account.changed_at
                and not any(mail.deadline == line["deadline"] for mail in account.mails))

    def refused_for_long(self):
        """Told at login in the end, because their receiver refuses."""
        return [account for account in self.town.accounts.values() if account.at_login]

    # What the bound needs to know of the past

    def end_of_day(self, scanned):
        for name, account in self.town.accounts.items():
            window, rules = self.windows[name], self.town.rules(account)
            line = self.snapshot.get(name)
            self.learn(account, window, line, scanned)
            mail = not self.town.mailbox.down or account.reach in ("none", "bad")
            good = (scanned and mail and line and line["mode"] == "enforce" and rules
                    and rules["mode"] == "enforce" and line["verdict"] not in UNUSABLE
                    and not account.damaged and account.seen == account.hash())
            account.anew = False
            if not good:
                window.reset()
                continue
            window.days += 1
            window.widen(rules)

    @staticmethod
    def known(account):
        return account.hash().lstrip("!"), account.own_change, account.reach

    def longest(self, account):
        rules = self.town.rules(account)
        return min(rules["max_days"], account.own_max) if rules else 0

    def is_put_off(self, account, window, line):
        """A longer lifetime made a date of which nobody was told: it is put off, and told."""
        return line and line["reason"] == "untold" and self.longest(account) > window.max_days

    def learn(self, account, window, line, scanned):
        state = self.known(account)
        if not scanned or not line:
            return
        today = self.host.today()
        if state != window.known or account.anew:
            if window.known is None or state[:2] != window.known[:2] or account.anew:
                change = account.own_change
                believed = change is not None and BELIEVED <= change <= today + 1
                window.bound = change if believed else today
            window.known = state
            window.reset()
        if self.is_put_off(account, window, line):
            window.reset()
        window.max_days = self.longest(account)

    # twice, and after

    def mail(self, mail):
        account = self.town.accounts[mail.name]
        rules = self.town.rules(account)
        line = self.snapshot.get(mail.name)
        mail.true_time, mail.host_time = self.host.true, self.host.now()
        mail.deadline = self.host.today() + mail.days
        self.town.tell(account, f"mail: {mail.days} days left ({mail.deadline})")
        self.town.count("mails")
        self.require(account.seen == account.hash(), "after", account,
                     "a mail after the password was changed")
        self.require(line and rules and line["mode"] in ("remind", "enforce"), "after", account,
                     f"a mail, and the last snapshot has {line}")
        self.require(mail.deadline == line["deadline"], "after", account,
                     f"the mail says {mail.deadline}, the last snapshot {line}")
        stage = stage_of(rules, mail.days)
        self.require(stage is not None and line["due_stage"] == stage, "after", account,
                     f"stage {stage} by the rules, {line['due_stage']} in the snapshot")
        mail.largest = max(int(word) for word in rules["reminders"].split())
        self.once(account, mail, stage)
        account.mails = [one for one in account.mails if one.deadline >= mail.deadline - 60]
        account.mails.append(mail)

    def once(self, account, mail, stage):
        key = (mail.deadline, stage)
        before = account.sent.get(key)
        if before and self.forgiven(account, before, mail):
            self.town.count("mails twice: no answer behind the dot, or the ledger forgot")
        else:
            self.require(not before, "twice", account, f"deadline and stage {key} again")
        account.sent[key] = (mail.id, mail.true_time)

    def forgiven(self, account, before, mail):
        same_id, dropped = before[0] == mail.id, account.name in {
            name for _, name in self.town.mailbox.dropped}
        lost = before[1] <= max(self.town.ledger_lost, self.faults.last_far * DAY)
        return (same_id and dropped) or lost

    # agree

    def agree(self, report):
        """After a scan at the right time, with nothing changed since."""
        self.host.read_shadow()
        for name, line in self.snapshot.items():
            account, row = self.town.accounts[name], report.get(name)
            if account.seen != account.hash():
                continue
            self.require(row is not None, "agree", account, "not in the report")
            said = (row["verdict"], day_of(row["deadline"]), row["days_left"])
            noted = (line["verdict"], line["deadline"], line["days_left"])
            self.require(said == noted, "agree", account, f"report {said}, snapshot {noted}")
            self.reached(account, line)
            account.at_login = self.only_at_login(account, line, row)
            if not self.left:
                self.mirrored(account, line, self.host.lines[name])
            self.town.count("account-days compared")

    def reached(self, account, line):
        words = {"none": "no-address", "bad": "bad-address"}
        if line["skipped"] in ("no-address", "bad-address") or (
                account.reach in words and line["skipped"] is None):
            self.require(line["skipped"] == words.get(account.reach), "agree", account,
                         f"skipped: {line['skipped']}, {account.reach}")

    def mirrored(self, account, line, shadow):
        change, longest = number(shadow[CHANGE]), number(shadow[MAX])
        if line["verdict"] in UNUSABLE or shadow[HASH].startswith("!") or account.meddled:
            return
        ended = change == 0 or (change > 0 and 0 <= longest and
                                change + longest <= self.host.today())
        over = line["verdict"] in OVER
        self.require(over == ended, "agree", account,
                     f"{line['verdict']}, shadow's change {change}, max {longest}")
        if self.town.undated:
            return
        if line["mode"] == "enforce" and BELIEVED <= change == line["last_change"]:
            self.require(change + longest == line["deadline"], "agree", account,
                         f"deadline {line['deadline']}, shadow says {change + longest}")
        elif line["mode"] != "enforce":
            self.require(longest == account.own_max, "agree", account,
                         f"mode {line['mode']}, and shadow's max is {longest}")


def explained(text):
    """Verdict and deadline of vseectl explain."""
    verdict = re.search(r"^verdict: (.*)$", text, re.M)
    deadline = re.search(r"^  deadline +(\d{4}-\d\d-\d\d)", text, re.M)
    return verdict and verdict[1], day_of(deadline[1]) if deadline else None
