"""Stacks of other generations: a pam_unix that refuses to change what shadow calls fresh, and a
shadow that keeps no dates. Suites of run.py."""

import pathlib
import shutil
import sys

import callers
import people
import stacks
import world

sys.path.append(str(world.SOURCE / "tests/cli"))
import chages  # pylint: disable=wrong-import-position

NOW = world.DAY_NOW
CHAGE = pathlib.Path("/usr/bin/chage")
FORGET = pathlib.Path("/usr/local/sbin/forget-dates")
CHANGES = ("ssh-password", "ssh-kbdint", "command-kbdint", "login", "su-user")


def strict():
    """tests/pam/strict.c before pam_unix, which of this host's generation may be older."""
    shutil.copy(world.BUILD / "tests/pam/pam-strict.so", world.security_folder())
    stacks.edit("common-password", "password\t[success=1",
                "password\trequisite\tpam-strict.so\npassword\t[success=1")


def not_mirrored():
    """As before the first scan, or behind an administrator's back."""
    strict()
    world.run("chage", "-M", "99999", "overdue")


def dated_ahead():
    strict()
    world.run("chage", "-d", world.date_of(NOW + 5), "overdue")


def without_date():
    strict()
    world.run("chage", "-d", "-1", "overdue")


def allowed_longer():
    strict()
    world.run("chage", "-M", "76", "overdue")  # 75 days old


FRESH = """
            ssh-password   ssh-kbdint     command-kbdint login          su-user        su-root    ssh-key
overdue     in+V08         in+V08         in+V08         in+V08         in+V08         in         in+V09

            passwd-user    passwd-root    chpasswd       sudo
overdue     changed        changed        changed        in
"""

STACKS = (
    (strict, """
            ssh-password       ssh-kbdint         command-kbdint     login              su-user            su-root
valid       in                 in                 in                 in                 in                 in
warned      in+V01             in+V01             in+V01             in+V01             in+V01             in+V01
expired     child+V03          change+V03         change+V03         change+V03         change+V03         in
overdue     child+V03          change+V03         change+V03         change+V03         change+V03         in
denied      refused+V04+token  refused+V04+token  refused+V04+token  refused+V04+token  refused+V04+token  in
asked       child+V05          change+V05         change+V05         change+V05         change+V05         in
unenrolled  in                 in                 in                 in                 in                 in

            passwd-user    passwd-root    chpasswd       sudo
valid       changed        changed        changed        in
overdue     changed        changed        changed        in
"""),
    (not_mirrored, FRESH),
    (dated_ahead, FRESH),
    (without_date, FRESH),
    (allowed_longer, FRESH),
)


def check_scanned(results, clock, prepare, expected):
    """Where shadow called it fresh, the next scan sees to it that the change is demanded."""
    prepare()
    world.scan(clock)
    snapshot = world.Snapshot()
    for caller in CHANGES:
        snapshot.restore()
        got, outcome = callers.table(clock)[caller]("overdue")
        name = f"strict {prepare.__name__.replace('_', '-')}, scanned: {caller} overdue"
        results.expect(name, expected[caller], got, outcome)


def check_strict(results, clock, chosen):
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    stage = stacks.Stage()
    sshd = world.Sshd()
    demanded = {caller: "change+V03" for caller in CHANGES} | {"ssh-password": "child+V03"}
    for prepare, text in STACKS:
        stacks.check_stack(prepare, text, results, clock, chosen)
        stage.reset()
    for prepare in (not_mirrored, without_date, allowed_longer):
        check_scanned(results, clock, prepare, demanded)
        stage.reset()
    sshd.stop()


def undated_shadow(script):
    """What is planned for shadow: 0 or nothing as the last change, no maximum, whoever writes."""
    kept = CHAGE.with_name("chage.kept")
    if not kept.exists():
        CHAGE.rename(kept)
    folder = world.run("mktemp", "-d").strip()
    CHAGE.write_text(f"#!/bin/sh\nCHAGE={kept}\ncd {folder} || exit 99\n{script}\n")
    CHAGE.chmod(0o755)
    FORGET.write_text(f"#!/bin/sh\nexec {kept} -d -1 -M -1 -W -1 \"$PAM_USER\"\n")
    FORGET.chmod(0o755)


def forgetful():
    """pam_unix, as shadow's own tools then, writes no date."""
    strict()
    stacks.edit("common-password", "password\toptional\t\t\tpam_vsee_expire.so bind",
                f"password\toptional\tpam_exec.so {FORGET}\n"
                "password\toptional\t\t\tpam_vsee_expire.so bind")


class Undated:
    """One person of each kind through a year without a date in shadow."""

    def __init__(self, title, results, clock):
        self.title, self.results, self.clock = title, results, clock

    def expect(self, name, expected, got, outcome=None):
        self.results.expect(f"undated {self.title} {name}", expected, got, outcome)

    def on(self, day):
        self.clock.set(NOW + day)
        world.scan(self.clock)

    def meets(self, name, expected, caller="ssh-kbdint", user="overdue"):
        sshd = world.Sshd()
        got, outcome = callers.table(self.clock)[caller](user)
        sshd.stop()
        self.expect(f"{name}: {caller}", expected, got, outcome)

    def change_field(self, name, expected):
        self.expect(name, expected, world.shadow_fields("overdue")[2])

    def play(self):
        self.on(-50)
        self.change_field("10 days old: no date", "")
        self.meets("10 days old", "in")
        self.on(-3)
        self.meets("three days left", "in+V01")
        self.on(0)
        self.change_field("the told deadline: last change 0", "0")
        snapshot = world.Snapshot()
        for caller in CHANGES:
            snapshot.restore()
            self.meets("expired", "child+V03" if caller == "ssh-password" else "change+V03", caller)
        snapshot.restore()
        world.run("vseectl", "extend", "overdue", "--days", "5", "--reason", "ill")
        self.change_field("extended: no date", "")
        self.meets("extended", "in+V01")
        self.on(5)
        self.change_field("the extension is over: last change 0", "0")
        self.meets("the extension is over", "change+V03")
        self.change_field("changed: no date", "")
        self.meets("changed, another login", "refused")  # the old password
        self.on(6)
        self.change_field("changed, scanned: no date", "")
        self.on(65)
        self.change_field("60 days on: last change 0", "0")
        world.run("vseectl", "disable")
        self.change_field("disabled: no date", "")


def check_undated(results, clock, _chosen):
    world.install_programs()
    world.install_stack()
    forgetful()
    stage = stacks.Stage()
    for title, script in (("refusing", chages.REFUSING), ("dropping", chages.DROPPING)):
        undated_shadow(script)
        shutil.rmtree(world.CONFIG.with_suffix(".conf.d"), ignore_errors=True)  # disable's
        clock.set(NOW - 60)
        world.CONFIG.write_text(people.CONFIGURATION)
        for group in people.GROUPS:
            world.run("groupadd", "-f", group)
        people.add("runner")
        people.add("overdue", "providers")
        world.run("/usr/bin/chage.kept", "-d", "-1", "-M", "-1", "-W", "-1", "overdue")
        world.run("vseectl", "apply")
        world.scan(clock)
        Undated(title, results, clock).play()
        stage.reset()
