"""The state folder, read without the product: accounts' files, and what else may stand there."""

import os
import re
import stat

from hashing import makes
from shadow_file import lines_of, must_change, number

DAY = re.compile(r"unset|none|never|\d{1,18}")
NUMBER = re.compile(r"\d{1,18}")
HASH = re.compile(r"[!-9;-~]{1,511}")
SETTING = re.compile(r"[!-9;-~]{1,39} [!-9;-~]{1,511}")
LINE = re.compile(r"[^\x00-\x1f\x7f]+")
MIRROR = re.compile("none|intent|done|overwritten")
ANSWER = re.compile("no|yes")

# lib/store/fact.c has the order and the meaning.
FACTS = {
    **dict.fromkeys(("seen", "known-change", "known-ahead", "disbelieved", "lifetime", "deadline",
                     "floor", "floor-ahead", "floor-change", "floor-lifetime", "told", "extension",
                     "mirror-max", "mirror-warn", "mirror-old", "before-max", "before-warn",
                     "before-change"), DAY),
    **dict.fromkeys(("name", "hash", "token", "current", "pending", "pending-base"), HASH),
    **dict.fromkeys(("uid", "extension-by", "token-expires"), NUMBER),
    **dict.fromkeys(("setting", "old-setting"), SETTING),
    **dict.fromkeys(("mirror", "zero"), MIRROR),
    **dict.fromkeys(("enrolled", "password-before"), ANSWER),
    "reason": re.compile("never|lifetime|shadow|floor|untold|extension|enrolled"),
    "extension-reason": LINE,
}
ACCOUNT_FILE = re.compile("(?:[A-Za-z0-9_-]|%[0-9A-F]{2})+")
ASIDE = re.compile(r".*\.reused\.[1-8]")
STATE_NAMES = {"accounts", "policy", "scan", "hold", "snapshot", "lastrun", "metrics.prom", "lock"}
LEDGER_NAMES = {"ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm", "lock", "due",
                "scan-wanted", "mail.prom"}


def escaped(name):
    """The name of an account's file."""
    return re.sub(rb"[^A-Za-z0-9_-]", lambda match: b"%%%02X" % match[0][0],
                  os.fsencode(name)).decode()


class Account:
    """One file. bad: the first line that is no good, 0 for none."""

    def __init__(self, text):
        self.facts, self.entries, self.bad = {}, [], 0
        lines = text.split("\n")
        good = len(lines) > 2 and lines[0] == "vsee-account 1"
        if not good:
            self.bad = 1
        for place, line in enumerate(lines[1:-2], 2):
            if not self.take(*line.partition(" ")[::2]) and not self.bad:
                self.bad = place
        if good and (lines[-2:] != ["end", ""] or "uid" not in self.facts) and not self.bad:
            self.bad = len(lines)

    def take(self, key, value):
        if key == "entry":
            day, _, made = value.partition(" ")
            self.entries.append((day, made))
            return bool(DAY.fullmatch(day) and HASH.fullmatch(made))
        if key not in FACTS or key in self.facts:
            return False
        self.facts[key] = value
        return bool(FACTS[key].fullmatch(value))

    def day(self, key):
        return number(self.facts.get(key, ""))

    def forbidden(self, stored, remember, today):
        """Hashes whose passwords can't be taken. stored: shadow's field, which this state may
        not have seen yet."""
        own = stored[1:] if stored.startswith("!") else stored
        stands, seen = self.facts.get("current") or self.facts.get("hash"), self.facts.get("hash")
        entries = list(self.entries)
        if stands and seen != own:
            entries = [entry for entry in entries if entry[1] != stands] + [(str(today), stands)]
        window = remember * (self.day("lifetime") or 0)
        kept = [made for place, (day, made) in enumerate(reversed(entries)) if place < remember
                or number(day) is not None and number(day) > today - window]
        return [*kept, own, *([stands] if stands and seen == own else [])]


