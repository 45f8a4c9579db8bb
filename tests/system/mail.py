#!/usr/bin/env python3
"""Reminders through a real postfix into real mailboxes, read back as strangers read them.

play.sh BUILD mail.py runs it in a throw-away root.
"""

import json
import pathlib
import re
import shutil
import subprocess
import sys

import postbox
import world
from postbox import DOMAIN
from results import Results
from terminal import Outcome

NOW = world.DAY_NOW
JUDGE = pathlib.Path(__file__).with_name("judge.py")
DEADLINE = "Thursday, 6 March 2031, 00:00 UTC"  # NOW + 3
SUBJECT = "VSee Messenger Password is Expiring in {}"
GERMAN = "Ihr Passwort für VSee Messenger läuft in 3 Tagen ab"
BOUNCES = f"reminder-bounces@{DOMAIN}"

# name, GECOS, and where the mail goes; None: nobody can be mailed.
PEOPLE = {
    "anna": ("Anna Example", f"anna@{DOMAIN}"),
    "ben": ("", f"ben+map@{DOMAIN}"),
    "cleo": ("", f"cleo+userdb@{DOMAIN}"),
    "dora": (f"Dora Example,,,dora+gecos@{DOMAIN}", f"dora+gecos@{DOMAIN}"),
    "emil": ("", f"nobody-here@{DOMAIN}"),
    "fay": ("", f"fay@{DOMAIN}"),
    "gus": ("", None),
    "hans": ("", None),
    "iris": ("", None),
}
MAP = f"""\
# people without a better place
ben: ben+map@{DOMAIN} de
emil: nobody-here@{DOMAIN}
gus: nobody
"""
CONFIGURATION = f"""\
[policy]
mode = off
[group providers]
mode = enforce
[mail]
smtp = {postbox.URL}
ca_file = {postbox.CA_FILE}
user = {postbox.LOGIN}
password_file = /etc/vsee-expire/smtp-password
from = "Help desk" <help@{DOMAIN}>
reply_to = desk@{DOMAIN}
bounces = {BOUNCES}
"""
OWN = ("setpriv", "--reuid=vsee-expire", "--regid=vsee-expire", "--init-groups",
       "env", "CREDENTIALS_DIRECTORY=/run/test-credentials")


def set_up(clock):
    """Programs, users and folders as a package makes them; passwords of 57 days ago."""
    clock.set(NOW - 57)
    world.install_programs()
    world.install_mail()
    world.run("groupadd", "providers")
    for name, (gecos, _) in PEOPLE.items():
        world.run("useradd", "-m", "-c", gecos, "-G", "providers", "-s", "/bin/sh", name)
        world.set_password(name, "Walnut-Ladder-81")
    world.run("usermod", "-L", "hans")
    world.run("usermod", "-p", "*", "iris")
    uid = int(world.run("id", "-u", "cleo"))
    record = {"userName": "cleo", "uid": uid, "emailAddress": f"cleo+userdb@{DOMAIN}",
              "preferredLanguage": "de_DE.UTF-8"}
    write("/etc/userdb/cleo.user", json.dumps(record), 0o644)
    write("/etc/vsee-expire/addresses", MAP, 0o644)
    write("/etc/vsee-expire/smtp-password", postbox.SECRET + "\n", 0o600)
    write("/run/test-credentials/smtp-password", postbox.SECRET, 0o400, "vsee-expire")
    write(str(world.CONFIG), CONFIGURATION, 0o644)
    scan(clock)


def write(name, text, mode, owner="root"):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)
    shutil.chown(path, owner)


def ran(*argv):
    """Exit code, and what was printed."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=120)
    assert postbox.SECRET not in done.stdout + done.stderr
    return done.returncode, Outcome(done.stdout + done.stderr, done.returncode)


def scan(clock):
    """Today's, twice where the clock leapt; the map has a bad line, which the code tells."""
    if ran("reminderd", "scan")[0] == 75:
        clock.set(clock.day, clock.second + 3700)
        ran("reminderd", "scan")


