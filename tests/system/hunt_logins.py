"""Passwords typed into the real programs: each act has secrets of its own."""

import os
import pathlib
import signal
import subprocess
import threading
import time
import warnings

import callers
import world
from terminal import Terminal, environment

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import crypt

CURRENT, NEW, AGAIN = r"(?i)current password: ?$", r"(?i)new password: ?$", r"(?i)retype[^:]*: ?$"
PASSWORD = r"(?i)password(| for [\w-]+): ?$"
SHELL = r"\$ $"
# Whose password must be changed now, and who changes it without being asked.
FORCED = ("forced-kbdint", "forced-child", "forced-login", "forced-su", "forced-killed")
OTHERS = ("self", "self-killed", "reset", "reset-batch", "sudoer", "page", "page-link",
          "page-login", "page-killed", "imported", "mailed")


class Person:
    """Three passwords of an account, and more that are refused."""

    def __init__(self, marks, name):
        self.name, self.marks = name, marks
        self.old, self.current, self.new = (marks.new(f"{name}: {role}") for role in
                                            ("old", "current", "new"))

    def wrong(self, where=""):
        return self.marks.new(f"{self.name}: wrong{where}")

    def weak(self):
        return self.marks.weak(f"{self.name}: weak")

    def mistyped(self):
        return self.marks.new(f"{self.name}: mistyped")

    def has(self, password):
        stored = world.shadow_fields(self.name)[1]
        return crypt.crypt(password, stored) == stored

    def asks(self):
        """What is typed where a new password is asked for, until it is taken."""
        return [(NEW, self.weak()), (NEW, self.mistyped()), (AGAIN, self.mistyped()),
                (NEW, self.new), (AGAIN, self.new)]


def make_people(marks):
    """Each with an old password in the history; scan sees them one after the other."""
    world.run("groupadd", "-f", "providers")
    people = {name: Person(marks, name) for name in (*FORCED, *OTHERS)}
    for name, person in people.items():
        world.run("useradd", "-m", "-s", "/bin/bash", "-G", "providers,sudoing", name)
        pathlib.Path(f"/home/{name}/.hushlogin").touch()
        world.set_password(name, person.old)
    world.run("useradd", "-m", "-s", "/bin/sh", "runner")
    return people


def give_current(people):
    for person in people.values():
        world.set_password(person.name, person.current)


def talk(argv, steps, user="root", then=None):
    """Type what is asked for, one after the other. The terminal's text, and steps not reached."""
    terminal = Terminal(argv, user, {"PS1": "$ "})
    left = list(steps)
    while left and terminal.expect(left[0][0]) is not None:
        terminal.send(left.pop(0)[1])
    if then:
        then(terminal.pid)
    end = time.monotonic() + 15
    while time.monotonic() < end and terminal.read(0.2):
        pass
    terminal.close()
    return terminal.text, [pattern for pattern, _ in left]


