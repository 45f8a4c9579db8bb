#!/usr/bin/env python3
"""vsee-resetd with the current password: each function is a test, its name the rule."""

import os
import resource
import signal
import statistics
import subprocess
import sys
import time

import host as rig
import wire
from host import OLD, Call, ask, ask_all, main

NEW = "New#cattle-battery 8"
MARKS = ("Mark1#current-sesame x", "Mark2#fresh-sesame yY")
WAITS = "230 "  # clock_nanosleep(2), as /proc/PID/syscall has it


def new(number):
    return f"Fresh{number}#cattle-battery {number}x"


def change(user="alice", current=OLD, fresh=NEW, **fields):
    return ask("change", user, current=current, new=fresh, **fields)


def expect(reply, status, unmet=()):
    assert reply.status == status and reply.unmet == set(unmet), reply
    return reply


def the_expired_and_the_unexpired_change(host):
    for user in ("alice", "bob", "admin"):
        expect(change(user), "changed")
        assert host.has(user, NEW) and not host.has(user, OLD)
        assert host.account(user)["hash"] == host.shadow(user)
    assert "user=alice source=192.0.2.7 outcome=changed" in host.log.text()
    assert "user=alice service=vsee-reset phase=account action=demand" in host.log.text()
    assert host.shadow("alice").startswith("$y$")


REFUSED = ("bob", "nobody-knows", "root", "system", "locked", "disabled", "ended", "inactive",
           "exempt", "vsee-web", "directory")


def everybody_refused_gets_the_same_packet_at_the_same_time(host):
    samples = int(os.environ.get("VSEE_TEST_SAMPLES", "5"))
    times = {}
    for _ in range(samples):
        host.forget()
        for user, reply in zip(REFUSED, ask_all([
                lambda user=user: change(user, "wrong" if user == "bob" else OLD)
                for user in REFUSED])):
            expect(reply, "wrong")
            assert reply.data == wire.MAGIC + b"\x83\x00\x08", reply.data
            times.setdefault(user, []).append(reply.seconds)
    for user, seconds in times.items():
        assert 2.0 <= min(seconds) and statistics.median(seconds) < 2.1, (user, seconds)
    medians = [statistics.median(seconds) for seconds in times.values()]
    print("# medians", [round(value, 4) for value in sorted(medians)])
    assert samples < 20 or max(medians) - min(medians) < 0.005, medians
    for reason in ("root", "authenticate", "account-expired", "inactive", "not-covered"):
        assert f"outcome=wrong reason={reason}" in host.log.text(), reason
    assert "user=exempt " in host.log.text()
    assert "nobody-knows" not in host.log.text(), "a password may stand where the name belongs"
    assert "user=- source=192.0.2.7 outcome=wrong" in host.log.text()


def a_lock_is_never_opened(host):
    before = host.shadow("locked"), host.shadow("disabled")
    for current in (OLD, "!", ""):
        if current:
            expect(change("locked", current), "wrong")
            host.forget()
    assert (host.shadow("locked"), host.shadow("disabled")) == before


def what_was_used_is_refused_and_then_forgotten(host):
    """remember = 3, and a second depth in days that our history has not reached."""
    expect(change(fresh=OLD), "unmet", {"different"})
    current = OLD
    for number in range(1, 5):
        expect(change(current=current, fresh=new(number)), "changed")
        current = new(number)
    for number in (1, 2, 3):
        expect(change(current=current, fresh=new(number)), "unmet", {"remembered"})
    assert host.has("alice", new(4))


def a_wrong_current_one_says_nothing_of_the_new(host):
    expect(change(fresh=new(1)), "changed")
    for fresh in (OLD, new(1), "short", new(2)):
        expect(change(current="wrong", fresh=fresh), "wrong")
        host.forget()
    assert host.has("alice", new(1))


