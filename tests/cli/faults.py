"""What send lives on is full, read-only, damaged, overtaken or wrong: disk, ledger, scan, clock.

What people got is counted against the ledger, as in crash.py. All pages of the ledger and each
write with VSEE_TEST_ALL=1.
"""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

from harness import main, need_root
from mailrig import (DAY_SECONDS, LEDGER, MAIL, Post, calls_of, check, everything, need_strace,
                     read_rows, reset, state_of, use_fast_folders)
from smtpd import Server

PEOPLE = 3


def with_a_disk_that_fills_up_nobody_gets_two(host):
    """From the n-th write on nothing can be written; then there is room again."""
    need_strace()
    log = os.path.join(os.path.dirname(host.root), "strace.log")
    with Server() as server:
        post = Post(host, server.url, people=PEOPLE)
        post.scan()
        post.traced(log=log)
    reset(host)
    writes = calls_of(log)["pwrite64"]
    for when in range(1, writes + 1, 1 if everything() else max(1, writes // 8)):
        with Server() as server:
            post = Post(host, server.url, people=PEOPLE, mail="connections = 1")
            post.scan()
            status = post.traced(f"pwrite64:error=ENOSPC:when={when}+")
            assert status in (0, 4), (when, status)
            check(post, server, state_of(post, server), f"full at {when}")
        reset(host)


def in_namespace(post, script, *arguments, code=None):
    """sh's script as root in a mount namespace of its own; $1 is the ledger's folder."""
    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
         post.host.path(MAIL), *arguments], env={**os.environ, **post.environment()}, text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
    assert code is None or done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout + done.stderr


def a_full_disk_is_told_and_later_all_is_sent(host):
    need_root()
    with Server() as server:
        post = Post(host, server.url, people=40)
        post.scan()
        said = in_namespace(
            post, 'folder=$1 && shift && mount -t tmpfs -o size=24k tmpfs "$folder" && '
            'chmod 2771 "$folder" && "$@"', *post.command("send"), code=4)
        assert "ledger.sqlite" in said and re.search("full|space", said), said
        assert server.mails == [], "nothing goes out that can't be written down"
        assert set(post.settle(server).values()) == {1}


def a_read_only_ledger_is_told_and_nothing_is_sent(host):
    need_root()
    with Server() as server:
        post = Post(host, server.url)
        post.scan_and_send()
        mails = len(server.mails)
        post.changed = {name: day + 2 for name, day in post.changed.items()}
        post.write_shadow()
        post.scan()
        said = in_namespace(
            post, 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && "$@"',
            *post.command("send"), code=4)
        assert "read" in said.lower() and MAIL in said and len(server.mails) == mails, said


def a_clock_that_goes_back_and_forward_mails_nobody_twice(host):
    with Server() as server:
        post = Post(host, server.url, days_left=9)
        post.scan_and_send()
        right = post.second
        for days in (-5, -400, 40, 4000, -1):
            post.second = right + days * DAY_SECONDS
            post.send(code=(0, 78))
            post.scan(code=(0, 75, 78))
            post.send(code=(0, 78))
            assert len(server.mails) == 3, days
        post.second = right + 60
        post.scan(code=(0, 75))
        post.wait(3700)
        post.scan()
        post.send()
        assert set(post.settle(server).values()) == {1}


def put_off_under_a_wrong_clock_it_does_not_wait_for_that_date(host):
    with Server({"RCPT": lambda _: "451 later" if not server.answered else None}) as server:
        server.answered = False
        post = Post(host, server.url)
        post.scan()
        post.send(code=3)
        server.answered = True
        post.second -= 6 * 3600  # noon becomes morning
        post.scan()
        post.send()
        assert set(post.received(server).values()) == {1}


def a_snapshot_replaced_in_the_run_is_seen_before_the_next_hundred(host):
    """The last of 130 people changes the password while the first are mailed, and scan runs."""
    hooked = []

    def change(_):
        if not hooked:
            hooked.append(1)
            post.changed["p129"] = post.changed["p0"] + 50
            post.write_shadow()
            post.scan()

    with Server({"MAIL": change}) as server:
        post = Post(host, server.url, people=130, mail="connections = 1")
        post.scan()
        post.send(code=0)
        assert hooked and os.path.exists(host.path(f"{MAIL}/scan-wanted")), "a scan is asked for"
        assert 0 < len(server.mails) <= 100, len(server.mails)
        post.scan_and_send()
        received = post.received(server)
        assert received.pop("p129") == 0 and set(received.values()) == {1}, received
        assert post.states()["p129"] == "obsolete"


def a_stale_snapshot_is_not_mailed(host):
    with Server() as server:
        post = Post(host, server.url)
        post.scan()
        post.wait(2 * 3600 + 60)
        post.send()
        assert server.mails == [] and os.path.exists(host.path(f"{MAIL}/scan-wanted"))
        post.run()  # without a verb: scan, then send
        assert set(post.received(server).values()) == {1}


def damage(data, page, kind):
    """A copy of the ledger's bytes in which one page of 4096 is not what it was."""
    begin = page * 4096
    bad = {"zero": bytes(4096), "noise": bytes((i * 73 + page) % 251 for i in range(4096)),
           "other": data[:4096] if page else data[4096:8192]}[kind]
    return data[:begin] + bad + data[begin + 4096:]


def a_damaged_ledger_is_refused_and_salvaged(host):
    with Server() as server:
        post = Post(host, server.url, people=60)
        post.scan_and_send()
        assert set(post.received(server).values()) == {1}
        with sqlite3.connect(host.path(LEDGER)) as ledger:
            ledger.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        good = open(host.path(LEDGER), "rb").read()
        pages = len(good) // 4096
        assert pages >= 5, pages
        kept = os.path.join(tempfile.mkdtemp(dir=os.path.dirname(host.root)), "kept")
        shutil.copytree(host.path("var/lib"), kept)
        kinds = ("zero", "noise", "other")
        for number, page in enumerate(range(pages)):
            for kind in kinds if everything() else kinds[number % 3:number % 3 + 1]:
                shutil.rmtree(host.path("var/lib"))
                shutil.copytree(kept, host.path("var/lib"))
                salvage(post, server, damage(good, page, kind), (page, kind))


def salvage(post, server, bad, where):
    """Refused as it is; after salvage what was read is known, and nobody is left without mail."""
    host, before = post.host, len(server.mails)
    host.write(LEDGER, bad, 0o660)
    stderr = post.send(code=4).stderr
    assert "salvage" in stderr, (where, stderr)
    assert open(host.path(LEDGER), "rb").read() == bad, (where, "it is left as it was")
    assert len(server.mails) == before, where
    post.run("salvage", code=(0, 3))
    known = {row.name for row in read_rows(host.path(MAIL)) if row.state == "sent"}
    post.scan()
    post.send()
    again = {mail[1].split("@")[0] for mail in server.mails[before:]}
    assert again == set(post.names) - known, (where, len(again), len(known))
    assert {row.state for row in post.rows().values()} == {"sent"}, where
    kept_aside = [name for name in os.listdir(host.path(MAIL)) if "damaged" in name]
    assert kept_aside, (where, os.listdir(host.path(MAIL)))


def an_empty_or_foreign_ledger_is_refused(host):
    with Server() as server:
        post = Post(host, server.url)
        post.scan()
        for bad in (b"rubbish\n" * 1000, b"SQLite format 3\0" + b"\xff" * 4080):
            host.write(LEDGER, bad, 0o660)
            assert "salvage" in post.send(code=4).stderr
            assert open(host.path(LEDGER), "rb").read() == bad and server.mails == []


TESTS = [
    with_a_disk_that_fills_up_nobody_gets_two,
    a_full_disk_is_told_and_later_all_is_sent,
    a_read_only_ledger_is_told_and_nothing_is_sent,
    a_clock_that_goes_back_and_forward_mails_nobody_twice,
    put_off_under_a_wrong_clock_it_does_not_wait_for_that_date,
    a_snapshot_replaced_in_the_run_is_seen_before_the_next_hundred,
    a_stale_snapshot_is_not_mailed,
    a_damaged_ledger_is_refused_and_salvaged,
    an_empty_or_foreign_ledger_is_refused,
]

if __name__ == "__main__":
    use_fast_folders()
    sys.exit(main(TESTS))
