#!/usr/bin/env python3
"""In the guest: changes passwords in every way there is, one after the other, and tells of each."""

import json
import os
import pwd
import random
import re
import string
import subprocess
import sys
import time

import outbox

os.environ.update(VSEE_SOURCE="/mnt/vsee/source", VSEE_BUILD="/")
sys.path.append("/mnt/vsee/source/tests/web/worker")

import callers  # noqa: E402
import host  # noqa: E402
import wire  # noqa: E402
import world  # noqa: E402
from terminal import Terminal  # noqa: E402

host.RESETD = "/usr/libexec/vsee-expire/vsee-resetd"


def judged(outcome):
    """passwd says so when it changed nothing."""
    if outcome.status == 0:
        return "done"
    return "refused" if "password unchanged" in outcome.text else "unknown"


def passwd(name, old, new):
    return judged(Terminal(["passwd"], name).converse(callers.answers(name, old, new)))


def passwd_of_root(name, old, new):
    return judged(Terminal(["passwd", name]).converse(callers.answers(name, old, new)))


def chpasswd(name, _, new):
    done = subprocess.run(["chpasswd"], input=f"{name}:{new}\n", text=True, capture_output=True,
                          timeout=60, check=False)
    return "done" if done.returncode == 0 else "unknown"


def front():
    """The uid that the worker hears."""
    return pwd.getpwnam("vsee-web").pw_uid


ANSWERS = {"changed": "done", "none": "unknown", "uncertain": "unknown"}


def page(name, old, new):
    request = wire.request("change", name, current=old, new=new)
    return ANSWERS.get(host.Call(front()).send(request).finish().status, "refused")


def link(name, _, new):
    token = re.search("token=([A-Za-z0-9_-]{43})\n", world.run("vseectl", "link", name))[1]
    request = wire.request("link", name, token=token, new=new)
    return ANSWERS.get(host.Call(front()).send(request).finish().status, "refused")


WAYS = (passwd, passwd_of_root, chpasswd, page, link)


def fresh(chance):
    letters = "".join(chance.choices(string.ascii_lowercase, k=9))
    return f"{letters.capitalize()}-{chance.randrange(10, 99)}{chance.choice(letters)}"


def main():
    fields = json.load(sys.stdin)
    story, chance = outbox.Outbox(fields["port"]), random.Random(fields["seed"])
    current = fields["current"]
    host.Call.number = fields["port"] * 10 ** 6  # there is another one of us
    while not outbox.enough():
        name, way, new = chance.choice(sorted(current)), chance.choice(WAYS), fresh(chance)
        story.tell("begun", who=fields["port"], deed=way.__name__)
        number = story.attempt(name, new)
        word = way(name, current[name], new)
        story.end(number, word)
        story.tell("way", who=fields["port"], way=way.__name__, word=word)
        if word == "done":
            current[name] = new
        elif word == "unknown":
            del current[name]
        time.sleep(chance.random())  # mails go out between two changes of shadow


if __name__ == "__main__":
    main()
