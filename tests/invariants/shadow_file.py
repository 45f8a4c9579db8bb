"""shadow(5) and passwd(5) as a story says that they must be."""

import collections
import re

from hashing import makes

FIELDS = ("name", "hash", "change", "min", "max", "warn", "inactive", "expire", "flag")
NUMBERS = FIELDS[2:]
# What is never ours to change, whoever changed a password. (max and warn are mirrored.)
KEPT = ("min", "inactive", "expire", "flag")
Line = collections.namedtuple("Line", FIELDS)


def line_of(text):
    return Line(*(text.split(":") + [""] * len(FIELDS))[:len(FIELDS)])


def lines_of(text):
    """By name; of two lines the first counts, as for pam_unix."""
    found = {}
    for line in text.split("\n"):
        if line:
            found.setdefault(line.split(":")[0], line_of(line))
    return found


def number(text):
    """A day or a count of days; None where nothing stands."""
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) and int(text) >= 0 else None


def must_change(line, today):
    """By shadow alone, as the strictest pam_unix has it: an empty date with a max is expired."""
    changed, most = number(line.change), number(line.max)
    if changed == 0:
        return "the last change is 0"
    if changed is None:
        return "a max without a date" if most is not None else ""
    return "date and max have passed" if most is not None and changed + most <= today else ""


def text_whole(text, before, colons):
    """What is wrong with a file of lines, by name."""
    if not text.endswith("\n"):
        yield "-", "the last line is cut, or the file is empty"
    known = set(before.split("\n"))
    for place, line in enumerate(text.split("\n")[:-1], 1):
        if line.count(":") != colons and line not in known:
            yield line.split(":")[0], f"line {place} has {line.count(':')} colons"
    names = [[line.split(":")[0] for line in lines.split("\n") if line] for lines in (text, before)]
    gone = [name for name in names[1] if name not in set(names[0])]
    new = [name for name in names[0] if name not in set(names[1])]
    yield from ((name, "its line is missing") for name in gone)
    yield from ((name, "a line that was not there") for name in new)
    if not gone and not new and names[0] != names[1]:
        yield "-", "lines stand twice or in another order"


def whole(told, given):
    if given.shadow is not None:
        for name, what in text_whole(given.shadow, told.shadow, 8):
            yield name, f"shadow: {what}"
        before = lines_of(told.shadow)
        for name, line in lines_of(given.shadow).items():
            bad = [field for field in NUMBERS if getattr(line, field)
                   and not re.fullmatch(r"-?\d{1,18}", getattr(line, field))]
            if bad and line != before.get(name):
                yield name, f"shadow: no number in {' '.join(bad)}"
    if given.passwd is not None:
        before = given.passwd if told.passwd is None else told.passwd
        for name, what in text_whole(given.passwd, before, 6):
            yield name, f"passwd: {what}"
        if told.passwd is not None and told.passwd != given.passwd:
            yield "-", "passwd: not the text of the beginning"


def others(told, given):
    after = lines_of(given.shadow)
    for name, before in lines_of(told.shadow).items():
        line = after.get(name)
        if not line:
            continue  # shadow-whole says so
        for field in KEPT:
            if getattr(line, field) != getattr(before, field):
                yield name, f"{field} was changed"
        if told.by_name.get(name):
            continue
        if line.hash != before.hash:
            yield name, "another hash, and nobody tried"
        # 0 is scan's, or an administrator's; what stood before a 0 may come back.
        if line.change not in (before.change, "0") and before.change != "0":
            yield name, "another date of the last change, and nobody tried"


def true(told, given):
    after, first = lines_of(given.shadow), lines_of(told.shadow)
    for name, tries in told.by_name.items():
        line, before = after.get(name), first.get(name)
        if not tries or not line:
            continue
        passwords, first_possible = told.possible(name)
        if first_possible and before and line.hash == before.hash:
            continue
        if any(makes(password, line.hash) for password in passwords):
            continue
        yield name, what_stands(told, name, line.hash, before, passwords)


def what_stands(told, name, stored, before, possible):
    """For people: whose hash it is that should not be there."""
    for attempt in reversed(told.by_name[name]):
        if attempt.password not in possible and makes(attempt.password, stored):
            return ("a refused password stands there" if attempt.outcome == "refused"
                    else "an acknowledged password is missing: an earlier one stands there")
    if before and stored == before.hash:
        return "an acknowledged password is missing: the first one stands there"
    if any(makes(password, stored) for password in told.passwords.get(name, ())):
        return "an earlier password stands there, and no try set it"
    return "a hash that nobody set"
