#!/usr/bin/env python3
"""The root's side of journey.mjs: commands as lines of JSON on standard input, an answer to each.

  {"do": "begin"}                                            the host, its people, the page
  {"do": "login", "user": "dora", "password": "...", "method": "kbdint"}      over sshd
  {"do": "mails"}                                            what the timers do, and who has a link
"""

import json
import os
import re
import sys

import callers
import people
import post
import world
from page import Page

NOW = world.DAY_NOW
CONFIGURATION = """\
[policy]
mode = off
[group strict]
mode = enforce
expired = deny
[group providers]
mode = enforce
[web]
base_url = {url}
support = https://help.example.com/
login_page = https://app.example.com/login
[mail]
smtp = smtp://localhost:25
from = Help desk <help@example.com>
addresses = domain
domain = example.com
"""
# Each with the day on which the password was set.
PEOPLE = (("dora", "strict", -60), ("erik", "strict", -60), ("maria", "providers", -57))
TOLD = -10  # nobody is refused who was never reminded


class Host:
    def __init__(self):
        self.page = Page()
        self.journal, self.clock = world.Journal(), world.Clock()
        self.sshd = self.postfix = None

    def begin(self):
        world.make_shell()
        world.make_surroundings()
        world.install_programs()
        world.install_mail()
        world.install_stack()
        world.CONFIG.write_text(CONFIGURATION.format(url=self.page.url))
        self.clock.set(NOW - 60)
        for group in {group for _, group, _ in PEOPLE}:
            world.run("groupadd", group)
        world.run("vseectl", "apply")
        self.postfix = post.Postfix()
        self.postfix.start()
        for day in (*sorted({day for _, _, day in PEOPLE}), TOLD, 0):
            self.clock.set(NOW + day)
            for name, group, since in PEOPLE:
                if since == day:
                    people.add(name, group)
            world.scan(self.clock)
            if day == TOLD:
                self.mails()
        self.sshd = world.Sshd()
        self.page.start()
        return {"origin": self.page.url, "password": callers.OLD}

    def login(self, user, password, method):
        """What came of it, and the link as it stands in the message, however wide the terminal."""
        argv = callers.ssh(method, user, "-tt", f"{user}@127.0.0.1")
        word, outcome = callers.interactive(argv, user, old=password)
        message = re.sub(r"\s*\n\s*", "", outcome.text)
        found = re.search(r"Update Password: (https://[^\s\[(]+)", message)
        return {"word": word, "link": found and found[1]}

    def mails(self):
        world.run("reminderd")
        return {user: re.findall(r"https://\S+", mail.get_body(("plain",)).get_content())
                for user, mail in self.postfix.arrived()}

    def end(self):
        for server in (self.page, self.sshd, self.postfix):
            if server:
                server.stop()


def main():
    if not world.SOURCE.is_dir():
        sys.exit("journey.py changes accounts: journey.sh runs it in a throw-away root")
    commands = os.fdopen(os.dup(0))
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    host = Host()
    try:
        for line in commands:
            command = json.loads(line)
            print(json.dumps(getattr(host, command.pop("do"))(**command)), flush=True)
    finally:
        host.end()


if __name__ == "__main__":
    main()
