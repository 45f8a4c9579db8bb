"""A made-up host on which reminders are due: a clock of its own, the ledger, servers, kills.

argv[3] is the built clock.so of tests/system: every run is on the same day, whatever today is.
"""

import collections
import email
import email.policy
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from harness import CONF, HASH_A, STATE, Skip

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../invariants"))
# pylint: disable=wrong-import-position
from check import Story, judge

CLOCK = sys.argv[3]
DAY = 22341  # 2031-03-03
NOON = 12 * 3600
MAIL = "var/lib/vsee-expire-mail"
LEDGER = f"{MAIL}/ledger.sqlite"
STATES = ("due", "claimed", "sent", "deferred", "failed", "unknown", "superseded", "obsolete")
ENDED = {"sent", "failed", "superseded", "obsolete"}
LEASE = 15 * 60 + 60     # seconds after which a killed run's claims are free
BACK_OFF = 6 * 60 + 60   # after the first failure, with its jitter
DAY_SECONDS = 86400

Row = collections.namedtuple("Row", "name deadline stage state attempts code answer queue_id "
                             "message_id address")


class Post:
    """p0, p1, ... are reminded days_left days before their passwords end, by mail to url."""

    def __init__(self, host, url, people=3, days_left=3, mail="", policy=""):
        self.host, self.url = host, url
        self.second = DAY * DAY_SECONDS + NOON
        self.zone = "UTC"
        self.names = [f"p{i}" for i in range(people)]
        host.write("etc/group", "providers:x:2000:\n")
        self.write_passwd()
        self.changed = {name: DAY - 60 + days_left for name in self.names}
        self.fields = {}
        self.write_shadow()
        self.configure(mail, policy)
        os.makedirs(host.path(MAIL))
        os.chmod(host.path(MAIL), 0o2771)

    def configure(self, mail="", policy=""):
        smtp = f"smtp = {self.url}\n" if self.url else ""
        self.host.write(CONF, f"[policy]\nmode = remind\n{policy}\n[mail]\n{smtp}"
                        f"from = Help desk <help@vsee.example>\ndomain = vsee.example\n{mail}\n")

    def write_passwd(self, **gecos):
        self.host.write("etc/passwd", "".join(
            f"{name}:x:{1001 + i}:2000:{gecos.get(name, '')}:/:/bin/sh\n"
            for i, name in enumerate(self.names)))

    def write_shadow(self):
        """Replaced as tools do it; fields: a name's own, from the hash on."""
        lines = "".join(
            f"{name}:" + self.fields.get(name, f"{HASH_A}:{self.changed[name]}:0:60:7:::") + "\n"
            for name in self.names)
        self.host.write("etc/shadow.new", lines, 0o640)
        os.replace(self.host.path("etc/shadow.new"), self.host.path("etc/shadow"))

    @property
    def second(self):
        """The host's time; it runs on."""
        return int(time.time()) + self.shift

    @second.setter
    def second(self, value):
        self.shift = int(value) - int(time.time())

    def wait(self, seconds):
        self.shift += int(seconds)

    def environment(self, leaks=False):
        """leaks: a sanitizer looks for what is lost, which it cannot below strace."""
        options = (os.environ.get("ASAN_OPTIONS", ""), "verify_asan_link_order=0",
                   f"detect_leaks={int(leaks)}")
        return {"LD_PRELOAD": CLOCK, "TEST_CLOCK": str(int(self.shift)), "TZ": self.zone,
                "ASAN_OPTIONS": ":".join(filter(None, options))}

    def command(self, *arguments):
        return [self.host.programs["reminderd"], *arguments, "--root", self.host.root]

    def start(self, *arguments, **options):
        return subprocess.Popen(
            self.command(*arguments), env={**os.environ, **self.environment(leaks=True)}, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def run(self, *arguments, code=0, before=()):
        """before: words in front of the program. code: one, or those that are good."""
        done = subprocess.run(
            [*before, *self.command(*arguments)],
            env={**os.environ, **self.environment(leaks=not before)},
            text=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=False)
        codes = code if isinstance(code, tuple) else (code,)
        assert done.returncode in codes, (
            f"{arguments}: code {done.returncode}, not {codes}\n{done.stdout}{done.stderr}")
        assert done.returncode == 0 or done.stderr, (arguments, done.returncode, "without a word")
        return done

    def scan(self, code=0):
        return self.run("scan", code=code)

    def send(self, code=0, **options):
        return self.run("send", code=code, **options)

    def scan_and_send(self, code=0):
        self.scan()
        return self.send(code)

    def traced(self, injection="", log="/dev/null"):
        """One send under strace, which injects a fault. Exit status; -9: it was killed."""
        words = ["strace", "-f", "-qq", "-o", str(log)]
        if injection:
            words += [f"--trace={injection.split(':')[0]}", f"--inject={injection}"]
        for name, value in self.environment().items():
            words += ["-E", f"{name}={value}"]
        done = subprocess.run([*words, *self.command("send")], stdin=subprocess.DEVNULL, text=True,
                              capture_output=True, timeout=120, check=False)
        return -9 if done.returncode == 137 else done.returncode

    def settle(self, server, rounds=12):
        """Time passes and runs follow, until nothing is open. How many mails each one has got."""
        for _ in range(rounds):
            rows = self.rows()
            if rows and all(row.state in ENDED for row in rows.values()):
                return self.received(server)
            self.wait(LEASE)
            self.scan(code=(0, 3))
            self.send(code=(0, 3))
        raise AssertionError(f"still open: {self.rows()}")

    def received(self, server):
        return collections.Counter({name: 0 for name in self.names} | collections.Counter(
            recipient.split("@")[0] for _, recipient, _ in server.mails))

    def rows(self, folder=None):
        """The ledger by name, read from a copy: its files stay as the program left them."""
        found = {}
        for row in read_rows(folder or self.host.path(MAIL)):
            known = found.get(row.name)
            if not known or (row.deadline, -row.stage) > (known.deadline, -known.stage):
                found[row.name] = row
        return found

    def all_rows(self):
        return read_rows(self.host.path(MAIL))

    def states(self):
        return {name: row.state for name, row in self.rows().items()}


def read_rows(folder):
    with tempfile.TemporaryDirectory(prefix="vsee-ledger-") as copy:
        for end in ("", "-wal"):
            name = os.path.join(folder, "ledger.sqlite" + end)
            if os.path.exists(name):
                shutil.copy(name, copy)
        if not os.path.exists(os.path.join(copy, "ledger.sqlite")):
            return []
        with sqlite3.connect(os.path.join(copy, "ledger.sqlite")) as ledger:
            try:
                rows = ledger.execute(
                    "SELECT name, deadline, stage, state, attempts, code, answer, queue_id, "
                    "message_id, address FROM reminder ORDER BY name, deadline, stage").fetchall()
            except sqlite3.OperationalError:
                return []  # killed before there was a table
        return [Row(*row)._replace(state=STATES[row[3]]) for row in rows]


def parse(mail):
    """A received mail, by Python's parser; it must find nothing to complain of."""
    message = email.message_from_bytes(mail[2], policy=email.policy.SMTP)
    for part in message.walk():
        assert not part.defects, part.defects
        for name, value in part.items():
            assert not getattr(value, "defects", ()), (name, value.defects)
    return message


def message_ids(server, name):
    return [parse(mail)["Message-ID"] for mail in server.mails
            if mail[1].split("@")[0] == name]


def text_of(mail):
    return parse(mail).get_body(("plain",)).get_content()


def need_strace():
    if not shutil.which("strace"):
        raise Skip("needs strace")


def calls_of(log):
    """How often one thread made each system call, at most."""
    seen = collections.Counter()
    for line in pathlib.Path(log).read_text(errors="replace").splitlines():
        match = re.match(r"(\d+) +(\w+)\(", line)
        if match:
            seen[match[1], match[2]] += 1
    highest = collections.Counter()
    for (_, name), count in seen.items():
        highest[name] = max(highest[name], count)
    return highest


def everything():
    return os.environ.get("VSEE_TEST_ALL", "") not in ("", "0")


def reset(host):
    for folder in (STATE, MAIL):
        shutil.rmtree(host.path(folder), ignore_errors=True)


class Judged:
    """What reminderd did on a host after a run that died, by the program that judges all hosts.

    before: who had mail, and what the ledger said of them, when the run died.
    """

    MAY_BE_SENT_AGAIN = 2  # one answered and one on its way; more is a late commit

    def __init__(self, post, server, before):
        received, states = before
        self.post, self.server = post, server
        self.folder = tempfile.mkdtemp(prefix="judged-", dir=os.path.dirname(post.host.root))
        self.story = Story(os.path.join(self.folder, "story"), durable=False)
        self.story.begin(DAY, post.host.read("etc/shadow"), {})
        self.story.tell("due", names=post.names)
        self.story.tell("cut", copies=self.MAY_BE_SENT_AGAIN, names=[
            name for name in post.names if received[name] > 0 and states.get(name) != "sent"])

    def holds(self, where):
        box, host = os.path.join(self.folder, "mailbox"), self.post.host
        os.makedirs(box, exist_ok=True)
        for number, (_, recipient, text) in enumerate(self.server.mails):
            with open(os.path.join(box, f"{number:04}"), "wb") as file:
                file.write(f"Delivered-To: {recipient}\r\n".encode() + text)
        verdict = judge(self.story.path, shadow=host.path("etc/shadow"), state=host.path(STATE),
                        ledger=host.path(MAIL), mailbox=box)
        assert not verdict.violations, (where, verdict.text(), self.post.rows())


def check(post, server, before, where):
    """The invariants, as the run left the host and once all is settled. How many second copies."""
    judged = Judged(post, server, before)
    judged.holds((where, "as it was left"))
    final = post.settle(server)
    assert set(post.states().values()) == {"sent"}, (where, post.rows())
    post.scan_and_send()
    assert post.received(server) == final, (where, "the next run sent again")
    judged.story.tell("settled")
    judged.holds((where, "settled"))
    return sum(final.values()) - len(post.names)


def state_of(post, server):
    return post.received(server), post.states()


def use_fast_folders():
    """For hundreds of runs, each with its fsyncs."""
    if os.access("/dev/shm", os.W_OK):
        tempfile.tempdir = "/dev/shm"
