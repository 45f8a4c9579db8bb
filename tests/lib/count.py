#!/usr/bin/env python3
"""count.py TESTLOG...: add up what meson's testlog.json files hold: "passed failed skipped".

A cmocka program counts each of its tests, any other test counts as one. What failed or was
skipped is named on standard error.
"""

import json
import pathlib
import re
import sys

CMOCKA = {"OK": "passed", "FAILED": "failed", "ERROR": "failed", "SKIPPED": "skipped"}
MESON = {"OK": "passed", "EXPECTEDFAIL": "passed", "SKIP": "skipped"}
LINE = re.compile(r"^\[\s+(OK|FAILED|ERROR|SKIPPED)\s+\] (?!---|\d+ test\(s\))(.+)$", re.M)


def outcomes(test):
    """(name, passed|failed|skipped) of one meson test."""
    lines = LINE.findall(test.get("stdout", "")) or LINE.findall(test.get("stderr", ""))
    found = [(f"{test['name']}: {name}", CMOCKA[word]) for word, name in lines]
    whole = MESON.get(test["result"], "failed")
    if whole == "failed" and not any(result == "failed" for _, result in found):
        found.append((test["name"], "failed"))
    return found or [(test["name"], whole)]


def count(log):
    totals = {"passed": 0, "failed": 0, "skipped": 0}
    for line in pathlib.Path(log).read_text().splitlines():
        for name, result in outcomes(json.loads(line)):
            totals[result] += 1
            if result != "passed":
                print(f"{result}: {name}", file=sys.stderr)
    return totals


def main():
    sums = [count(log) for log in sys.argv[1:]]
    print(*(sum(one[key] for one in sums) for key in ("passed", "failed", "skipped")))


if __name__ == "__main__":
    main()
