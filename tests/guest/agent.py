#!/usr/bin/env python3
"""In the guest: does what the host asks for over the first virtio port.

As process 1 or as a service of systemd. A command is a function here or in deeds.py, by name.
"""

import json
import os
import pathlib
import subprocess
import sys
import traceback

SYSTEM = pathlib.Path("/mnt/vsee/source/tests/system")
sys.path[:0] = [str(SYSTEM.parent / "invariants"), str(SYSTEM)]


def hello():
    return os.getpid()


def run(argv, text=None, user=None, seconds=100):
    """A program: its exit status and all it wrote."""
    done = subprocess.run(argv, input=text, text=True, capture_output=True, timeout=seconds,
                          check=False, user=user, stdin=None if text else subprocess.DEVNULL)
    return done.returncode, done.stdout + done.stderr


def write(path, text, mode=0o644):
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path).write_text(text)
    os.chmod(path, mode)


def read(path):
    return pathlib.Path(path).read_text(errors="replace")


def halt():
    """Everything is on the disk, and the machine ends."""
    os.sync()
    if os.getpid() != 1:
        subprocess.Popen(["systemctl", "reboot", "--no-wall"], start_new_session=True)
        return None
    subprocess.run(["mount", "-o", "remount,ro", "/"], check=False)
    # A reboot ends the machine, which was told not to come back.
    subprocess.Popen(["sh", "-c", "sleep 0.2; echo b >/proc/sysrq-trigger"], start_new_session=True)
    return None


COMMANDS = {"hello": hello, "run": run, "write": write, "read": read, "halt": halt}


def put(port, data):
    """A port takes some 32 KiB at a time."""
    while data:
        data = data[os.write(port, data):]


def answer(line):
    fields = json.loads(line)
    name = fields.pop("do")
    try:
        if name not in COMMANDS:
            import deeds  # needs the whole tree, and takes a moment
            return {"result": getattr(deeds, name)(**fields)}
        return {"result": COMMANDS[name](**fields)}
    except BaseException:  # whatever it is: the host hears of it
        return {"fault": traceback.format_exc()}


def main():
    os.environ.update(HOME="/root", LANG="C.UTF-8", TERM="dumb", PYTHONDONTWRITEBYTECODE="1")
    sys.dont_write_bytecode = True
    port, unread = os.open("/dev/vport0p1", os.O_RDWR), b""
    while True:
        *whole, unread = (unread + os.read(port, 65536)).split(b"\n")
        for line in whole:
            put(port, json.dumps(answer(line)).encode() + b"\n")


if __name__ == "__main__":
    main()
