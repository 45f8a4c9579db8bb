#!/usr/bin/env python3
"""vsee-resetd among broken hosts, hostile peers and kills: each function is a test."""

import fcntl
import os
import random
import signal
import subprocess
import sys
import time

import host as rig
import wire
from host import OLD, SOURCE, Call, ask, ask_all, main

sys.path.insert(0, SOURCE + "/tests/invariants")
# pylint: disable=wrong-import-position
from check import Story, judge

NEW = "New#cattle-battery 8"
GOOD = wire.request("change", "alice", current=OLD, new=NEW)


def change(user="alice", current=OLD, fresh=NEW, **fields):
    return ask("change", user, current=current, new=fresh, **fields)


def kept(host, reply, user="alice"):
    assert reply.status == "fault" and host.has(user, OLD), reply


def five_failures_and_then_even_the_right_one_waits(host):
    host.reset(failures=5)
    for user in ("alice", "nobody-knows"):
        replies = ask_all([lambda user=user: change(user, "wrong")] * 7)
        statuses = sorted(reply.status for reply in replies)
        assert statuses == ["throttled"] * 2 + ["wrong"] * 5, replies
        reply = change(user)
        assert reply.status == "throttled" and 0 < reply.number <= 300 and reply.seconds < 1, reply
    names = open(rig.THROTTLE, "rb").read()
    assert b"alice" not in names and b"nobody" not in names
    assert os.stat(rig.THROTTLE).st_mode & 0o777 == 0o600
    assert change("bob").status == "changed"  # each worker is a new process; others are served


def what_was_right_is_not_counted(host):
    host.reset(failures=5)
    for number in range(4):
        assert change(current="wrong").status == "wrong"
        if number % 2 == 0:
            assert change(fresh="Sh0rt#").status == "unmet"
    assert change().status == "changed"


def a_source_is_counted_over_all_names(host):
    host.reset(rig.POLICY.replace("source_failures = 1000", "source_failures = 5"))
    ask_all([lambda n=n: change(f"name{n}", source="192.0.2.9") for n in range(5)])
    assert change(source="192.0.2.9").status == "throttled"
    assert ask("peek", "alice", token="A" * 43, source="192.0.2.9").status == "throttled"
    assert change(source="192.0.2.10").status == "changed"


def a_strangers_failures_do_not_stop_a_link(host):
    """Nobody can guess a token; who logged in and got one is not kept out by others."""
    host.reset(rig.POLICY.replace("source_failures = 1000", "source_failures = 8"), failures=5)
    token, bad = host.link("alice"), {"token": "A" * 43, "new": NEW}
    ask_all([lambda: change(current="wrong", source="192.0.2.8") for _ in range(5)])
    replies = ask_all([lambda: ask("link", "alice", source="192.0.2.9", **bad)] * 9)
    statuses = sorted(reply.status for reply in replies)
    assert statuses == ["link-bad"] * 8 + ["throttled"], replies
    assert change().status == "throttled"
    assert ask("link", "alice", token=token, new=NEW).status == "changed"
    assert change(current=NEW, fresh=NEW).status == "unmet"  # the change forgives the account


def without_a_table_of_attempts_nothing_is_tried(host):
    os.mkdir(rig.THROTTLE)
    try:
        kept(host, change())
        kept(host, ask("link", "alice", token="A" * 43, new=NEW))
    finally:
        os.rmdir(rig.THROTTLE)
    rig.write(rig.THROTTLE, "nonsense", 0o600)
    kept(host, change())
    assert change().status == "changed"


def without_a_policy_nothing_is_done(host):
    os.unlink(rig.STATE + "/policy")
    kept(host, change())
    kept(host, change("nobody-knows"), "bob")


def mounted(path, *options):
    subprocess.run(["mount", *options, path], check=True)
    return lambda: subprocess.run(["umount", path], check=True)


def a_folder_that_cannot_be_written_changes_nothing(host):
    for path in (rig.STATE, "/etc"):
        subprocess.run(["mount", "--bind", path, path], check=True)
        release = mounted(path, "-o", "remount,bind,ro")
        try:
            token = "A" * 43
            kept(host, change())
            assert ask("link", "alice", token=token, new=NEW).status in ("fault", "link-bad")
        finally:
            release()
        assert host.has("alice", OLD)
    assert change().status == "changed"


