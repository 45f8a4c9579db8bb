#!/usr/bin/env python3
"""Runs a suite of cases on real login stacks, inside root.sh only.

run.py SUITE [--only WORD]...    a case runs if its name holds every WORD
run.py SUITE --share K/N         the callers of a table are dealt to N runs; this is the K-th
"""

import argparse
import pathlib
import sys

import callers
import expectations
import generation
import people
import simulate
import stacks
import world
from results import Results


def dealt(cells, share):
    """The cells of this run's callers, who wait a lot: several runs side by side take less time."""
    number, runs = map(int, share.split("/"))
    hand = sorted({caller for caller, _, _ in cells})[number - 1::runs]
    return [cell for cell in cells if cell[0] in hand]


def check_cells(suite, text, results, clock, chosen):
    """Every cell of a table from the same state of the world."""
    wanted = [cell for cell in dealt(list(expectations.rows(text)), chosen.share)
              if all(word in f"{suite} {cell[0]} {cell[1]}" for word in chosen.only)]
    table = callers.table(clock)
    snapshot = world.Snapshot()
    states = sorted({state for caller, state, cell in wanted if caller == "cron"})
    if states:
        table["cron"].play(states)
    sshd = world.Sshd()
    for caller, state, expected in wanted:
        snapshot.restore()
        got, outcome = table[caller](state)
        results.expect(f"{suite} {caller} {state}", expected, got, outcome)
    sshd.stop()
    snapshot.restore()


def stock(results, clock, chosen):
    people.make_stock()
    check_cells("stock", expectations.STOCK, results, clock, chosen)


def table(results, clock, chosen):
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    check_cells("table", expectations.OURS, results, clock, chosen)


SUITES = {"stock": stock, "table": table, "stacks": stacks.check, "simulate": simulate.check,
          "simulate-stock": simulate.check_stock, "strict": generation.check_strict,
          "undated": generation.check_undated}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--share", default="1/1")
    arguments = parser.parse_args()
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("run.py changes accounts: it runs inside tests/system/root.sh only")
    journal = world.Journal()
    results = Results(journal)
    clock = world.Clock()
    world.make_shell()
    world.make_surroundings()
    SUITES[arguments.suite](results, clock, arguments)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
