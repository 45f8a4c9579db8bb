#!/usr/bin/env python3
"""A hunt for secrets on the booted system: play.sh --boot BUILD hunt.py, with BUILD/deb made.

Passwords that can be told apart go through every program, right and wrong, whole and in pieces,
with `debug` on the module's lines and no limit on core dumps. Then they are looked for, in clear
and encoded, in all that is left: journal, files, processes, answers, terminals, mails. What the
hunt must find to be believed (canaries) is planted last.
"""

import pathlib
import re
import sys
import time

import booted
import booted_mail
import hunt_canary
import hunt_mail
import hunt_page
import hunt_places
import world
from booted import await_true, journal
from hunt_crash import Crash, lift_limits
from hunt_logins import FORCED, Logins, crypt, give_current, make_people
from hunt_marks import Marks, hashes_in
from results import Results

CONFIGURATION = f"""\
[policy]
mode = off
[group providers]
max_days = 60
[web]
base_url = https://%H:{hunt_page.PORT}
{booted_mail.CONFIGURATION}"""
IMPORTED, EXPORTED = pathlib.Path("/root/imported"), pathlib.Path("/root/exported")
REMINDED, KILLED = ("mailed", "sudoer", "imported"), ("self", "reset")
STACKS = ("common-auth", "common-account", "common-password", "vsee-reset", "vsee-reset-token")
SMTP = "mail: the password"
KEY = "TLS: the key"
# Where which secrets belong: (place, whose).
BELONGS = (
    (r"/run/sink/password", SMTP), (r"/run/credentials/[^/]*reminderd-send.*", SMTP),
    (r"/etc/vsee-expire/tls/key\.pem", KEY), (r"/run/credentials/[^/]*vsee-web.*", KEY),
    (r"/root/imported", "imported: a hash"), (r"/root/exported", "imported: a hash"),
    (r"/var/lib/vsee-expire/accounts/imported", "imported: a hash"),
)
HASHES_BELONG = re.compile(r"/etc/shadow-?|/etc/security/opasswd|/root/(im|ex)ported"
                           r"|/var/lib/vsee-expire/accounts/.*|/var/backups/shadow.*")


