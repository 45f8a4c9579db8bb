"""What administrators, the page's visitors, timers and readers do; a class a driver."""

import contextlib
import fcntl
import http.client
import os
import subprocess
import time

import booted_page
import soak_people as people
import soak_world
import world

UNCERTAIN, DONE = 502, 303
SIGNALS = (-9, -15)  # of a fault's kill
# Exit statuses that faults explain; any other is odd. 4: a file can't be read or written.
STATUSES = {"apply": (0, 2, 3, 4, 75), "extend": (0, 3, 4), "hold": (0, 4), "link": (0, 3, 4),
            "status": (0, 1, 2, 3, 4), "explain": (0, 2, 4), "report": (0, 2, 3, 4),
            "lint": (0, 2, 4, 5), "reminders": (0, 2, 3, 4),
            "plan": (0, 2, 3, 4), "history": (0, 4), "config": (0, 2)}


def vseectl(*words):
    """Its exit status and output; noted, and odd if nothing explains the status."""
    try:
        done = subprocess.run(["vseectl", *words], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=180, check=False)
    except subprocess.TimeoutExpired:
        people.note(f"vseectl {words[0]}", "hangs", f"vseectl {words[0]} takes over three minutes")
        return None, ""
    code = done.returncode
    good = code in STATUSES[words[0]] or code in SIGNALS
    people.note(f"vseectl {words[0]}", str(code), "" if good else
                f"vseectl {' '.join(words)} ends with {code}: {done.stderr[-300:]}")
    return code, done.stdout


class Administrator:
    def __init__(self, rng):
        self.rng, self.names = rng, soak_world.named("pqd")

    def act(self):
        act = self.rng.choices((self.reset, self.extend, self.apply, self.hold, self.link,
                                self.contest), (6, 5, 2, 1, 2, 4))[0]
        act()
        time.sleep(self.rng.random())

    @staticmethod
    def chpasswd(name, new):
        done = subprocess.run(["chpasswd"], input=f"{name}:{new}\n", capture_output=True, text=True,
                              timeout=120, check=False)
        return "refused" if done.returncode else "done"

    def change(self, person, act):
        new = people.fresh(self.rng)
        person.change(new, act, lambda: self.chpasswd(person.name, new))

    def reset(self):
        with people.held(self.rng, soak_world.named("r")) as person:
            if person:
                self.change(person, "chpasswd, whatever goes on")
        with people.calm(), people.held(self.rng, self.names) as person:
            if person:
                self.change(person, "chpasswd")

    def contest(self):
        with people.calm():
            self.change(people.Person(self.rng.choice(soak_world.named("c")), alone=False),
                        "chpasswd, contested")

    def extend(self):
        vseectl("extend", self.rng.choice(self.names), "--days", str(self.rng.randint(1, 4)),
                "--reason", "a trip")

    @staticmethod
    def apply():
        vseectl("apply")

    def hold(self):
        with people.enforced(fcntl.LOCK_EX):
            self.hold_and_release()

    def hold_and_release(self):
        vseectl("hold", "--until", "+2h", "--reason", "nobody can log in")
        time.sleep(self.rng.uniform(1, 4))
        for _ in range(30):  # killed, or beside a run that is going on
            if vseectl("hold", "--release")[0] == 0:
                break
            time.sleep(1)

    def link(self):
        """One that nobody uses, or that is taken back."""
        name = self.rng.choice(self.names)
        vseectl("link", name, *self.rng.choice(((), ("--revoke",), ("--hours", "3"))))


