#!/usr/bin/env python3
"""Whether the invariants hold: check.py --story FILE and what is to be looked at.

Reads shadow, state, ledger and mails without the product, judges them by the story of what was
done (story.py), and changes nothing. Judge only what nobody writes at the moment. Prints a line for
each violation; exit status 0: none, 1: some, 2: it could not be judged.

    from check import Story, judge
    verdict = judge(story, shadow=..., state=...)     # paths, as on the command line
    assert not verdict.violations, verdict.text()
"""

import argparse
import collections
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # other folders have a story, too

# pylint: disable=wrong-import-position
import ledger_file
import mail_files
import secret_files
import shadow_file
import state_file
from story import Story
from told import Told, Unjudged

__all__ = ["Story", "Unjudged", "judge"]

KINDS = ("shadow", "passwd", "state", "ledger", "mailbox")
# What is looked at: by which function, where all of one of these alternatives is given.
INVARIANTS = (
    ("shadow-whole", shadow_file.whole, ("shadow", "passwd")),
    ("shadow-others", shadow_file.others, ("shadow",)),
    ("shadow-true", shadow_file.true, ("shadow",)),
    ("state-whole", state_file.whole, ("state",)),
    ("history", state_file.history, ("state",)),
    ("let-in", state_file.let_in, ("shadow", "state")),
    ("ledger-whole", ledger_file.whole, ("ledger",)),
    ("mail-known", mail_files.known, ("ledger+mailbox",)),
    ("mail-once", mail_files.once, ("ledger+mailbox",)),
    ("mail-lost", mail_files.lost, ("ledger+mailbox",)),
    ("secrets", secret_files.secrets, KINDS),
    ("tidy", state_file.tidy, ("state", "ledger")),
)

Violation = collections.namedtuple("Violation", "invariant account what")


class Given:
    """What a host holds, read once. None: not given."""

    def __init__(self, paths):
        self.paths = paths
        self.shadow, self.passwd = (paths[kind] and text_of(paths[kind])
                                    for kind in ("shadow", "passwd"))
        self.state = paths["state"] and state_file.State(paths["state"])
        self.ledger_folder = paths["ledger"]
        self.ledger = paths["ledger"] and ledger_file.Ledger(paths["ledger"])
        self.mails = paths["mailbox"] and mail_files.read(folder_of(paths["mailbox"]))

    def has(self, kinds):
        return all(self.paths[kind] for kind in kinds.split("+"))


def text_of(path):
    """A missing file is as bad as an empty one, and no reason not to judge."""
    return state_file.text_of(path) if os.path.lexists(path) else ""


def folder_of(path):
    os.listdir(path)  # os.walk() says nothing of a folder that is not there
    return path


class Verdict:
    def __init__(self):
        self.violations, self.looked, self.skipped = [], [], []

    def lines(self):
        bad = len({violation.invariant for violation in self.violations})
        yield from (f"VIOLATED {violation.invariant}: {violation.account}: {violation.what}"
                    for violation in self.violations)
        missing = f"; not given, so not looked at: {' '.join(self.skipped)}" if self.skipped else ""
        yield f"{len(self.looked)} invariants looked at, {bad} violated{missing}"

    def text(self):
        return "\n".join(self.lines())


def judge(story, shadow=None, passwd=None, state=None, ledger=None, mailbox=None):
    """Paths; of the story, too. Raises Unjudged where it can't be said."""
    paths = dict(zip(KINDS, (str(path) if path else None
                             for path in (shadow, passwd, state, ledger, mailbox))))
    told, verdict = Told(str(story)), Verdict()
    try:
        given = Given(paths)
        given.story = str(story)
        for name, function, needs in INVARIANTS:
            if not any(given.has(kinds) for kinds in needs):
                verdict.skipped.append(name)
                continue
            verdict.looked.append(name)
            verdict.violations += [Violation(name, *found) for found in function(told, given)]
    except OSError as error:
        raise Unjudged(str(error)) from error
    if not verdict.looked:
        raise Unjudged("nothing was given to look at")
    return verdict


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--story", required=True)
    for kind in KINDS:
        parser.add_argument("--" + kind)
    try:
        verdict = judge(**vars(parser.parse_args()))
    except Unjudged as error:
        print(f"not judged: {error}")
        return 2
    print(verdict.text())
    return 1 if verdict.violations else 0


if __name__ == "__main__":
    sys.exit(main())
