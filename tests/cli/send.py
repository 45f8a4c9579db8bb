"""reminderd send on a made-up host: each function is a test, its name the rule."""

import email
import fcntl
import json
import os
import signal
import subprocess
import sys
import time

from harness import HASH_B, STATE, main
from mail_host import (LEDGER, MAIL, TWO_DUE, box, change_rows, many, rows, send, set_up, states)
from mail_sink import Sink


def the_first_run_sends_and_the_second_sends_nothing(host):
    set_up(host)
    assert os.path.exists(host.path(f"{MAIL}/due"))
    send(host)
    mails = box(host)
    assert sorted(mails) == ["alice@example.com", "bob@example.com"], sorted(mails)
    assert states(host)["alice", 10] == "sent" and states(host)["bob", 3] == "sent"
    assert not os.path.exists(host.path(f"{MAIL}/due")), "nothing is left for the timer"
    send(host)
    assert sum(map(len, box(host).values())) == 2


def a_host_that_was_off_sends_one_mail_with_the_true_days(host):
    set_up(host)
    send(host)
    mail = box(host)["bob@example.com"][0]
    assert mail["Subject"] == "VSee Messenger Password is Expiring in 2 days", mail["Subject"]
    assert states(host)["bob", 10] == "superseded"
    assert ("bob", 1) not in states(host)


def who_changed_between_scan_and_send_gets_no_mail(host):
    set_up(host)
    host.days["bob"] = 0
    host.write_shadow(bob=host.shadow_line("bob", HASH_B), alice=host.shadow_line("alice"))
    stderr = send(host)[1]
    assert "overtaken" in stderr and not box(host)
    assert os.path.exists(host.path(f"{MAIL}/scan-wanted"))
    host.scan()
    send(host)
    assert sorted(box(host)) == ["alice@example.com"]


def after_three_asks_in_a_row_a_busy_shadow_does_not_stop_mail(host):
    set_up(host)
    for _ in range(3):
        os.utime(host.path("etc/shadow"))
        assert "overtaken" in send(host)[1] and not box(host)
        host.scan()
    os.utime(host.path("etc/shadow"))
    send(host)
    assert len(box(host)) == 2
    os.utime(host.path("etc/shadow"))
    assert "overtaken" in send(host)[1], "the count begins anew"


def an_outage_does_not_make_send_trust_an_overtaken_snapshot(host):
    set_up(host, "smtp://127.0.0.1:1")
    for _ in range(2):
        os.utime(host.path("etc/shadow"))
        assert "overtaken" in send(host)[1]
        host.scan()
    send(host, code=3)
    edit_header(host, time=int(time.time()) - 7300)
    assert "older" in send(host)[1]
    host.scan()
    os.utime(host.path("etc/shadow"))
    assert "overtaken" in send(host)[1]


def edit_header(host, **values):
    path = host.path(f"{STATE}/snapshot")
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    header = json.loads(lines[0])
    header.update(values)
    host.write(f"{STATE}/snapshot", "\n".join([json.dumps(header)] + lines[1:]) + "\n", 0o640)


def a_snapshot_older_than_two_hours_is_not_trusted(host):
    set_up(host)
    edit_header(host, time=int(time.time()) - 7300)
    assert "older than two hours" in send(host)[1] and not box(host)
    edit_header(host, time=int(time.time()) + 3600)
    assert "from the future" in send(host)[1] and not box(host)


def a_snapshot_of_another_policy_is_not_trusted(host):
    set_up(host)
    edit_header(host, policy="0123456789abcdef")
    assert "another policy" in send(host)[1] and not box(host)


def a_damaged_snapshot_sends_nothing_and_asks_for_a_scan(host):
    set_up(host)
    whole = host.read(f"{STATE}/snapshot")
    host.write(f"{STATE}/snapshot", whole[:whole.rindex("\n", 0, -1)] + "\n", 0o640)
    assert "damaged" in send(host, code=4)[1]
    assert not box(host) and rows(host) == {}
    host.scan()
    send(host)
    assert len(box(host)) == 2


def without_a_scan_it_asks_for_one(host):
    set_up(host)
    os.unlink(host.path(f"{STATE}/snapshot"))
    assert "missing" in send(host)[1]
    assert os.path.exists(host.path(f"{MAIL}/scan-wanted"))


