"""Looks at the host of the soak all the time: memory, descriptors, processes, files, journal."""

import json
import os
import pathlib
import re
import statistics
import time

import booted
import soak_people as people
import soak_world
import world

SAMPLES = people.RUN / "samples"
OURS = ("vsee-web", "vsee-resetd", "reminderd", "vseectl", "pam_vsee_expire")
PLACES = (world.STATE, world.STATE / "accounts", world.MAIL, pathlib.Path("/run/vsee-expire"))
# Of the front, between the medians of the first and the last third of the time it is left alone.
# Threads come and go with connections, each with a stack, so single samples differ more than that.
MEMORY_BOUND_KB = 256
DESCRIPTORS_BOUND = 3
VISITS, BURST_BOUND_KB = 2000, 64
# A folder's files: one an account and some of the folder's own; temporary files come and go.
FILES_BOUND = 24

BAD = re.compile(r"assert|SIGSEGV|SIGABRT|core.dump|code=dumped|status=(6|11)/|sanitizer|"
                 r"double free|stack smashing|malloc\(|segfault|general protection", re.I)


class Nothing:
    """Results want a log to show; what matters of the journal is shown by account, or judged."""

    @staticmethod
    def take():
        return []


def show_account(name):
    """How it came to a violation: what was told of it, and what was logged."""
    ids = set()
    for line in people.STORY.read_text().splitlines():
        line = json.loads(line)
        if line.get("name") == name:
            ids.add(line["id"])
        if line.get("id") in ids or line["what"] in ("cut", "day", "settled"):
            print(f"#   {name}: {line}")
    for entry in booted.journal("-b"):
        text = str(entry.get("MESSAGE"))
        if re.search(rf"\b{re.escape(name)}\b", text):
            print(f"#   {name}: {entry['__REALTIME_TIMESTAMP'][6:-3]} {text[:160]}")


def front():
    """The pid of vsee-web, or None."""
    return next((pid for pid, comm, state, _ in people.processes()
                 if comm == "vsee-web" and state != "Z"), None)


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def rollup(pid):
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {key: int(re.search(rf"^{key}:\s+(\d+) kB", text, re.M)[1])
            for key in ("Rss", "Pss", "Private_Dirty")}


def files():
    return {str(place): len(os.listdir(place)) for place in PLACES if place.is_dir()}


def sample():
    pid = front()
    found = {"time": time.monotonic(), "pid": pid, "files": files(),
             "ours": sum(comm in OURS for _, comm, *_ in people.processes())}
    if pid:
        try:
            found.update(rollup(pid), fd=descriptors(pid))
        except OSError:
            found["pid"] = None  # it was killed
    return found


def watch(until):
    """A process of its own: a line a second."""
    with open(SAMPLES, "a", encoding="utf-8", buffering=1) as file:
        while time.monotonic() < until:
            file.write(json.dumps(sample()) + "\n")
            time.sleep(1)


def samples():
    return [json.loads(line) for line in SAMPLES.read_text().splitlines()]


def thirds(found, key):
    """Medians of the first and the last third."""
    values = [line[key] for line in found]
    part = len(values) // 3
    return statistics.median(values[:part]), statistics.median(values[-part:])


class Flat:
    """What the samples say of the time from begin on, in which one front served."""

    def __init__(self, begin):
        every = samples()
        pid = every[-1]["pid"]
        self.found = [line for line in every if line["time"] >= begin and line["pid"] == pid]
        self.most_files = {place: max(line["files"].get(place, 0) for line in every)
                           for place in map(str, PLACES)}
        self.alone = len(self.found) > 0.9 * len([1 for line in every if line["time"] >= begin])

    def show(self):
        for key in ("Rss", "Pss", "Private_Dirty", "fd"):
            values = [line[key] for line in self.found]
            early, late = thirds(self.found, key)
            print(f"# vsee-web {key}: begin {values[0]}, end {values[-1]}, median of the first "
                  f"third {early}, of the last {late}, most {max(values)}")

    def expect(self, results):
        results.expect("one front served from the first third on", True,
                       self.alone and len(self.found) >= 30)
        self.show()
        for key, bound in (("Rss", MEMORY_BOUND_KB), ("Private_Dirty", MEMORY_BOUND_KB),
                           ("fd", DESCRIPTORS_BOUND)):
            early, late = thirds(self.found, key)
            results.expect(f"vsee-web's {key} does not grow by more than {bound}", True,
                           late - early <= bound)
        print(f"# most files in a folder: {self.most_files}")
        people_count = len(soak_world.everybody())
        results.expect("files of ours stay few", [], [
            place for place, count in self.most_files.items()
            if count > people_count + FILES_BOUND])


def quiet(results, idle):
    """When all is over: the front alone, with the descriptors of one that has just begun."""
    def others():
        return sorted(comm for _, comm, *_ in people.processes() if comm in OURS[1:])

    booted.await_true(lambda: not others() and descriptors(front()) <= idle, 60)
    results.expect("of ours only the front still runs", [], others())
    results.expect(f"the front has the {idle} descriptors of an idle one, or fewer", True,
                   descriptors(front()) <= idle)
    results.expect("no zombie is left", [], [
        comm for pid, comm, state, _ in people.processes() if state == "Z"])


def burst(results, visit):
    """When all is quiet: many visits one after the other, the first quarter to warm up."""
    sizes = []
    for _ in range(4):
        for _ in range(VISITS // 4):
            visit()
        booted.await_true(lambda: descriptors(front()) <= 6, 5)
        sizes.append(rollup(front())["Private_Dirty"])
    print(f"# vsee-web Private_Dirty after each quarter of {VISITS} visits: {sizes}")
    results.expect(f"the last three quarters cost at most {BURST_BOUND_KB} kB", True,
                   sizes[-1] - sizes[0] <= BURST_BOUND_KB)


def ours(entry):
    text = str(entry.get("MESSAGE"))
    return entry.get("_COMM") in OURS or entry.get("SYSLOG_IDENTIFIER") in OURS or \
        "pam_vsee_expire" in text


def judge_journal(results, expected, secrets):
    """expected: patterns of what our programs may say at level error, each with a reason."""
    entries = booted.journal("-b")
    said = [str(entry.get("MESSAGE")) for entry in entries]
    results.expect("the journal tells of no crash", [], [
        text[:200] for entry, text in zip(entries, said)
        if BAD.search(text) and entry.get("_COMM") not in ("sshd", "su")])
    errors = [text for entry, text in zip(entries, said)
              if ours(entry) and int(entry.get("PRIORITY", 6)) <= 3]
    odd = sorted({text[:300] for text in errors
                  if not any(re.search(pattern, text) for pattern in expected)})
    print(f"# journal: {len(entries)} entries, {len(errors)} errors of ours")
    results.expect("every error of ours is explained by a fault", [], odd)
    everything = "\n".join(said)
    results.expect("no password stands in the journal", [],
                   [name for name, secret in secrets if secret in everything])
