#!/usr/bin/env python3
"""In the guest: what timers and administrators do, again and again: policies, scans, mails."""

import json
import random
import subprocess
import sys

import outbox

import furnish  # outbox says where it finds the rest


def ran(story, port, *argv):
    story.tell("begun", who=port, deed=argv[1])
    done = subprocess.run(argv, text=True, stdin=subprocess.DEVNULL, capture_output=True,
                          timeout=100, check=False)
    story.tell("ran", who=port, argv=argv, code=done.returncode,
               output=(done.stdout + done.stderr)[-400:])


def main():
    fields = json.load(sys.stdin)
    port, chance = fields["port"], random.Random(fields["seed"])
    story = outbox.Outbox(port)
    while not outbox.enough():
        if chance.random() < 0.5:
            furnish.configure(chance.choice((60, 61, 62, 75)))
        if chance.random() < 0.3:
            ran(story, port, "vseectl", "extend", chance.choice(furnish.mirrored()), "--days",
                "1", "--reason", "a test")
        ran(story, port, "reminderd", "scan")
        ran(story, port, "reminderd", "send")


if __name__ == "__main__":
    main()
