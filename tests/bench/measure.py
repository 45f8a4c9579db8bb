"""Ratios, their median and spread, and the bars they are held against."""

import collections
import statistics

# rounds: how often the two sides take turns. tiny: sizes that only show that it runs.
Size = collections.namedtuple("Size", "rounds tiny")

# What is asked for: the median is at most this.
BARS = {
    "account-10": 3,
    "account-100000": 1,
    "change-24": 0.12,
    "change-depth": 1.1,
    "scan-1m": 3,
    "scan-10m": 3,
    "scan-memory": 1.2,
    "send-1": 1.25,  # the time; at least 0.8 of the rate
    "send-8": 1.25,
    "web-page": 2,  # the time; at least 0.5 of the loads a second
}


class Board:
    """Prints results as they come, and remembers which bars were missed."""

    def __init__(self, bars):
        self.bars = BARS if bars else {}
        self.missed = []

    def ratio(self, name, ours, peer):
        """ours and peer: one number a round, measured next to each other."""
        ratios = [a / b for a, b in zip(ours, peer, strict=True)]
        self.show("BENCH", name, ratios, "ratio ", "")
        bar = self.bars.get(name)
        if bar is None:
            return
        met = statistics.median(ratios) <= bar
        print(f"BAR {name} at most {bar}: {'met' if met else 'MISSED'}", flush=True)
        if not met:
            self.missed.append(name)

    def inform(self, name, values, unit):
        """A number without a peer: for orientation, never a bar."""
        self.show("INFO", name, values, "", f" {unit}")

    def skip(self, name, reason):
        """Not measured is not met."""
        print(f"SKIP {name}: {reason}", flush=True)
        if name in self.bars:
            self.missed.append(name)

    @staticmethod
    def show(kind, name, values, word, unit):
        middle, low, high = statistics.median(values), min(values), max(values)
        print(f"{kind} {name} {word}{middle:.4g} (min {low:.4g} max {high:.4g}) of {len(values)}"
              f"{unit}", flush=True)


def columns(text):
    """The numbers of a program's output: one list for each column."""
    rows = [[float(word) for word in line.split()] for line in text.splitlines()]
    return [list(column) for column in zip(*rows, strict=True)]
