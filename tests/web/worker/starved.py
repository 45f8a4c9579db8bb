#!/usr/bin/env python3
"""Memory runs out at each allocation of vsee-resetd during a change, by password and by link.

After each: the invariants hold, the answer is true, and the next change is made. A good link is
never called bad. A sample by default, every allocation with VSEE_TEST_ALL=1. argv[1]: the built
nomem.so.
"""

import signal
import sys

import host as rig
from faultrig import HASTE, Scene, nomem
from host import main

NOMEM = sys.argv[1]
OWN = {"vsee-resetd", "pam_vsee_expire.so"}
SAMPLE = 6
LOADER = 127


def starve(host, op):
    with open(rig.RESETD, "rb") as file:
        if b"__asan" in file.read():
            raise rig.Skip("a sanitizer has an allocator of its own")
    scene = Scene(host, op)
    memory = nomem.Memory(NOMEM, rig.RESETD, "/run/t/memory", OWN)
    spoilt = []
    wrap = (*HASTE, "env", *(f"{name}={value}" for name, value in memory.environment().items()))

    def attempt():
        reply, status, wrong = scene.attempt(wrap)
        # Without memory pam_unix (1.5.2) drops lines of shadow, or says that it wrote it.
        if "VIOLATED shadow-" in wrong and memory.refused[:1] == ["pam_unix.so"]:
            spoilt.append(wrong)
            wrong = ""
        if not memory.crashed and status not in (0, 1, LOADER, -signal.SIGSEGV):  # others judge that
            wrong = wrong or f"ended with {status}: {reply}"
        # Where libpam can't load a service it asks the one called other, which denies all.
        if reply.status == "link-bad" and memory.refused[:1] != ["libpam.so.0"]:
            wrong = wrong or "the link is good"
        return status, wrong and f"{reply}: {wrong}".replace("\n", "; ")
    good = nomem.starve(memory, nomem.Tally(f"resetd {op}"), attempt, SAMPLE)
    print(f"# answers {scene.answers}; pam_unix spoilt shadow {len(spoilt)} times", flush=True)
    assert good, "see BAD"


def without_memory_a_change_is_told_as_it_is(host):
    starve(host, "change")


def without_memory_a_link_is_told_as_it_is(host):
    starve(host, "link")


if __name__ == "__main__":
    sys.exit(main([
        without_memory_a_change_is_told_as_it_is,
        without_memory_a_link_is_told_as_it_is,
    ]))