class State:
    def __init__(self, folder):
        self.folder, self.accounts, self.names = folder, {}, sorted(os.listdir(folder))
        below = os.path.join(folder, "accounts")
        self.below = sorted(os.listdir(below)) if os.path.isdir(below) else []
        for name in self.below:
            path = os.path.join(below, name)
            if ACCOUNT_FILE.fullmatch(name) and stat.S_ISREG(os.lstat(path).st_mode):
                self.accounts[name] = Account(text_of(path))

    def account(self, name):
        return self.accounts.get(escaped(name))


def text_of(path):
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        return file.read()


def published_bad(state):
    """Files that a login or a run reads, and that are not complete."""
    ends = {"policy": (r"vsee-policy 1\n(.*\n)*end\n"), "hold": r"vsee-expire hold 1\n(.+\n)+",
            "scan": r"vsee-expire scan 1\nlast (-|\d+)\nnoted (-|\d+)\n",
            "lastrun": r"vsee-expire lastrun 1\n(.+\n)+",
            "snapshot": r"\{\"format\":.*\n(\{.*\}\n)*\{\"end\":\d+\}\n"}
    for name, form in ends.items():
        path = os.path.join(state.folder, name)
        if name in state.names and not re.fullmatch(form, text_of(path)):
            yield name


def whole(_, given):
    state = given.state
    for name, account in state.accounts.items():
        if account.bad:
            yield name, f"its state is not complete, line {account.bad}"
    for name in state.below:
        if ".damaged" in name:
            yield name.split(".")[0], f"set aside as damaged: {name}"
    yield from (("-", f"the file {name} is not complete") for name in published_bad(state))


def required(told, name, stored, found):
    """Passwords that can't be taken again. found: those that nobody is sure of, and stand there."""
    were = told.were_current(name)
    earlier = [word for word in were if not makes(word, stored)]
    current = [word for word in were if word not in earlier]
    count = max(0, told.remember - found)
    return (earlier[-count:] if count else []) + current


def history(told, given):
    shadow = lines_of(given.shadow) if given.shadow is not None else {}
    for name in told.passwords:
        account = given.state.account(name) or Account("")
        stored = shadow[name].hash if name in shadow else account.facts.get("hash", "")
        hashes = account.forbidden(stored, told.remember, told.today)
        unsure = told.perhaps_current(name) - set(told.were_current(name))
        found = sum(any(makes(word, made) for made in hashes if made != stored) for word in unsure)
        every = told.were_current(name)
        for word in required(told, name, stored, found):
            if not any(makes(word, made) for made in hashes):
                yield name, (f"password {every.index(word) + 1} of {len(every)} that were current "
                             "can be taken again")


def let_in(told, given):
    """Nobody is made to change whom nothing allows to be asked."""
    before = lines_of(told.shadow)
    after = lines_of(given.shadow) if given.shadow is not None else {}
    for name, line in before.items():
        if not told.free_to_stay(name, must_change(line, told.today)):
            continue
        why = must_change(after[name], told.today) if name in after else ""
        if why:
            yield name, f"must change: {why}"
        account = given.state and given.state.account(name)
        if account and enforced(account, after.get(name), told.today):
            yield name, "must change: state enforces a deadline that has passed"


def enforced(account, line, today):
    """Whether state says that the present password has ended, and that its owner was told."""
    deadline = account.day("deadline")
    seen = line is None or account.facts.get("hash") in (line.hash, line.hash[1:])
    return (deadline is not None and deadline == account.day("told") and deadline <= today
            and seen and account.facts.get("password-before") != "yes")


def tidy(told, given):
    if not told.settled:
        return
    if given.state:
        for name in given.state.names:
            if name not in STATE_NAMES:
                yield "-", f"left over in the state folder: {name}"
        for name in given.state.below:
            if not ACCOUNT_FILE.fullmatch(name) and not ASIDE.fullmatch(name):
                yield "-", f"left over among the accounts: {name}"
    for name in os.listdir(given.ledger_folder) if given.ledger_folder else ():
        if name not in LEDGER_NAMES:
            yield "-", f"left over beside the ledger: {name}"
