#!/usr/bin/env python3
"""The clock goes wrong and comes back: nobody is locked out, nothing is mailed twice.

clock.py BUILD [--only WORD]    booted guests with systemd, whose clocks are set
"""

import argparse
import datetime
import pathlib
import re
import shutil
import sys
import time
import zoneinfo

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "invariants"), str(HERE.parent / "system")]

import machine  # noqa: E402
from booted_host import (  # noqa: E402
    GOOD, NOTED, PAST, REFUSED, SERVICE, TIMER, Host, number)
from results import Results  # noqa: E402
from verdict import Quiet  # noqa: E402

TRUTH = datetime.date(2031, 3, 3)
A_DAY = datetime.timedelta(1)
HOW_TO_GO_ON = "reminderd scan --accept-clock"

# A date that is wrong for a while, and what a scan does then.
LEAPS = (
    ("two seconds before 32 bits are full", "2038-01-19 03:14:05", REFUSED),
    ("2040", "2040-02-29 12:00:00", REFUSED),
    ("1970", "1970-01-02 00:00:30", REFUSED),
    ("before the release", "2026-01-01 12:00:00", REFUSED),
    ("a day back", "2031-03-02 12:00:00", NOTED),
    ("three days ahead", "2031-03-06 12:00:00", NOTED),
    ("a year ahead", "2032-03-03 12:00:00", NOTED),
)
# Days after the truth: when anna's password ends, and until then every other one and those that
# matter.
HER_END = 45
HER_DAYS = (*range(1, 42, 2), 42, 44)
# A zone, and a day on which its clocks change.
NIGHTS = (
    ("Europe/Berlin", datetime.date(2031, 3, 30)),
    ("America/New_York", datetime.date(2031, 11, 2)),
)
# A run is waited for by the calendar, or where that was led astray by the time since the last one.
HOURS = 26


def noon(day):
    return f"{day} 12:00:00"


def leaps(host):
    """Wrong for less than an hour: nothing is done, and all is as before."""
    host.boot(noon(TRUTH).replace(" ", "T"))
    before = sorted(host.mails)
    for name, date, code in LEAPS:
        host.at(date)
        host.expect(f"{name}: a scan does nothing", code, host.scan())
        host.send()
        host.logins(name)
        status = host.ran("vseectl", "status")[1]
        host.expect(f"{name}: status says how to go on", True, HOW_TO_GO_ON in status)
        host.expect(f"{name}: nobody is mailed", before, sorted(host.mails))
        host.at(f"{TRUTH} 13:00:00")
        back(host, f"{name}, and back", before)
    host.judge("leaps")


def back(host, name, before):
    """The clock is right again."""
    host.expect(f"{name}: a scan goes on by itself", GOOD, host.go_on())
    host.expect(f"{name}: it is today's", number(TRUTH), host.scanned_on())
    host.check_truth(name)
    host.expect(f"{name}: nobody is mailed again", before, sorted(host.mails))
    hours = host.wait()
    host.expect(f"{name}: the timer runs tomorrow", True,
                hours is not None and 0 <= hours <= HOURS or hours)


def stepped(host):
    """A clock is a year ahead, and is set while the daily run is under way."""
    slow = "/etc/systemd/system/reminderd-scan.service.d/slow.conf"
    host.boot(noon(TRUTH).replace(" ", "T"))
    host.guest.ask("write", path=slow, text="[Service]\nExecStartPre=sleep 5\n")
    host.guest.run("systemctl", "daemon-reload")
    before = sorted(host.mails)
    host.guest.run("date", "-s", "2032-03-03 12:00:00")
    time.sleep(1)
    host.expect("the timer starts a run", ["start-pre"], host.state(SERVICE))
    host.guest.run("date", "-s", f"{TRUTH} 13:00:00")
    host.quiet()
    back(host, "stepped, and back", before)
    host.judge("stepped")


def believe(host, name, date):
    """A date that scans take, after an hour."""
    host.at(date)
    host.scan()
    host.guest.run("date", "-s", "+3700 seconds")
    host.expect(f"{name}: a scan goes on", GOOD, host.run_daily())


def believed(host):
    """Wrong for so long that scans believed it, and back; then the days until anna's own date."""
    host.boot(noon(TRUTH).replace(" ", "T"))
    host.guest.run("systemctl", "stop", TIMER)
    for name, date, told in (("a day ahead, believed", TRUTH + A_DAY, ["ben"]),
                             ("a day back, believed", TRUTH - A_DAY, []),
                             ("months ahead, believed", TRUTH + 92 * A_DAY, ["anna"])):
        before = sorted(host.mails)
        believe(host, name, noon(date))
        believe(host, f"{name}, and back", f"{TRUTH} 15:00:00")
        host.check_truth(f"{name}, and back")
        host.expect(f"{name}, and back: who was told", sorted(before + told), sorted(host.mails))
        host.judge(f"{name}, and back")
    for days in HER_DAYS:
        host.at(noon(TRUTH + days * A_DAY))
        host.expect(f"{days} days later: a scan goes on", GOOD, host.run_daily())
    host.logins("on her last day", ("anna",))
    host.expect("anna is told of her own date three times", 3,
                host.guest.ask("sent", name="anna", deadline=number(TRUTH) + HER_END))
    host.at(noon(TRUTH + HER_END * A_DAY))
    host.run_daily()
    host.demanded("on the day itself", "anna")
    host.story.tell("asked", names=["anna", "ben"])
    host.story.tell("day", today=number(TRUTH) + HER_END)
    host.judge("all of it", ("anna", "ben", "cleo"))