class Page:
    """Changes in the browser, with the current password and with links."""

    def __init__(self, rng):
        self.rng, self.names = rng, soak_world.named("pqd")

    def act(self):
        with people.held(self.rng, self.names) as person:
            current = person and person.current()
            if current:
                self.rng.choices((self.new, self.reuse, self.wrong, self.link), (5, 3, 1, 4))[0](
                    person, current)

    @staticmethod
    def ask(browser, *words):
        """Status, place and text; None for the status where the connection broke."""
        try:
            return browser.ask(*words)
        except (OSError, http.client.HTTPException):
            return None, None, ""

    def post(self, person, act, browser, target, fields):
        statuses = []

        def attempt():
            status = self.ask(browser, "POST", target, fields)[0]
            statuses.append(status)
            if status in (None, UNCERTAIN):
                self.await_workers()
                return "unknown"
            return "done" if status == DONE else "refused"

        word = person.change(fields["new"], act, attempt)
        people.note(f"{act}: status", str(statuses[0]))
        return word

    @staticmethod
    def await_workers():
        people.await_gone([pid for pid, comm, *_ in people.processes() if comm == "vsee-resetd"])

    @staticmethod
    def fields(person, current, new):
        return {"user": person.name, "current": current, "new": new, "confirm": new, "lang": "en"}

    @staticmethod
    def of_link(person, new):
        return {"user": person.name, "new": new, "confirm": new}

    def new(self, person, current):
        browser = booted_page.Browser()
        self.ask(browser, "GET", f"/?user={person.name}")
        self.post(person, "web", browser, "/change",
                  self.fields(person, current, people.fresh(self.rng)))

    def reuse(self, person, current):
        old = self.rng.choice(person.reusable(current))
        with people.enforced():
            word = self.post(person, "web, reused", booted_page.Browser(), "/change",
                             self.fields(person, current, old))
        if word == "done":
            people.note("reuse", "taken", f"{person.name}: the page took one of the last passwords")

    def wrong(self, person, _):
        guess = people.fresh(self.rng)
        word = self.post(person, "web, wrong", booted_page.Browser(), "/change",
                         self.fields(person, guess, people.fresh(self.rng)))
        if word == "done":
            people.note("web, wrong", "taken", f"{person.name}: changed with a wrong password")

    def link(self, person, current):
        code, url = vseectl("link", person.name)
        if code != 0:
            return
        target = url.strip().partition(f":{booted_page.PORT}")[2]
        browser, used = booted_page.Browser(), booted_page.Browser()
        if self.ask(browser, "GET", target)[0] != DONE:
            return
        old = self.rng.random() < 0.3
        new = self.rng.choice(person.reusable(current)) if old else people.fresh(self.rng)
        used.cookies = dict(browser.cookies)
        with people.enforced():
            word = self.post(person, "web, link, reused" if old else "web, link", browser, "/link",
                             self.of_link(person, new))
        if word == "done" and old:
            people.note("reuse", "taken", f"{person.name}: a link took one of the last passwords")
        if word == "done":
            again = self.post(person, "web, link again", used, "/link",
                              self.of_link(person, people.fresh(self.rng)))
            if again == "done":
                people.note("link", "twice", f"{person.name}: one link served twice")


class Visitors:
    """Who looks at the page, asks for what is not there, or hangs up: many small requests."""

    TARGETS = (("GET", "/"), ("GET", "/?user=anna&lang=de"), ("HEAD", "/"), ("GET", "/done"),
               ("GET", "/nothing"), ("GET", "/?nonsense=1"), ("PUT", "/"), ("POST", "/change"),
               ("GET", "/?user=anna&token=short"),
               ("GET", "/?user=p00&token=" + "aB3_" * 10 + "-zQ"))

    def __init__(self, rng):
        self.rng = rng

    def act(self):
        people.note("web, visit", str(self.visit()))
        time.sleep(self.rng.random() * 0.05)

    def visit(self):
        """What came of it: a status, mostly."""
        with contextlib.suppress(OSError, http.client.HTTPException):
            if self.rng.random() < 0.2:
                self.hang_up()
                return "hung up"
            fields = {"user": "anna"} if self.rng.random() < 0.1 else None
            return booted_page.Browser().ask(*self.rng.choice(self.TARGETS), fields)[0]
        return "no answer"

    def hang_up(self):
        with booted_page.connect() as plain:
            plain.send(os.urandom(self.rng.randrange(1, 400)) if self.rng.random() < 0.5
                       else b"\x16\x03\x01\x02\x00\x01\x00")


class Timers:
    """What systemd's timers do once a day, all the time."""

    def __init__(self, rng):
        self.rng = rng

    def act(self):
        unit = self.rng.choice((soak_world.SCAN, soak_world.SEND))
        world.run("systemctl", "start", *self.rng.choice(((), ("--no-block",))), unit, codes=None)
        people.note("start", unit)
        time.sleep(self.rng.uniform(0.2, 3))


class Readers:
    """They change nothing, and never fail but where a fault explains it."""

    def __init__(self, rng):
        self.rng = rng

    def act(self):
        name = self.rng.choice(soak_world.everybody())
        vseectl(*self.rng.choice((
            ("status",), ("status", "--json"), ("explain", name), ("report",), ("lint",),
            ("reminders", name), ("plan",), ("history", "list", name), ("config",))))
        time.sleep(self.rng.uniform(0.2, 1.5))