def a_4xx_is_put_off_and_sent_when_its_time_has_come(host):
    with Sink({"RCPT bob": "451 4.3.0 come back later"}) as sink:
        set_up(host, sink.url)
        assert "bob" in send(host, code=3)[1]
        row = rows(host)["bob", 3]
        assert states(host)["bob", 3] == "deferred" and row["code"] == 451, row
        assert 200 <= row["next_try"] - time.time() <= 301, row
        assert row["refused_since"] > 0 and os.path.exists(host.path(f"{MAIL}/due"))
        sink.replies.clear()
        send(host)
        assert states(host)["bob", 3] == "deferred", "not before its time"
        change_rows(host, "UPDATE reminder SET next_try = next_try - 600 WHERE next_try > 0")
        send(host)
        assert states(host)["bob", 3] == "sent" and len(sink.mails) == 2
        assert rows(host)["bob", 3]["message_id"] == row["message_id"]
        assert not os.path.exists(host.path(f"{MAIL}/due"))


def a_5xx_fails_and_is_not_tried_again(host):
    with Sink({"RCPT bob": "550 5.1.1 no such user"}) as sink:
        set_up(host, sink.url)
        stderr = send(host, code=3)[1]
        assert "bob: the reminder was refused" in stderr and "example.com" not in stderr, stderr
        assert states(host)["bob", 3] == "failed"
        sink.replies.clear()
        send(host)
        assert len(sink.mails) == 1 and states(host)["alice", 10] == "sent"


def a_connection_lost_after_the_dot_is_tried_again_with_the_same_message_id(host):
    with Sink({"DOT": "drop"}) as sink:
        set_up(host, sink.url, days={**TWO_DUE, "alice": 10})
        send(host, code=3)
        assert states(host)["bob", 3] == "unknown", rows(host)
        sink.replies.clear()
        change_rows(host, "UPDATE reminder SET next_try = next_try - 600 WHERE next_try > 0")
        send(host)
        assert states(host)["bob", 3] == "sent"
        ids = [email.message_from_string(mail)["Message-ID"] for mail in sink.mails]
        assert len(ids) == 2 and ids[0] == ids[1], ids


def an_unreachable_server_ends_the_run_with_one_error_line(host):
    with Sink({}) as sink:
        url = sink.url
    many(host, 30, smtp=url)
    stderr = send(host, code=3)[1]
    assert stderr.count("error:") == 1 and "could not be used" in stderr, stderr
    found = rows(host)
    assert "tries were in vain" in stderr
    assert {row["refused_since"] for row in found.values()} <= {0, None}
    waiting = [key for key, state in states(host).items() if state == "deferred"]
    assert len(waiting) == 32 and all(found[key]["answer"] for key in waiting), len(waiting)


def one_mail_without_a_server_is_told_as_well(host):
    with Sink({}) as sink:
        url = sink.url
    set_up(host, url, days={**TWO_DUE, "alice": 10})
    assert "1 try was in vain" in send(host, code=3)[1]
    assert states(host)["bob", 3] == "deferred"


def max_per_run_is_kept(host):
    many(host, 10, more="max_per_run = 5\n")
    send(host)
    assert sum(map(len, box(host).values())) == 5
    assert os.path.exists(host.path(f"{MAIL}/due")), "the timer sends the rest"
    send(host)
    send(host)
    assert sum(map(len, box(host).values())) == 12


def max_per_minute_is_kept(host):
    many(host, 2, more="max_per_minute = 60\n")
    began = time.monotonic()
    send(host)
    assert 2.9 <= time.monotonic() - began < 20
    assert sum(map(len, box(host).values())) == 4


def sigterm_ends_the_run_and_leaves_the_rest_due(host):
    many(host, 20, more="max_per_minute = 60\n")
    process = subprocess.Popen(
        [host.programs["reminderd"], "send", "--root", host.root], stderr=subprocess.PIPE,
        text=True)
    try:
        for _ in range(100):
            if box(host):
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0, process.returncode
    found = list(states(host).values())
    sent = sum(map(len, box(host).values()))
    assert found.count("sent") == sent and 0 < sent < 22
    assert found.count("due") == 22 - sent and "claimed" not in found, found


