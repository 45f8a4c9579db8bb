"""What goes wrong with the whole host: it is off, mail is down, its clock is wrong, files break."""

import os

from host import DAY, MAIL, STATE

LEDGER = f"{MAIL}/ledger.sqlite"
LEDGER_KEEPS = 30  # days behind a deadline; a clock further ahead makes it forget a mail
# Days by which a wrong clock is off; None: 1970.
LEAPS = (-30, -3, -1, 1, 2, 3, 30, 200, -400, 500, None)


class Faults:
    """Days that are left of each; the town knows since when all is well."""

    def __init__(self, town):
        self.town, self.host, self.draw = town, town.host, town.draw
        self.off = self.mail = self.clock = self.config = 0
        self.last_clock = self.last_far = 0  # true days

    def begin(self, chance, days):
        return self.draw.randrange(1, days + 1) if self.draw.random() < chance else 0

    def next_day(self):
        """Start and end what lasts for days; then what breaks today."""
        true_day = self.host.true // DAY
        self.off = self.off - 1 if self.off else self.begin(0.025, 9)
        if self.off:
            self.town.count("days on which the host was off")
            self.town.tell_all("the host is off")
        self.mail_server()
        self.set_clock(true_day)
        if not self.off:
            self.break_config()
            self.break_files()

    def mail_server(self):
        self.mail = self.mail - 1 if self.mail else self.begin(0.03, 12)
        self.town.mailbox.down = self.mail > 0
        if self.mail:
            self.town.count("days without a mail server")
            self.town.tell_all("the mail server is down")

    def set_clock(self, true_day):
        if self.clock:
            self.clock -= 1
        elif (days := self.begin(0.02, 4)):
            self.clock, leap = days, self.draw.choice(LEAPS)
            self.host.ahead = (leap * DAY if leap is not None
                               else 3 * DAY - self.host.true // DAY * DAY)
            self.town.tell_all(f"the clock is wrong by {leap} days (None: 1970)")
        if self.clock:
            self.last_clock = true_day
            if self.host.ahead > LEDGER_KEEPS * DAY:
                self.last_far = true_day
            self.town.count("days with a wrong clock")
        elif self.host.ahead:
            self.host.ahead = 0
            self.last_clock = true_day
            self.town.tell_all("the clock is right again")

    def break_config(self):
        before = self.config
        self.config = self.config - 1 if self.config else self.begin(0.02, 3)
        if bool(before) != bool(self.config):
            self.town.config_broken = self.config > 0
            self.town.write_policy()

    def break_files(self):
        if self.draw.random() < 0.02 and self.host.spoil(f"{STATE}/snapshot", self.draw):
            self.town.count("damaged snapshots")
        if self.draw.random() < 0.02 and self.host.spoil(f"{STATE}/policy", self.draw):
            self.town.count("damaged policies")
            self.town.policy_damaged = True
            self.town.tell_all("the published policy is damaged")

    def break_ledger(self):
        """Just before a run of send, sometimes with the journal that would mend it."""
        if self.draw.random() >= 0.005 or not self.host.spoil(LEDGER, self.draw):
            return False
        if self.draw.random() < 0.6:
            for ending in ("-wal", "-shm"):
                if self.host.exists(LEDGER + ending):
                    os.unlink(self.host.path(LEDGER + ending))
            self.town.ledger_lost = self.host.true
        self.town.count("damaged ledgers")
        self.town.tell_all("the ledger is damaged")
        return True
