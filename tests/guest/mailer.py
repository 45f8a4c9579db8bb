#!/usr/bin/env python3
"""In the guest: the mail server. A mail has left the machine before it is answered with 250."""

import json
import sys
import time

import outbox
from smtpd import Server


def main():
    fields = json.load(sys.stdin)
    story = outbox.Outbox(fields["port"])

    def taken(session):
        data = session.server.mails[-1]
        story.tell("mail", recipient=data[1], text=data[2].decode("utf-8", "surrogateescape"))

    with Server({"DOT": taken}, port=fields["listen"]):
        while not outbox.enough():
            time.sleep(0.1)


if __name__ == "__main__":
    main()
