#!/usr/bin/env python3
"""Runs a suite of cases on real login stacks, inside root.sh only.

run.py SUITE [--only WORD]...    a case runs if its name holds every WORD
"""

import argparse
import pathlib
import sys

import callers
import expectations
import people
import simulate
import stacks
import world
from results import Results


def check_cells(suite, text, results, clock, only):
    """Every cell of a table from the same state of the world."""
    wanted = [cell for cell in expectations.rows(text)
              if all(word in f"{suite} {cell[0]} {cell[1]}" for word in only)]
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


def stock(results, clock, only):
    people.make_stock()
    check_cells("stock", expectations.STOCK, results, clock, only)


def table(results, clock, only):
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    check_cells("table", expectations.OURS, results, clock, only)


SUITES = {"stock": stock, "table": table, "stacks": stacks.check, "simulate": simulate.check,
          "simulate-stock": simulate.check_stock}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("--only", action="append", default=[])
    arguments = parser.parse_args()
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("run.py changes accounts: it runs inside tests/system/root.sh only")
    journal = world.Journal()
    results = Results(journal)
    clock = world.Clock()
    world.make_shell()
    world.make_surroundings()
    SUITES[arguments.suite](results, clock, arguments.only)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
