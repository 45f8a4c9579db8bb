"""vsee-web without descriptors, threads, buffers or memory: it says what is true, and serves again.

A GET and a POST while something fails: each may fail, but "changed" and "not changed" are true.
Then, with all it needs, both succeed, and no descriptor is lost. argv[3]: the built nomem.so. A
sample by default, everything with VSEE_TEST_ALL=1.
"""

import glob
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

sys.path.insert(0, os.environ["VSEE_SOURCE"] + "/tests/lib")
# pylint: disable=wrong-import-position
import nomem
import packet
from pages import CHANGE
from webrig import Skip, main

NOMEM = sys.argv.pop(3) if len(sys.argv) > 3 else ""
OWN = {"vsee-web"}
SAMPLE = 20
UNCERTAIN = 502
PATIENCE = 2  # seconds; what was not answered by then is not answered
# strace counts for each thread: the library's has all connections, each answer one of its own.
CALLS = (
    ("accept4", ("EMFILE", "ENFILE", "ENOMEM", "ECONNABORTED"), ("1..3",)),
    ("socket", ("EMFILE", "ENFILE", "ENOMEM"), ("1+",)),
    ("connect", ("EAGAIN", "ENOMEM", "ECONNREFUSED"), ("1+",)),
    ("setsockopt", ("ENOMEM",), ("1", "2", "3")),
    ("sendto", ("ENOMEM", "EPIPE"), ("1", "2", "4", "5", "6", "8", "10", "12")),
    ("sendmsg", ("ENOMEM", "EPIPE"), ("1", "2", "3", "4", "6", "8")),
    ("recvfrom", ("ENOMEM",), ("1", "2", "3", "4", "6", "8", "10", "12", "14", "16")),
    # The first of an answer's thread is the worker's socket: this means that nobody has read it.
    ("recvfrom", ("ECONNRESET",), ("2", "3", "4", "6", "8", "10", "12", "14", "16")),
    ("poll", ("ENOMEM",), ("1",)),
    ("pselect6", ("ENOMEM",), ("1", "2", "3", "4", "6", "8", "10", "12")),
    ("clone3", ("EAGAIN", "ENOMEM"), ("1+",)),
    ("mmap", ("ENOMEM",), ("1", "2")),
    ("openat", ("EMFILE", "EIO"), ("1", "2")),
    ("read", ("EIO",), ("1", "2")),
)


def everything():
    return os.environ.get("VSEE_TEST_ALL", "") not in ("", "0")


def impatient(front):
    patient = front.connect
    front.connect = lambda source=None: patient(source, timeout=PATIENCE)
    front.worker.play = change


def change(worker, connection):
    """The worker, and a front that may fail to say what it wants."""
    data = connection.recv(65536)
    if data:
        worker.requests.append(packet.read_request(data))
        connection.send(packet.print_reply(packet.CHANGED))


def ask(function):
    try:
        answer = function()
        return answer.status
    except (OSError, ValueError):
        return 0


def lies(front):
    """One GET and one POST, whatever comes of them. What is untrue, or ""."""
    front.worker.requests.clear()
    ask(lambda: front.get("/"))
    status = ask(lambda: front.post("/change", CHANGE))
    end = time.monotonic() + 1
    while status == UNCERTAIN and not front.worker.requests and time.monotonic() < end:
        time.sleep(0.01)  # it was sent, and is yet to be read
    asked = len(front.worker.requests)
    if status == 303 and asked != 1 or status == 503 and asked:
        return f"answered {status}, but the worker was asked {asked} times"
    return "" if front.process.poll() is None else f"ended with {front.process.returncode}"


def serves(front):
    """What is wrong with it now that it has all it needs."""
    front.worker.requests.clear()
    seen = ask(lambda: front.get("/")), ask(lambda: front.post("/change", CHANGE))
    if seen != (200, 303) or len(front.worker.requests) != 1:
        return f"afterwards: {seen}, {len(front.worker.requests)} requests"
    return ""


def descriptors(front):
    return len(glob.glob(f"/proc/{front.process.pid}/fd/*"))


def no_descriptor_is_lost(front, before):
    end = time.monotonic() + 20
    while descriptors(front) > before:
        assert time.monotonic() < end, (descriptors(front), before)
        time.sleep(0.05)