def a_full_state_folder_changes_nothing(host):
    copy = "/run/t/state"
    subprocess.run(["cp", "-a", rig.STATE, copy], check=True)
    release = mounted(rig.STATE, "-t", "tmpfs", "-o", "size=256k,mode=755", "tmpfs")
    try:
        subprocess.run(f"cp -a {copy}/. {rig.STATE}/", shell=True, check=True)
        subprocess.run(f"cat /dev/zero >{rig.STATE}/filler", shell=True, check=False,
                       stderr=subprocess.DEVNULL)
        kept(host, change())
    finally:
        release()
        subprocess.run(["rm", "-r", copy], check=True)


def a_full_etc_changes_nothing(host):
    """pam_unix says nothing of its own there."""
    filler = "/etc/filler"
    subprocess.run(["mount", "-o", "remount,size=2m", "/etc"], check=True)
    try:
        subprocess.run(f"cat /dev/zero >{filler}", shell=True, check=False,
                       stderr=subprocess.DEVNULL)
        kept(host, change())
    finally:
        os.unlink(filler)
        subprocess.run(["mount", "-o", "remount,size=50%", "/etc"], check=True)
    assert change().status == "changed"


def a_broken_stack_changes_nothing(host):
    path = "/etc/pam.d/vsee-reset"
    before = rig.read(path)
    rows = (before.replace("pam_unix.so nodelay", "pam_missing.so"), "", "auth required",
            before[:before.index("password\t")] + "password required pam_permit.so\n")
    try:
        for text in rows:
            rig.write(path, text)
            reply = change()
            assert reply.status in ("fault", "wrong") and host.has("alice", OLD), (text, reply)
            host.forget()
        assert host.log.says("as before")
    finally:
        rig.write(path, before)


def a_held_lock_is_told_as_busy(host):
    with open("/etc/.pwd.lock", "w", encoding="ascii") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        reply = change()
        assert reply.status == "busy" and host.has("alice", OLD) and reply.seconds < 8, reply
    assert change().status == "changed"


def criteria_that_cannot_be_read_let_nothing_pass(host):
    path = "/etc/security/pwquality.conf"
    before = rig.read(path)
    try:
        rig.write(path, "minlen = many\n")
        kept(host, change())
        assert change(current="wrong").status == "wrong"
    finally:
        rig.write(path, before)


def another_user_gets_no_answer(host):
    for uid in (1001, 65534, 0):
        call = Call(uid=uid).send(GOOD)
        assert call.finish().status == "none" and call.worker.returncode == 1, uid
    assert host.has("alice", OLD) and "Permission denied" in host.log.text()
    assert Call(uid=1001, options=("--peer", "bob")).send(GOOD).finish().status == "none"


def what_is_no_packet_is_a_fault_of_ours(host):
    rows = [GOOD[:-1], GOOD + b"x", GOOD[:8], b"", GOOD[:4] + b"\x02" + GOOD[5:], b"\0" * 8,
            GOOD * 40, GOOD.replace(b"alice", b"al\0ce"), GOOD.replace(b"alice", b"al/ce"),
            GOOD.replace(b"192.0.2.7", b"192.0.2.x"), random.Random(5).randbytes(300)]
    for reply, row in zip(ask_all([lambda row=row: Call().send(row).finish() for row in rows]),
                          rows):
        assert reply.status == ("fault" if row else "none"), (row[:20], reply)
    assert host.has("alice", OLD) and "can't be read" in host.log.text()


def only_the_first_packet_counts(host):
    call = Call().send(GOOD)
    call.connection.send(wire.request("change", "bob", current=OLD, new=NEW))
    assert call.finish().status == "changed" and host.has("bob", OLD)


def who_says_nothing_is_hung_up_on(_):
    call = Call()
    reply = call.finish()
    assert reply.status == "none" and 4 < reply.seconds < 8, reply.seconds
    gone = Call()
    gone.connection.close()
    gone.worker.wait(timeout=5)


