"""Prints the story that packaging/demo plays, and counts the promises that were kept."""

import re

import callers
import world
from terminal import Answer, Outcome, Terminal

FRESH = "Hazel-Orbit-18"


class Teller:
    """Prints the story and remembers whether every promise was kept."""

    def __init__(self, clock, journal):
        self.clock, self.journal = clock, journal
        self.steps = self.broken = 0

    def chapter(self, day, text):
        self.clock.set(day)
        print(f"\n== {world.date_of(day)}: {text}")

    def show(self, text, prefix="| "):
        for line in text.splitlines():
            if line.strip():
                print(f"      {prefix}{line.rstrip()}")

    def step(self, title, outcome, good):
        self.steps += 1
        print(f"\n  {self.steps}. {title}")
        self.show(outcome.text)
        print(f"      => {'as promised' if good else 'NOT AS PROMISED'}", flush=True)
        logged = self.journal.take()
        if not good:
            self.broken += 1
            self.show("\n".join(logged), "log: ")
            print(f"      exit status {outcome.status}, prompts {outcome.events}", flush=True)


def command(*argv, codes=(0,)):
    text = world.run(*argv, codes=codes)
    return Outcome(f"# {' '.join(argv)}\n{text}", 0)


def typed(user, old, new):
    """What the person types; in a shell: who am I, and goodbye."""
    return (*callers.answers(user, old, new), Answer("shell", r"\$ $", "id -un; exit"))


def ssh(user, old=None, new=FRESH, method="password", words=()):
    """One ssh login, without the client's note on the new host key."""
    argv = callers.ssh(method, user, *(() if words else ("-tt",)), f"{user}@127.0.0.1", *words)
    outcome = Terminal(argv).converse(typed(user, old, new))
    outcome.text = re.sub(r"Warning: Permanently added.*\n", "", outcome.text)
    return outcome


def is_in(outcome, user):
    return f"\n{user}\n" in "\n" + outcome.text


def codes(outcome):
    return [tag for tag in callers.tags(outcome.text) if re.fullmatch(r"V\d\d", tag)]
