"""The source's files and systemd's tools, for tests of units and of what is told to systemd."""

import os
import shutil
import subprocess

from harness import Skip

SOURCE = os.environ["VSEE_SOURCE"]
UNITS = os.path.join(os.environ["VSEE_BUILD"], "packaging/systemd")
SYSTEMD = os.path.join(SOURCE, "packaging/systemd")


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def tool(*command, code=0, **more):
    """Run a tool of systemd, if there is one."""
    if not shutil.which(command[0]):
        raise Skip(f"{command[0]} is not installed")
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL, timeout=60, check=False, **more)
    assert done.returncode == code, f"{command}: code {done.returncode}\n{done.stdout}"
    return done.stdout


def need_systemd():
    if not os.path.isdir(UNITS):
        raise Skip("built without libsystemd")
