"""In the guest: programs, stack and people, on a fresh disk."""

import os
import pathlib
import shutil
import time

import world

PORT = 2525
CHANGERS = ("chloe", "cyril", "clara", "conny")
OTHERS, MIRRORED = 60, 12  # who only get mail, and whose lifetime is changed again and again
FIRST = "Amber-Fox-31"
CONFIGURATION = """\
[policy]
mode = off
[group mirrored]
mode = enforce
max_days = {days}
[group providers]
mode = enforce
[mail]
smtp = smtp://127.0.0.1:{port}
from = Help desk <help@example.com>
addresses = domain
domain = example.com
connections = 1
[web]
base_url = https://%H:9443
"""


def today():
    return int(time.time()) // 86400


def install():
    """As the package would, and the sample stack."""
    world.run("sh", "-c", "tar -C /mnt/vsee/installed -c . | tar -C / -x --keep-directory-symlink")
    for kind, tool in (("sysusers", ("systemd-sysusers",)),
                       ("tmpfiles", ("systemd-tmpfiles", "--create"))):
        for file in sorted(pathlib.Path(f"/usr/lib/{kind}.d").glob("vsee-*.conf")):
            world.run(*tool, str(file))
    world.CONFIG.parent.mkdir(exist_ok=True)
    for service in (world.SOURCE / "web/worker/pam.d").iterdir():
        shutil.copy(service, "/etc/pam.d/")
    world.make_shell()
    pathlib.Path("/etc/hosts").write_text("127.0.0.1 localhost testroot\n")
    pathlib.Path("/etc/machine-id").write_text("0123456789abcdef0123456789abcdef\n")
    pathlib.Path("/etc/hostname").write_text("testroot\n")
    pathlib.Path("/run/lock").mkdir(exist_ok=True)


def configure(days=60):
    """As careful as an administrator's tools are: an empty file would switch everything off."""
    new = world.CONFIG.with_name("new")
    with open(new, "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(days=days, port=PORT))
        file.flush()
        os.fsync(file.fileno())
    new.replace(world.CONFIG)


def others():
    return [f"mara{number:02}" for number in range(OTHERS)]


def mirrored():
    return [f"milo{number:02}" for number in range(MIRRORED)]


def last_change(number):
    """Of others(): each day from today on some more are told."""
    return today() - 50 + number // 6


def people():
    """Who changes passwords, who gets mail in the next days, and one who is not covered."""
    world.install_stack()
    configure()
    groups = {"providers": (*CHANGERS, *others()), "mirrored": mirrored(), "": ("plain", "runner")}
    for group, names in groups.items():
        options = ("-G", group) if group else ()
        if group:
            world.run("groupadd", group)
        for name in names:
            world.run("useradd", "-M", "-d", "/", "-s", "/usr/local/bin/test-shell", *options, name)
    world.run("chpasswd", "-c", "SHA512", "-s", "1000",
              text="".join(f"{name}:{FIRST}\n" for name in passwords()))
    for number, name in enumerate(others()):
        world.run("chage", "-d", world.date_of(last_change(number)), name)
    world.run("vseectl", "apply")
    world.run("reminderd", "scan")


AGENT = """\
[Service]
ExecStart=/usr/bin/python3 -B /mnt/vsee/source/tests/guest/agent.py
"""
# With days since each one's last change, of which scans must never have seen one that lies ahead.
TIMED = {"anna": 15, "ben": 58, "cleo": 61, "plain": 300}


def add_agent():
    """systemd starts it, and the daily run."""
    unit = pathlib.Path("/etc/systemd/system/guest-agent.service")
    unit.write_text(AGENT)
    wants = unit.parent / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / unit.name).symlink_to(unit)
    world.run("systemctl", "--root=/", "enable", "reminderd-scan.timer")
    timer = unit.parent / "reminderd-scan.timer.d"
    timer.mkdir()
    (timer / "test.conf").write_text("[Timer]\nRandomizedDelaySec=0\nAccuracySec=1us\n")
    service = unit.parent / "reminderd-scan.service.d"
    service.mkdir()
    (service / "test.conf").write_text("[Service]\nRestartSec=20s\n")  # instead of an hour


def timed_people():
    """Who has time, who has two days, whose time is over, and who is not covered."""
    world.install_stack()
    configure()
    world.run("groupadd", "mirrored")
    world.run("groupadd", "providers")
    for name in (*TIMED, "runner"):
        groups = ("-G", "providers") if name not in ("plain", "runner") else ()
        world.run("useradd", "-M", "-d", "/", "-s", "/usr/local/bin/test-shell", *groups, name)
    world.run("chpasswd", "-c", "SHA512", "-s", "1000",
              text="".join(f"{name}:{FIRST}\n" for name in (*TIMED, "runner")))


def age(day):
    """The dates as they are on that day, which is yet to come."""
    for name, days in TIMED.items():
        world.run("chage", "-d", world.date_of(day - days), name)
    world.run("vseectl", "apply")


def passwords():
    return {name: [FIRST] for name in (*CHANGERS, *others(), *mirrored(), "plain", "runner")}
