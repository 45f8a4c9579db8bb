"""What was done to a host and what was answered: the story that the invariants are judged by.

A story is a file of JSON lines. Each is appended whole, and before the thing is begun (or behind
its answer), so that a driver that dies in between has not told more than was true. Keys of a line:

what  one of the words below; the others depend on it
      begin    the host as it was: today (days since 1970-01-01), shadow (the file's text),
               remember, passwords {name: [oldest ..., current]} of those whose history is kept:
               of others no password need be forbidden. passwd: that file's text, where nothing is
               to change it. The first line; once.
      try      a change of name's password to password begins; id. Any way counts: passwd, the page,
               an administrator's reset
      done     it was answered with success; id
      refused  it was answered with a refusal, "nothing was changed"; id
      unknown  it is over, by death or without a certain answer; id. (A try that never ended may
               still go on: it can come behind everything that follows.)
      asked    names who may be made to change from now on, until they have: an administrator asked,
               or their password was let expire
      day      today is another one: the host's clock was set, or midnight passed
      cut      a run that sends was killed, or lost its power; copies: how many mails its server
               may have taken without a row that says sent (a late commit, one on its way).
               names: whose they can be, where that is known
      due      names that must have a mail when all is settled; deadline (days, optional)
      settled  scan and send ran until nothing was open, at least once behind the last fault, and
               nothing disturbs any more: a try, cut or due behind it ends that
name, password, id
      the account, the new password (a test's), a word that is never used twice
"""

import json
import os


class Story:
    """durable: it outlives a loss of power, at the cost of a wait for the disk at each line."""

    def __init__(self, path, durable=True):
        self.path, self.durable = path, durable

    def tell(self, what, **fields):
        line = json.dumps({"what": what, **fields}) + "\n"
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(line)
            if self.durable:
                file.flush()
                os.fsync(file.fileno())

    def begin(self, today, shadow, passwords, remember=6, **more):
        self.tell("begin", today=today, shadow=shadow, passwords=passwords, remember=remember,
                  **more)

    def attempt(self, name, password):
        """An id for what was begun: to be ended by done, refused or unknown."""
        number = os.urandom(6).hex()  # other processes, and other boots, tell the same story
        self.tell("try", id=number, name=name, password=password)
        return number

    def end(self, number, what):
        self.tell(what, id=number)


def read(path):
    """The lines of a story; a last one that was cut off is left out."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.endswith("\n")]