def criteria_are_named(host):
    rows = (("Sh0rt#a", {"length"}), ("no upper case 12345", {"upper", "sequence"}),
            ("Nö#" * 200, {"long"}))
    for fresh, names in rows:
        reply = change(fresh=fresh)
        assert reply.status == "unmet" and names & reply.unmet, (fresh[:9], reply)
    reply = change("minimum", fresh="Xx#4 muminim 4#xX")
    assert reply.status == "unmet" and "name" in reply.unmet, reply
    assert host.has("alice", OLD)


def bytes_are_kept_as_they_are(host):
    rows = ("  Spaces#at both ends 9  ", "Emoji 😀 battery #9x", "Tab\tQuote\"<b>' #9",
            b"Latin \xe4\xf6\xfc battery #9X", "Pass#9 " * 73)
    current = OLD
    for fresh in rows:
        assert len(wire.bytes_of(fresh)) <= 511
        expect(change(current=current, fresh=fresh), "changed")
        assert host.has("alice", fresh), fresh
        current = fresh
    expect(change(current=current, fresh="Pass#9 " * 73 + "x"), "unmet", {"long"})
    expect(change(current="x" * 512, fresh=NEW), "wrong")
    assert len("Pass#9 " * 73) == 511


def min_days_are_kept(host):
    host.reset(rig.POLICY.replace("min_days = 0", "min_days = 20"))
    reply = expect(change("bob"), "too-soon")
    assert reply.number == (rig.TODAY - 5 + 20) * 86400, reply.number
    expect(change("alice"), "changed")  # it has expired
    host.reset()
    reply = expect(change("minimum"), "refused")  # by pam_unix, which has no code for it
    assert "wait longer" in reply.text and host.has("minimum", OLD)


def modes_that_only_tell_do_not_refuse(host):
    host.reset(rig.POLICY.replace("mode = enforce", "mode = remind"))
    expect(change("bob"), "changed")
    host.reset(rig.POLICY.replace("mode = enforce", "mode = off"))
    expect(change("bob"), "wrong")


def a_person_with_too_many_processes_changes(host):
    """A module that starts a program, and a worker without the rights to pass limits over."""
    path = "/etc/pam.d/vsee-reset"
    before = rig.read(path)

    def limit():
        for capability in (21, 24):  # CAP_SYS_ADMIN, CAP_SYS_RESOURCE
            rig.LIBC.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
    line = "password\trequisite\tpam_unix.so"
    assert line in before
    rig.write(path, before.replace(line, "password requisite pam_exec.so /bin/true\n" + line))
    try:
        call = Call(before=limit).send(wire.request("change", "alice", current=OLD, new=NEW))
        expect(call.finish(), "changed")
        assert host.has("alice", NEW)
    finally:
        rig.write(path, before)


def memory_before_the_answer(call):
    """What the worker can read of itself while it waits for the moment of its answer."""
    pid, found, end = call.worker.pid, b"", time.monotonic() + 20
    while not rig.read(f"/proc/{pid}/syscall").startswith(WAITS):
        assert time.monotonic() < end
        time.sleep(0.01)
    os.kill(pid, signal.SIGSTOP)
    try:
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in rig.read(f"/proc/{pid}/maps").splitlines():
                span, rights = line.split()[:2]
                begin, stop = (int(part, 16) for part in span.split("-"))
                if "r" in rights and "[v" not in line and stop - begin < 1 << 30:
                    memory.seek(begin)
                    found += memory.read(stop - begin)
    finally:
        os.kill(pid, signal.SIGCONT)
    return found


