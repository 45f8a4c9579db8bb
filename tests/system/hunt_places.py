"""Where a secret may lie on a running host: the journal, files, processes, what strace saw."""

import multiprocessing
import os
import pathlib
import re
import subprocess
import threading
import time

import world

OUTSIDE = ("/proc", "/sys", "/mnt/vsee")
DEVICES = ("/dev/shm", "/dev/mqueue")
ALWAYS = ("/etc", "/run", "/tmp", "/var", "/home", "/root", "/dev")  # also what is not new
CHUNK = 1 << 24
OVERLAP = 4096
LIBRARY = re.compile(r"r-xp|r--p .* /usr/(?!lib/locale)")  # a program's text, as on disk


class Haul:
    """What was searched, and what was found: {place: {(whose it is, how it is written)}}."""

    def __init__(self, marks):
        self.marks, self.found = marks, {}
        self.bytes = self.places = 0

    def look(self, place, data, encoded=True):
        self.places += 1
        self.bytes += len(data)
        found = (self.marks.find_encoded if encoded else self.marks.find)(data)
        if found:
            self.found.setdefault(place, set()).update(found)

    def only(self, allowed):
        """What was found but for those (place, whose) that allowed(place, whose) permits."""
        return sorted({(place, name, form) for place, found in self.found.items()
                       for name, form in found if not allowed(place, name)})

    def __str__(self):
        return f"{self.places} places, {self.bytes} bytes"


def owners(haul):
    return {owner for found in haul.found.values() for owner, _ in found}


def journal(marks):
    """Every field of every entry, as it was given."""
    haul = Haul(marks)
    data = subprocess.run(["journalctl", "-q", "-o", "export", "--no-pager"], check=True,
                          capture_output=True).stdout
    for entry in data.split(b"\n\n"):
        line = re.search(rb"^(?:SYSLOG_IDENTIFIER|_COMM)=(.*)$", entry, re.M)
        haul.look(f"journal of {line[1].decode() if line else 'somebody'}", entry, False)
    whole = Haul(marks)
    whole.look("journal", data)
    if not haul.found:  # else this says more
        haul.found = whole.found
    return haul


def changed_files(since):
    """Every file of the system written since then, and all files where programs write."""
    for folder, names, plain in os.walk("/"):
        names[:] = [name for name in names if os.path.join(folder, name) not in OUTSIDE
                    and (folder != "/dev" or os.path.join(folder, name) in DEVICES)]
        for name in plain:
            path = os.path.join(folder, name)
            try:
                stat = os.lstat(path)
            except OSError:
                continue
            if stat.st_ctime >= since or path.startswith(ALWAYS):
                yield path, stat


def look_into(haul, path, encoded):
    """A file of any size, in pieces that overlap."""
    with open(path, "rb") as file:
        before = b""
        while piece := file.read(CHUNK):
            haul.look(path, before + piece, encoded)
            haul.places -= 1
            before = piece[-OVERLAP:]
    haul.places += 1


def files(marks, since, encoded=True):
    """Names, targets of links, and contents."""
    haul = Haul(marks)
    for path, stat in changed_files(since):
        haul.look("a file's name", path.encode("utf-8", "surrogateescape"), False)
        haul.places -= 1
        try:
            if os.path.islink(path):
                haul.look(path, os.readlink(path).encode("utf-8", "surrogateescape"))
            elif pathlib.Path(path).is_file() and stat.st_size > 0:
                look_into(haul, path, encoded)
        except OSError:
            continue  # gone meanwhile
    return haul


def is_kernel(pid):
    try:
        return not os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return True


def pids(name=None):
    """Those of programs, by the name of what they run."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or is_kernel(entry):
            continue
        exe = os.path.basename(os.readlink(f"/proc/{entry}/exe").removesuffix(" (deleted)"))
        if name is None or exe == name:
            found.append((int(entry), exe))
    return found


def regions(pid):
    """What a process can write, or has of its own; not a program's text."""
    for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
        span, rights = line.split()[:2]
        if "r" not in rights or "[v" in line or LIBRARY.search(line):
            continue
        begin, end = (int(part, 16) for part in span.split("-"))
        yield begin, end


