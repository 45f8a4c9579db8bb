"""In the guest: what the host asks agent.py for, by name."""

import base64
import io
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

import callers
import furnish
import world
from terminal import Terminal

HERE = pathlib.Path(__file__).parent
# What the invariants are judged by.
JUDGED = ("etc/shadow", "etc/passwd", "var/lib/vsee-expire", "var/lib/vsee-expire-mail")
running = []


def prepare():
    """Programs and people, on a fresh disk."""
    furnish.install()
    furnish.people()
    return begin()


def prepare_timed():
    """The same for a guest with systemd."""
    furnish.install()
    furnish.add_agent()
    furnish.timed_people()


def age(day):
    furnish.age(day)


def begin():
    """What a story begins with."""
    due = {name: furnish.last_change(number) + 60 for number, name in enumerate(furnish.others())}
    return {"today": furnish.today(), "shadow": pathlib.Path("/etc/shadow").read_text(),
            "passwords": furnish.passwords(), "deadlines": due,
            "changers": furnish.CHANGERS}


def leave_out(library):
    """From the next boot on every program has this library in it."""
    pathlib.Path("/usr/lib/nosync.so").write_bytes(base64.b64decode(library))
    pathlib.Path("/etc/ld.so.preload").write_text("/usr/lib/nosync.so\n")


def wake():
    """After a boot without systemd: what it would do for us. What the kernel complained of."""
    world.run("ip", "link", "set", "lo", "up")
    world.run("hostname", "testroot")
    folder = pathlib.Path("/usr/lib/tmpfiles.d")
    world.run("systemd-tmpfiles", "--create", "--remove", "--boot", str(folder / "passwd.conf"),
              *sorted(str(file) for file in folder.glob("vsee-*.conf")))
    pathlib.Path("/run/t").mkdir(exist_ok=True)
    pathlib.Path("/run/lock").mkdir(exist_ok=True)
    text = subprocess.run(["dmesg"], capture_output=True, text=True, check=True).stdout
    return [line for line in text.splitlines() if re.search(r"EXT4-fs (error|warning)|I/O error|"
                                                            r"JBD2.*(error|corrupt)", line)]


def files():
    """The judged files as they are, as a tar in base64."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz", compresslevel=1) as tar:
        for name in JUDGED:
            if os.path.exists(f"/{name}"):
                tar.add(f"/{name}", name)
    return base64.b64encode(data.getvalue()).decode()


def start(program, **fields):
    """A program of this folder, which tells what it does at a port of its own."""
    process = subprocess.Popen([sys.executable, "-B", HERE / program], stdin=subprocess.PIPE,
                               start_new_session=True)
    process.stdin.write(json.dumps(fields).encode())
    process.stdin.close()
    running.append(process)
    return process.pid


def end():
    """What was started ends between two deeds."""
    pathlib.Path("/run/enough").touch()
    codes = []
    while running:
        codes.append(running.pop().wait(100))
    pathlib.Path("/run/enough").unlink()
    return codes


def rows(condition, *values):
    """How many reminders there are in a copy of the ledger."""
    with tempfile.TemporaryDirectory() as folder:
        for file in world.MAIL.glob("ledger.sqlite*"):
            shutil.copy(file, folder)
        with sqlite3.connect(f"{folder}/ledger.sqlite") as ledger:
            return ledger.execute(f"SELECT count(*) FROM reminder WHERE {condition}",
                                  values).fetchone()[0]


def sent(name, deadline):
    return rows("state = 2 AND name = ? AND deadline = ?", name, deadline)


def open_rows():
    """How many reminders are not at their end."""
    return rows("state NOT IN (2, 4, 6, 7)")


def settle(rounds=12):
    """Time passes, and runs follow, until nothing is open. What was still open."""
    for _ in range(rounds):
        world.run("date", "-s", "+16 minutes")
        doubted = "nothing was done" in world.run("reminderd", "scan", codes=(0, 75))
        world.run("reminderd", "send", codes=(0, 3))
        if not doubted and not open_rows():
            return 0
    return open_rows()


def enter(name, password):
    """A login by su with the password: the word of callers.verdict, and the transcript."""
    word, outcome = callers.interactive(["su", "-", name], name, "runner", old=password)
    return word, outcome.text


def demanded(name, password):
    """Whether a new password is asked for at login; none is set."""
    outcome = Terminal(["su", "-", name], "runner").converse(
        callers.answers(name, password, password))
    return "new" in outcome.events


def passwd(name, old, new):
    """Whether it was changed, and the transcript."""
    outcome = Terminal(["passwd"], name).converse(callers.answers(name, old, new))
    return outcome.status == 0, outcome.text