def passwords_are_wiped_before_the_answer_waits(host):
    if os.uname().machine != "x86_64":
        raise rig.Skip("the number of clock_nanosleep(2) is another")
    with open(rig.RESETD, "rb") as file:
        if b"__asan" in file.read():
            raise rig.Skip("the sanitizer keeps what was freed as it was")
    host.reset(rig.POLICY.replace("min_days = 0", "min_days = 20"), bob=rig.hash_of(MARKS[0]))
    nothing_is_left("too-soon", "change", "bob", {"current": MARKS[0], "new": MARKS[1]})
    host.reset(minimum=rig.hash_of(MARKS[0]))
    token = host.link("alice")
    rows = (("wrong", "change", "alice", {"current": MARKS[0], "new": MARKS[1]}),
            ("wrong", "change", "nobody-knows", {"current": MARKS[0], "new": MARKS[1]}),
            ("unmet", "change", "alice", {"current": OLD, "new": "Mark3#x"}),
            ("refused", "change", "minimum", {"current": MARKS[0], "new": MARKS[1]}),
            ("link-bad", "link", "alice", {"token": token[::-1], "new": MARKS[1]}),
            ("changed", "link", "alice", {"token": token, "new": MARKS[1]}),
            ("changed", "change", "bob", {"current": OLD, "new": MARKS[1]}))
    for row in rows:
        nothing_is_left(*row)
    path = "/etc/security/pwquality.conf"
    before = rig.read(path)
    rig.write(path, before.replace("dictcheck = 0", "dictcheck = 1"))
    try:  # cracklib has no dictionary here and refuses all, but looks at it
        nothing_is_left("unmet", "change", "admin", {"current": OLD, "new": MARKS[0]})
    finally:
        rig.write(path, before)


def nothing_is_left(status, op, user, fields):
    call = Call().send(wire.request(op, user, **fields))
    left = memory_before_the_answer(call).lower()  # libpwquality compares without case
    reply = call.finish()
    assert reply.status == status, reply
    assert len(left) > 1 << 20 and b"vsee-reset" in left, "the dump is none"
    for value in fields.values():
        assert left.count(value.encode().lower()) == 0, (status, user, len(value))


def parallel_changes_leave_one_winner(host):
    replies = ask_all([lambda number=number: change(fresh=new(number)) for number in range(8)])
    winners = [number for number, reply in enumerate(replies) if reply.status == "changed"]
    assert len(winners) == 1 and host.has("alice", new(winners[0])), replies
    assert {reply.status for reply in replies} <= {"changed", "busy", "wrong", "uncertain"}
    assert host.account("alice")["hash"] == host.shadow("alice")


def a_second_factor_is_not_asked_for(host):
    """pam_ftp asks once more, whatever was typed before."""
    path = "/etc/pam.d/vsee-reset"
    before = rig.read(path)
    first = "pam_unix.so nodelay\n"
    assert first in before
    rig.write(path, before.replace(first, first + "auth required pam_ftp.so users=alice\n"))
    try:
        expect(change(), "wrong")
        assert host.has("alice", OLD) and "reason=second-factor" in host.log.text()
    finally:
        rig.write(path, before)


def the_program_runs_behind_systemd_socket_activate(host):
    path = "/run/t/activated"
    with subprocess.Popen(["systemd-socket-activate", "--seqpacket", "--accept", "-l", path,
                           rig.RESETD, "--peer", "root"], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                if os.path.exists(path):
                    break
                time.sleep(0.05)
            connection = wire.connect(path)
            connection.send(wire.request("change", "alice", current=OLD, new=NEW))
            expect(wire.Reply(wire.receive(connection), 0), "changed")
        finally:
            server.terminate()
    assert host.has("alice", NEW)


if __name__ == "__main__":
    sys.exit(main([
        the_expired_and_the_unexpired_change,
        everybody_refused_gets_the_same_packet_at_the_same_time,
        a_lock_is_never_opened,
        what_was_used_is_refused_and_then_forgotten,
        a_wrong_current_one_says_nothing_of_the_new,
        criteria_are_named,
        bytes_are_kept_as_they_are,
        min_days_are_kept,
        modes_that_only_tell_do_not_refuse,
        a_person_with_too_many_processes_changes,
        passwords_are_wiped_before_the_answer_waits,
        parallel_changes_leave_one_winner,
        a_second_factor_is_not_asked_for,
        the_program_runs_behind_systemd_socket_activate,
    ]))
