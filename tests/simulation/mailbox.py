"""The server that takes the mails, as tests/cli has it, and what it is told to do to them."""

import email
import email.policy
import os
import re
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.realpath(__file__)), "..", "cli"))
import smtpd  # noqa: E402 pylint: disable=wrong-import-position

SUBJECT = re.compile(r"is expiring in (\d+) days?$", re.I)
TODAY = re.compile(r"(is expiring|expires) today$", re.I)


class Mail:
    """One that the server took. days: as its subject has it."""

    def __init__(self, recipient, text):
        head = email.message_from_bytes(text, policy=email.policy.default)
        self.name = recipient.partition("@")[0]
        self.id, self.subject = head["Message-ID"], head["Subject"]
        found = SUBJECT.search(self.subject)
        assert found or TODAY.search(self.subject), self.subject
        self.days = int(found[1]) if found else 0
        self.body = head.get_body(("plain",)).get_content()


class Mailbox:
    """refusing: by name, the reply to RCPT. Decisions hang on names and days, not on the order."""

    def __init__(self, seed):
        self.seed, self.day, self.down, self.refusing = seed, 0, False, {}
        self.dropped, self.greylisted = set(), set()
        self.server = smtpd.Server({
            "GREETING": self.greet, "RCPT": self.receive, "DOT": self.take}, offers=())
        self.url = self.server.url

    def close(self):
        self.server.__exit__()

    def chance(self, *words):
        return zlib.crc32(repr((self.seed, self.day, *words)).encode()) % 100

    def greet(self, _):
        if not self.down:
            return None
        return smtpd.DROP if self.day % 2 else "421 4.3.2 not now"

    def receive(self, session):
        name = session.recipient.partition("@")[0]
        if name in self.refusing:
            return self.refusing[name]
        if self.chance("grey", name) < 3 and (self.day, name) not in self.greylisted:
            self.greylisted.add((self.day, name))
            return "451 4.7.1 come again"
        return None

    def take(self, session):
        """Now and then the connection dies behind the final dot: taken, and nobody knows."""
        name = session.recipient.partition("@")[0]
        if self.chance("drop", name) >= 2 or (self.day, name) in self.dropped:
            return None
        self.dropped.add((self.day, name))
        return smtpd.DROP

    def collect(self):
        """What came since the last time, by name: retries wait for as long as chance has it."""
        with self.server.lock:
            mails, self.server.mails = self.server.mails, []
            self.server.sessions = [one for one in self.server.sessions
                                    if one.connection.fileno() >= 0]
            for session in self.server.sessions:
                session.commands.clear()
        return sorted((Mail(recipient, text) for _, recipient, text in mails),
                      key=lambda mail: mail.name)