def remind(names_of_people):
    """Their passwords end in some days: the next scan finds a reminder due."""
    for name in names_of_people:
        world.run("chage", "-d", world.date_of(int(time.time() // 86400) - 55), name)


def belongs(place, name):
    return any(re.fullmatch(where, place) and whose == name for where, whose in BELONGS)


def nowhere(_place, _name):
    return False


class Silent:
    """Results want a log to show; what was found says more than the journal's last lines."""

    @staticmethod
    def take():
        return ()


class Hunt:
    def __init__(self, results):
        self.results, self.marks = results, Marks()
        self.since = time.time() - 1
        self.smtp = self.marks.new(SMTP)
        self.outputs = []
        self.people = self.logins = self.page = None

    def expect_nothing(self, name, haul, allowed=nowhere):
        print(f"# {name}: searched {haul}")
        self.results.expect(f"hunt: {name}", [], haul.only(allowed))

    def units(self):
        """What a crash and a lack of memory would write to disk."""
        units = (hunt_page.FRONT, "vsee-resetd@x.service", booted_mail.SEND, booted_mail.SCAN)
        self.results.expect("units: nothing is swapped out", ["0"] * 4, [
            booted_mail.shown(unit, "MemorySwapMax") for unit in units])
        self.results.expect("units: no core", ["0"] * 4, [
            booted_mail.shown(unit, "LimitCORE") for unit in units])

    def prepare(self):
        world.make_surroundings()
        booted.install(booted.DEBS)
        self.units()
        self.people = make_people(self.marks)
        self.logins = Logins(self.results, self.people, self.marks)
        self.page = hunt_page.Page(self.results, self.people, self.marks)
        world.CONFIG.write_text(CONFIGURATION)
        world.run("vseectl", "enable", "--mode", "enforce", "--group", "providers")
        world.run("systemctl", "stop", *booted_mail.UNITS)  # mails go out when they are wanted
        world.run("reminderd", "scan")
        give_current(self.people)
        world.run("reminderd", "scan")
        for name in FORCED:
            world.run("chage", "-d", "0", name)
        for name in STACKS:
            file = pathlib.Path("/etc/pam.d") / name
            file.write_text(re.sub(r"(pam_vsee_expire\.so.*)", r"\1 debug", file.read_text()))
        lift_limits()
        booted.start_sshd()
        self.page.start()
        for part in hunt_page.key_parts():
            self.marks.draw(KEY, part)

    def front_memory(self, when):
        """Only the private key may stand in there."""
        calm = hunt_page.await_calm(hunt_page.front_pid())
        self.results.expect(f"the front is calm {when}", True, calm)
        haul = hunt_places.memory(self.marks, hunt_page.front_pid(), encoded=True)
        self.expect_nothing(f"memory of the front {when}", haul,
                            lambda _, name: name == KEY)
        self.results.expect(f"the search finds the key there {when}", True,
                            KEY in hunt_places.owners(haul))

    def on_the_page(self):
        status = hunt_page.status(self.page.get("the form", "/?user=page"))
        self.results.expect("page: it is served", 200, status)
        trace = hunt_places.Trace(hunt_page.front_pid())
        self.page.changed()
        self.front_memory("after changes")
        self.page.by_link()
        self.page.odd()
        self.page.old_browser()
        self.page.misplaced()
        haul, packets = trace.stop(self.marks)
        self.expect_nothing("what the front writes, but to the worker", haul)
        self.results.expect("strace saw the packets to the worker", True, packets >= 10)
        self.front_memory("after links and what is odd")
        socks = self.page.kept_open()
        held = hunt_places.memory(self.marks, hunt_page.front_pid(), encoded=True)
        self.expect_nothing("memory of the front while connections are kept open", held,
                            lambda _, name: name in (KEY, *hunt_page.UNFINISHED))
        self.results.expect("the search finds the form that is not complete", True,
                            hunt_page.UNFINISHED[0] in hunt_places.owners(held))
        begin = time.monotonic()
        self.front_memory("after connections kept open")
        print(f"# it let go of them in {time.monotonic() - begin:.0f} s")
        for sock in socks:
            sock.close()

    def refused_login(self):
        """The token in the text of a refused login, used on the page."""
        person = self.people["page-login"]
        text = world.CONFIG.read_text()
        world.CONFIG.write_text(text.replace("max_days = 60\n", "max_days = 60\nexpired = deny\n"))
        world.run("vseectl", "apply")
        world.run("chage", "-d", "0", person.name)
        self.logins.play("ssh, refused with a link", self.logins.ssh("kbdint", person.name),
                         [(r"(?i)password: ?$", person.current)])
        said = re.sub(r"\s*\n\s*", "", self.logins.said[-1][1])
        url = re.search(r"https://\S*?[?&]token=[\w-]{43}", said)
        self.results.expect("login: refused with a link", True, bool(url))
        if url:
            _, cookie = self.page.take_link(person.name, url[0])
            answer = self.page.ask("login link", hunt_page.post("/link", {
                "user": person.name, "new": person.new, "confirm": person.new}, cookie))
            self.results.expect("login: the link changes it", (303, True), (
                hunt_page.status(answer), person.has(person.new)))
        world.CONFIG.write_text(text)
        world.run("vseectl", "apply")

    def mails(self, crash):
        hunt_mail.prepare(self.smtp)
        remind(REMINDED)
        world.run("systemctl", "start", booted_mail.SCAN)
        self.results.expect("mail: reminders are sent, with AUTH", True, await_true(
            lambda: len(hunt_mail.taken()) >= len(REMINDED)))
        await_true(lambda: not hunt_mail.sending())
        remind(KILLED)
        held = crash.sender()
        self.results.expect("the search finds the mail's password while it is sent", {SMTP},
                            hunt_places.owners(held))
        world.run("systemctl", "stop", "test-sink")
        haul = hunt_places.Haul(self.marks)
        for text in hunt_mail.taken():
            haul.look("a mail", text)
        self.expect_nothing("mails as they were taken", haul)

    def administration(self):
        person = self.people["imported"]
        salt = self.marks.word("imported: a hash")
        made = crypt.crypt(self.marks.new("imported: a password"), f"$6$rounds=1000${salt}")
        uid = world.run("id", "-u", person.name).strip()
        IMPORTED.write_text(f"{person.name}:{uid}:1:{made}\n")
        IMPORTED.chmod(0o600)
        haul, codes = hunt_places.Haul(self.marks), {}
        for row, code, output in hunt_mail.verbs(person.name, IMPORTED, EXPORTED):
            codes[" ".join(map(str, row[:2]))] = code
            token = re.search(rb"token=([\w-]{43})", output)
            if token:  # that one is shown on purpose
                self.marks.draw("link: token", token[1])
                output = output.replace(token[1], b"")
            self.outputs.append(output)
            haul.look(f"vseectl {row[0]}", output)
        self.results.expect("history: a file is taken over and given out", (0, 0), (
            codes["history import"], codes["history export"]))
        self.expect_nothing("what vseectl prints", haul)

    def everything(self, sampler):
        """What is left when all is over."""
        marks = self.marks
        self.expect_nothing("/proc of every process while it ran", sampler.stop(marks))
        print(f"# in {sampler.rounds} rounds")
        programs = ("/usr/libexec/vsee-expire/vsee-web", "/usr/libexec/vsee-expire/vsee-resetd",
                    world.security_folder() / "pam_vsee_expire.so")
        self.results.expect("who has passwords can start no program that could get them", [[]] * 3,
                            [hunt_places.starters(path) for path in programs])
        self.expect_nothing("journal", hunt_places.journal(marks))
        self.expect_nothing("files", hunt_places.files(marks, self.since), belongs)
        self.expect_nothing("memory of what still runs", hunt_places.memories(marks, ("vsee-web",)))
        haul = hunt_places.Haul(marks)
        for name, text in self.logins.said:
            haul.look(f"terminal of {name}", text.encode())
        self.expect_nothing("terminals", haul, lambda place, name: (place, name) in (
            ("terminal of login", "login: as the name"),  # a name is shown as it is typed
            ("terminal of ssh, refused with a link", "page-login: token")))
        haul = hunt_places.Haul(marks)
        for name, answer in self.page.said:
            haul.look(f"answer to {name}", answer)
        self.expect_nothing("answers of the page", haul, lambda place, name: place in (
            "answer to page-link: landing", "answer to page-login: landing",
            "answer to a bad link", "answer to kept open")
                            or name in (*hunt_page.NAMES, hunt_page.FORM_TOKEN))

    def hashes(self):
        """They stand in shadow and state; else nowhere, nor does a link's."""
        marks, made = Marks(), set()
        for path in [pathlib.Path("/etc/shadow"), *(world.STATE / "accounts").iterdir()]:
            made |= hashes_in(path.read_bytes())
        for number, text in enumerate(sorted(made)):
            marks.draw(f"hash {number}", text[-24:])
        self.results.expect("hashes were found to look for", True, len(made) > 20)
        self.expect_nothing("journal, for hashes", hunt_places.journal(marks))
        self.expect_nothing("files, for hashes", hunt_places.files(marks, self.since, False),
                            lambda place, _: HASHES_BELONG.fullmatch(place))

    def run(self):
        self.prepare()
        sampler = hunt_places.Sampler()
        crash = Crash(self.results, self.marks, self.page, journal, await_true)
        self.logins.all()
        self.on_the_page()
        self.refused_login()
        self.mails(crash)
        self.administration()
        crash.all()
        self.everything(sampler)
        self.hashes()
        hunt_canary.check(self.results, self.marks, self.since, crash)


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("hunt.py changes accounts: it runs inside tests/system/boot.sh only")
    results = Results(Silent())
    Hunt(results).run()
    sys.exit(results.finish())


if __name__ == "__main__":
    main()
