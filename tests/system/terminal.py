"""A program on a pseudo-terminal that is driven by the prompts it shows."""

import os
import pty
import pwd
import re
import select
import signal
import termios
import time
from dataclasses import dataclass, field

STOP = object()  # an answer that ends the conversation
ENVIRONMENT = {"LANG": "C.UTF-8", "TERM": "dumb", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}


@dataclass
class Answer:
    """Reply to a prompt, at most `times` times; the next time ends the conversation."""

    name: str
    pattern: str
    reply: object
    times: int = 1


@dataclass
class Outcome:
    """What a conversation came to. status is None where the program had to be killed."""

    text: str = ""
    status: object = None
    events: list = field(default_factory=list)


def become(user):
    """Turn this process into the user, as a login would."""
    entry = pwd.getpwnam(user)
    os.initgroups(user, entry.pw_gid)
    os.setresgid(entry.pw_gid, entry.pw_gid, entry.pw_gid)
    os.setresuid(entry.pw_uid, entry.pw_uid, entry.pw_uid)
    os.chdir("/")


def environment(user):
    entry = pwd.getpwnam(user)
    return {**ENVIRONMENT, "HOME": entry.pw_dir, "USER": user, "LOGNAME": user}


class Terminal:
    """Runs argv as user on a terminal of its own."""

    def __init__(self, argv, user="root", variables=None):
        self.text = ""
        self.unread = ""
        self.status = None
        env = {**environment(user), **(variables or {})}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                become(user)
                os.execvpe(argv[0], argv, env)
            finally:
                os._exit(127)

    def exited(self):
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status is not None

    def read(self, seconds):
        """Take what the program wrote. False at its end. login(1) hangs its terminal up: wait."""
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 65536).decode("utf-8", "replace")
        except OSError:
            if self.exited():
                return False
            time.sleep(0.02)
            return True
        self.text += data
        self.unread += data
        return True

    def echoes(self):
        return bool(termios.tcgetattr(self.fd)[3] & termios.ECHO)

    def send(self, line):
        """Type a line. A program that is about to switch echo off would flush it: wait for that."""
        end = time.monotonic() + 0.15
        while self.echoes() and time.monotonic() < end:
            time.sleep(0.005)
        time.sleep(0.02)
        self.unread = ""
        os.write(self.fd, line.encode() + b"\r")

    def expect(self, pattern, seconds=20):
        """Wait for a pattern; the text up to it. None when it did not come."""
        end = time.monotonic() + seconds
        more = True
        while True:
            match = re.search(pattern, self.unread)
            if match:
                before = self.unread[: match.end()]
                self.unread = self.unread[match.end():]
                return before
            if not more or time.monotonic() > end:
                return None
            more = self.read(0.2)

    def answer(self, answers, events):
        """React to the prompt shown now, if it is one. False: the conversation is over."""
        prompt = self.unread.rsplit("\n", 1)[-1]
        for answer in answers:
            if not re.search(answer.pattern, prompt):
                continue
            events.append(answer.name)
            if answer.reply is STOP or events.count(answer.name) > answer.times:
                return False
            self.send(answer.reply)
            return True
        return True

    def converse(self, answers, seconds=30):
        """Answer prompts until the program ends."""
        end = time.monotonic() + seconds
        events = []
        while self.read(0.2):
            if not self.answer(answers, events):
                break
            if time.monotonic() > end:
                events.append("timeout")
                break
        return Outcome(self.text.replace("\r\n", "\n"), self.close(), events)

    def close(self):
        """End the program if it still runs; its exit status if it ended by itself."""
        ended = self.exited()
        if not ended:
            os.kill(self.pid, signal.SIGHUP)
            self.reap()
        os.close(self.fd)
        return self.status if ended else None

    def reap(self):
        for _ in range(100):
            if self.exited():
                return
            time.sleep(0.01)
        os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.status = os.waitstatus_to_exitcode(status)
