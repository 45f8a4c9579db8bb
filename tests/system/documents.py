#!/usr/bin/env python3
"""Types every command of a page in a host that looks as the page says.

documents.py PAGE    runs inside root.sh only, with the packages in BUILD/deb

In an indented block a line "# command" is typed as root, in the page's order; what stands below it is
its output, where "..." is whatever comes. A block behind "`/etc/FILE`:" is written to that file. Lines
"$ command" show what a person does: not typed.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import post
import profiles
import world
from callers import answers
from results import Results
from terminal import Terminal

# What makes the root, or the packages in it, can't run inside; these do.
ELSEWHERE = {"packaging/build-deb": "tests/packages.sh", "packaging/demo": "tests/run",
             "tests/run": ".ci/run"}
STEP = re.compile(
    r"^##? (?P<section>.*)$"
    r"|`(?P<file>/etc/\S+)`:\n\n(?P<content>(?: {4}(?![#$] ).*\n|\n)+)"
    r"|^ {4}# (?P<command>.*)\n(?P<shown>(?:(?! {4}[#$] ) {4}.*\n)*)", re.M)
WITHOUT_PROMPT = re.compile(r"^ {4,}(?:[a-z-]+ctl|reminderd|apt-get|pam-auth-update|chage|tests/|"
                            r"packaging/)\b.*", re.M)
FOUND = {"vseectl lint": (0, 5)}  # 5: there is something to say, which is what the page shows
TREE = pathlib.Path("/root/vsee-expire")
OPASSWD = pathlib.Path("/etc/security/opasswd")
COMMON_PASSWORD = pathlib.Path("/etc/pam.d/common-password")
DEFS = pathlib.Path("/etc/login.defs")
PROFILE = pathlib.Path("/usr/share/pam-configs/pwhistory")
PWHISTORY = """\
Name: Remember old passwords
Default: no
Priority: 700
Password-Type: Primary
Password:
	requisite pam_pwhistory.so remember=7 use_authtok
Password-Initial:
	requisite pam_pwhistory.so remember=7
"""
# What alice had, one after the other.
ROW = ("Walnut-Ocean-0", "Kettle-River-1", "Marble-Forest-2", "Thistle-Garden-3",
       "Copper-Meadow-4", "Lantern-Valley-5", "Saddle-Harbor-6", "Pepper-Island-7",
       "Barrel-Canyon-8")


def type_in(command):
    return subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=300,
                          stdin=subprocess.DEVNULL, cwd=TREE,
                          env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def as_root(command):
    done = type_in(command)
    if done.returncode != 0:
        raise world.Fault(f"{command}: exit {done.returncode}: {done.stdout}{done.stderr}")


def pattern(shown):
    parts = []
    for line in shown.splitlines():
        line = line[4:]
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + r" *\n")
    return "".join(parts) or r"(?:.*\n)*"


class Page:
    def __init__(self, name, host, results):
        self.name, self.host, self.results = name, host, results
        self.text = (world.SOURCE / name).read_text()
        self.section = iter(())

    def expect(self, name, expected, got):
        self.results.expect(f"{self.name} {name}", expected, got)

    def play(self):
        self.expect("has a prompt before each command", [], WITHOUT_PROMPT.findall(self.text))
        for step in STEP.finditer(self.text):
            if step["section"]:
                self.begin(step["section"])
            elif step["file"]:
                self.write(step["file"], step["content"])
            else:
                self.type(self.text.count("\n", 0, step.start()) + 1, step["command"], step["shown"])
        next(self.section, None)

    def begin(self, title):
        """End the section before: each makes its host, yields, and looks at what came of it."""
        next(self.section, None)
        self.section = SECTIONS[title](self.host, self) if title in SECTIONS else iter(())
        next(self.section, None)

    @staticmethod
    def write(name, content):
        pathlib.Path(name).parent.mkdir(parents=True, exist_ok=True)
        pathlib.Path(name).write_text(re.sub("^ {4}", "", content, flags=re.M))

    def type(self, number, command, shown):
        name = f"line {number}: {command}"
        program = command.split()[0]
        if program in ELSEWHERE:
            runner = (world.SOURCE / ELSEWHERE[program]).read_text()
            self.expect(f"{name}: run elsewhere", True, program in runner)
            return
        # No systemd runs in here; what it is to start with the next boot can be said all the same.
        done = type_in(command.replace("systemctl enable --now", "systemctl enable"))
        output = done.stdout + done.stderr
        good = (done.returncode in FOUND.get(command, (0,))
                and re.fullmatch(pattern(shown), output))
        self.expect(name, "as shown", "as shown" if good else f"exit {done.returncode}: {output}")


def change(user, old, new):
    """The person's own passwd(1): "changed", or what it said."""
    before = world.shadow_fields(user)[1]
    outcome = Terminal(["passwd"], user).converse(answers(user, old, new))
    return "changed" if world.shadow_fields(user)[1] != before else outcome.text


def change_all(row):
    for old, new in zip(row, row[1:]):
        if change("alice", old, new) != "changed":
            raise world.Fault(f"the change to {new} was refused")


def aging(user):
    return world.shadow_fields(user)[3:]


