#!/usr/bin/env python3
"""The power fails while passwords, policies and mails are written; nothing acknowledged is lost.

power.py BUILD [--cuts N] [--seed N] [--without state|folder|ledger]

A guest changes passwords in every way, mirrors and mails; each answer leaves it at once. At some
write of its disk it is cut off, and the disk forgets what it likes of what was not flushed. Then
the guest boots from it, the invariants are judged, everybody logs in, and it goes on.
--without leaves out fsync(2) of those files: the invariants must not hold then.
"""

import argparse
import base64
import collections
import math
import pathlib
import random
import shutil
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "invariants"), str(HERE.parent / "system")]

import machine  # noqa: E402
from disk import Disk  # noqa: E402
from results import Results  # noqa: E402
from story import Story  # noqa: E402
from verdict import Quiet, violations  # noqa: E402

CUTS_A_DISK = 10
DAY_ONE = 3  # of March 2031; each boot is a day later
MOUNTS = ("data=writeback,noauto_da_alloc", "")  # the first keeps nothing that was not asked for
LISTEN = 2525
WRITES = 10, 1500  # which one is the last; each order of magnitude is as likely
SECONDS = 60  # until a machine that writes less than expected is cut
GOOD = {"scan": (0, 75), "send": (0, 3), "extend": (0,)}


class Series:
    """One disk through its cuts, with one story. tally: a Counter of what happened."""

    def __init__(self, folder, prepared, number, chance, tally):
        self.folder, self.number, self.chance = folder, number, chance
        self.place = folder / f"series-{number}"
        self.place.mkdir()
        (self.place / "mailbox").mkdir()
        machine.copy(folder / "prepared.img", self.place / "disk.img")
        self.disk = Disk(self.place / "disk.img", str(self.place / "nbd"))
        self.story = Story(self.place / "story")
        self.story.begin(prepared["today"], prepared["shadow"], prepared["passwords"])
        self.deadlines, self.today = prepared["deadlines"], prepared["today"]
        self.mutex, self.boots, self.mails = threading.Lock(), 0, 0
        # What can be the current password of who changes it, the acknowledged one first.
        self.current = {name: [words[-1]] for name, words in prepared["passwords"].items()
                        if name in prepared["changers"]}
        self.tries, self.odd, self.tally = {}, [], tally
        self.under_way = {}  # who is in the middle of what

    def heard(self, line):
        """What a program of the guest tells."""
        with self.mutex:
            what = line.pop("what")
            handler = getattr(self, f"hear_{what}", None)
            if handler:
                handler(**line)
                return
            self.story.tell(what, **line)
            if what == "try":
                self.tries[line["id"]] = line["name"], line["password"]
                self.current[line["name"]].append(line["password"])
            else:
                self.end(what, *self.tries.pop(line["id"]))

    def end(self, what, name, password):
        if what == "done":
            self.current[name] = [password]
        elif what == "refused":
            self.current[name].remove(password)

    def hear_mail(self, recipient, text):
        self.mails += 1
        self.tally["mails"] += 1
        data = text.encode("utf-8", "surrogateescape")
        (self.place / "mailbox" / f"{self.mails}-{recipient}").write_bytes(data)

    def hear_begun(self, who, deed):
        self.under_way[who] = deed

    def hear_way(self, who, way, word):
        del self.under_way[who]
        self.tally[f"{way} {word}"] += 1

    def hear_ran(self, who, argv, code, output):
        del self.under_way[who]
        self.tally[f"{argv[1]} {code}"] += 1
        if code not in GOOD[argv[1]]:
            self.odd.append(f"{' '.join(argv)}: exit {code}: {output}")

    def boot(self):
        self.boots += 1
        mount = MOUNTS[self.number % len(MOUNTS)]
        guest = machine.Machine(
            self.folder, f"nbd:{self.place / 'nbd'}", ports=[self.heard] * 4, mount=mount,
            rtc=f"2031-03-{DAY_ONE + self.boots:02}T12:00:00")
        guest.ready()
        self.odd += guest.ask("wake")
        return guest

    def begin(self, guest):
        """Everything goes on, and the disk waits for its moment."""
        names = sorted(self.current)
        guest.ask("start", program="mailer.py", port=1, listen=LISTEN)
        for port, half in ((3, names[::2]), (4, names[1::2])):
            guest.ask("start", program="changer.py", port=port,
                      seed=self.chance.random(),
                      current={name: self.current[name][0] for name in half})
        guest.ask("start", program="worker.py", port=2, seed=self.chance.random())
        end = time.monotonic() + machine.SECONDS
        while len(self.under_way) < 3:
            if time.monotonic() > end:
                raise machine.Fault(f"not everything has begun: {self.under_way}")
            time.sleep(0.05)

    def last_write(self):
        low, high = (math.log(number) for number in WRITES)
        return int(math.exp(self.chance.uniform(low, high)))

    def cut(self, guest):
        """Pull the plug at some write. How many there were, and what became of the last ones."""
        gone, writes = threading.Event(), self.disk.writes
        self.disk.arm(self.last_write(), lambda: (guest.process.kill(), gone.set()))
        gone.wait(SECONDS)
        guest.cut()
        self.complaints(guest)
        self.story.tell("cut", copies=2)
        lost, during = self.disk.lose(self.chance.random()), sorted(self.under_way.values())
        self.under_way.clear()
        self.tally.update({"cuts": 1, **{f"writes {word}": count for word, count in lost.items()}})
        self.tally.update(f"cut in {deed}" for deed in during)
        return (f"at write {self.disk.writes - writes}, during {', '.join(during) or 'nothing'}; "
                f"not flushed: {lost}")

    def complaints(self, guest):
        """A program of the rig that died, or a kernel that did."""
        text = guest.console.read_text(errors="replace")
        if "Traceback" in text or "panic" in text:
            self.odd.append(guest.last_words())

    def enter(self, guest):
        """Everybody logs in with one password; which it is, is known then. What went wrong."""
        wrong = []
        for name, candidates in self.current.items():
            answers = [guest.ask("enter", name=name, password=word) for word in candidates]
            good = [word for word, (answer, _) in zip(candidates, answers)
                    if answer.split("+")[0] == "in"]
            if len(set(good)) != 1:
                wrong.append(f"{name}: {[answer for answer, _ in answers]}")
            self.current[name] = good[:1] or candidates
        return wrong

    def settle(self, guest):
        """All that was begun comes to its end. What is wrong then."""
        guest.ask("start", program="mailer.py", port=1, listen=LISTEN)
        left = guest.ask("settle", seconds=600)
        wrong = [f"{left} reminders are still open"] if left else []
        for name in self.current:
            new = f"Orchid-Kayak-{self.boots}x"
            number = self.story.attempt(name, new)
            good, text = guest.ask("passwd", name=name, old=self.current[name][0], new=new)
            self.story.end(number, "done" if good else "unknown")
            wrong += [] if good else [f"{name}: {text}"]
        guest.run("reminderd", "scan", codes=(0, 75))
        last = self.today + self.boots
        self.story.tell("due", names=[name for name, day in self.deadlines.items()
                                      if day - last <= 10])
        self.story.tell("settled")
        return wrong + violations(guest, self.place)