class Logins:
    def __init__(self, results, people, marks):
        self.results, self.people, self.marks = results, people, marks
        self.said = []  # what every terminal showed

    def play(self, name, argv, steps, **how):
        text, left = talk(argv, steps, **how)
        self.said.append((name, text))
        if left:
            print(f"# {name}: was not asked {left} in:\n" + "\n".join(
                f"#   {line}" for line in text.splitlines()))
        return not left

    def expect_new(self, name, person, asked):
        self.results.expect(f"act: {name}", (True, True), (asked, person.has(person.new)))

    def expect_old(self, name, person, asked):
        self.results.expect(f"act: {name}", (True, True), (asked, person.has(person.current)))

    def ssh(self, method, user):
        return callers.ssh(method, user, "-tt", f"{user}@127.0.0.1")

    def by_ssh(self):
        one, two = self.people["forced-kbdint"], self.people["forced-child"]
        for person, method in ((one, "kbdint"), (two, "password")):
            asked = self.play(f"ssh {method}, wrong", self.ssh(method, person.name),
                              [(PASSWORD, person.wrong(method))])
            asked &= self.play(f"ssh {method}, an old one again", self.ssh(method, person.name),
                               [(PASSWORD, person.current), (CURRENT, person.current),
                                (NEW, person.old), (AGAIN, person.old)])
            self.expect_old(f"ssh {method} refuses", person, asked)
            leave = [(SHELL, "exit")] if method == "kbdint" else []
            asked = self.play(f"ssh {method}, changed", self.ssh(method, person.name),
                              [(PASSWORD, person.current), (CURRENT, person.current),
                               *person.asks(), *leave])
            self.expect_new(f"ssh {method} changes", person, asked)

    def by_login(self):
        person = self.people["forced-login"]
        asked = self.play("login", ["login"], [
            (r"login: ?$", self.marks.word("login: as the name")), (PASSWORD, "x"),
            (r"login: ?$", person.name), (PASSWORD, person.wrong()),
            (r"login: ?$", self.marks.new("login: as the name", "!%;")), (PASSWORD, "x"),
            (r"login: ?$", person.name), (PASSWORD, person.current),
            (CURRENT, person.current), *person.asks(), (SHELL, "exit")])
        self.expect_new("login changes", person, asked)

    def by_su(self):
        person = self.people["forced-su"]
        argv = ["su", "-", person.name]
        asked = self.play("su, wrong", argv, [(PASSWORD, person.wrong())], user="runner")
        asked &= self.play("su", argv, [(PASSWORD, person.current), (CURRENT, person.current),
                                        *person.asks(), (SHELL, "exit")], user="runner")
        self.expect_new("su changes", person, asked)

    def by_sudo(self):
        person = self.people["sudoer"]
        argv = ["sudo", "-k", "id"]
        asked = self.play("sudo, wrong", argv, [(PASSWORD, person.wrong())], user=person.name)
        asked &= self.play("sudo", argv, [(PASSWORD, person.current)], user=person.name)
        self.expect_old("sudo asks", person, asked)

    def by_passwd(self):
        person = self.people["self"]
        asked = self.play("passwd, wrong", ["passwd"], [(CURRENT, person.wrong())],
                          user=person.name)
        asked &= self.play("passwd, an old one again", ["passwd"], [
            (CURRENT, person.current), (NEW, person.old), (AGAIN, person.old)], user=person.name)
        asked &= self.play("passwd", ["passwd"], [(CURRENT, person.current), *person.asks()],
                           user=person.name)
        self.expect_new("passwd changes", person, asked)

    def by_root(self):
        person = self.people["reset"]
        asked = self.play("passwd by root, an old one again", ["passwd", person.name],
                          [(NEW, person.old), (AGAIN, person.old)])
        asked &= self.play("passwd by root", ["passwd", person.name],
                           [(NEW, person.new), (AGAIN, person.new)])
        self.expect_new("root sets one", person, asked)

    def batch(self, person, password):
        done = subprocess.run(["chpasswd"], input=f"{person.name}:{password}\n", text=True,
                              capture_output=True, timeout=60, env=environment("root"), check=False)
        self.said.append(("chpasswd", done.stdout + done.stderr))

    def by_chpasswd(self):
        person = self.people["reset-batch"]
        self.batch(person, person.old)
        asked = person.has(person.old)
        self.batch(person, person.new)
        self.expect_new("chpasswd sets one", person, asked)

    def killed(self):
        """Ended while the new password is being hashed and written: no core, nothing half."""
        def end(number):
            def kill(pid):
                time.sleep(0.03)
                try:
                    os.kill(pid, number)
                except ProcessLookupError:
                    pass
            return kill
        person = self.people["self-killed"]
        steps = [(CURRENT, person.current), (NEW, person.new), (AGAIN, person.new)]
        asked = self.play("passwd, killed", ["passwd"], steps, user=person.name,
                          then=end(signal.SIGSEGV))
        whole = person.has(person.current) or person.has(person.new)
        person = self.people["forced-killed"]
        asked &= self.play("login, killed", ["login"], [
            (r"login: ?$", person.name), (PASSWORD, person.current), (CURRENT, person.current),
            (NEW, person.new), (AGAIN, person.new)], then=end(signal.SIGABRT))
        whole &= person.has(person.current) or person.has(person.new)
        self.results.expect("act: killed while they change", (True, True), (asked, whole))

    def all(self):
        """They mostly wait for one another's delays: all at once."""
        acts = (self.by_ssh, self.by_login, self.by_su, self.by_sudo, self.by_passwd, self.by_root,
                self.by_chpasswd, self.killed)
        threads = [threading.Thread(target=act) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
