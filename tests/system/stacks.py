"""Other modules and other hosts around ours: each changes the world, then cells are asserted."""

import os
import pathlib
import shutil

import callers
import expectations
import people
import world
from terminal import Terminal

PAM = pathlib.Path("/etc/pam.d")


def edit(name, old, new):
    """Replace a text that must be there once in a pam.d file."""
    file = PAM / name
    text = file.read_text()
    if text.count(old) != 1:
        raise world.Fault(f"{file}: {text.count(old)} times {old!r}")
    file.write_text(text.replace(old, new))


def pwquality():
    shutil.copy(PAM / "common-password.pwquality", PAM / "common-password")


def faillock():
    """Three wrong ones lock the account, as in pam_faillock(8)."""
    options = "deny=3 unlock_time=600\n"
    edit("common-auth", "auth\t[success=1 default=ignore]\tpam_unix.so nullok\n",
         f"auth\trequisite\tpam_faillock.so preauth {options}"
         "auth\t[success=2 default=ignore]\tpam_unix.so nullok\n"
         f"auth\t[default=die]\tpam_faillock.so authfail {options}")
    for _ in range(3):
        callers.interactive(["su", "-", "warned"], "warned", "runner", old="wrong")


def pwhistory():
    edit("common-password", "password\t[success=1",
         "password\trequisite\tpam_pwhistory.so remember=3 use_authtok\npassword\t[success=1")


def access():
    """A person whom an access list behind the include denies must not get in by changing."""
    pathlib.Path("/etc/security/denied.conf").write_text("-:overdue:ALL\n+:ALL:ALL\n")
    edit("sshd", "@include common-account\n",
         "@include common-account\naccount\trequired\tpam_access.so "
         "accessfile=/etc/security/denied.conf\n")


def twins():
    """Two names for one uid, each with a password and an age of its own: they are there anyway."""


def mount_read_only(folder):
    world.run("mount", "--bind", folder, folder)
    world.run("mount", "-o", "remount,bind,ro", folder)


def read_only_etc():
    mount_read_only("/etc")


def read_only_state():
    mount_read_only(str(world.STATE))


def writable(folder):
    """Undo mount_read_only, if it was done."""
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        world.run("umount", folder)


# What each preparation must lead to; the tables read as those in expectations.py.
STACKS = (
    (pwquality, """
                ssh-password   ssh-kbdint     login          passwd-user  passwd-root  chpasswd
    valid       in             in             in             changed      changed      changed
    expired     child+V03      change+V03     change+V03     changed      changed      changed
    """),
    (faillock, """
                ssh-kbdint     su-user        su-root
    valid       in             in             in
    warned      refused        refused        in+V01
    expired     change+V03     change+V03     in
    """),
    (pwhistory, """
                ssh-password   ssh-kbdint     passwd-user  passwd-root  chpasswd
    expired     child+V03      change+V03     changed      changed      changed
    """),
    (access, """
                ssh-password   ssh-kbdint     ssh-key
    valid       in             in             in
    overdue     refused+V03    refused+V03    refused+V09
    keyed       child+V03      change+V03     child+V03
    """),
    (twins, """
                ssh-password   ssh-kbdint     login          su-user
    twin        in             in             in             in
    overdue     child+V03      change+V03     change+V03     change+V03
    """),
    (read_only_etc, """
                ssh-password   ssh-kbdint     ssh-key    login      su-user    sudo
    valid       in             in             in         in         in         in
    warned      in+V01         in+V01         in+V01     in+V01     in+V01     in
    expired     in+V08         in+V08         in+V09     in+V08     in+V08     in

                passwd-user    chpasswd
    valid       refused+V16    refused
    """),
    (read_only_state, """
                ssh-password   ssh-kbdint     ssh-key    login      su-user    sudo
    valid       in             in             in         in         in         in
    warned      in+V01         in+V01         in+V01     in+V01     in+V01     in
    expired     in+V08         in+V08         in+V09     in+V08     in+V08     in

                passwd-user    chpasswd
    valid       refused+V16    changed
    """),
)


def offer(name, results, old, new, expected):
    """What passwd tells valid about a new password: taken, or who refused it."""
    outcome = Terminal(["passwd"], "valid").converse(callers.answers("valid", old, new))
    got = "+".join(callers.tags(outcome.text))
    if "BAD PASSWORD" in outcome.text:
        got = "quality" + got
    got = got or ("taken" if outcome.status == 0 else "refused")
    results.expect(f"stacks {name}", expected, got, outcome)


# In order, for one person: what is tried, the present password, the new one, what comes of it.
OFFERS = (
    ("a fresh password", callers.OLD, callers.NEW, "taken"),
    ("a weak password", callers.NEW, "abc", "quality"),
    ("the present password", callers.NEW, callers.NEW, "quality"),
    ("the last password", callers.NEW, callers.OLD, "V11"),
    ("another fresh password", callers.NEW, "Kettle-Ocean-29", "taken"),
    ("the last but one", "Kettle-Ocean-29", callers.OLD, "V11"),
)


def check_offers(results):
    """Behind pam_pwquality reuse is refused by us, and pam_pwquality's own word still counts."""
    pwquality()
    for title, old, new, expected in OFFERS:
        offer(f"pwquality {title}", results, old, new, expected)


def check_twin(results):
    """Changing one name's password leaves the other's alone."""
    before = world.shadow_fields("twin")
    callers.ssh_login("kbdint")("overdue")
    same = "same" if world.shadow_fields("twin") == before else "changed"
    results.expect("stacks twins the other name's shadow line", "same", same)


class Stage:
    """Puts the world back between stacks."""

    def __init__(self):
        self.snapshot = world.Snapshot()
        self.stack = world.run("mktemp", "-d").strip()
        world.run("cp", "-a", f"{PAM}/.", self.stack)

    def reset(self):
        for folder in ("/etc", str(world.STATE)):
            writable(folder)
        world.run("cp", "-a", f"{self.stack}/.", str(PAM))
        self.snapshot.restore()


def check_stack(prepare, text, results, clock, chosen):
    """The world is prepared once and put back to that point before every cell."""
    prepare()
    readonly = prepare in (read_only_etc, read_only_state)
    prepared = None if readonly else world.Snapshot()
    table = callers.table(clock)
    for caller, state, expected in expectations.rows(text):
        name = f"stacks {prepare.__name__.replace('_', '-')} {caller} {state}"
        if not all(word in name for word in chosen.only):
            continue
        if prepared:
            prepared.restore()
        got, outcome = table[caller](state)
        results.expect(name, expected, got, outcome)


def check(results, clock, chosen):
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    stage = Stage()
    sshd = world.Sshd()
    for prepare, text in STACKS:
        check_stack(prepare, text, results, clock, chosen)
        if prepare is twins:
            check_twin(results)
        stage.reset()
    check_offers(results)
    stage.reset()
    sshd.stop()