class Tracer:
    """strace on a running front."""

    def __init__(self, front, injection):
        name = injection.split(":")[0]
        self.process = subprocess.Popen(
            ["strace", "-f", "-o", os.path.join(front.folder, "strace"), f"--trace={name}",
             f"--inject={injection}", "-p", str(front.process.pid)], stderr=subprocess.PIPE)
        line = self.process.stderr.readline()
        assert b"attached" in line, line
        # All that it says is few lines: they fit in the pipe.

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.terminate()
        self.process.communicate(timeout=20)


def injected(front):
    with open(os.path.join(front.folder, "strace"), encoding="utf-8", errors="replace") as file:
        return file.read().count("(INJECTED)")


def with_calls_that_fail_it_goes_on(front):
    if os.geteuid() != 0 or not shutil.which("strace"):
        raise Skip("needs root and strace")
    with open(front.options[0], "rb") as file:
        if b"__asan" in file.read():
            raise Skip("a sanitizer's own calls would fail")
    impatient(front)
    assert not serves(front)
    before, bad, tried, failed = descriptors(front), [], 0, 0
    for name, errors, places in CALLS:
        for number, error in enumerate(errors):
            for when in places if everything() else places[number % len(places):][:1]:
                injection = f"{name}:error={error}:when={when}"
                with Tracer(front, injection):
                    wrong = lies(front)
                tried, failed = tried + 1, failed + injected(front)
                wrong = wrong or serves(front)
                bad += [f"{injection}: {wrong}"] if wrong else []
    print(f"# {tried} injections, {failed} calls failed, {len(bad)} bad")
    assert not bad and failed >= tried // 2, bad
    no_descriptor_is_lost(front, before)
    front.stop()


def without_descriptors_it_goes_on(front):
    if os.geteuid() != 0:
        raise Skip("needs root")
    impatient(front)
    assert not serves(front)
    before, pid, refused = descriptors(front), front.process.pid, 0
    usual = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    highest = max(int(os.path.basename(path)) for path in glob.glob(f"/proc/{pid}/fd/*"))
    for more in range(1, 6):
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (highest + more, usual[1]))
        wrong = lies(front)
        refused += len(front.worker.requests) == 0
        resource.prlimit(pid, resource.RLIMIT_NOFILE, usual)
        wrong = wrong or serves(front)
        assert not wrong, (more, wrong)
    assert 0 < refused < 5, refused
    no_descriptor_is_lost(front, before)
    front.stop()


class Hungry:
    """A front that gets no memory; begun anew where a library dies of it."""

    def __init__(self, front):
        self.front = front
        self.memory = nomem.Memory(NOMEM, front.options[0], os.path.join(front.folder, "memory"),
                                   OWN)
        values = self.memory.environment()
        front.stop()
        front.options = ["env", *(f"{name}={value}" for name, value in values.items()),
                         *front.options]
        front.start()
        impatient(front)
        assert not serves(front)

    def attempt(self):
        """Returns (exit status or 0, what is wrong)."""
        front = self.front
        wrong = lies(front)
        self.memory.enough()
        code = ended(front, 0 if not self.memory.crashed else PATIENCE)
        after = "" if code else serves(front)
        code = code or after and ended(front, PATIENCE)
        if code:  # who is to blame for a crash, others judge
            front.start()
            wrong, after = "" if code < 0 else wrong, serves(front)
        return code or 0, wrong or after


def ended(front, seconds):
    """Its exit status, 0 while it runs; a crash takes its time."""
    try:
        return front.process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return 0


def without_memory_it_goes_on(front):
    with open(front.options[0], "rb") as file:
        if b"__asan" in file.read() or not NOMEM:
            raise Skip("a sanitizer has an allocator of its own")
    hungry = Hungry(front)
    tally = nomem.Tally("vsee-web, a GET and a POST")
    assert nomem.starve(hungry.memory, tally, hungry.attempt, SAMPLE), "see BAD"
    front.stop()


TESTS = [
    with_calls_that_fail_it_goes_on, without_descriptors_it_goes_on, without_memory_it_goes_on,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
