"""A host on which a send has mails to send, restored before each fault."""

import os
import shutil

from harness import STATE
from mailrig import MAIL, Post, check, reset, state_of
from scanrig import same_files

PEOPLE = 3


class SendScene:
    def __init__(self, host, server):
        self.host, self.server = host, server
        self.post = Post(host, server.url, people=PEOPLE, mail="connections = 1")
        self.post.scan()
        self.pattern = host.root + "-pattern"
        for folder in (STATE, MAIL):
            shutil.copytree(host.path(folder), os.path.join(self.pattern, folder))
        self.second = self.post.second

    def renew(self):
        """As it was before the send; nobody has got a mail. Shadow stays the file that scan saw."""
        reset(self.host)
        for folder in (STATE, MAIL):
            shutil.copytree(os.path.join(self.pattern, folder), self.host.path(folder))
        self.post.second = self.second
        self.server.mails.clear()

    def untouched(self):
        """Whether it is as before: then what follows is known."""
        return not self.server.mails and all(
            same_files(self.host.path(folder), os.path.join(self.pattern, folder))
            for folder in (STATE, MAIL))

    def look(self, code):
        """What is wrong with a run that ended with this code, and with those behind it."""
        before = state_of(self.post, self.server)
        received, states = before
        sent = {*received.values()} == {1} and {*states.values()} == {"sent"}
        # What seems to be of another day or policy is not mailed: a scan is asked for.
        if code == 0 and not sent and not os.path.exists(self.host.path(f"{MAIL}/scan-wanted")):
            return f"said success, but {before}"
        if self.untouched():
            return ""
        try:
            check(self.post, self.server, before, code)
        except AssertionError as error:
            return f"afterwards: {error}"
        return ""
