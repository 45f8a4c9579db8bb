"""What reminderd tells of mails before they leave: dry run, bar, test-mail, plan."""

import csv
import email
import email.header
import fcntl
import io
import json
import os
import pty
import shutil
import struct
import subprocess
import sys
import termios

from harness import CONF, GROUP_REMIND, main
from mail_host import LEDGER, MAIL, TWO_DUE, box, change_rows, many, send, set_up
from mail_sink import Sink


def unlocked(contents):
    """Without the index by which SQLite's readers and writers know of one another."""
    return {path: text for path, text in contents.items() if not path.endswith("-shm")}


def a_dry_run_shows_who_gets_what_and_writes_nothing(host):
    set_up(host, days={**TWO_DUE, "robot": 10})
    before = host.contents()
    table = send(host, "--dry-run")[0]
    assert host.contents() == before
    assert "alice@example.com" in table and "in place of stage 10" in table, table
    assert "2 to be sent" in table, table
    send(host)
    before = host.contents()
    lines = [json.loads(line) for line in send(host, "--dry-run", "--json")[0].splitlines()]
    assert unlocked(host.contents()) == unlocked(before)
    assert {line["name"]: line["action"] for line in lines[:-1]} == \
        {"alice": "sent", "bob": "sent"}, lines
    assert lines[-1]["totals"]["sent"] == 2 and lines[-1]["stale"] is None
    table = list(csv.DictReader(io.StringIO(send(host, "--dry-run", "--csv")[0])))
    assert [row["stage"] for row in table] == ["10", "3"]


def a_dry_run_works_during_a_run_and_without_mail(host):
    set_up(host)
    send(host)
    with open(host.path(f"{MAIL}/lock"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "2 sent already" in send(host, "--dry-run")[0]
    host.write(CONF, GROUP_REMIND)
    host.scan()
    table = send(host, "--dry-run")[0]
    assert "no-mail-configured" in table and "smtp is not set" in table, table


def test_mail_needs_neither_scan_nor_mode(host):
    with Sink({}) as sink:
        set_up(host, sink.url, enrol=False)
        host.write(CONF, host.read(CONF).replace("mode = remind", "mode = off"))
        stdout = host.run("reminderd", "test-mail", "me@example.org", "--stage", "1")[0]
        assert "has taken the mail" in stdout and "Queue id: ABC123" in stdout, stdout
        mail = email.message_from_string(sink.mails[0])
        assert mail["Subject"] == "VSee Messenger (test) Password is Expiring in 1 day"
        assert not os.path.exists(host.path(LEDGER))
        for prefix in ("usr", "usr/local"):
            folder = host.path(f"{prefix}/share/vsee-expire/texts")
            os.makedirs(folder)
            shutil.copy(os.environ["VSEE_SOURCE"] + "/reminderd/texts/de.ini", folder)
        host.run("reminderd", "test-mail", "me@example.org", "--lang", "de")
        assert "Passwort" in str(email.header.make_header(email.header.decode_header(
            email.message_from_string(sink.mails[1])["Subject"])))
        sink.replies["RCPT me"] = "550 5.1.1 no such user"
        assert "code 550" in host.run("reminderd", "test-mail", "me@example.org", code=3)[1]
    host.run("reminderd", "test-mail", "me@example.org", code=4)


def test_mail_refuses_what_is_no_address(host):
    set_up(host)
    for address in ("me", "a@b\r\nRCPT TO:<x>", "é@example.org"):
        host.run("reminderd", "test-mail", address, code=1)
    host.run("reminderd", "test-mail", code=1)
    host.run("reminderd", "test-mail", "me@example.org", "--lang", "fr", code=1)
    host.write(CONF, GROUP_REMIND)
    assert "smtp is not set" in host.run("reminderd", "test-mail", "me@example.org", code=2)[1]
    host.write(CONF, "nonsense\n")
    assert f"{CONF}:1" in host.run("reminderd", "test-mail", "me@example.org", code=2)[1]


def mode_watch_shows_what_mode_remind_would_send(host):
    set_up(host)
    host.write(CONF, open(host.path(CONF), encoding="utf-8").read().replace("remind", "watch", 1))
    host.scan()
    rows = {row["name"]: row for row in
            map(json.loads, host.run("reminderd", "send", "--dry-run", "--json")[0].splitlines())
            if "name" in row}
    assert rows["alice"]["stage"] == 10 and rows["bob"]["stage"] == 3, rows
    assert rows["alice"]["why"] == "mode-watch: sent in mode remind", rows["alice"]
    send(host)
    assert not box(host)
    plan = json.loads(host.run("reminderd", "plan", "--json")[0])
    assert plan["watched"] == 2 and plan["days"][0]["due"] == 2, plan


def plan_shows_which_days_are_over_a_quota(host):
    many(host, 10)
    plan = json.loads(host.run("reminderd", "plan", "--json", "--quota", "5")[0])
    assert plan["days"][0]["due"] == 12 and plan["days"][0]["waiting"] == 7, plan["days"][0]
    assert plan["days"][0]["late_days"] == 2 and len(plan["days"]) == 30
    assert plan["days"][1]["due"] == 11, "stage 1 of eleven people"
    text = host.ctl("plan", "--days", "3", "--quota", "5")[0]
    assert "up to 2 days late" in text and "At most 5 mails leave on a day (quota)" in text, text
    host.ctl("plan", "--days", "0", code=1)


def a_terminal_gets_a_bar_that_is_gone_at_the_end(host):
    many(host, 3, more="max_per_minute = 300\n")
    for settings, wanted in (({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False),
                             ({"TERM": "xterm", "NO_COLOR": "1"}, False)):
        change_all_to_due(host)
        text = on_terminal(host, settings)
        assert (b"/5" in text) == wanted and b"[" not in text.rpartition(b"\r")[2][3:], text


def change_all_to_due(host):
    if os.path.exists(host.path(LEDGER)):
        change_rows(host, "UPDATE reminder SET state = 0 WHERE state = 2")


def on_terminal(host, settings):
    """Standard error of a run whose standard error is a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    done = subprocess.run([host.programs["reminderd"], "send", "--root", host.root],
                          stderr=theirs, env={**environment, **settings}, timeout=60, check=False)
    os.close(theirs)
    text = b""
    try:
        while part := os.read(ours, 4096):
            text += part
    except OSError:
        pass
    os.close(ours)
    assert done.returncode == 0, text
    return text


sys.exit(main([
    a_dry_run_shows_who_gets_what_and_writes_nothing,
    a_dry_run_works_during_a_run_and_without_mail,
    test_mail_needs_neither_scan_nor_mode,
    test_mail_refuses_what_is_no_address,
    mode_watch_shows_what_mode_remind_would_send,
    plan_shows_which_days_are_over_a_quota,
    a_terminal_gets_a_bar_that_is_gone_at_the_end,
]))