def judged(story):
    verdict = judge(story.path, shadow="/etc/shadow", passwd="/etc/passwd", state=rig.STATE)
    assert not verdict.violations, verdict.text()


def killed_at_any_moment_the_invariants_hold(host):
    """Also by the person, while the real uid is theirs. An answer "changed" is true."""
    dice, seen, current = random.Random(7), set(), OLD
    story = Story("/run/t/story", durable=False)
    story.begin(rig.TODAY, rig.read("/etc/shadow"), {"alice": [OLD]}, remember=3,
                passwd=rig.read("/etc/passwd"))
    for number in range(int(os.environ.get("VSEE_TEST_KILLS", "30"))):
        host.forget()
        fresh = f"{NEW}{number:06}"
        attempt = story.attempt("alice", fresh)
        call = Call().send(wire.request("change", "alice", current=current, new=fresh))
        time.sleep(dice.uniform(0, 0.15))
        call.worker.send_signal(dice.choice((signal.SIGKILL, signal.SIGTERM)))
        reply = call.finish()
        assert reply.status in ("none", "changed", "unmet"), reply
        story.end(attempt, {"none": "unknown", "changed": "done"}.get(reply.status, "refused"))
        judged(story)
        changed = host.has("alice", fresh)
        current = fresh if changed else current
        seen.add((reply.status, changed))
        host.run("reminderd", "scan")
        story.tell("settled")
        judged(story)
    os.unlink(story.path)
    assert ("none", False) in seen, seen


def a_signal_does_not_stop_a_change(host):
    call = Call().send(GOOD)
    for _ in range(400):
        found = rig.read(f"/proc/{call.worker.pid}/status") if call.worker.poll() is None else ""
        if "\nUid:\t1001\t0\t0\t0" in found:
            os.kill(call.worker.pid, signal.SIGTERM)
            break
        time.sleep(0.001)
    else:
        raise rig.Skip("the moment was missed")
    assert call.finish().status == "changed" and host.has("alice", NEW)


def secrets_leave_no_trace(host):
    """In no file but as a hash, in no message, in no argument and in no environment."""
    word = f"-{os.getpid()}-sesame "  # not in a copy of this file that others may have made
    marks = (f"Mark1#current{word}x", f"Mark2#fresh{word}yY", f"Mark3#refused{word}zZ")
    host.reset(bob=rig.hash_of(marks[0]))
    call = Call().send(wire.request("change", "bob", current=marks[0], new=marks[1]))
    found = ""
    while call.worker.poll() is None:
        for name in ("cmdline", "environ", "stack"):
            try:
                found += rig.read(f"/proc/{call.worker.pid}/{name}")
            except OSError:
                pass
        time.sleep(0.002)
    assert call.finish().status == "changed"
    change("bob", marks[2])
    for folder in ("/etc", "/run", "/var/lib", "/tmp"):
        done = subprocess.run(["grep", "-rlaF", "-e", word, "--devices=skip", folder],
                              capture_output=True, text=True, check=False)
        assert not done.stdout, done.stdout
    assert "sesame" not in found + host.log.text()


if __name__ == "__main__":
    sys.exit(main([
        five_failures_and_then_even_the_right_one_waits,
        what_was_right_is_not_counted,
        a_source_is_counted_over_all_names,
        a_strangers_failures_do_not_stop_a_link,
        without_a_table_of_attempts_nothing_is_tried,
        without_a_policy_nothing_is_done,
        a_folder_that_cannot_be_written_changes_nothing,
        a_full_state_folder_changes_nothing,
        a_full_etc_changes_nothing,
        a_broken_stack_changes_nothing,
        a_held_lock_is_told_as_busy,
        criteria_that_cannot_be_read_let_nothing_pass,
        another_user_gets_no_answer,
        what_is_no_packet_is_a_fault_of_ours,
        only_the_first_packet_counts,
        who_says_nothing_is_hung_up_on,
        killed_at_any_moment_the_invariants_hold,
        a_signal_does_not_stop_a_change,
        secrets_leave_no_trace,
    ]))
