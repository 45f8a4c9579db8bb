"""The ledger of reminders, read from a copy: its files stay as the program left them."""

import collections
import os
import re
import shutil
import sqlite3
import tempfile
from contextlib import closing

COLUMNS = ("id", "name", "uid", "last_change", "deadline", "stage", "address", "language", "state",
           "attempts", "created", "next_try", "claimed_until", "last_try", "sent", "refused_since",
           "code", "answer", "queue_id", "message_id")
KEY = ("name", "uid", "deadline", "stage")
STATES = ("due", "claimed", "sent", "deferred", "failed", "unknown", "superseded", "obsolete")
VERSION = 1
NAME = "ledger.sqlite"

Row = collections.namedtuple("Row", COLUMNS)


class Ledger:
    """rows: what could be read. bad: what is wrong, in words. No file, or no table in it yet: no
    rows, and nothing wrong."""

    def __init__(self, folder):
        self.rows, self.bad = [], []
        self.bad += [f"set aside as damaged: {name}" for name in sorted(os.listdir(folder))
                     if ".damaged" in name]
        with tempfile.TemporaryDirectory(prefix="vsee-ledger-") as copy:
            for name in (NAME, NAME + "-wal", NAME + "-journal"):
                if os.path.exists(os.path.join(folder, name)):
                    shutil.copy(os.path.join(folder, name), copy)
            if os.path.exists(os.path.join(copy, NAME)):
                self.take(os.path.join(copy, NAME))

    def take(self, path):
        try:
            with closing(sqlite3.connect(path)) as db:
                self.look(db)
        except sqlite3.Error as error:
            self.bad.append(f"SQLite: {error}")

    def look(self, db):
        self.bad += [f"integrity_check: {line[0]}" for line in
                     db.execute("PRAGMA integrity_check(5)") if line[0] != "ok"]
        version = db.execute("PRAGMA user_version").fetchone()[0]
        tables = {name for name, in db.execute("SELECT name FROM sqlite_schema")}
        if version == 0 and not tables:
            return  # killed before there was a table
        columns = tuple(line[1] for line in db.execute("PRAGMA table_info(reminder)"))
        if version != VERSION or columns != COLUMNS:
            self.bad.append(f"not the schema of version {VERSION}")
            return
        unique = [tuple(column[2] for column in db.execute(f"PRAGMA index_info({line[1]})"))
                  for line in db.execute("PRAGMA index_list(reminder)") if line[2]]
        if KEY not in unique:
            self.bad.append("no index makes the keys unique")
        self.rows = [Row(*row)._replace(state=state_word(row[COLUMNS.index("state")]))
                     for row in db.execute(f"SELECT {', '.join(COLUMNS)} FROM reminder "
                                           "ORDER BY name, deadline, stage")]
        for field in (KEY, ("message_id",)):
            found = collections.Counter(tuple(getattr(row, key) for key in field)
                                        for row in self.rows)
            self.bad += [f"two rows of one {' '.join(field)}: {' '.join(map(str, key))}"
                         for key, count in found.items() if count > 1 and key != ("",)]
        self.bad += [f"{row.name}: no Message-ID, and sent" for row in self.rows
                     if row.state == "sent" and not re.fullmatch(r"<\S+@\S+>", row.message_id)]


def state_word(value):
    return STATES[value] if value in range(len(STATES)) else f"state {value}"


def whole(_, given):
    yield from (("-", what) for what in given.ledger.bad)
