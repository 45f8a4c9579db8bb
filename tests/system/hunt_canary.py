"""Secrets that are let out on purpose, one in each kind of place: the hunt must find them all."""

import base64
import html
import json
import os
import pathlib
import subprocess
import time
import urllib.parse

import hunt_crash
import hunt_places

FOLDER = pathlib.Path("/var/tmp")
# In a file, by how it is written there.
WRITTEN = {
    "as it is": str, "in a URL": urllib.parse.quote_plus,
    "in HTML": html.escape, "in JSON": json.dumps,
    "in base64": lambda text: base64.b64encode(b"ab" + text.encode()).decode(),
    "in hex": lambda text: text.encode().hex(), "cut in half": lambda text: text[:14],
    "wiped in part": lambda text: text[15:], "in lower case": str.lower,
}
# Holds what it is given, frees a copy of it without wiping, says so, and waits.
HOLDER = """\
import ctypes, sys
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
libc.free.argtypes = [ctypes.c_void_p]
word = sys.stdin.buffer.readline()
for _ in range(8):
    copy = libc.malloc(300)
    ctypes.memmove(copy, word, len(word))
    libc.free(copy)
ctypes.memset(id(word) + bytes.__basicsize__ - 1, 0, len(word))
print("ready", flush=True)
sys.stdin.read()
"""


def in_files(marks):
    """Each way of writing, and UTF-16; a name; a link's target."""
    wanted = set()
    for how, write in WRITTEN.items():
        name = f"canary: file, {how}"
        (FOLDER / f"canary {how}").write_text(write(marks.new(name)))
        wanted.add(name)
    wide = marks.new("canary: file, in UTF-16")
    (FOLDER / "canary wide").write_bytes(b"x" * 5001 + wide.encode("utf-16-be"))
    (FOLDER / marks.word("canary: a file's name")).touch()
    (FOLDER / "canary link").symlink_to(marks.word("canary: a link's target"))
    return wanted | {"canary: file, in UTF-16", "canary: a file's name", "canary: a link's target"}


def in_journal(marks):
    subprocess.run(["logger", "-t", "canary", marks.new("canary: journal")], check=True)
    field = f"MESSAGE=nothing\nHIDDEN_FIELD={marks.new('canary: a field')}\n"
    subprocess.run(["logger", "--journald"], input=field, text=True, check=True)
    time.sleep(0.5)
    return {"canary: journal", "canary: a field"}


def in_processes(marks):
    """Arguments, environment, title and an open file's name, of one that lives for a moment."""
    name = FOLDER / marks.word("canary: an open file")
    code = ("import ctypes, os, sys, time; ctypes.CDLL(None).prctl(15, sys.argv[1].encode());"
            "f = open(os.environ['NAME'], 'w'); os.unlink(f.name); time.sleep(0.5)")
    sampler = hunt_places.Sampler()
    subprocess.run(["python3", "-c", code, marks.word("canary: a title")], check=True, env={
        **os.environ, "NAME": str(name), "WORD": marks.new("canary: environment")})
    subprocess.run(["sleep", "0.2", "0", "--", "0"], check=True)
    subprocess.run(["sh", "-c", "sleep 0.3", marks.new("canary: arguments")], check=True)
    return sampler.stop(marks), {"canary: an open file", "canary: a title", "canary: environment",
                                 "canary: arguments"}


def in_memory(marks):
    """A copy that was freed and not wiped."""
    with subprocess.Popen(["python3", "-c", HOLDER], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE) as process:
        process.stdin.write(marks.new("canary: freed memory").encode() + b"\n")
        process.stdin.flush()
        process.stdout.readline()
        haul = hunt_places.memory(marks, process.pid)
        process.stdin.close()
    return haul, {"canary: freed memory"}


def in_writes(marks):
    """What strace sees of a program that writes it to /dev/null."""
    with subprocess.Popen(["sh", "-c", 'read -r word; sleep 1; echo "$word" >/dev/null'],
                          stdin=subprocess.PIPE) as process:
        trace = hunt_places.Trace(process.pid)
        process.stdin.write(marks.new("canary: written").encode() + b"\n")
        process.stdin.close()
    return trace.stop(marks)[0], {"canary: written"}


def check(results, marks, since, crash):
    crash.control()
    cores = {"canary: core"}
    wanted = in_files(marks) | cores
    said = in_journal(marks)
    found = hunt_places.files(marks, since)
    if crash.dumps:
        results.expect("canary: a core", True, any(
            place.startswith("/var/tmp/core") and "canary: core" in {name for name, _ in owners}
            for place, owners in found.found.items()))
    else:
        print("# this kernel gives cores to a program of the host: no file could be looked at")
    rows = [("files", found, wanted), ("journal", hunt_places.journal(marks), said),
            ("/proc", *in_processes(marks)), ("memory", *in_memory(marks)),
            ("writes", *in_writes(marks))]
    for name, haul, planted in rows:
        results.expect(f"canary: {name}, all {len(planted)} are found", set(),
                       planted - hunt_places.owners(haul))
    hunt_crash.INPUT.unlink()
