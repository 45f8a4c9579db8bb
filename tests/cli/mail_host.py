"""Made-up hosts with people whose reminders are due, and what the mail folder and ledger say."""

import email
import os
import sqlite3
from contextlib import closing

from harness import CONF, GROUP_REMIND, HASH_B, STATE

MAIL = STATE + "-mail"
LEDGER = f"{MAIL}/ledger.sqlite"
BOX = "var/box"
TWO_DUE = {"alice": 51, "bob": 58, "carol": 10, "robot": 10, "root": 400}


def set_up(host, smtp="maildir:/" + BOX, more="", days=None, enrol=True):
    """alice has 9 days left, bob 2."""
    host.write(CONF, GROUP_REMIND + f"[mail]\nsmtp = {smtp}\nstarttls = never\n"
               f"from = Help <help@example.com>\naddresses = domain\ndomain = example.com\n{more}")
    os.makedirs(host.path(MAIL), exist_ok=True)
    for name in ("", "/cur", "/new", "/tmp"):
        os.makedirs(host.path(BOX + name), exist_ok=True)
    host.days.update(days or TWO_DUE)
    host.write_shadow(bob=host.shadow_line("bob", HASH_B))
    if enrol:
        host.write_shadow(**{name: host.shadow_line(name, max_days="60") for name in host.days})
        host.scan()


def send(host, *arguments, code=0):
    return host.run("reminderd", "send", *arguments, code=code)


def box(host):
    found = {}
    for name in sorted(os.listdir(host.path(BOX + "/new"))):
        with open(host.path(f"{BOX}/new/{name}"), "rb") as file:
            mail = email.message_from_binary_file(file)
        found.setdefault(mail["To"], []).append(mail)
    return found


def rows(host):
    """The ledger's rows by name and stage."""
    with closing(sqlite3.connect(host.path(LEDGER))) as ledger:
        ledger.row_factory = sqlite3.Row
        return {(row["name"], row["stage"]): dict(row)
                for row in ledger.execute("SELECT * FROM reminder")}


def change_rows(host, sql):
    with closing(sqlite3.connect(host.path(LEDGER))) as ledger:
        ledger.execute(sql)
        ledger.commit()


def states(host):
    names = ("due", "claimed", "sent", "deferred", "failed", "unknown", "superseded", "obsolete")
    return {key: names[row["state"]] for key, row in rows(host).items()}


def many(host, count, **more):
    names = [f"user{i:04}" for i in range(count)]
    host.write("etc/passwd", host.read("etc/passwd") + "".join(
        f"{name}:x:{3000 + i}:2000::/:/bin/sh\n" for i, name in enumerate(names)))
    set_up(host, days={**TWO_DUE, **dict.fromkeys(names, 58)}, **more)
