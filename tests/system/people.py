"""The people of the tables: who they are, and the past that brought them into their state."""

from dataclasses import dataclass

import world
from callers import OLD

NOW = world.DAY_NOW


@dataclass(frozen=True)
class Person:
    """day: when the present password was set, in days from now. twin_of: whose uid it shares."""

    name: str
    groups: str
    day: int
    system: bool = False
    twin_of: str = ""


# People whose aging pam_unix alone judges, by chage(1)'s options; {day} is today.
STOCK = {
    "valid": (-10, {"-M": 60}),
    "warned": (-57, {"-M": 60, "-W": 10}),
    "expired": (-61, {"-M": 60}),
    "asked": (0, {}),
    "inactive": (-90, {"-M": 60, "-I": 5}),
    "ended": (-10, {"-E": -1}),
    "locked": (-10, {}),
    "keyonly": (-10, {}),
}

OURS = (
    Person("valid", "providers", -10),
    Person("warned", "providers", -57),
    Person("expired", "providers", -60),
    Person("overdue", "providers", -75),
    Person("denied", "strict", -60),
    Person("keyed", "keyholders", -60),
    Person("floor", "", -100),
    Person("asked", "providers", -10),
    Person("inactive", "oldies", -100),
    Person("ended", "providers", -10),
    Person("locked", "providers", -60),
    Person("keyonly", "providers", -60),
    Person("uncovered", "", -60, system=True),
    Person("exempt", "providers,robots", -60),
    Person("twin", "providers", -10, twin_of="overdue"),
    Person("off", "", -60),
    Person("watched", "watchers", -60),
    Person("reminded", "reminders", -60),
)

GROUPS = ("providers", "strict", "keyholders", "oldies", "watchers", "reminders", "robots")

CONFIGURATION = """\
[policy]
mode = off
[group strict]
mode = enforce
expired = deny
[group keyholders]
mode = enforce
key_login = enforce
[group oldies]
mode = enforce
inactive_days = 30
[group watchers]
mode = watch
[group reminders]
mode = remind
[group providers]
mode = enforce
[exempt]
groups = robots
[web]
base_url = https://%H:9443
support = https://help.example.com/
"""


def add(name, groups="", system=False, twin_of="", password=OLD):
    """A user with a password, the test's key and the right to use sudo."""
    groups = ",".join(filter(None, ["sudoing", groups]))
    kind = ["--system"] if system else []
    if twin_of:
        kind += ["-o", "-u", world.run("id", "-u", twin_of).strip()]
    world.run("useradd", "-m", "-s", "/usr/local/bin/test-shell", "-G", groups, *kind, name)
    if password:
        world.set_password(name, password)
    world.authorize(name)


def lock_out():
    """The two who have no usable password."""
    world.run("usermod", "-L", "locked")
    world.run("usermod", "-p", "*", "keyonly")


def make_stock():
    """pam_unix's people: nothing but shadow fields."""
    add("runner")
    for name, (day, options) in STOCK.items():
        add(name)
        world.run("chage", "-d", world.date_of(NOW + day), name)
        for option, value in options.items():
            value = world.date_of(NOW + value) if option == "-E" else str(value)
            world.run("chage", option, value, name)
    world.run("chage", "-d", "0", "asked")
    lock_out()


def make_ours(clock):
    """Play the past: on each day the passwords of that day are set, and scan runs."""
    world.CONFIG.write_text(CONFIGURATION)
    for group in GROUPS:
        world.run("groupadd", "-f", group)
    clock.set(NOW - 100)
    add("runner")
    world.run("vseectl", "apply")
    for day in sorted({person.day for person in OURS} | {-3}):
        clock.set(NOW + day)
        for person in OURS:
            if person.day == day:
                add(person.name, person.groups, person.system, person.twin_of)
        if day == -3:
            world.run("usermod", "-a", "-G", "providers", "floor")
        world.scan(clock)
    arrive(clock)


def arrive(clock):
    """Today: what administrators did last, the last scan, and one person whom no scan has seen."""
    clock.set(NOW - 1)
    lock_out()
    clock.set(NOW)
    world.run("chage", "-E", world.date_of(NOW - 1), "ended")
    world.run("chage", "-d", "0", "asked")
    world.scan(clock)
    add("unenrolled", "providers")
    world.run("chage", "-d", world.date_of(NOW - 61), "unenrolled")
    clock.set(NOW, clock.second)
