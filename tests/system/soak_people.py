"""The people of the soak: who holds an account, and what its password can be."""

import contextlib
import fcntl
import json
import os
import pathlib
import sys
import time

import world

sys.path.insert(0, str(world.SOURCE / "tests/invariants"))

# pylint: disable=wrong-import-position
from hashing import makes  # noqa: E402
from shadow_file import must_change, line_of, number  # noqa: E402
from check import Story  # noqa: E402

RUN = pathlib.Path("/run/soak")
STORY = RUN / "told"
KNOWN, LOCKS, ACTS = RUN / "known", RUN / "locks", RUN / "acts"
LETTERS = "abcdefghijkmnopqrstuvwxyz"
REMEMBER = 6
# Days that a password lives, by the first letter of the name: see soak_world.GROUPS.
LIFETIMES = {"q": 5, "n": 99999}
LIFETIME = 60


def note(act, word, odd=""):
    """What came of an act; odd: what must not be, in words. One write(2), for there are many."""
    line = json.dumps({"act": act, "word": word, "odd": odd}) + "\n"
    with open(ACTS, "a", encoding="utf-8") as file:
        file.write(line)


def noted():
    return [json.loads(line) for line in ACTS.read_text().splitlines()]


def fresh(rng):
    """A password that nobody had, and that pam_pwquality takes."""
    parts = ["".join(rng.choices(LETTERS, k=6)) for _ in range(2)]
    return f"{parts[0].capitalize()}-{parts[1]}-{rng.randrange(10, 100)}"


class Person:
    """Of many processes: what is known lies in a file that they append to. "+" stands before what
    was acknowledged, "?" before what was tried. alone: nobody else changes this account now."""

    def __init__(self, name, alone=True):
        self.name, self.alone = name, alone
        self.file = KNOWN / name
        self.story = Story(STORY, durable=False)

    def lines(self):
        return self.file.read_text().splitlines()

    def learn(self, mark, password):
        with open(self.file, "a", encoding="utf-8") as file:
            file.write(f"{mark}{password}\n")

    def stored(self):
        return world.shadow_fields(self.name)[1]

    def current(self):
        """The one that makes shadow's hash; None if none does. Newest first."""
        stored = self.stored()
        words = dict.fromkeys(line[1:] for line in reversed(self.lines()))
        return next((word for word in words if makes(word, stored)), None)

    def reusable(self, current):
        """What was current lately, and must be refused; the current one is the last."""
        words = [line[1:] for line in self.lines() if line[0] == "+" and line[1:] != current]
        return list(dict.fromkeys(reversed(words)))[:REMEMBER - 1] + [current]

    def may_be_asked(self, today):
        """Whether shadow and policy allow that somebody asks, today or a moment after midnight."""
        line = line_of(":".join(world.shadow_fields(self.name)))
        changed = number(line.change)
        lifetime = LIFETIMES.get(self.name[0], LIFETIME)
        return bool(must_change(line, today + 1)) or not changed or changed + lifetime <= today + 1

    def change(self, new, act, attempt):
        """Tell of a try before and behind it. attempt() says done, refused or unknown, as it was
        said to the person. What an account's only holder finds in shadow must agree."""
        number_of_try = self.story.attempt(self.name, new)
        self.learn("?", new)
        before = self.stored()
        word, odd = attempt(), ""
        changed = self.stored() != before
        if self.alone and word == "done" and not makes(new, self.stored()):
            odd = "acknowledged, and not in shadow"
        if self.alone and word == "refused" and changed:
            word, odd = "unknown", "refused, and changed"
        self.story.end(number_of_try, word)
        if word == "done":
            self.learn("+", new)
        note(act, word, odd and f"{self.name}: {odd}")
        return word


@contextlib.contextmanager
def held(rng, names):
    """A person whom nobody else acts for meanwhile."""
    for name in rng.sample(names, len(names)):
        with open(LOCKS / name, "w", encoding="ascii") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            yield Person(name)
            return
    time.sleep(0.2)
    yield None


@contextlib.contextmanager
def calm(kind=fcntl.LOCK_SH):
    """The state folder can be written meanwhile; LOCK_EX is for the fault that ends that. An
    administrator's reset is let through where state can't be written, so of two passwords in a row
    that nobody could note the first is forgotten, by design: of those whose history is judged no
    reset, and no two changes at once, meet such a fault."""
    with open(RUN / "calm", "w", encoding="ascii") as lock:
        fcntl.flock(lock, kind)
        yield


@contextlib.contextmanager
def enforced(kind=fcntl.LOCK_SH):
    """No hold is in force meanwhile: under one an old password is let through, by design. LOCK_EX
    is for who sets it."""
    with open(RUN / "enforced", "w", encoding="ascii") as lock:
        fcntl.flock(lock, kind)
        yield


def processes():
    """(pid, comm, state, command line) of all."""
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = pathlib.Path(f"/proc/{entry}/stat").read_text(errors="replace")
            words = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue  # it has ended
        comm, _, rest = stat.partition("(")[2].rpartition(")")
        yield int(entry), comm, rest.split()[0], words


def await_gone(pids, seconds=60):
    end = time.monotonic() + seconds
    while any(os.path.exists(f"/proc/{pid}") for pid in pids) and time.monotonic() < end:
        time.sleep(0.1)
