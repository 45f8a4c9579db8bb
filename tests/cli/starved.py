"""Memory runs out at each allocation of a scan, an apply and a send, once or from then on.

None of them dies of it by our own fault; what they say is true; the invariants hold; and the next
run that has memory brings what one from the beginning brings. A sample by default, every allocation
with VSEE_TEST_ALL=1.
"""

import os
import subprocess
import sys

from harness import Skip, main, need_chage
from mailrig import use_fast_folders
from scanrig import ScanScene, nomem
from sendrig import SendScene
from smtpd import Server

NOMEM = sys.argv[4]
OWN = {"reminderd", "vseectl"}
SAMPLE = 20
LOADER = 127  # the dynamic linker's word for no memory


class Hungry:
    """A program that gets no memory."""

    def __init__(self, host, program):
        path = host.programs[program]
        with open(path, "rb") as file:
            if b"__asan" in file.read():
                raise Skip("a sanitizer has an allocator of its own")
        self.memory = nomem.Memory(NOMEM, path, host.root + ".memory", OWN)

    def run(self, post, command):
        """Returns (code, what is wrong with how it ended)."""
        environment = post.environment()
        environment.update(self.memory.environment(environment["LD_PRELOAD"]))
        done = subprocess.run(command, env={**os.environ, **environment}, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode > 4 and done.returncode != LOADER:
            return done.returncode, f"said {done.stderr}"
        if done.returncode > 0 and not done.stderr:
            return done.returncode, "failed without a word"
        return done.returncode, ""

    def starve(self, what, attempt):
        assert nomem.starve(self.memory, nomem.Tally(what), attempt, SAMPLE), "see BAD"


def starve_scan(host, program, *words):
    need_chage()
    hungry = Hungry(host, program)
    with Server() as server:
        scene = ScanScene(host, server)

    def attempt():
        scene.renew()
        command = [host.programs[program], *host.place(program, words)]
        code, wrong = hungry.run(scene.post, command)
        scene.settle()
        return code, wrong or scene.look(code)
    hungry.starve(" ".join((program, *words)), attempt)


def a_scan_without_memory_breaks_nothing(host):
    starve_scan(host, "reminderd", "scan")


def an_apply_without_memory_breaks_nothing(host):
    starve_scan(host, "vseectl", "apply")


def a_send_without_memory_breaks_nothing(host):
    hungry = Hungry(host, "reminderd")
    with Server() as server:
        scene = SendScene(host, server)

        def attempt():
            scene.renew()
            code, wrong = hungry.run(scene.post, scene.post.command("send"))
            return code, wrong or scene.look(code)
        hungry.starve("reminderd send", attempt)


TESTS = [
    a_scan_without_memory_breaks_nothing,
    an_apply_without_memory_breaks_nothing,
    a_send_without_memory_breaks_nothing,
]

if __name__ == "__main__":
    use_fast_folders()
    sys.exit(main(TESTS))
