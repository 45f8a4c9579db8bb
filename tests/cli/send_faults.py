"""Each system call of a send fails once, with each error it can have; mails are counted.

An exit code of 0 means that everybody has the mail; nobody is left without one; nobody gets two
that the ledger knows of. Each wait, a sample of the rest, each call with VSEE_TEST_ALL=1. Kills:
crash.py.
"""

import re
import subprocess
import sys

from harness import Skip, main
from mailrig import need_strace, use_fast_folders
from scanrig import inject
from sendrig import SendScene
from smtpd import Server

CODES = (0, 2, 3, 4)
WAIT = re.compile(r"poll:")  # libcurl 7.88 ends what is broken off as if it were whole
LOADED = "munmap"  # the dynamic linker's last call: what fails before is not ours
STEP = 90


def calls(scene):
    """Of the first thread and the one that speaks to the server; strace counts for each."""
    log = scene.host.root + ".log"
    scene.renew()
    done = inject.traced(scene.post.command("send"), log=log, options=["-f"],
                         environment=scene.post.environment())
    assert done.returncode == 0 and not scene.look(0), done
    with open(log, encoding="utf-8", errors="replace") as file:
        threads = list(dict.fromkeys(line.split()[0] for line in file))
    assert len(threads) == 2, threads
    first, second = (inject.calls_of(log, thread) for thread in threads)
    begin = [call.name for call in first].index(LOADED)
    theirs = {(call.name, call.when) for call in first[:begin]}
    return first[begin:], [call for call in second if (call.name, call.when) not in theirs]


def attempt(scene, injection):
    """The exit code, what is wrong, and whether nothing failed: threads make other calls each time."""
    scene.renew()
    try:
        done = inject.traced(scene.post.command("send"), [injection], options=["-f"],
                             environment=scene.post.environment())
    except subprocess.TimeoutExpired as error:
        return None, str(error), False
    if done.returncode not in CODES:
        wrong = f"ended with {done.returncode}: {done.stderr}"
    elif done.returncode > 0 and not done.stderr:
        wrong = "failed without a word"
    else:
        wrong = scene.look(done.returncode)
    return done.returncode, wrong, bool(done.missed)


def whole(text):
    """Whether a mail has its end: the last boundary of the parts it says it has."""
    boundary = re.search(rb'boundary="?([^"\s;]+)', text)
    return boundary and text.rstrip().endswith(b"--" + boundary[1] + b"--")


def try_each(scene, injections):
    codes, bad, missed = {}, [], 0
    for injection in injections:
        code, wrong, none = attempt(scene, injection)
        missed += none
        codes[code] = codes.get(code, 0) + 1
        if not all(whole(text) for _, _, text in scene.server.mails):
            wrong = f"a mail without its end; {wrong}"
        bad += [f"{injection}: {wrong}"] if wrong else []
    print(f"# {len(injections)} errors, {missed} not met, {len(bad)} bad; exit codes {codes}")
    for line in bad:
        print("# BAD " + line.replace("\n", "; "))
    assert not bad and len(injections) > 5 and missed * 10 < len(injections)


def injections_of(scene):
    need_strace()
    if inject.sanitized(scene.host.programs["reminderd"]):
        raise Skip("a sanitizer's own calls would fail")
    first, second = calls(scene)
    return list(dict.fromkeys(inject.errors_of(first) + inject.errors_of(second)))


def with_an_error_at_each_system_call_nobody_is_lost_or_gets_two(host):
    with Server() as server:
        scene = SendScene(host, server)
        injections = [injection for injection in injections_of(scene) if not WAIT.match(injection)]
        try_each(scene, injections[::1 if inject.everything() else STEP])


def where_waiting_for_the_server_fails_no_mail_goes_without_its_end(host):
    with Server() as server:
        scene = SendScene(host, server)
        try_each(scene, [each for each in injections_of(scene) if WAIT.match(each)])


TESTS = [
    where_waiting_for_the_server_fails_no_mail_goes_without_its_end,
    with_an_error_at_each_system_call_nobody_is_lost_or_gets_two,
]

if __name__ == "__main__":
    use_fast_folders()
    sys.exit(main(TESTS))