def later(clock, seconds):
    clock.set(clock.day, clock.second + seconds)
    scan(clock)


class Round:
    def __init__(self, results, clock, box):
        self.results, self.clock, self.box = results, clock, box

    def expect(self, name, expected, got, outcome=None):
        self.results.expect(f"mail {name}", expected, got, outcome)

    def send(self, name, code, *before):
        got, outcome = ran(*before, "reminderd", "send")
        self.expect(f"{name}: exit code", code, got, outcome)
        return outcome

    def counts(self, name, **expected):
        """How many mails each has got so far; who is not named: none."""
        self.expect(name, {user: expected.get(user, 0) for user in PEOPLE},
                    {user: len(self.box.mails(user)) for user in PEOPLE})


def ledger(name):
    """The account's rows, smallest stage first, as vseectl reminders prints them."""
    code, outcome = ran("vseectl", "reminders", name, "--json")
    rows = [json.loads(line) for line in outcome.text.splitlines() if line.startswith("{")]
    if len(rows) == 1 and "reminders" in rows[0]:
        rows = rows[0]["reminders"]
    return sorted((row for row in rows if row.get("stage") is not None),
                  key=lambda row: row["stage"])


def judged(files):
    done = subprocess.run(["python3", str(JUDGE), *map(str, files)], capture_output=True,
                          text=True, timeout=120)
    if done.returncode != 0:
        raise world.Fault(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def check_no_address(mail):
    """Before there is a domain, the two who are in no other source have no address."""
    mail.clock.set(NOW)
    scan(mail.clock)
    code, outcome = ran("vseectl", "reminders")
    for name, reason in (("anna", "no-address"), ("fay", "no-address"), ("gus", "bad-address"),
                         ("hans", "no-password"), ("iris", "no-password")):
        line = next((line for line in outcome.text.splitlines() if line.startswith(name)), "")
        mail.expect(f"{name} is listed with the reason", True, reason in line, outcome)
    code, outcome = ran("reminderd", "status")
    mail.expect("status names who has no address", True,
                all(name in outcome.text for name in ("no-address", "anna", "fay")), outcome)
    with open(world.CONFIG, "a") as file:
        file.write(f"domain = {DOMAIN}\n")
    later(mail.clock, 60)


def check_dry_run(mail):
    before = stamps()
    code, outcome = ran("reminderd", "send", "--dry-run")
    rows = {line.split()[0]: line for line in outcome.text.splitlines() if line}
    mail.expect("dry run shows where mail goes",
                {name: to for name, (_, to) in PEOPLE.items() if to},
                {name: rows[name].split()[1] for name, (_, to) in PEOPLE.items() if to}, outcome)
    mail.expect("dry run writes nothing and asks no server", (before, ""),
                (stamps(), "".join(sessions())))


def stamps():
    return {str(path): path.stat().st_mtime_ns for folder in (world.MAIL, world.STATE)
            for path in sorted(folder.rglob("*"))}


def sessions():
    """Log lines of those who logged in at the mail server."""
    return [line for line in postbox.log().splitlines() if "sasl_username=" in line]


def check_first(mail):
    mail.box.rules({f"fay@{DOMAIN}": "450 4.7.1 Greylisted, try again later"})
    outcome = mail.send("one refused, one greylisted", 3, *OWN)
    mail.expect("the log names them, and no address", [True, True, False],
                [word in outcome.text for word in ("emil", "fay", "@")], outcome)
    mail.counts("one mail each", anna=1, ben=1, cleo=1, dora=1)
    mail.expect("the ledger belongs to the sender", {("vsee-expire", "vsee-expire", 0o660)},
                {(path.owner(), path.group(), path.stat().st_mode & 0o777)
                 for path in world.MAIL.glob("ledger*")})
    mail.expect("only who is logged in gets in", True,
                bool(sessions()) and all(postbox.LOGIN in line for line in sessions()))


def check_mails(mail):
    for name in ("anna", "ben", "cleo", "dora"):
        file, = mail.box.mails(name)
        check_mail(mail, name, judged([file])[0])


def check_mail(mail, name, seen):
    row, = [row for row in ledger(name) if row["state"] == "sent"]
    headers, received = seen["headers"], seen["received"][0]
    subject = GERMAN if name in ("ben", "cleo") else SUBJECT.format("3 days")
    mail.expect(f"{name}: Python finds no fault", [], seen["faults"])
    mail.expect(f"{name}: Perl reads it", f"{subject} text/plain text/html", seen["perl"])
    mail.expect(f"{name}: the signature holds, and breaks with a letter", (True, False),
                (seen["dkim"], seen["altered"]))
    mail.expect(f"{name}: by TLS and AUTH", True,
                bool(re.search(r"using TLSv1\.[23].*with ESMTPSA", received)))
    mail.expect(f"{name}: the queue id is postfix's", True,
                bool(row["queue_id"]) and f" id {row['queue_id']}" in received and
                f"{row['queue_id']}: message-id={row['message_id']}" in postbox.log())
    mail.expect(f"{name}: headers", {
        "To": PEOPLE[name][1], "X-Original-To": PEOPLE[name][1], "Subject": subject,
        "Return-Path": f"<{BOUNCES}>", "Reply-To": f"desk@{DOMAIN}",
        "Auto-Submitted": "auto-generated", "Message-ID": row["message_id"],
    }, {key: headers.get(key) for key in ("To", "X-Original-To", "Subject", "Return-Path",
                                           "Reply-To", "Auto-Submitted", "Message-ID")})
    mail.expect(f"{name}: login and host are named", True,
                name in seen["text"] and "testroot" in seen["text"] and
                name in seen["html"] and "testroot" in seen["html"])


def check_dates(mail):
    """The mail, chage -l after the mirror and vseectl explain say the same."""
    seen, = judged(mail.box.mails("anna"))
    mail.expect("the mail's date", True, DEADLINE in seen["text"])
    chage = world.run("chage", "-l", "anna")
    mail.expect("chage -l agrees", "Mar 06, 2031",
                re.search(r"Password expires\s*: (.*)", chage)[1])
    scan(mail.clock)
    explained = world.run("vseectl", "explain", "anna")
    mail.expect("vseectl explain agrees", True, "2031-03-06" in explained)
    told = {name: f"told {NOW + 3}\n" in (world.STATE / f"accounts/{name}").read_text()
            for name in ("cleo", "dora", "emil")}
    mail.expect("who was mailed counts as told", {"cleo": True, "dora": True, "emil": False}, told)


def check_second(mail):
    before = len(sessions())
    mail.send("a second run", 0, *OWN)
    later(mail.clock, 60)
    mail.send("a third, as root", 0)
    code, outcome = ran("reminderd", "send", "--dry-run", "--json")
    rows = [json.loads(line) for line in outcome.text.splitlines()]
    mail.expect("dry run says what became of them",
                {"anna": "sent", "emil": "failed", "fay": "wait", "hans": "skip"},
                {row["name"]: row["action"] for row in rows
                 if row.get("name") in ("anna", "emil", "fay", "hans")}, outcome)
    mail.counts("nobody gets a second mail", anna=1, ben=1, cleo=1, dora=1)
    mail.expect("the server is not asked", before, len(sessions()))


def check_greylisted(mail):
    mail.box.rules({})
    later(mail.clock, 6 * 60)
    mail.send("greylisting is over", 0)  # as root: the password is read from its file
    mail.counts("now fay has hers", anna=1, ben=1, cleo=1, dora=1, fay=1)
    row = [row for row in ledger("fay") if row["state"] == "sent"][0]
    mail.expect("fay: the second try", 2, row["attempts"])
    mail.expect("fay: the same Message-ID", row["message_id"],
                judged(mail.box.mails("fay"))[0]["headers"]["Message-ID"])
    row = ledger("emil")[0]
    mail.expect("emil: what the server said", ("failed", 550, True),
                (row["state"], row["code"], "User unknown" in row["answer"]))
    code, outcome = ran("vseectl", "reminders", "emil")
    mail.expect("emil: and the administrator reads it", True, "User unknown" in outcome.text,
                outcome)
    code, outcome = ran("reminderd", "status")
    mail.expect("status tells of emil", True,
                "mail-refused" in outcome.text and "emil" in outcome.text, outcome)


def check_outage(mail):
    """One day left; ben has changed, and the mail server is down."""
    mail.clock.set(NOW + 2, world.NOON)
    world.set_password("ben", "Pebble-Garden-17")
    scan(mail.clock)
    mail.box.stop()
    outcome = mail.send("no server", 3)
    mail.expect("it says so, once", 1,
                len([line for line in outcome.text.splitlines() if DOMAIN in line]), outcome)
    code, outcome = ran("reminderd", "status")
    mail.expect("status tells of the backlog", True, "mail-backlog" in outcome.text, outcome)
    mail.box.start()
    later(mail.clock, 6 * 60)
    mail.send("the server is back, and refuses emil again", 3)
    mail.counts("a second mail, but none for who has changed",
                anna=2, ben=1, cleo=2, dora=2, fay=2)
    first, second = judged(mail.box.mails("anna"))
    mail.expect("it says one day", SUBJECT.format("1 day"), second["headers"]["Subject"])
    mail.expect("and has another Message-ID", True,
                first["headers"]["Message-ID"] != second["headers"]["Message-ID"])
    mail.expect("emil, untold, has three days from now", [(NOW + 3, "failed"), (NOW + 5, "failed")],
                sorted((row["deadline"], row["state"]) for row in ledger("emil")
                       if row["stage"] == 3))
    faults = [fault for name in PEOPLE for seen in judged(mail.box.mails(name))
              for fault in seen["faults"] + [""] * (not seen["dkim"])]
    mail.expect("every mail of all is sound and signed", [], faults)


def check_test_mail(mail):
    code, outcome = ran("reminderd", "test-mail", f"hans@{DOMAIN}", "--stage", "1", "--lang", "de")
    mail.expect("test-mail", 0, code, outcome)
    mail.expect("it arrives", 1, len(mail.box.mails("hans")))
    seen, = judged(mail.box.mails("hans"))
    mail.expect("and is sound", ([], True), (seen["faults"], seen["dkim"]))


def check_bad_certificate(mail):
    """A server of another authority is none."""
    before = len(sessions())
    postbox.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-keyout", "other.key", "-out", "other.pem", "-subj", "/CN=Other CA")
    text = world.CONFIG.read_text()
    world.CONFIG.write_text(text.replace("ca.pem", "other.pem"))
    scan(mail.clock)
    code, outcome = ran("reminderd", "test-mail", f"hans@{DOMAIN}")
    mail.expect("an unknown authority", (True, True),
                (code != 0, "certificate" in outcome.text.lower()), outcome)
    mail.expect("and nobody logs in there", before, len(sessions()))


CHECKS = (check_no_address, check_dry_run, check_first, check_mails, check_dates, check_second,
          check_greylisted, check_outage, check_test_mail, check_bad_certificate)


def main():
    if not world.SOURCE.is_dir():
        sys.exit("mail.py changes accounts: it runs inside tests/system/root.sh only")
    results = Results(world.Journal())
    clock = world.Clock()
    world.make_surroundings()
    set_up(clock)
    box = postbox.Postbox()
    try:
        for check in CHECKS:
            check(Round(results, clock, box))
    finally:
        box.close()
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
