"""A story, read for judging: which password can be the current one, and which were."""

import collections

import story


class Unjudged(Exception):
    """It can't be said whether the invariants hold; the text says why."""


class Try:
    """A change that was begun. Places are lines of the story; end: None while it goes on."""

    def __init__(self, name, password, begin):
        self.name, self.password, self.begin = name, password, begin
        self.end, self.outcome = None, None

    def over_before(self, other):
        return self.end is not None and self.end < other.begin


class Told:
    def __init__(self, path):
        try:
            lines = story.read(path)
        except (OSError, ValueError) as error:
            raise Unjudged(f"the story: {error}") from error
        self.tries, self.cuts, self.due, self.asked = {}, [], [], {}
        self.begun, self.settled, self.place = False, False, 0
        for self.place, line in enumerate(lines):
            what = line.get("what") if isinstance(line, dict) else None
            take = getattr(self, f"take_{what}", None)
            if not take or self.begun == (what == "begin"):
                raise Unjudged(f"the story, line {self.place + 1}: {what!r} can't stand there")
            try:
                take(line)
            except (KeyError, TypeError) as error:
                raise Unjudged(f"the story, line {self.place + 1}: {error!r}") from error
        if not self.begun:
            raise Unjudged("the story has no beginning")
        self.by_name = collections.defaultdict(list)
        for attempt in self.tries.values():
            self.by_name[attempt.name].append(attempt)

    def take_begin(self, line):
        self.begun, self.today, self.remember = True, line["today"], line["remember"]
        self.shadow, self.passwords = line["shadow"], line["passwords"]
        self.passwd = line.get("passwd")

    def take_try(self, line):
        self.tries[line["id"]] = Try(line["name"], line["password"], self.place)
        self.settled = False

    def take_end(self, line):
        attempt = self.tries[line["id"]]
        attempt.end, attempt.outcome = self.place, line["what"]

    take_done = take_refused = take_unknown = take_end

    def take_asked(self, line):
        self.asked.update({name: self.place for name in line["names"]})

    def take_day(self, line):
        self.today = line["today"]

    def take_cut(self, line):
        self.cuts.append((line["copies"], line.get("names")))
        self.settled = False

    def take_due(self, line):
        self.due += [(name, line.get("deadline")) for name in line["names"]]
        self.settled = False

    def take_settled(self, _):
        self.settled = True

    def names(self):
        """Everybody whose passwords are told of."""
        return sorted({*self.passwords, *self.by_name})

    def acknowledged(self, name):
        """In the order of their answers."""
        done = [attempt for attempt in self.by_name[name] if attempt.outcome == "done"]
        return sorted(done, key=lambda attempt: attempt.end)

    def possible(self, name):
        """(passwords that can be the current one, whether the one of the beginning can)."""
        done = self.acknowledged(name)
        return [attempt.password for attempt in self.by_name[name] if attempt.outcome != "refused"
                and not any(attempt.over_before(other) for other in done)], not done

    def were_current(self, name):
        """Passwords that certainly were, the oldest first, each at its last place."""
        every = [*self.passwords.get(name, ()),
                 *(attempt.password for attempt in self.acknowledged(name))]
        return [word for place, word in enumerate(every) if word not in every[place + 1:]]

    def perhaps_current(self, name):
        return {attempt.password for attempt in self.by_name[name]
                if attempt.outcome not in ("done", "refused")}

    def secrets(self):
        """(name, password) of all that were ever one, or were to be."""
        return sorted({(name, word) for name, words in self.passwords.items() for word in words} | {
            (attempt.name, attempt.password) for attempt in self.tries.values()})

    def free_to_stay(self, name, expired):
        """Whether nobody may make name change. expired: at the beginning."""
        done = self.acknowledged(name)
        asked = self.asked.get(name, -1)
        if done and done[-1].begin > asked:
            return True
        return asked < 0 and not expired
