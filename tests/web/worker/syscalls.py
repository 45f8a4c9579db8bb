#!/usr/bin/env python3
"""vsee-resetd is killed at each system call of a change, by password and by link, or the call fails.

After each: the invariants hold, the answer is true, and the next change is made. A sample by
default, every call with VSEE_TEST_ALL=1.
"""

import shutil
import sys

import host as rig
from faultrig import Scene, inject, soon, wait_for
from host import main

LOG = "/run/t/strace.log"
LOADED = "munmap"  # the dynamic linker's last call
STEP_KILLS, STEP_ERRORS = 300, 260


def traced(*words, log="/dev/null"):
    """The tracer is no parent: systemd's variables name the process that was started."""
    return ("strace", "-D", "-f", "-qq", "-o", log, *words)


def calls_of(scene):
    reply, status, wrong = scene.attempt(traced(log=LOG))
    assert (reply.status, status, wrong) == ("changed", 0, ""), (reply, status, wrong)
    wait_for(LOG)
    scene.answers.clear()
    return inject.calls_of(LOG)


def look(injection, reply, status):
    if not soon(lambda: not inject.missed([injection], LOG)):
        return f"was not injected: {reply} {status}"
    if "signal" in injection:
        good = status == -9 and (reply.status in ("none", "changed"))
        return "" if good else f"was not killed: {reply} {status}"
    return "" if status in (0, 1) else f"ended with {status}: {reply}"


def run(scene, what, injections, step):
    """Returns whether all was well."""
    chosen = injections[::1 if inject.everything() else step]
    bad = []
    for injection in chosen:
        name = injection.split(":")[0]
        words = [f"--trace={name},clock_nanosleep", f"--inject={injection}"]
        if name != "clock_nanosleep":
            words.append("--inject=clock_nanosleep:retval=0")
        reply, status, wrong = scene.attempt(traced(*words, log=LOG))
        wrong = wrong or look(injection, reply, status)
        if wrong:
            bad.append(f"{injection}: {reply}: {wrong}")
    print(f"# {scene.op}, {what}: {len(chosen)} of {len(injections)}, {len(bad)} bad; answers "
          f"{scene.answers}", flush=True)
    for line in bad:
        print("# BAD " + line.replace("\n", "; "), flush=True)
    scene.answers.clear()
    return not bad and len(chosen) > 2


def need_strace():
    if not shutil.which("strace"):
        raise rig.Skip("needs strace")
    if inject.sanitized(rig.RESETD):
        raise rig.Skip("a sanitizer looks for leaks, which it cannot below strace")


def fault_at_each_call(host, op):
    need_strace()
    scene = Scene(host, op)
    calls = calls_of(scene)
    begin = [call.name for call in calls].index(LOADED)
    good = run(scene, "killed", inject.kills_of(calls[1:]), STEP_KILLS)
    good &= run(scene, "errors", inject.errors_of(inject.ours(calls[begin:])), STEP_ERRORS)
    assert good, "see BAD"


def with_a_fault_at_any_call_of_a_change_the_answer_is_true(host):
    fault_at_each_call(host, "change")


def with_a_fault_at_any_call_of_a_link_the_answer_is_true(host):
    fault_at_each_call(host, "link")


if __name__ == "__main__":
    sys.exit(main([
        with_a_fault_at_any_call_of_a_change_the_answer_is_true,
        with_a_fault_at_any_call_of_a_link_the_answer_is_true,
    ]))