def a_second_run_says_so(host):
    set_up(host)
    send(host)
    with open(host.path(f"{MAIL}/lock"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run" in send(host, code=4)[1]


def without_smtp_nothing_is_sent_and_it_says_so(host):
    host.scan()
    assert "smtp is not set" in send(host)[1]
    assert not os.path.exists(host.path(MAIL))


def a_damaged_ledger_stops_mail_and_names_the_way_out(host):
    set_up(host)
    send(host)
    host.write(LEDGER, b"SQLite format 3\0" + b"x" * 5000)
    stderr = send(host, code=4)[1]
    assert "damaged" in stderr and "salvage" in stderr, stderr
    assert sum(map(len, box(host).values())) == 2


def a_row_that_makes_no_sense_is_named_and_the_way_out_as_well(host):
    set_up(host)
    send(host)
    change_rows(host, "UPDATE reminder SET answer = char(10) WHERE name = 'alice'")
    for arguments in ([], ["--dry-run"]):
        stderr = send(host, *arguments, code=4)[1]
        assert f"{LEDGER}: a row" in stderr and "salvage" in stderr, stderr


def without_a_verb_it_scans_and_sends(host):
    set_up(host)
    os.unlink(host.path(f"{STATE}/snapshot"))
    host.run("reminderd")
    assert len(box(host)) == 2 and len(rows(host)) >= 2


def a_ledger_that_was_taken_away_is_missed(host):
    set_up(host)
    assert "is gone" not in send(host)[1]
    for name in os.listdir(host.path(MAIL)):
        if name.startswith("ledger.sqlite"):
            os.unlink(host.path(f"{MAIL}/{name}"))
    host.scan()
    assert "is gone, though mail was sent before" in send(host)[1]


def metrics_have_counts_and_no_address(host):
    with Sink({"RCPT bob": "550 5.1.1 no such user"}) as sink:
        set_up(host, sink.url)
        send(host, code=3)
    text = host.read(f"{MAIL}/mail.prom")
    assert "vsee_expire_last_send_exit_code 3\n" in text, text
    assert "vsee_expire_last_send_sent 1\n" in text and "send_failed 1\n" in text, text
    assert 'vsee_expire_reminders{state="failed"} 1\n' in text and "@" not in text
    assert os.stat(host.path(f"{MAIL}/mail.prom")).st_mode & 0o777 == 0o644


def a_summary_comes_when_asked_for(host):
    set_up(host)
    assert send(host)[1] == ""
    host.scan()
    assert "0 reminders sent" in send(host, "--verbose")[1]


def a_change_during_the_run_stops_it_before_the_next_hundred(host):
    class Touching(Sink):
        """Somebody changes a password when the first mail has come."""

        def take(self, lines):
            if not self.mails:
                os.utime(host.path("etc/shadow"))
            super().take(lines)

    with Touching({}) as sink:
        many(host, 150, smtp=sink.url)
        assert "overtaken" in send(host)[1]
        assert len(sink.mails) == 100, len(sink.mails)
        host.scan()
        send(host)
    assert len(sink.mails) == 152 and set(states(host).values()) == {"sent", "superseded"}


def a_mail_that_cannot_be_made_fails_and_the_rest_goes_on(host):
    with Sink({"RCPT": "451 4.3.0 come back later"}) as sink:
        set_up(host, sink.url)
        send(host, code=3)
        change_rows(host, "UPDATE reminder SET next_try = 1 WHERE next_try > 0")
        change_rows(host, "UPDATE reminder SET message_id = '<\u00e9@example.com>' "
                    "WHERE name = 'bob' AND stage = 3")
        sink.replies.clear()
        assert "bob: the reminder can't be sent" in send(host, code=3)[1]
        assert states(host)["bob", 3] == "failed" and states(host)["alice", 10] == "sent"
        assert "no mail can carry" in rows(host)["bob", 3]["answer"]


sys.exit(main([
    the_first_run_sends_and_the_second_sends_nothing,
    a_host_that_was_off_sends_one_mail_with_the_true_days,
    who_changed_between_scan_and_send_gets_no_mail,
    after_three_asks_in_a_row_a_busy_shadow_does_not_stop_mail,
    an_outage_does_not_make_send_trust_an_overtaken_snapshot,
    a_snapshot_older_than_two_hours_is_not_trusted,
    a_snapshot_of_another_policy_is_not_trusted,
    a_damaged_snapshot_sends_nothing_and_asks_for_a_scan,
    without_a_scan_it_asks_for_one,
    a_4xx_is_put_off_and_sent_when_its_time_has_come,
    a_5xx_fails_and_is_not_tried_again,
    a_connection_lost_after_the_dot_is_tried_again_with_the_same_message_id,
    an_unreachable_server_ends_the_run_with_one_error_line,
    one_mail_without_a_server_is_told_as_well,
    max_per_run_is_kept,
    max_per_minute_is_kept,
    sigterm_ends_the_run_and_leaves_the_rest_due,
    a_second_run_says_so,
    without_smtp_nothing_is_sent_and_it_says_so,
    a_damaged_ledger_stops_mail_and_names_the_way_out,
    a_row_that_makes_no_sense_is_named_and_the_way_out_as_well,
    without_a_verb_it_scans_and_sends,
    a_ledger_that_was_taken_away_is_missed,
    metrics_have_counts_and_no_address,
    a_summary_comes_when_asked_for,
    a_change_during_the_run_stops_it_before_the_next_hundred,
    a_mail_that_cannot_be_made_fails_and_the_rest_goes_on,
]))
