"""Drives nomem.c: a program's n-th allocation fails, alone or with all that follow."""

import mmap
import os
import struct

HEAD, TRAIL = "4Q", 400
SIZE = struct.calcsize(HEAD) + 2 * TRAIL
FOREVER = 2**64 - 1
MODES = ("once", "from then on")
ENDS_ITSELF = "libglib-2.0.so.0"  # where it gets no memory, whoever was refused before it


class Memory:
    """The page that a program shares; one program at a time."""

    def __init__(self, library, program, path):
        self.library, self.program, self.path, self.noted = library, program, path, None
        with open(path, "w+b") as file:
            file.truncate(SIZE)
            self.page = mmap.mmap(file.fileno(), SIZE)

    def environment(self, *before):
        """before: other libraries to preload."""
        return {"LD_PRELOAD": ":".join([*before, self.library]), "NOMEM_FILE": self.path,
                "NOMEM_PROGRAM": os.path.basename(self.program)}

    def plenty(self):
        """Count anew; nothing fails."""
        self.noted = None
        self.page[:] = struct.pack(HEAD, 0, 0, 0, 0) + bytes(2 * TRAIL)

    def lack(self, number, mode):
        self.plenty()
        last = number if mode == MODES[0] else FOREVER
        self.page[:struct.calcsize(HEAD)] = struct.pack(HEAD, 0, number, last, 0)

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

    def trail(self, number):
        begin = struct.calcsize(HEAD) + number * TRAIL
        return self.page[begin:begin + TRAIL].split(b"\0")[0].decode().split()

    @property
    def refused(self):
        """The objects that asked for the first allocation that failed, the innermost first."""
        return self.trail(0)

    @property
    def crashed(self):
        """The objects in which a signal ended the program; [] where none did."""
        return self.trail(1)


class Tally:
    """Runs that lacked memory: how they ended, and whose fault it was where a signal did it."""

    def __init__(self, what, own):
        self.what, self.own = what, own
        self.runs, self.ends, self.theirs, self.bad = 0, {}, {}, []

    def end(self, memory, number, mode, code, wrong):
        """wrong: what the caller found amiss besides, or ""."""
        self.runs += 1
        self.ends[code] = self.ends.get(code, 0) + 1
        if memory.crashed or code is not None and code < 0:
            at = " < ".join(memory.crashed[:3]) or f"signal {code}"
            if memory.crashed and (not self.own & {memory.crashed[0], *memory.refused[:1]} or
                                   (mode, memory.crashed[0]) == (MODES[1], ENDS_ITSELF)):
                self.theirs[memory.crashed[0]] = self.theirs.get(memory.crashed[0], 0) + 1
            else:
                wrong = f"crashed in {at}; {wrong}"
        if wrong:
            self.bad.append(f"{number} {mode} ({' < '.join(memory.refused[:3])}): {wrong}")

    def print(self, total):
        ends = ", ".join(f"{code}: {count}" for code, count in sorted(
            self.ends.items(), key=lambda item: str(item[0])))
        theirs = "".join(f"; {count} ended by {name}" for name, count in self.theirs.items())
        print(f"# {self.what}: {self.runs} runs, {total} allocations, {len(self.bad)} bad; "
              f"ended {ends}{theirs}", flush=True)
        for line in self.bad:
            print(f"# BAD {line}", flush=True)
        return not self.bad


def starve(memory, tally, attempt, sample, wanted=0):
    """attempt() runs once, and returns (code, what is wrong); wanted: its code with memory. Each n-th
    allocation and each mode with VSEE_TEST_ALL=1, else about sample of them."""
    memory.plenty()
    code, wrong = attempt()
    total = memory.count
    assert code == wanted and not wrong and total > 20, (code, wrong, total)
    everything = os.environ.get("VSEE_TEST_ALL", "") not in ("", "0")
    for place, mode in enumerate(MODES):
        step = 1 if everything else max(1, total * len(MODES) // sample)
        for number in range(1 + (0 if everything else place * step // 2), total + 1, step):
            memory.lack(number, mode)
            code, wrong = attempt()
            tally.end(memory, number, mode, code, wrong)
    return tally.print(total)
