#!/usr/bin/env python3
"""Memory runs out at each allocation of a password change and an account phase:
starved.py WORKER MODULE SANITIZER NOMEM

After each: the invariants hold, an answer is true, an earlier password is never taken, what is taken
is known to the state as well as to shadow, and whoever was let in before is let in unless PAM itself
had no memory for it. One allocation fails, two do, or all from then on. A sample by default, each
allocation with VSEE_TEST_ALL=1.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import faults
from faults import CURRENT, FRESH, SUCCESS, Bad, Bench, Change, check_recovery, skip, want
from state_file import State
from hashing import makes

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "lib"))
# pylint: disable=wrong-import-position
import nomem
from compare import same_files

MODULE = "pam_vsee_expire.so"
OWN = {MODULE}
SAMPLE = 70  # one of each way in which the module comes to ask for memory
USUAL = (nomem.ONCE, nomem.ALWAYS)
REFUSED = 20  # PAM_AUTHTOK_ERR
COSTLY = "Past-Oak-5"  # its hash is shadow's, and needs memory to be compared with


class Starved(Bench):
    """A bench whose worker can be without memory."""

    def __init__(self, worker, module, folder, library):
        super().__init__(worker, module, folder)
        self.plenty = self.environment
        self.untold = 0  # changed, but PAM said no
        self.spoilt = 0  # what pam_unix did to shadow by itself
        self.memory = nomem.Memory(library, worker, str(folder / "memory"), OWN)

    def lack(self, lacks):
        self.environment = dict(self.plenty, NOMEM_MARKED="1",
                                **self.memory.environment()) if lacks else self.plenty

    def ours(self):
        """Whether PAM and its other modules had all they asked for."""
        memory = self.memory
        return memory.failed == 0 or memory.failed == 1 and MODULE in memory.refused


def lacking(bench, step):
    bench.lack(True)
    codes, status = bench.run(bench.etc, [step])
    bench.lack(False)
    want(bench.memory.crashed or status == 0 and len(codes) == 1,
         f"the process died: {codes} {status}")
    return codes, status


def known(bench, password):
    """Whether the state has it, as the current one or as the one that was to be written."""
    account = State(str(bench.etc / "state")).account("alice")
    hashes = [account.facts.get(key) for key in ("current", "pending", "hash")]
    return any(makes(password, made) for made in hashes if made)


def try_change(bench, password, kind="change"):
    change = Change(bench)
    number = change.story.attempt("alice", password)
    codes, status = lacking(bench, f"{kind}:{password}")
    # Behind pam_unix's writing libpam may still fail, to tell the audit system: nobody knows then.
    refused = codes and (bench.ours() or not change.changed())
    change.story.end(number, "done" if codes == [SUCCESS] else "refused" if refused else "unknown")
    bench.untold += bool(codes and codes != [SUCCESS] and change.changed())
    if SUCCESS in codes:
        want(password not in (CURRENT, COSTLY), "an earlier password is taken")
        want(known(bench, password), "taken, but the state does not know it")
    if same_files(bench.etc, bench.pattern):
        return codes[0] if codes else status  # what follows is known
    try:
        change.judge()
    except Bad as error:
        # Without memory pam_unix (1.5.2) drops lines of shadow, or says that it wrote it.
        want("shadow-" in str(error) and bench.memory.refused[:1] == ["pam_unix.so"], str(error))
        bench.spoilt += 1
        return codes[0] if codes else status
    check_recovery(change)
    return codes[0] if codes else status


def try_account(bench):
    bench.renew()
    codes, status = lacking(bench, "account")
    want(codes == [SUCCESS] or not bench.ours(), f"refused: {codes}")
    return codes[0] if codes else status


def guarded(function, *arguments):
    """What starve() wants of an attempt."""
    try:
        return function(*arguments), ""
    except (Bad, OSError, subprocess.TimeoutExpired) as error:
        return None, str(error)


def main():
    worker, module, sanitizer, library = sys.argv[1:5]
    if sanitizer != "none":
        skip("a sanitizer has an allocator of its own")
    good = True
    with tempfile.TemporaryDirectory(prefix="vsee-starved-") as folder:
        bench = Starved(worker, module, pathlib.Path(folder), library)
        bench.make()
        for what, wanted, modes, attempt in (
                ("a change", SUCCESS, USUAL, lambda: guarded(try_change, bench, FRESH)),
                ("a change without the last line", SUCCESS, (nomem.ONCE,),
                 lambda: guarded(try_change, bench, FRESH, "unbound")),
                ("a change to the current one", REFUSED, USUAL,
                 lambda: guarded(try_change, bench, CURRENT)),
                ("a change to a remembered one", REFUSED, (nomem.ONCE, nomem.TWICE),
                 lambda: guarded(try_change, bench, COSTLY)),
                ("an account phase", SUCCESS, USUAL, lambda: guarded(try_account, bench))):
            tally = nomem.Tally(what)
            good &= nomem.starve(bench.memory, tally, attempt, SAMPLE, wanted, modes)
        print(f"# {bench.untold} times PAM itself said no when the new password stood in shadow; "
              f"{bench.spoilt} times pam_unix spoilt shadow, for it had no memory")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