def memory(marks, pid, place=None, encoded=False):
    """A core in place: all that a process has written into its memory, stacks included."""
    haul = Haul(marks)
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as file:
        for begin, end in regions(pid):
            try:
                file.seek(begin)
                haul.look(place or f"memory of {pid}", file.read(end - begin), encoded)
            except OSError:
                continue  # reserved only
    return haul


def memories(marks, but=()):
    """Of every process that still runs. but: names that are not judged."""
    haul, own = Haul(marks), os.getpid()
    for pid, name in pids():
        if pid == own or name in but or name.startswith("python"):
            continue
        try:
            other = memory(marks, pid, f"memory of {name}")
        except OSError:
            continue
        haul.found.update(other.found)
        haul.bytes += other.bytes
        haul.places += 1
    return haul


def sights(pid):
    """What anybody may see of a process, and what root may."""
    for name in ("cmdline", "environ", "comm", "stack", "status", "wchan"):
        try:
            with open(f"/proc/{pid}/{name}", "rb") as file:
                yield name, file.read()
        except OSError:
            continue
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            yield "fd", os.readlink(f"/proc/{pid}/fd/{number}").encode()
    except OSError:
        return


def sample(pipe, spared):
    """In a process of its own, without a pause but a short one: each different thing seen."""
    seen, rounds = set(), 0
    while not pipe.poll(0.001):
        rounds += 1
        for entry in os.listdir("/proc"):
            if entry.isdigit() and int(entry) not in spared:
                seen.update(sights(entry))
    pipe.send((seen, rounds))


class Sampler:
    """Looks at the processes while the acts are played."""

    def __init__(self):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(
            target=sample, args=(other, {os.getpid()}), daemon=True)
        self.process.start()

    def stop(self, marks):
        self.pipe.send("stop")
        seen, self.rounds = self.pipe.recv()
        self.process.join()
        haul = Haul(marks)
        for kind, data in seen:
            haul.look(f"/proc {kind}", data)
        return haul


STARTERS = ("execl", "execle", "execlp", "execv", "execve", "execveat", "execvp", "execvpe",
            "fexecve", "fork", "vfork", "clone", "popen", "posix_spawn", "posix_spawnp", "system")


def starters(path):
    """The functions by which a program could start another: no sampler sees what ends at once."""
    data = pathlib.Path(path).read_bytes()
    return [name for name in STARTERS if b"\0" + name.encode() + b"\0" in data]


CALL = re.compile(rb"^(?:\[pid +\d+\] )?(\w+)\((\d+)[^,]*, (.*)$", re.S)
WIRE = b"VSEE\x01"  # how a packet to the worker begins
BYTE = re.compile(rb"\\x([0-9a-f]{2})")


class Trace:
    """What a process writes, to whatever; only packets to the worker may hold a secret."""

    CALLS = "write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg,sendmmsg,splice,vmsplice"

    def __init__(self, pid):
        self.calls = []
        self.process = subprocess.Popen(
            ["strace", "-f", "-q", "-xx", "-s", "70000", "-e", f"trace={self.CALLS}",
             "-e", "signal=none", "-p", str(pid)], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()
        self.await_attached(pid)

    @staticmethod
    def await_attached(pid):
        for _ in range(200):
            status = pathlib.Path(f"/proc/{pid}/status").read_text()
            if re.search(r"^TracerPid:\t[1-9]", status, re.M):
                return
            time.sleep(0.02)
        raise world.Fault("strace does not attach")

    def read(self):
        for line in self.process.stderr:
            match = CALL.match(line)
            if match:
                text = b"".join(bytes([int(byte, 16)]) for byte in BYTE.findall(match[3]))
                self.calls.append((match[1].decode(), match[2].decode(), text))

    def stop(self, marks):
        """The haul of what went elsewhere, and how many packets went to the worker."""
        self.process.terminate()
        self.process.wait(20)
        self.thread.join(20)
        haul, packets = Haul(marks), 0
        for call, fd, data in self.calls:
            if call == "sendto" and data.startswith(WIRE):
                packets += 1
            else:
                haul.look(f"{call} to descriptor {fd}", data)
        return haul, packets
