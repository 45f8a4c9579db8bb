#!/usr/bin/env python3
"""check.py names each way in which an invariant can be violated, and nothing on a good host."""

import os
import re
import subprocess
import sys
import tempfile
import traceback

import cases
import check
import state_file
from made_host import HASHES, SOURCE, MadeHost, hashed


def good(host, act):
    act(host)
    verdict = check.judge(host.story.path, **host.paths())
    assert not verdict.violations, verdict.text()
    assert len(verdict.looked) == len(check.INVARIANTS), verdict.text()


def bad(host, invariant, account, part, act):
    act(host)
    verdict = check.judge(host.story.path, **host.paths())
    assert any(found.invariant == invariant and found.account == account and part in found.what
               for found in verdict.violations), verdict.text()
    said = verdict.text()
    forms = (form for word in HASHES for form in (word, HASHES[word], hashed(word)))
    assert not any(form in said for form in forms), "what is said holds a password or a hash"


def every_invariant_has_cases(_):
    assert {row[0] for row in cases.BAD} == {row[0] for row in check.INVARIANTS}


def facts_are_those_of_the_product(_):
    text = (SOURCE / "lib/store/fact.c").read_text()
    keys = re.findall(r'^\t(?:FIELD|WORDS)\("([a-z-]+)"', text, re.M)
    assert len(keys) > 30 and set(keys) == set(state_file.FACTS), set(keys) ^ set(state_file.FACTS)


def what_is_not_given_is_not_looked_at(host):
    host.remove("mailbox/bob")
    host.field("bob", 1, "x")
    verdict = check.judge(host.story.path, **host.paths("passwd"))
    assert verdict.looked == ["shadow-whole", "secrets"] and not verdict.violations
    assert "mail-known" in verdict.text().splitlines()[-1], verdict.text()
    verdict = check.judge(host.story.path, **host.paths("state"))
    assert {"history", "let-in"} < set(verdict.looked) and not verdict.violations, verdict.text()


def program(host, **paths):
    words = [word for kind, path in paths.items() for word in (f"--{kind}", str(path))]
    done = subprocess.run([sys.executable, check.__file__, *words], text=True, check=False,
                          cwd=host.folder, capture_output=True, timeout=60)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def exit_codes_are_0_1_and_2(host):
    story = {"story": host.story.path}
    assert program(host, **story, **host.paths()) == (0, ["12 invariants looked at, 0 violated"])
    assert program(host, **story)[0] == 2
    assert program(host, story=host.folder / "missing", **host.paths())[0] == 2
    for kind in ("state", "ledger", "mailbox"):
        assert program(host, **story, **{kind: host.folder / "missing"})[0] == 2, kind
    host.field("bob", 2, 0)
    code, lines = program(host, **story, **host.paths("shadow"))
    assert code == 1 and lines[0].startswith("VIOLATED let-in: bob: "), lines
    assert lines[-1].startswith("5 invariants looked at, 1 violated; not given"), lines


def a_story_that_cannot_be_told_is_not_judged(host):
    good_story = host.read("story")
    rows = ("", "{}\n", good_story.partition("\n")[2], good_story + good_story, good_story + "x\n",
            good_story + '{"what": "trie"}\n', good_story + '{"what": "done", "id": "unheard"}\n',
            good_story + '{"what": "try", "id": "1"}\n', good_story + '{"what": "end"}\n')
    for row in rows:
        host.write("story", row)
        try:
            check.judge(host.story.path, **host.paths())
        except check.Unjudged:
            continue
        raise AssertionError(f"judged: {row[-40:]!r}")


def nothing_is_changed(host):
    def look():
        return {path: path.read_bytes() if path.is_file() else b"" for path in
                host.folder.rglob("*")}
    before = look()
    check.judge(host.story.path, **host.paths())
    assert look() == before


TESTS = [every_invariant_has_cases, facts_are_those_of_the_product,
         what_is_not_given_is_not_looked_at, exit_codes_are_0_1_and_2,
         a_story_that_cannot_be_told_is_not_judged, nothing_is_changed]


def rows():
    """(name, function of a host) of every test."""
    for test in TESTS:
        yield test.__name__.replace("_", " "), test
    for name, act in cases.GOOD:
        yield f"holds: {name}", lambda host, act=act: good(host, act)
    for number, (invariant, account, part, act) in enumerate(cases.BAD, 1):
        yield (f"violated {number}: {invariant}, {account}: {part}",
               lambda host, row=(invariant, account, part, act): bad(host, *row))


def main():
    every, failed = list(rows()), 0
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"  # each ledger waits for the disk
    print(f"1..{len(every)}")
    for number, (name, test) in enumerate(every, 1):
        with tempfile.TemporaryDirectory(prefix="vsee-invariants-") as folder:
            try:
                test(MadeHost(folder))
                print(f"ok {number} - {name}")
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"not ok {number} - {name}")
                print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
