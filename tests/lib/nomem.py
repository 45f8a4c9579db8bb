"""Drives nomem.c: a program's n-th allocation fails, alone or with those that follow."""

import mmap
import os
import struct

from inject import everything

HEAD, TRAIL, WAYS = "5Q", 400, 8192
TRAILS = struct.calcsize(HEAD)
SIZE = TRAILS + 2 * TRAIL + 8 * WAYS
FOREVER = 2**64 - 1
PATIENCE = 100000  # of nomem.c
# Twice: what is asked for behind a failure, to see whether it was memory that lacked, fails as well.
MODES = ONCE, TWICE, ALWAYS = "once", "twice", "from then on"
ENDS_ITSELF = "libglib-2.0.so.0"  # where it gets no memory, whoever was refused before it


class Memory:
    """The page that a program shares; one program at a time. own: the objects under test."""

    def __init__(self, library, program, path, own):
        self.library, self.program, self.path, self.own = library, program, path, own
        self.noted = None
        with open(path, "w+b") as file:
            file.truncate(SIZE)
            self.page = mmap.mmap(file.fileno(), SIZE)

    def environment(self, *before):
        """before: other libraries to preload."""
        return {"LD_PRELOAD": ":".join([*before, self.library]), "NOMEM_FILE": self.path,
                "NOMEM_PROGRAM": os.path.basename(self.program), "NOMEM_OWN": " ".join(self.own)}

    def begin(self, *head):
        self.noted = None
        self.page[:] = struct.pack(HEAD, *head) + bytes(SIZE - TRAILS)

    def plenty(self):
        """Count anew, and note by which way our code comes to each; nothing fails."""
        self.begin(0, 0, 0, 0, 1)

    def lack(self, number, mode):
        last = {ONCE: number, TWICE: number + 1, ALWAYS: FOREVER}[mode]
        self.begin(0, number, last, 0, 0)

    def enough(self):
        """Nothing fails any more; what was counted and who failed stay known."""
        self.noted = self.count
        struct.pack_into("2Q", self.page, 8, 0, 0)

    @property
    def count(self):
        return struct.unpack_from(HEAD, self.page)[0] if self.noted is None else self.noted

    @property
    def failed(self):
        return struct.unpack_from(HEAD, self.page)[3]

    def ways(self):
        """Of each allocation, the calls in our code that led to it; 0: none did."""
        count = min(self.count, WAYS)
        return struct.unpack_from(f"{count}Q", self.page, TRAILS + 2 * TRAIL)

    def trail(self, number):
        begin = TRAILS + number * TRAIL
        return self.page[begin:begin + TRAIL].split(b"\0")[0].decode().split()

    @property
    def refused(self):
        """The objects that asked for the first allocation that failed, the innermost first."""
        return self.trail(0)

    @property
    def crashed(self):
        """The objects in which a signal ended the program; [] where none did."""
        return self.trail(1)

    @property
    def blamed(self):
        """For a crash: where it was (unless glibc had signals blocked), and who got no memory at first.
        Who asks again and again did so alone."""
        return {*self.crashed[:1], *(self.refused[:1] if self.failed < PATIENCE else ())}


class Tally:
    """Runs that lacked memory: how they ended, and whose fault it was where a signal did it."""

    def __init__(self, what):
        self.what, self.runs, self.ends, self.theirs, self.bad, self.missed = what, 0, {}, {}, [], 0

    def end(self, memory, number, mode, code, wrong):
        """wrong: what the caller found amiss besides, or ""."""
        self.runs += 1
        self.ends[code] = self.ends.get(code, 0) + 1
        if memory.crashed or code is not None and code < 0:
            at = " < ".join(memory.crashed[:3]) or f"signal {code}"
            where = (memory.crashed or memory.refused or [""])[0]
            if memory.blamed and not memory.own & memory.blamed or (
                    mode != ONCE and where == ENDS_ITSELF):
                self.theirs[where] = self.theirs.get(where, 0) + 1
            else:
                wrong = f"crashed in {at}; {wrong}"
        if not memory.failed and memory.count >= number:
            wrong = f"nothing failed; {wrong}"
        self.missed += not memory.failed
        if wrong:
            self.bad.append(f"{number} {mode} ({' < '.join(memory.refused[:3])}): {wrong}")

    def print(self, total):
        """Whether all was well. Threads do not ask for the same memory in each run: some miss."""
        if self.missed * 10 > self.runs:
            self.bad.append("too many runs ended before memory failed")
        ends = ", ".join(f"{code}: {count}" for code, count in sorted(
            self.ends.items(), key=lambda item: str(item[0])))
        theirs = "".join(f"; {count} ended by {name}" for name, count in self.theirs.items())
        missed = f"; {self.missed} ended before" if self.missed else ""
        print(f"# {self.what}: {self.runs} runs, {total} allocations, {len(self.bad)} bad; "
              f"ended {ends}{theirs}{missed}", flush=True)
        for line in self.bad:
            print(f"# BAD {line}", flush=True)
        return not self.bad and self.runs > 5


def thin(numbers, most):
    return numbers[::max(1, -(-len(numbers) // most))]


def chosen(ways, total, mode, sample):
    """The numbers to try. A sample: the first of each way our code came to one, as far as sample
    goes; of those from which on all fail, a third as many."""
    numbers = list(range(1, total + 1))
    if everything():
        return numbers
    if mode == ALWAYS:
        return thin(numbers, max(1, sample // 3))
    first = {}
    for number, way in enumerate(ways, 1):
        if way:
            first.setdefault(way, number)
    return thin(list(first.values()), sample)


def starve(memory, tally, attempt, sample, wanted=0, modes=(ONCE, ALWAYS)):
    """attempt() runs once, and returns (code, what is wrong); wanted: its code with memory. Each n-th
    allocation and each mode with VSEE_TEST_ALL=1, else a sample, and these modes."""
    memory.plenty()
    code, wrong = attempt()
    ways, total = memory.ways(), memory.count
    assert code == wanted and not wrong and total > 20, (code, wrong, total)
    assert any(ways), "nothing under test asks for memory"
    for mode in MODES if everything() else modes:
        for number in chosen(ways, total, mode, sample):
            memory.lack(number, mode)
            code, wrong = attempt()
            tally.end(memory, number, mode, code, wrong)
    return tally.print(total)