class Host:
    """Debian as it is installed, with people on it; fresh() comes back to that."""

    def __init__(self):
        world.make_surroundings()
        os.chmod("/etc/sudoers.d/test", 0o440)
        for group in ("providers", "robots", "helpdesk"):
            world.run("groupadd", group)
        for user, group in (("alice", "providers"), ("bob", "providers"), ("robot", "robots")):
            world.run("useradd", "-m", "-s", "/bin/bash", "-G", group, user)
            world.set_password(user, ROW[0])
        self.defs = DEFS.read_text()
        self.snapshot = world.Snapshot()
        (TREE / "build").mkdir(parents=True)
        (TREE / "build/deb").symlink_to(world.BUILD / "deb")

    def fresh(self):
        """With the packages installed, and nothing else."""
        as_root("dpkg --purge vsee-expire-web vsee-expire libpam-vsee-expire")
        shutil.rmtree("/etc/vsee-expire", ignore_errors=True)
        if PROFILE.exists():
            as_root("pam-auth-update --package --remove pwhistory")
            PROFILE.unlink()
        self.snapshot.restore()
        DEFS.write_text(self.defs)
        as_root("apt-get install --assume-yes ./build/deb/*.deb")

    def offer_pwhistory(self):
        PROFILE.write_text(PWHISTORY)


def from_pwhistory(host, page):
    host.fresh()
    host.offer_pwhistory()
    as_root("pam-auth-update --package --enable pwhistory")
    change_all(ROW)
    page.expect("pam_pwhistory with 7 refuses the sixth before the current one", True,
                "already used" in change("alice", ROW[8], ROW[2]))
    page.expect("pam_pwhistory with 7 accepts the seventh", "changed",
                change("alice", ROW[8], ROW[1]))
    yield
    page.expect("an old password that was imported is refused", True,
                "[V11]" in change("alice", ROW[1], ROW[5]))
    page.expect("a new one is accepted", "changed", change("alice", ROW[1], ROW[0]))


def from_unix(host, page):
    host.fresh()
    text = COMMON_PASSWORD.read_text()
    COMMON_PASSWORD.write_text(text.replace("try_first_pass yescrypt",
                                            "try_first_pass yescrypt remember=5"))
    OPASSWD.touch(0o600)
    change_all(ROW[:4])
    yield
    page.expect("an old password of pam_unix is refused", True,
                "[V11]" in change("alice", ROW[3], ROW[1]))
    page.expect("pam_unix remembers no more", False, "remember=" in COMMON_PASSWORD.read_text())


def from_chage(host, page):
    host.fresh()
    world.run("chage", "-M", "30", "alice")
    yield
    page.expect("shadow follows the policy", "60", aging("alice")[1])


def from_defs(host, page):
    host.fresh()
    DEFS.write_text(re.sub(r"(?m)^PASS_MAX_DAYS.*", "PASS_MAX_DAYS 30", host.defs))
    world.run("useradd", "-m", "-G", "providers", "carol")
    world.set_password("carol", ROW[0])
    yield
    page.expect("shadow follows the policy", "60", aging("carol")[1])
    world.run("userdel", "-r", "carol", codes=(0, 12))


def back_to_pwhistory(host, page):
    host.fresh()
    host.offer_pwhistory()
    before = aging("alice")[1:]
    as_root("vseectl enable --mode enforce --group providers")
    change_all(ROW[:4])
    yield
    page.expect("shadow's fields are what they were", before, aging("alice")[1:])
    page.expect("pam_pwhistory refuses what was exported", True,
                "already used" in change("alice", ROW[3], ROW[1]))
    page.expect("pam_pwhistory accepts a new one", "changed", change("alice", ROW[3], ROW[7]))


def away(host, page):
    host.fresh()
    before = profiles.bytes_now()
    fields = aging("alice")
    as_root("vseectl enable --mode enforce --group providers")
    yield
    page.expect("pam.d is as it was", [], profiles.changed(before))
    page.expect("shadow is as it was", fields, aging("alice"))
    page.expect("nothing is left", [], [str(path) for path in (
        world.STATE, world.CONFIG.parent) if path.exists()])


def readme(_host, _page):
    """A host with a node exporter, which a rescue system sees as well."""
    pathlib.Path("/var/lib/prometheus/node-exporter").mkdir(parents=True)
    pathlib.Path("/mnt/host").mkdir(exist_ok=True)
    world.run("mount", "--bind", "/", "/mnt/host")
    yield


def mail(_host, page):
    """The host's postfix, and somebody who looks after the sender's mailbox."""
    world.run("useradd", "-m", "help")
    (TREE / "smtp-password").write_text("Quince-Lorry-86")
    postfix = post.Postfix()
    postfix.start()
    yield
    page.expect("the test mail arrives", ["help"], [user for user, _ in postfix.arrived()])
    page.expect("the password is for its service alone", False,
                (TREE / "smtp-password").exists())
    postfix.stop()


def page_of_passwords(_host, page):
    """Somebody has a certificate for this host."""
    world.run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj",
              f"/CN={os.uname().nodename}", "-keyout", str(TREE / "key.pem"), "-out",
              str(TREE / "cert.pem"))
    yield
    page.expect("the page's port comes with the next boot", "enabled", world.run(
        "systemctl", "is-enabled", "vsee-web.socket", codes=None).strip())
    page.expect("its key is root's alone", 0o600,
                pathlib.Path("/etc/vsee-expire/tls/key.pem").stat().st_mode & 0o777)


def auditors(host, page):
    host.fresh()
    as_root("vseectl enable --mode enforce --group providers")
    yield
    page.expect("the page for an auditor names alice", True,
                "alice" in (TREE / "report.html").read_text())


SECTIONS = {
    "Two commands": readme,
    "Mail": mail,
    "The page": page_of_passwords,
    "Evidence for auditors": auditors,
    "From pam_pwhistory": from_pwhistory,
    "From pam_unix remember=": from_unix,
    "From chage alone": from_chage,
    "From PASS_MAX_DAYS in /etc/login.defs": from_defs,
    "Back to pam_pwhistory": back_to_pwhistory,
    "Away, without a successor": away,
}


def main():
    if not world.SOURCE.is_dir():
        sys.exit("documents.py changes accounts: it runs inside tests/system/root.sh only")
    results = Results(world.Journal())
    Page(sys.argv[1], Host(), results).play()
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
