"""reminderd send is killed, or started several times at once; mails are counted against the ledger.

Nobody is left without a mail. Nobody gets two, unless the kill lies between the server's taking the
mail and the commit; then both have the same Message-ID. A sample of the kills by default, each
system call with VSEE_TEST_ALL=1.
"""

import os
import signal
import sys
import threading
import time

from harness import main
from mailrig import (Post, calls_of, check, everything, need_strace, reset, state_of,
                     use_fast_folders)
from smtpd import Server

PEOPLE = 5
# What moves data between the run, the disk and the server: always tried. Of the rest a sample.
DECIDING = ("fdatasync", "fsync", "pwrite64", "recvfrom", "sendto", "unlink", "unlinkat")
OTHERS = ("close", "fcntl", "flock", "ftruncate", "newfstatat", "openat", "poll", "read", "write")
SAMPLE = {"pwrite64": 3, "recvfrom": 2, "sendto": 2}
SAMPLE_OTHERS = 40


class Count:
    """How many runs were killed, and how often somebody got a second copy for it."""

    def __init__(self):
        self.runs = self.copies = self.bad = 0

    def line(self):
        return f"# {self.runs} kills, {self.copies} second copies, {self.bad} bad"


def points(highest):
    """(name, number of the call) of each kill that is tried."""
    for name in (*DECIDING, *OTHERS):
        step = 1 if everything() else SAMPLE.get(name, 1 if name in DECIDING else SAMPLE_OTHERS)
        for when in range(1, highest[name] + 1, step):
            yield name, when


def kill_at(host, injection, count):
    with Server() as server:
        post = Post(host, server.url, people=PEOPLE, mail="connections = 1")
        post.scan()
        status = post.traced(injection)
        if status in (0, 3):
            reset(host)
            return  # there was no such call this time
        assert status == -9, (injection, status)
        count.runs += 1
        count.copies += check(post, server, state_of(post, server), injection)
    reset(host)


def killed_at_each_system_call(host):
    need_strace()
    log = os.path.join(os.path.dirname(host.root), "strace.log")
    with Server() as server:
        post = Post(host, server.url, people=PEOPLE, mail="connections = 1")
        post.scan()
        assert post.traced(log=log) == 0 and set(post.received(server).values()) == {1}
    reset(host)
    highest, count = calls_of(log), Count()
    assert highest["fdatasync"] >= 3 and highest["sendto"] > 3 * PEOPLE, highest
    for name, when in points(highest):
        kill_at(host, f"{name}:signal=KILL:when={when}", count)
    print(count.line())
    assert count.runs > 30, highest


def killed_by(host, verb, answer=None):
    """The server itself kills the run when p1's mail has come so far. Copies of p1's mail."""
    runs = []

    def kill(session):
        if runs and session.recipient.startswith("p1@"):
            runs.pop().kill()
            return answer
        return None

    with Server({verb: kill}) as server:
        post = Post(host, server.url, people=PEOPLE, mail="connections = 1")
        post.scan()
        runs.append(post.start("send"))
        process = runs[0]
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, (verb, process.returncode)
        before = state_of(post, server)
        copies = check(post, server, before, verb)
    reset(host)
    return before, copies


def killed_after_rcpt_nobody_gets_two(host):
    before, copies = killed_by(host, "RCPT")
    assert before[0]["p1"] == 0 and before[1]["p1"] == "claimed" and copies == 0


def killed_after_data_nobody_gets_two(host):
    before, copies = killed_by(host, "DATA")
    assert before[0]["p1"] == 0 and before[1]["p1"] == "claimed" and copies == 0


def killed_after_the_dot_one_gets_a_second_copy(host):
    before, copies = killed_by(host, "DOT")
    assert before[0]["p1"] == 1 and before[1]["p1"] == "claimed" and copies == 1
    assert before[1]["p0"] == "sent", "what was taken before is known"


def killed_before_the_first_mail_everybody_gets_one(host):
    runs = []
    with Server({"GREETING": lambda _: runs.pop().kill() if runs else None}) as server:
        post = Post(host, server.url, people=PEOPLE)
        post.scan()
        runs.append(post.start("send"))
        process = runs[0]
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL
        assert set(post.states().values()) == {"claimed"}
        assert post.send(code=0).returncode == 0 and server.mails == [], "the lease holds"
        assert check(post, server, state_of(post, server), "claim") == 0


def asked_to_end_it_waits_for_what_is_on_its_way(host):
    runs = []

    def ask(session):
        time.sleep(0.02)
        if session.mail_count == 2 and runs:
            runs.pop().send_signal(signal.SIGTERM)

    with Server({"RCPT": ask}) as server:
        post = Post(host, server.url, people=90, mail="connections = 1")
        post.scan()
        runs.append(post.start("send"))
        process = runs[0]
        process.communicate(timeout=60)
        received, states = state_of(post, server)
        assert 3 <= sum(received.values()) < 90, received
        assert all((states[name] == "sent") == (received[name] == 1) for name in post.names)
        assert "claimed" not in states.values(), "given back"
        post.scan_and_send()
        assert set(post.received(server).values()) == {1}


def of_two_runs_at_once_one_sends(host):
    gate = threading.Event()
    with Server({"MAIL": lambda _: gate.wait(30) and None}) as server:
        post = Post(host, server.url, people=5)
        post.scan()
        first = post.start("send")
        while not server.commands():
            gate.wait(0.02)
        second = post.send(code=4)
        assert "another run" in second.stderr, second.stderr
        assert server.verbs().count("EHLO") <= 2, "the second one asks no server"
        gate.set()
        first.communicate(timeout=60)
        assert first.returncode == 0 and set(post.received(server).values()) == {1}


def many_runs_at_once_send_each_mail_once(host):
    with Server() as server:
        post = Post(host, server.url, people=30, mail="connections = 4")
        post.scan()
        runs = [post.start("send") for _ in range(6)]
        for run in runs:
            run.communicate(timeout=60)
        assert {run.returncode for run in runs} <= {0, 4}
        assert set(post.settle(server).values()) == {1}


TESTS = [
    killed_before_the_first_mail_everybody_gets_one,
    killed_after_rcpt_nobody_gets_two,
    killed_after_data_nobody_gets_two,
    killed_after_the_dot_one_gets_a_second_copy,
    killed_at_each_system_call,
    asked_to_end_it_waits_for_what_is_on_its_way,
    of_two_runs_at_once_one_sends,
    many_runs_at_once_send_each_mail_once,
]

if __name__ == "__main__":
    use_fast_folders()
    sys.exit(main(TESTS))