def awoken(rtc):
    """No true time at a boot: systemd's idea of it, until the network says better."""
    def play(host):
        host.boot(rtc)
        before, found = sorted(host.mails), host.now()
        print(f"# after the boot the clock says {found}")
        host.expect("the clock is wrong", True, found < "2031")
        host.expect("a scan does nothing", REFUSED, host.scan())
        host.send()
        host.logins("before the clock is set")
        host.expect("nobody is mailed", before, sorted(host.mails))
        status = host.ran("vseectl", "status")[1]
        host.expect("status says how to go on", True, HOW_TO_GO_ON in status)
        host.at(f"{TRUTH} 13:00:00")
        back(host, "the clock is set", before)
        host.judge("the clock is set")
    return play


def change_of(there, day):
    """The instant on that day at which the zone's clocks change."""
    begin = int(datetime.datetime.combine(day, datetime.time(), there).timestamp())
    offsets = [datetime.datetime.fromtimestamp(begin + minutes * 60, there).utcoffset()
               for minutes in range(24 * 60)]
    return begin + 60 * next(minutes for minutes, offset in enumerate(offsets)
                             if offset != offsets[0])


def started(host):
    return host.guest.run("systemctl", "show", "-P", "ExecMainStartTimestampMonotonic",
                          SERVICE).strip()


def night(zone, day):
    """A night in which clocks are changed: ben's last one, the second of three."""
    def play(host):
        there = zoneinfo.ZoneInfo(zone)
        host.guest.run("ln", "-sf", f"/usr/share/zoneinfo/{zone}", "/etc/localtime")
        changed = change_of(there, day)
        for date in (day - A_DAY, day, day + A_DAY):
            name, before = f"{zone} {date}", started(host)
            host.at(f"@{changed + (date - day).days * 86400 - 2}")
            time.sleep(3)
            host.expect(f"{name}: no run while clocks change", before, started(host))
            with_time = ("anna", "plain", "ben")[:3 if date <= day else 2]
            host.logins(f"{name}, as clocks change", with_time)
            host.at(f"{date} 04:14:57")
            time.sleep(5)
            host.quiet()
            host.expect(f"{name}: the timer starts the run", True, before != started(host))
            today = int(host.guest.run("date", "-u", "+%s")) // 86400
            host.expect(f"{name}: the run goes through", today, host.scanned_on())
            host.logins(f"{name}, after the run", with_time)
        host.demanded(f"{zone}: the day after", "ben")
        instant = datetime.datetime.fromtimestamp((number(host.truth) + HER_END) * 86400, there)
        text = host.guest.run("vseectl", "explain", "anna")
        told = re.findall(r"[-\d]{10} [:\d]{5} \w+", text)
        host.expect(f"{zone}: a deadline is told in the zone's time", True,
                    instant.strftime("%Y-%m-%d %H:%M %Z") in told or told)
        host.story.tell("asked", names=["ben"])
        host.story.tell("day", today=number(day + A_DAY))
        host.judge(zone)
    return play


# Those that go on from the true day, and those that have a disk of their own: the truth there.
STORIES = {"leaps": leaps, "stepped": stepped, "believed": believed,
           "rtc-of-1970": awoken("1970-01-01T00:00:00"), "no-rtc": awoken(None)}
OWN = {f"night-{zone.split('/')[1]}-{day}": (night(zone, day), day - A_DAY)
       for zone, day in NIGHTS}


def begin_of(truth):
    return noon(truth - PAST[0] * A_DAY).replace(" ", "T")


def prepare(folder):
    """A disk with programs and people."""
    guest = machine.Machine(folder, folder / "disk.img", rtc=begin_of(TRUTH))
    try:
        guest.ready()
        guest.ask("prepare_timed", seconds=300)
        guest.stop()
    finally:
        guest.cut()
    shutil.move(folder / "disk.img", folder / "prepared.img")


def live(host):
    """The days before the truth."""
    host.new(host.folder / "prepared.img")
    host.boot(begin_of(host.truth))
    host.live()


def tell(name, play, host):
    print(f"# {name}", flush=True)
    try:
        play(host)
    finally:
        host.close()


def play_all(folder, results, only):
    prepare(folder)
    chosen = {name: play for name, play in STORIES.items() if only in name}
    if chosen:
        host = Host(folder, results, TRUTH)
        tell("the days before", lambda host: (live(host), host.keep(folder / "lived")), host)
    for name, play in chosen.items():
        host = Host(folder, results, TRUTH)
        host.resume(folder / "lived")
        tell(name, play, host)
    for name, (play, truth) in OWN.items():
        if only in name:
            tell(name, lambda host, play=play: (live(host), play(host)),
                 Host(folder, results, truth))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    results, folder = Results(Quiet), machine.scratch(arguments.build)
    try:
        play_all(folder, results, arguments.only)
    finally:
        shutil.rmtree(folder)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