def prepare(folder, without):
    """The disk that each series begins with, and what its story begins with."""
    guest = machine.Machine(folder, folder / "disk.img", rtc=f"2031-03-{DAY_ONE:02}T12:00:00")
    try:
        guest.ready()
        prepared = guest.ask("prepare", seconds=300)
        if without:
            guest.ask("leave_out", library=base64.b64encode(library(folder, without)).decode())
        guest.stop()
    finally:
        guest.cut()
    shutil.move(folder / "disk.img", folder / "prepared.img")
    return prepared


def library(folder, without):
    target = folder / "nosync.so"
    subprocess.run(["cc", "-std=gnu17", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror",
                    "-shared", "-fPIC", f"-DLEFT_OUT_{without.upper()}", "-o", target,
                    HERE / "nosync.c"], check=True)
    return target.read_bytes()


def rounds(series, cuts):
    """The series' boots and cuts, the last boot without one: what is looked at, what is wrong."""
    guest = None
    try:
        for cut in range(cuts + 1):
            guest = series.boot()
            wrong = violations(guest, series.place) + series.enter(guest)
            yield f"boot {cut}: the invariants hold, and everybody logs in", wrong
            if cut < cuts:
                series.begin(guest)
                print(f"# cut {cut + 1}: {series.cut(guest)}", flush=True)
        yield "everything comes to its end", series.settle(guest)
        yield "no program and no file system complained", series.odd
    finally:
        if guest:
            guest.cut()
        series.disk.close()
        shutil.rmtree(series.place)


def every_disk(folder, prepared, cuts, seed, tally):
    """All series: (what is looked at, what is wrong) of each."""
    for number, done in enumerate(range(0, cuts, CUTS_A_DISK)):
        series = Series(folder, prepared, number, random.Random(f"{seed} {number}"), tally)
        for name, wrong in rounds(series, min(cuts - done, CUTS_A_DISK)):
            yield f"disk {number}: {name}", wrong


def judge_all(looked_at, results):
    for name, wrong in looked_at:
        results.expect(name, [], wrong)


def find_fault(folder, prepared, arguments, tally):
    """What is left out must show. A disk on which it did is given up."""
    number = 0
    while tally["cuts"] < arguments.cuts:
        series = Series(folder, prepared, number, random.Random(f"{arguments.seed} {number}"),
                        tally)
        looked_at = rounds(series, min(arguments.cuts - tally["cuts"], CUTS_A_DISK))
        for name, wrong in looked_at:
            if wrong:
                print(f"# disk {number}: {name}: {wrong[:4]}", flush=True)
                tally["cuts with a loss"] += 1
                break
        looked_at.close()
        number += 1
    return tally["cuts with a loss"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--without", choices=("state", "folder", "ledger"))
    arguments = parser.parse_args()
    print(f"# seed {arguments.seed}", flush=True)
    results, folder = Results(Quiet), machine.scratch(arguments.build)
    tally = collections.Counter()
    try:
        prepared = prepare(folder, arguments.without)
        if arguments.without:
            found = find_fault(folder, prepared, arguments, tally)
            results.expect(f"without fsync of the {arguments.without} something is lost", True,
                           found > 0)
        else:
            judge_all(every_disk(folder, prepared, arguments.cuts, arguments.seed, tally), results)
    finally:
        shutil.rmtree(folder)
    print("# " + "; ".join(f"{word}: {count}" for word, count in sorted(tally.items())))
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
