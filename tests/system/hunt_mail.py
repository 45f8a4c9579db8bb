"""Reminders sent with AUTH: the password of the mail account, on its way and after it."""

import pathlib
import subprocess

import booted_mail
import sink
import world
from booted_mail import FOLDER, SEND

CREDENTIAL = "/etc/credstore.encrypted/vsee-expire.smtp-password"
CONFIGURATION = f"""\
[mail]
smtp = smtp://localhost:{sink.PORT}
user = {sink.USER}
from = Help desk <help@example.com>
addresses = domain
domain = example.com
"""


def start_sink(password):
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "password").write_text(password)
    world.run("systemd-run", "--unit=test-sink", "python3",
              world.SOURCE / "tests/system/sink.py", str(FOLDER))


def prepare(password):
    start_sink(password)
    pathlib.Path(CREDENTIAL).parent.mkdir(exist_ok=True)
    world.run("systemd-creds", "encrypt", "--name=smtp-password", "-", CREDENTIAL, text=password)
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
