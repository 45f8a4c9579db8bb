"""Reminders sent with AUTH: the password of the mail account, on its way and after it."""

import subprocess

import booted_mail
from booted_mail import FOLDER, SEND


def prepare(password):
    booted_mail.start_sink(password)
    booted_mail.encrypt(password)
    booted_mail.drop_in(SEND, "[Unit]\nStartLimitIntervalSec=0\n[Service]\nLimitCORE=infinity\n")


def taken():
    return [path.read_bytes() for path in (FOLDER / "taken").glob("*")]


def sending():
    """The process that sends, while the server is silent after the final dot."""
    pid = int(booted_mail.shown(SEND, "MainPID"))
    return [(pid, "reminderd")] if pid else []


def verbs(name, imported, exported):
    """What administrators run: the words, the exit status, the output."""
    rows = (("explain", name), ("explain", "page"), ("explain", "V04"), ("status",), ("lint",),
            ("reminders",), ("report",), ("report", "--format", "json"), ("plan",),
            ("history", "import", imported), ("history", "list", name),
            ("history", "export", exported, "--user", name), ("config",), ("link", "page"),
            ("link", "--revoke", "page"), ("history", "forget", "mailed"),
            ("history", "import", "/etc/passwd"))
    for row in rows:
        done = subprocess.run(["vseectl", *row], capture_output=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL)
        yield row, done.returncode, done.stdout + done.stderr
