"""The booted host of the soak: packages as shipped, people with a past, a mail server, a page."""

import pathlib
import time

import booted
import booted_mail
import booted_page
import soak_people as people
import world

START = world.DAY_NOW
SECOND = 2 * 3600
SCAN, SEND = "reminderd-scan.service", "reminderd-send.service"
FRONT = "vsee-web.service"
SINK = pathlib.Path("/run/sink")
TAKEN = SINK / "taken"
DUE = world.MAIL / "due"
PASSWORD = "Quince-Lorry-86"
# tmpfs of their own, to be filled and to be made read-only.
SIZES = {world.STATE: "8m", world.MAIL: "32m"}
# First letter of a name: group, how many, and how many days ago each one's password was set.
GROUPS = {
    "p": ("providers", 20, range(30, 62)),
    "q": ("quick", 16, range(0, 5)),
    "m": ("providers", 12, range(46, 58)),
    "d": ("strict", 6, range(55, 62)),
    "c": ("providers", 4, range(10, 20)),
    "r": ("providers", 4, range(10, 20)),
    "n": ("", 2, range(100, 102)),
}
# Their history is not judged: n are not covered, r are reset at any time; see people.calm().
FORGETTABLE = "nr"
CONFIGURATION = f"""\
[policy]
mode = off
[group quick]
mode = enforce
max_days = 5
notice_days = 1
reminders = 3 1
[group strict]
mode = enforce
expired = deny
[group providers]
mode = enforce
{booted_mail.CONFIGURATION}[web]
base_url = https://%H:{booted_page.PORT}
support = https://help.example.com/
source_failures = 10000
throttle_minutes = 5
"""


def everybody():
    return [f"{letter}{number:02}" for letter, (_, count, _) in GROUPS.items()
            for number in range(count)]


def named(letters):
    return [name for name in everybody() if name[0] in letters]


def drop_in(unit, text):
    folder = pathlib.Path(f"/etc/systemd/system/{unit}.d")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "soak.conf").write_text(text)


def make_people(rng):
    """Their shadow lines as another tool would have left them, with a max of its own."""
    shell = world.make_shell()
    for folder in (people.KNOWN, people.LOCKS):
        folder.mkdir(parents=True)
    people.ACTS.touch()
    for group in ("providers", "quick", "strict"):
        world.run("groupadd", "-f", group)
    world.run("useradd", "-M", "-d", "/", "-s", shell, "runner")
    first = {}
    for name in everybody():
        group = GROUPS[name[0]][0]
        world.run("useradd", "-M", "-d", "/", "-s", shell, *(("-G", group) if group else ()), name)
        first[name] = people.fresh(rng)
        people.Person(name).learn("+", first[name])
    world.run("chpasswd", "-c", "YESCRYPT",
              text="".join(f"{name}:{word}\n" for name, word in first.items()))
    for name in everybody():
        days = GROUPS[name[0]][2]
        set_on = START - days[int(name[1:]) % len(days)]
        most = people.LIFETIMES.get(name[0], people.LIFETIME)
        world.run("chage", "-d", world.date_of(set_on), "-M", str(most), name)
    return first


def mount():
    for folder, size in SIZES.items():
        folder.mkdir()
        world.run("mount", "-t", "tmpfs", "-o", f"mode=755,size={size}", "tmpfs", str(folder))


def start_sink():
    """As a service, so that it can be stopped and started again."""
    unit = pathlib.Path("/etc/systemd/system/soak-sink.service")
    if not unit.exists():
        SINK.mkdir()
        (SINK / "password").write_text(PASSWORD)
        unit.write_text("[Service]\nEnvironment=PYTHONDONTWRITEBYTECODE=1\nExecStart=/usr/bin/"
                        f"python3 {world.SOURCE}/tests/system/sink.py {SINK}\n")
        world.run("systemctl", "daemon-reload")
    world.run("systemctl", "start", "soak-sink")


def start_mail():
    start_sink()
    booted_mail.encrypt(PASSWORD)


def start_sshd():
    """Of each connection it starts itself anew, and so sees the day as it is then."""
    options = [word for option in world.Sshd.OPTIONS for word in ("-o", option)]
    world.run("systemd-run", "--unit=soak-sshd", "/usr/sbin/sshd", "-D", "-p", world.PORT, *options)
    world.Sshd.await_port()


def idle(unit):
    return booted.state_of(unit, "is-active") not in ("active", "activating", "deactivating")


def run_unit(unit):
    """Start it, and wait for its end. A run that must see the time twice would be waited for for an
    hour; here no time leaps that far."""
    world.run("timeout", "100", "systemctl", "start", unit, codes=None)
    return booted.await_true(lambda: idle(unit), 100)


def scan_and_send():
    return run_unit(SCAN) and run_unit(SEND) and booted.await_true(lambda: idle(SCAN), 60)


def prepare(clock, rng):
    """Six quiet days: who is to be expired at the beginning has been told, and is."""
    clock.set(START - 6, SECOND)
    world.make_surroundings()
    first = make_people(rng)
    mount()
    booted.install(booted.DEBS)
    for unit in (SCAN, SEND):  # what starts them all the time is the test
        drop_in(unit, "[Unit]\nStartLimitIntervalSec=0\n")
    world.CONFIG.write_text(CONFIGURATION)
    start_mail()
    world.run("vseectl", "enable", "--mode", "enforce", "--group", "providers")
    booted_page.certificate()
    world.run("systemctl", "enable", "--now", booted_page.SOCKET)
    for day in range(-6, 1):
        clock.set(START + day, SECOND)
        scan_and_send()
    start_sshd()
    return first


def begin(first):
    story = people.Story(people.STORY, durable=False)
    story.begin(START, pathlib.Path("/etc/shadow").read_text(),
                {name: [word] for name, word in first.items() if name[0] not in FORGETTABLE},
                people.REMEMBER, passwd=pathlib.Path("/etc/passwd").read_text())


def next_day(clock):
    """Midnight passes for all that is started from now on."""
    day = clock.day + 1
    names = [name for name in everybody() if people.Person(name).may_be_asked(day)]
    story = people.Story(people.STORY, durable=False)
    story.tell("asked", names=names)
    story.tell("day", today=day)
    clock.set(day, SECOND)
    people.note("clock", "next day")


def days_pass(clock, until, every):
    """One process: it alone sets the clock. No day passes without a scan, for a leap of more than
    two days would have to be seen twice, an hour apart."""
    while time.monotonic() + every < until:
        time.sleep(every)
        if booted.await_true(lambda: f"last {clock.day}\n" in booted.last_scan(), 120):
            next_day(clock)


def today():
    """The day that programs started now see."""
    offset = int(world.OFFSET_FILE.read_text())
    return int(time.time() + offset) // 86400
