"""Who lives on the simulated host, and what they and others do there."""

from host import CHANGE, CONF, DAY, EXPIRE, HASH, MAP, MAX, STATE, WARN, hash_of

GROUPS = ("clinic", "billing", "night", "labs")
NEVER = 10 ** 9

# When a person acts on what they are told: with so many days left or fewer; a part of them.
HABITS = (("early", 10, 30), ("late", 3, 25), ("last", 1, 20), ("login", 0, 20), ("never", -1, 5))
REACHES = (("good", 80), ("none", 6), ("bad", 4), ("450 4.2.2 mailbox full", 5),
           ("550 5.1.1 no such user", 5))

POLICY = """[policy]
mode = off
mirror_per_run = {mirror}
[exempt]
groups = robots
[mail]
smtp = {url}
starttls = never
from = help@example.com
addresses = map
connections = 1
"""
SECTION = """[group {name}]
mode = {mode}
max_days = {max_days}
reminders = {reminders}
notice_days = {notice}
spread_days = {spread}
"""
CHOICES = {
    "mode": ("enforce",) * 8 + ("remind", "watch", "off"),
    "max_days": (15, 30, 45, 60, 60, 60, 90),
    "reminders": ("10 3 1",) * 4 + ("14 7 2", "30 10 3 1", "5", "10 3 1 0", "1"),
    "notice": (10, 10, 10, 5, 14),
    "spread": (0, 0, 0, 4),
}


def pick(draw, table):
    return draw.choices([row[0] for row in table], [row[-1] for row in table])[0]


class Account:
    """A person; what is true of them whatever the programs make of it."""

    def __init__(self, number, draw, today):
        self.name, self.uid = f"p{number}", 2000 + number
        self.group = draw.choice(GROUPS) if draw.random() < 0.97 else "robots"
        self.habit, self.reach = pick(draw, HABITS), pick(draw, REACHES)
        self.password, self.seen = 0, None  # numbers of passwords; None: no scan has seen it
        self.own_max, self.own_change = 99999, today - draw.randrange(100)
        self.locked = False
        self.meddled = False       # somebody set shadow's max, not knowing of us
        self.damaged = False       # its state file, since the last scan
        self.anew = False          # a scan of this day found it damaged
        self.act_on = None         # the true day on which they will change it
        self.changed_at = 0        # true seconds
        self.changed_day = self.own_change  # of the host, when the password was last changed
        self.unreached = today if self.reach != "good" else -NEVER  # last day no mail came through
        self.domain, self.reach_since = "example.com", 0  # true seconds
        self.at_login = False      # told there, for the receiver refuses
        self.mails, self.sent = [], {}
        self.view = None           # verdict and deadline of the last look
        self.story = []

    def hash(self):
        return ("!" if self.locked else "") + hash_of(self.uid * 1000 + self.password)

    def line(self):
        return [self.name, self.hash(), str(self.own_change), "0", "99999", "7", "", "", ""]


