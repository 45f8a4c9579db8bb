#!/usr/bin/env python3
"""Everything at once on the booted system, with faults; then the invariants.

play.sh --boot BUILD soak.py [SECONDS [SEED]]    the packages are BUILD/deb, by tests/packages.sh

For SECONDS (300) people log in and change passwords, administrators and visitors of the page act,
scans and sends run, days pass, and faults come one after the other. In the last two thirds the
front is left alone and watched. VSEE_TEST_SECONDS must leave some 10 minutes beside SECONDS.
"""

import collections
import multiprocessing
import os
import pathlib
import random
import sys
import time
import traceback

import booted_page
import callers
import soak_acts
import soak_faults
import soak_office
import soak_people as people
import soak_watch
import soak_world
import world
from results import Results
from terminal import STOP

# pylint: disable=wrong-import-order
from check import judge  # in tests/invariants, as is what follows
from ledger_file import Ledger
from shadow_file import number
from state_file import Account, text_of
from told import Told

DRIVERS = (("logins-1", soak_acts.Logins), ("logins-2", soak_acts.Logins),
           ("changes-1", soak_acts.Changes), ("changes-2", soak_acts.Changes),
           ("quarrels-1", soak_acts.Quarrels), ("quarrels-2", soak_acts.Quarrels),
           ("administrator", soak_office.Administrator), ("page-1", soak_office.Page),
           ("page-2", soak_office.Page), ("visitors", soak_office.Visitors),
           ("timers", soak_office.Timers), ("readers", soak_office.Readers))
DAYS = 12
OPEN = {"due", "claimed", "deferred", "unknown"}
# What our programs say at level error, and the fault that it is the word for.
EXPECTED = (
    # Full or read-only are our folders: nothing of /etc is unreadable then.
    r"^(?!.*could not be read).*(No space left on device|Read-only file system)",
    r"^/etc/vsee-expire/vsee-expire\.conf:\d+: ",  # broken
    r"^another (scan|send) is running; nothing was done",
    r"\.pwd\.lock: Device or resource busy",  # held
    r"could not be used, (1 try was|\d+ tries were) in vain",  # the mail server is down
    r"there is no room for \d+ bytes: no more is sent",  # the folder of mail is full
    r"^no answer was given: (Broken pipe|Connection reset)",  # vsee-web was killed
    r"no good answer of the worker: (Broken pipe|Connection reset)",  # and vsee-resetd
)


class Crew:
    """A process for each driver, with a random generator of its own."""

    def __init__(self, seed, until):
        self.context = multiprocessing.get_context("fork")
        self.seed, self.until, self.processes = seed, until, []

    def start(self, name, driver):
        self.spawn(name, self.drive, name, driver)

    def spawn(self, name, function, *arguments):
        process = self.context.Process(target=function, args=arguments, name=name)
        process.start()
        self.processes.append(process)

    def drive(self, name, driver):
        while time.monotonic() < self.until:
            try:
                driver.act()
            except Exception:  # pylint: disable=broad-except
                people.note("driver", "failed", f"{name}: {traceback.format_exc()}")
                time.sleep(1)

    def rng(self, name):
        return random.Random(f"{self.seed} {name}")

    def join(self):
        """Those that hang."""
        end = self.until + 240
        for process in self.processes:
            process.join(max(1, end - time.monotonic()))
        hanging = [process.name for process in self.processes if process.is_alive()]
        for process in self.processes:
            process.kill()
            process.join()
        return hanging


def play(results, clock, seconds, seed):
    """When the front began to be left alone."""
    begin = time.monotonic()
    until, alone = begin + seconds, begin + seconds / 3
    crew = Crew(seed, until)
    crew.spawn("watch", soak_watch.watch, until)
    crew.spawn("days", soak_world.days_pass, clock, until, seconds / DAYS)
    for name, driver in DRIVERS:
        crew.start(name, driver(crew.rng(name)))
    crew.start("faults", soak_faults.Faults(crew.rng("faults"), alone))
    results.expect("every driver ends in time", [], crew.join())
    clock.set(soak_world.today(), soak_world.SECOND)
    return alone + seconds / 10


def open_rows():
    return [row for row in Ledger(str(world.MAIL)).rows if row.state in OPEN]


def settle(clock):
    """Time passes, scans and sends run, until nothing is open. Those that still are."""
    soak_faults.mend()
    for _ in range(12):
        clock.set(clock.day, clock.second + 1000)
        if not soak_world.scan_and_send():
            return [f"{unit} does not end" for unit in (soak_world.SCAN, soak_world.SEND)
                    if not soak_world.idle(unit)]
        if not open_rows() and not soak_world.DUE.exists():
            break
    return [f"{row.name} {row.state}" for row in open_rows()]


