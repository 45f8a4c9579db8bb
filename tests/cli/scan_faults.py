"""A scan that has everything to do is killed at each system call, and each fails once.

After each fault the invariants hold, an exit code of 0 means that all was done, and the next scan
that nothing disturbs leaves the same behind as one from the beginning. A sample by default, each
call with VSEE_TEST_ALL=1.
"""

import subprocess
import sys

from harness import STATE, Skip, main, need_chage
from mailrig import need_strace, use_fast_folders
from scanrig import ScanScene, inject
from smtpd import Server

CODES = (0, 2, 3, 4)
HOLD = '"hold"'  # what is not known of it has a test of its own
LOADED = "munmap"  # the dynamic linker's last call: what fails before is not ours
STEP_KILLS, STEP_ERRORS = 45, 60


class Count:
    def __init__(self, what):
        self.what, self.runs, self.bad, self.codes = what, 0, [], {}

    def end(self, most):
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(self.codes.items()))
        print(f"# {self.what}: {self.runs} of {most}, {len(self.bad)} bad; exit codes {codes}")
        for line in self.bad:
            print(f"# BAD {line}")
        assert not self.bad and self.runs > 5


def look(scene, done):
    """What is wrong with this run, and the one that follows it."""
    if done.returncode != -9 and done.returncode not in CODES:
        return f"ended with {done.returncode}: {done.stderr}"
    if done.returncode > 0 and not done.stderr:
        return "failed without a word"
    return scene.look(done.returncode)


def attempt(scene, count, injection, options=()):
    scene.renew()
    count.runs += 1
    try:
        done = inject.traced(scene.command(), [injection], options=options,
                             environment=scene.post.environment())
    except (inject.Missed, subprocess.TimeoutExpired) as error:
        count.bad.append(f"{injection}: {error}")
        scene.settle()
        return
    scene.settle()
    count.codes[done.returncode] = count.codes.get(done.returncode, 0) + 1
    wrong = look(scene, done)
    wrong = wrong or done.missed and f"nobody was killed: {done.returncode}"
    if wrong:
        count.bad.append(f"{injection}: {wrong}")


def scene_of(host):
    need_chage()
    need_strace()
    with Server() as server:
        return ScanScene(host, server)


def calls(scene, *options):
    log = scene.host.root + ".log"
    scene.renew()
    done = inject.traced(scene.command(), log=log, options=options,
                         environment=scene.post.environment())
    assert done.returncode == 0 and not scene.differences(), (done, scene.differences())
    return log


def run(scene, what, injections, step, options=()):
    count = Count(what)
    for injection in injections[::1 if inject.everything() else step]:
        attempt(scene, count, injection, options)
    count.end(len(injections))


def killed_at_each_system_call(host):
    scene = scene_of(host)
    run(scene, "killed", inject.kills_of(inject.calls_of(calls(scene))[1:]), STEP_KILLS)


def our_calls(host):
    if inject.sanitized(host.programs["reminderd"]):
        raise Skip("a sanitizer's own calls would fail")
    scene = scene_of(host)
    found = inject.calls_of(calls(scene))
    names = [call.name for call in found]
    return scene, found[names.index(LOADED):]


def with_an_error_at_each_system_call(host):
    scene, found = our_calls(host)
    run(scene, "errors", inject.errors_of([call for call in found if HOLD not in call.text]),
        STEP_ERRORS)


def a_hold_that_cannot_be_read_lets_all_in_and_is_said(host):
    scene, found = our_calls(host)
    *injections, metrics = inject.errors_of([call for call in found if HOLD in call.text])[::3]
    for injection in injections:
        scene.renew()
        done = inject.traced(scene.command(), [injection], environment=scene.post.environment())
        assert done.returncode == 3 and "/hold can't be read" in done.stderr, (injection, done)
        assert ":99999:" in scene.host.read("etc/shadow").splitlines()[3], injection
        assert not scene.judge(), (injection, scene.judge())
        scene.post.scan()
        assert not scene.judge(settled=True), (injection, scene.judge(settled=True))
    assert len(injections) == 2
    scene.renew()
    inject.traced(scene.command(), [metrics], environment=scene.post.environment())
    assert "hold_until_timestamp_seconds +Inf\n" in scene.host.read(f"{STATE}/metrics.prom")


def with_chage_killed_at_each_of_its_calls(host):
    """Those that reminderd makes less often: for strace counts for each process."""
    scene = scene_of(host)
    log = calls(scene, "-f")
    with open(log, encoding="utf-8", errors="replace") as file:
        processes = list(dict.fromkeys(line.split()[0] for line in file))
    own = {call.name: call.when for call in inject.calls_of(log, processes[0])}
    theirs = [call for call in inject.calls_of(log, processes[1])
              if call.when > own.get(call.name, 0)]
    assert {"rename", "link", "fsync"} & {call.name for call in theirs}, theirs
    run(scene, "chage killed", inject.kills_of(theirs), 16, ["-f"])


TESTS = [
    killed_at_each_system_call,
    with_an_error_at_each_system_call,
    a_hold_that_cannot_be_read_lets_all_in_and_is_said,
    with_chage_killed_at_each_of_its_calls,
]

if __name__ == "__main__":
    use_fast_folders()
    sys.exit(main(TESTS))