class Town:
    """All accounts, the policy, and the faults that are on."""

    def __init__(self, host, mailbox, draw, people, undated=False):
        self.host, self.mailbox, self.draw = host, mailbox, draw
        self.undated = undated     # shadow was upgraded: what it writes has neither date nor max
        self.accounts = {}
        for number in range(people):
            account = Account(number, draw, host.today())
            self.accounts[account.name] = account
        self.names = list(self.accounts)
        self.sections = {name: {
            "mode": "enforce", "max_days": 60, "reminders": "10 3 1", "notice": 10, "spread": 0}
            for name in GROUPS}
        self.config_broken = False
        self.published = {}
        self.ledger_lost = 0       # true seconds: when it was salvaged last
        self.policy_damaged = False
        self.counts = {}
        self.write_all()

    def count(self, what, number=1):
        self.counts[what] = self.counts.get(what, 0) + number

    def tell(self, account, text):
        host = self.host
        account.story.append(f"day {host.true // DAY} {host.true % DAY // 3600:02}h"
                             f"{f' clock {host.today()}' if host.ahead else ''}: {text}")

    def tell_all(self, text):
        for account in self.accounts.values():
            self.tell(account, text)

    def write_all(self):
        self.host.lines = {one.name: one.line() for one in self.accounts.values()}
        self.host.write_shadow()
        self.host.write("etc/passwd", "".join(
            f"{one.name}:x:{one.uid}:{one.uid}::/:/bin/sh\n" for one in self.accounts.values()))
        self.write_groups()
        self.write_map()
        self.write_policy()

    def write_groups(self):
        members = {name: [] for name in (*GROUPS, "robots")}
        for account in self.accounts.values():
            members[account.group].append(account.name)
        self.host.write("etc/group", "".join(
            f"{name}:x:{900 + i}:{','.join(members[name])}\n" for i, name in enumerate(members)))

    def write_map(self):
        lines = {"none": "", "bad": "{0}: nobody at all\n"}
        self.host.write(MAP, "".join(
            lines.get(one.reach, "{0}: {0}@{1}\n").format(one.name, one.domain)
            for one in self.accounts.values()))
        self.mailbox.refusing = {one.name: one.reach for one in self.accounts.values()
                                 if one.reach[0] in "45"}

    def write_policy(self):
        text = POLICY.format(url=self.mailbox.url, mirror=max(1000, len(self.names) // 5))
        for name, values in self.sections.items():
            text += SECTION.format(name=name, **values)
        self.host.write(CONF, text + ("max_days = soon\n" if self.config_broken else ""))

    def rules(self, account):
        """The section that covers, as the last scan published it; None: exempt."""
        return self.published.get(account.group)

    def publish(self):
        """A scan took the configuration as it is."""
        self.policy_damaged = False
        self.published = {name: dict(values) for name, values in self.sections.items()}

    # What is done to passwords. Shadow is read before and written after by the caller.

    def date_changed(self, account, day):
        if self.undated and day:
            day = None
            account.own_max = -1
            for field in (MAX, WARN):
                self.host.lines[account.name][field] = ""
        account.own_change = day
        self.host.lines[account.name][CHANGE] = "" if day is None else str(day)
        account.changed_at = self.host.true

    def new_password(self, account, how):
        old = account.hash().lstrip("!")
        account.password += 1
        account.act_on = None
        account.changed_at, account.changed_day = self.host.true, self.host.today()
        self.host.lines[account.name][HASH] = account.hash()
        if how != "usermod":
            self.date_changed(account, self.host.today())
        elif self.host.lines[account.name][CHANGE] == "0":
            account.own_change = 0  # with a 0 of ours it can't be told from one asked for
        self.tell(account, f"new password ({how})")
        self.count(f"passwords changed, {how}")
        return account.name, account.uid, old, account.hash()

    def change_passwords(self, accounts, how):
        """passwd (through PAM), chpasswd (beside it) or usermod (which sets no date)."""
        if not accounts:
            return
        self.host.read_shadow()
        done = [self.new_password(account, how) for account in accounts]
        self.host.write_shadow()
        if how == "passwd" and self.host.exists(STATE):
            self.host.change_through_pam([one for one in done if "!" not in one[3]])

    # What befalls an account.

    def lock(self, account):
        account.locked = not account.locked
        self.host.lines[account.name][HASH] = account.hash()
        return "locked" if account.locked else "unlocked"

    def end(self, account):
        line = self.host.lines[account.name]
        line[EXPIRE] = "" if line[EXPIRE] else str(self.host.today() - 1)
        return "the account ends" if line[EXPIRE] else "the account goes on"

    def ask(self, account):
        self.date_changed(account, 0)
        return "last change 0"

    def empty(self, account):
        self.date_changed(account, None)
        return "last change empty"

    def future(self, account):
        self.date_changed(account, self.host.today() + self.draw.choice((2, 20, 300)))
        return f"last change {account.own_change}"

    def maximum(self, account):
        if self.undated:
            return "chage refuses to set a maximum"
        value = self.draw.choice((20, 30, 90, 99999))
        account.own_max, account.meddled = value, True
        self.host.lines[account.name][MAX] = str(value)
        return f"shadow's max set to {value}"

    def move(self, account):
        account.group = self.draw.choice((*GROUPS, *GROUPS, "robots"))
        return f"moves to {account.group}"

    def readdress(self, account):
        account.domain = "example.org" if account.domain == "example.com" else "example.com"
        if self.draw.random() < 0.3:
            account.reach, account.reach_since = pick(self.draw, REACHES), self.host.true
        return f"mail: {account.reach} at {account.domain}"

    def damage(self, account):
        if not self.host.spoil(f"{STATE}/accounts/{account.name}", self.draw):
            return "no state to damage"
        account.damaged = account.meddled = True  # what was mirrored may be lost
        return "the state file is damaged"

    def extend(self, account):
        code, _, error = self.host.vseectl("extend", account.name, "--days", "12", "--reason",
                                           "simulated")
        self.count(f"vseectl extend: {code}")
        return f"extended by 12 days: {code} {error.strip()}"

    def befall(self):
        """The day's share of what happens to single accounts."""
        table = ((self.lock, 4), (self.end, 2), (self.ask, 3), (self.empty, 2), (self.future, 2),
                 (self.maximum, 4), (self.move, 8), (self.readdress, 12), (self.damage, 3),
                 (self.extend, 0.2 if len(self.names) > 1000 else 3))
        picked = [name for name in self.names if self.draw.random() < 0.008]
        chosen = [(pick(self.draw, table), self.accounts[name]) for name in picked]
        # Programs of our own do not go between our reading of shadow and our writing.
        for what, account in chosen:
            if what in (self.extend, self.damage):
                self.tell(account, what(account))
        self.host.read_shadow()
        for what, account in chosen:
            if what not in (self.extend, self.damage):
                self.tell(account, what(account))
        if chosen:
            self.host.write_shadow()
            self.write_groups()
            self.write_map()

    def change_policy(self):
        name = self.draw.choice(GROUPS)
        what = self.draw.choice(list(CHOICES))
        self.sections[name][what] = self.draw.choice(CHOICES[what])
        self.write_policy()
        self.count("policy changes")
        for account in self.accounts.values():
            if account.group == name:
                self.tell(account, f"policy: {what} = {self.sections[name][what]}")