def due(clock):
    """Who must have a mail, by shadow and state as they are now: (name, deadline)."""
    for name in soak_world.named("pqmdc"):
        account = Account(text_of(world.STATE / "accounts" / name))
        deadline, stages = account.day("deadline"), 3 if name[0] == "q" else 10
        changed = number(world.shadow_fields(name)[2])
        if deadline is None or account.facts.get("hash") != world.shadow_fields(name)[1]:
            continue
        if "extension" not in account.facts and "floor" not in account.facts and changed:
            deadline = changed + people.LIFETIMES.get(name[0], people.LIFETIME)
        if 0 < deadline - clock.day <= stages:
            yield name, deadline


def tell_end(clock):
    story = people.Story(people.STORY, durable=False)
    for name, deadline in due(clock):
        story.tell("due", names=[name], deadline=deadline)
    story.tell("due", names=soak_world.named("m"))  # their deadline came near, or went by
    story.tell("settled")


def invariants(results):
    verdict = judge(people.STORY, shadow="/etc/shadow", passwd="/etc/passwd",
                    state=str(world.STATE), ledger=str(world.MAIL), mailbox=str(soak_world.TAKEN))
    print(f"# {verdict.text()}".replace("\n", "\n# "))
    for name in sorted({violation.account for violation in verdict.violations})[:5]:
        soak_watch.show_account(name)
    results.expect("the invariants hold", [], sorted({
        violation.invariant for violation in verdict.violations}))
    results.expect("all of them were looked at", [], verdict.skipped)


def everybody_logs_in(results):
    """With the password that is theirs; who must change is asked for another one."""
    seen = collections.Counter()
    for name in soak_world.everybody():
        person = people.Person(name)
        current = person.current()
        outcome = soak_acts.converse(["su", "-", name], "runner",
                                     callers.answers(name, current or "none", STOP))
        inside = callers.session_seen(name, outcome)
        ended = person.may_be_asked(soak_world.today())
        told = {"V03", "V04"} & set(callers.tags(outcome.text))
        word = "in" if inside else "must change" if ended and told else "not in"
        seen[word] += 1
        if word == "not in":
            print(f"# {name}: {outcome}")
    print(f"# with the known password: {dict(seen)}")
    results.expect("everybody logs in with the known password, or is asked for another one", 0,
                   seen["not in"])


def show_acts(results):
    acts = people.noted()
    counts = collections.Counter((line["act"], line["word"]) for line in acts)
    for (act, word), count in sorted(counts.items()):
        print(f"# {count:6} {act}: {word}")
    odd = [line["odd"] for line in acts if line["odd"]]
    for text in odd[:40]:
        print("# odd: " + text.replace("\n", "\n#   "))
    results.expect("nothing odd was seen", 0, len(odd))
    enough = {act: sum(count for (name, word), count in counts.items()
                       if name.startswith(act) and word not in ("lost", "unknown"))
              for act in ("login", "passwd", "chpasswd", "web,", "vseectl", "start", "fault")}
    results.expect("of every kind enough was done", [],
                   [act for act, count in enough.items() if count < 5])


def idle_descriptors():
    """Of a front that has served one page and waits."""
    world.run("systemctl", "restart", soak_world.FRONT)
    booted_page.Browser().ask("GET", "/")
    time.sleep(2)
    return soak_watch.descriptors(soak_watch.front())


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("soak.py changes accounts: it runs inside tests/system/boot.sh only")
    if not os.environ.pop("TEST_REAL_CLOCK", None):
        os.execve(sys.executable, [sys.executable, *sys.argv],
                  {**os.environ, "TEST_REAL_CLOCK": "1"})
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = sys.argv[2] if len(sys.argv) > 2 else "1"
    results, clock = Results(soak_watch.Nothing()), world.Clock()
    first = soak_world.prepare(clock, random.Random(seed))
    idle = idle_descriptors()
    soak_world.begin(first)
    print(f"# {len(first)} people, {seconds} seconds, seed {seed}", flush=True)
    alone = play(results, clock, seconds, seed)
    results.expect("all mail settles", [], settle(clock))
    tell_end(clock)
    show_acts(results)
    print(f"# mails: {len(list(soak_world.TAKEN.iterdir()))}")
    invariants(results)
    soak_watch.Flat(alone).expect(results)
    soak_watch.quiet(results, idle)
    soak_watch.burst(results, soak_office.Visitors(random.Random(seed)).visit)
    soak_watch.judge_journal(results, EXPECTED, Told(str(people.STORY)).secrets())
    everybody_logs_in(results)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
