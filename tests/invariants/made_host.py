"""A host made of files for the tests of check.py: two people, their state, ledger and mails.

alice changes her password once; the story says so. Everything is as it should be until a test
changes it.
"""

import os
import pathlib
import re
import shutil
import sqlite3
import zlib
from contextlib import closing

import hashing
from story import Story

SOURCE = pathlib.Path(__file__).resolve().parents[2]
TODAY = 20800
SETTING = "$6$rounds=1000$alicesalt$"
OLD = [f"Past-Oak-{i}" for i in range(8)]
CURRENT, NEW, UNUSED = "Current-Elm-1", "Fresh-Elm-2", "Nobody-Yew-3"
BOB = ["Bobs-Ash-0", "Bobs-Ash-1"]
PASSWD = "root:x:0:0::/:/bin/sh\nalice:x:1001:1001::/:/bin/sh\nbob:x:1002:1002::/:/bin/sh\n"


def hashed(password, setting=SETTING):
    return hashing.LIBCRYPT.crypt(password.encode(), setting.encode()).decode()


def own(password):
    """As shadow has it: under a salt of its own."""
    return hashed(password, f"$6$rounds=1000${zlib.crc32(password.encode())}$")


HASHES = {password: own(password) for password in (*OLD, CURRENT, NEW, UNUSED, *BOB)}
ROOT = own("Root-Fir-9")


def schema():
    """The product's, taken from its source: the reader must not fall behind it."""
    text = (SOURCE / "reminderd/ledger_schema.c").read_text()
    text = text[text.index('{"CREATE'):text.index("/* clang-format on */")]
    return "".join(re.findall(r'"([^"]*)"', text))


def shadow_text(alice, bob=HASHES[BOB[-1]], changed=TODAY - 10):
    return (f"root:{ROOT}:{TODAY}:0:99999:7:::\nalice:{alice}:{changed}:0:60:7:::\n"
            f"bob:{bob}:{TODAY - 10}:0:60:7:::\n")


def state_text(name, uid, stored, current, entries, more=""):
    return (f"vsee-account 1\nname {name}\nuid {uid}\nhash {stored}\nseen {TODAY}\nenrolled yes\n"
            f"lifetime 60\ndeadline {TODAY + 50}\nreason lifetime\n{more}"
            + (f"setting - {SETTING}\ncurrent {current}\n" if current else "")
            + "".join(f"entry {day} {made}\n" for day, made in entries) + "end\n")


def message(name, text="expires in 3 days", message_id=None):
    return (f"To: {name}@vsee.example\nSubject: Expiring\n"
            f"Message-ID: {message_id or f'<{name}1@vsee.example>'}\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{name}: {text}\n")


class MadeHost:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        for name in ("state/accounts", "ledger", "mailbox"):
            (self.folder / name).mkdir(parents=True)
        self.story = Story(self.folder / "story", durable=False)
        self.begin()
        self.write("passwd", PASSWD)
        self.write("shadow", shadow_text(HASHES[NEW], changed=TODAY))
        self.write("state/scan", f"vsee-expire scan 1\nlast {TODAY}\nnoted -\n")
        self.write("state/policy", "vsee-policy 1\nuids=1000 60000\nend\n")
        self.write("state/lock", "")
        self.write_states()
        self.make_ledger()
        for name in ("alice", "bob"):
            self.write(f"mailbox/{name}", message(name))

    def begin(self, remember=6):
        self.write("story", "")
        self.story.begin(TODAY, shadow_text(HASHES[CURRENT]),
                         {"alice": [*OLD, CURRENT], "bob": BOB}, remember, passwd=PASSWD)
        number = self.story.attempt("alice", NEW)
        self.story.end(number, "done")
        self.story.tell("due", names=["alice"], deadline=TODAY + 3)
        self.story.tell("due", names=["bob"])
        self.story.tell("settled")

    def write_states(self):
        entries = [(TODAY - 500 + 60 * i, hashed(word)) for i, word in enumerate(OLD)]
        self.write("state/accounts/alice", state_text(
            "alice", 1001, HASHES[NEW], hashed(NEW), [*entries, (TODAY, hashed(CURRENT))]))
        self.write("state/accounts/bob", state_text(
            "bob", 1002, HASHES[BOB[1]], "", [("unset", HASHES[BOB[0]])]))

    def make_ledger(self):
        path = self.folder / "ledger/ledger.sqlite"
        with closing(sqlite3.connect(path)) as db:
            db.executescript(schema() + "PRAGMA user_version = 1;")
            for uid, name in enumerate(("alice", "bob"), 1001):
                db.execute("INSERT INTO reminder VALUES(NULL, ?, ?, ?, ?, 3, ?, 0, 2, 1, 0, 0, 0, "
                           "0, 0, 0, 250, '', '', ?)", (name, uid, TODAY - 57, TODAY + 3,
                                                        f"{name}@vsee.example",
                                                        f"<{name}1@vsee.example>"))
            db.commit()

    def paths(self, *kinds):
        every = {"shadow": "shadow", "passwd": "passwd", "state": "state", "ledger": "ledger",
                 "mailbox": "mailbox"}
        return {kind: self.folder / every[kind] for kind in kinds or every}

    # What tests do to it.

    def write(self, name, text):
        (self.folder / name).write_text(text, encoding="utf-8")

    def read(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def replace(self, name, old, new, count=1):
        text = self.read(name)
        assert old in text, (name, old)
        self.write(name, text.replace(old, new, count))

    def remove(self, name):
        path = self.folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()

    def field(self, name, number, value):
        """One of a shadow line's."""
        lines = self.read("shadow").splitlines()
        for place, line in enumerate(lines):
            fields = line.split(":")
            if fields[0] == name:
                fields[number] = str(value)
                lines[place] = ":".join(fields)
        self.write("shadow", "".join(line + "\n" for line in lines))

    def sql(self, *statements):
        with closing(sqlite3.connect(self.folder / "ledger/ledger.sqlite")) as db:
            for statement in statements:
                db.execute(statement)
            db.commit()

    def tries(self, name, password, outcome=None):
        number = self.story.attempt(name, password)
        if outcome:
            self.story.end(number, outcome)
        return number

    def settle(self):
        self.story.tell("settled")

    def damage(self, name, begin, data):
        with open(self.folder / name, "r+b") as file:
            file.seek(begin)
            file.write(data)

    def copy(self, name, other):
        shutil.copy(self.folder / name, self.folder / other)
        os.utime(self.folder / other)
