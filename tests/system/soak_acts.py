"""What people do at the terminal, one function a driver: logins, passwd, the forced change."""

import contextlib
import os
import re
import signal
import time

import callers
import soak_people as people
import soak_world
from terminal import STOP, Terminal

def ssh(method, name):
    return callers.ssh(method, name, "-tt", f"{name}@127.0.0.1")


SECONDS = 90  # for one conversation; a busy host is slow
UPDATED = re.compile("updated successfully")
WAYS = {
    "su": lambda name: (["su", "-", name], "runner"),
    "login": lambda name: (["login"], "root"),
    "ssh-password": lambda name: (ssh("password", name), "root"),
    "ssh-kbdint": lambda name: (ssh("kbdint", name), "root"),
}


def converse(argv, runner, answers):
    outcome = Terminal(argv, runner).converse(answers, SECONDS)
    if outcome.status is not None and outcome.status < 0:
        people.note(argv[0], "signal", f"{argv[0]} died of signal {-outcome.status}")
    return outcome


def leave(name, outcome):
    """A conversation that was broken off may leave a program of the person's behind."""
    if outcome.status is not None:
        return
    word = f"sshd: {name}".encode()
    people.await_gone([pid for pid, comm, _, words in people.processes()
                       if word in words[0] or comm == "passwd"])


def word_of(name, outcome):
    """What the person was told of the new password."""
    session = callers.session_seen(name, outcome)
    if session and "again" in outcome.events or UPDATED.search(outcome.text):
        return "done"
    if outcome.status is None and outcome.events.count("new") < 2:
        return "unknown"
    return "refused"  # also where pam_pwquality asks once more


class Logins:
    def __init__(self, rng):
        self.rng, self.names = rng, soak_world.named("pqdnr")

    def act(self):
        with people.held(self.rng, self.names) as person:
            current = person and person.current()
            if person and current is None:
                people.note("login", "lost", f"{person.name}: no known password makes the hash")
            elif person and self.rng.random() < 0.7:
                self.right(person, current)
            elif person:
                self.wrong(person, current)

    def right(self, person, current):
        way, may = self.rng.choice(list(WAYS)), person.may_be_asked(soak_world.today())
        if may:
            self.forced(person, current, way)
            return
        outcome = converse(*WAYS[way](person.name), callers.answers(person.name, current, STOP))
        inside = callers.session_seen(person.name, outcome)
        asked = "new" in outcome.events
        people.note(f"login {way}", "in" if inside else "not in", "" if inside else
                    f"{person.name} has a password that has not ended and is "
                    f"{'asked for another' if asked else 'not let in'}: {outcome}")
        leave(person.name, outcome)

    def forced(self, person, current, way):
        """Its time may be over: one is asked for a new password, refused, or let in."""
        new, seen = people.fresh(self.rng), []

        def attempt():
            outcome = converse(*WAYS[way](person.name),
                               callers.answers(person.name, current, new))
            leave(person.name, outcome)
            seen.append(outcome)
            return word_of(person.name, outcome)

        word = person.change(new, f"login {way}, expired", attempt)
        inside = callers.session_seen(person.name, seen[0])
        codes = " ".join(tag for tag in callers.tags(seen[0].text) if tag.startswith("V"))
        people.note("expired", f"{word}{', in' if inside else ''} {codes}")

    def wrong(self, person, current):
        """A guess, or a password that was good once."""
        past = [word for word in person.reusable(current) if word != current]
        guess = self.rng.choice([*past, people.fresh(self.rng)])
        way = self.rng.choice(list(WAYS))
        outcome = converse(*WAYS[way](person.name), callers.answers(person.name, guess, STOP))
        inside = callers.session_seen(person.name, outcome) or "new" in outcome.events
        people.note(f"login {way}, wrong", "in" if inside else "refused",
                    f"{person.name} is let in with a wrong password" if inside else "")
        leave(person.name, outcome)


class Changes:
    """passwd by the person: something new, something old, and death in between."""

    def __init__(self, rng):
        self.rng, self.names = rng, soak_world.named("pqdr")

    def act(self):
        with people.held(self.rng, self.names) as person:
            current = person and person.current()
            if person and current is None:
                people.note("passwd", "lost", f"{person.name}: no known password makes the hash")
            elif person:
                self.rng.choices((self.new, self.reuse, self.killed), (5, 4, 3))[0](person, current)

    def new(self, person, current):
        new = people.fresh(self.rng)
        person.change(new, "passwd", lambda: self.passwd(person, current, new))

    def reuse(self, person, current):
        old = self.rng.choice(person.reusable(current))
        with people.enforced():
            word = person.change(old, "passwd, reused", lambda: self.passwd(person, current, old))
        if word == "done":
            people.note("reuse", "taken", f"{person.name}: one of the last passwords was taken")

    @staticmethod
    def passwd(person, current, new):
        outcome = converse(["passwd"], person.name, callers.answers(person.name, current, new))
        leave(person.name, outcome)
        return word_of(person.name, outcome)

    def killed(self, person, current):
        """SIGKILL at some moment after the new password was typed."""
        new = people.fresh(self.rng)

        def attempt():
            terminal = Terminal(["passwd"], person.name)
            for prompt, reply in ((r"(?i)current password: ?$", current),
                                  (r"(?i)new password: ?$", new), (r"(?i)again|retype", new)):
                if terminal.expect(prompt, SECONDS) is None:
                    break
                terminal.send(reply)
            time.sleep(self.rng.random() * 0.15)
            if not terminal.exited():
                with contextlib.suppress(ProcessLookupError):  # it ended just now
                    os.kill(terminal.pid, signal.SIGKILL)
                terminal.reap()
            terminal.close()
            return "unknown"

        person.change(new, "passwd, killed", attempt)


class Quarrels:
    """Two at a time at accounts that nobody holds: whose password stays is not for us to say."""

    def __init__(self, rng):
        self.rng, self.names = rng, soak_world.named("c")

    def act(self):
        person = people.Person(self.rng.choice(self.names), alone=False)
        new, current = people.fresh(self.rng), person.current()
        if current:
            with people.calm():
                person.change(new, "passwd, contested",
                              lambda: Changes.passwd(person, current, new))
        time.sleep(self.rng.random())


