"""One function a caller: use the real program as a person would, and say what came of it."""

import os
import pathlib
import re
import subprocess
import time

import world
from terminal import STOP, Answer, Outcome, Terminal, environment

OLD = "Old-Pass-1x"
NEW = "Fresh-Walnut-77q"
FILE = "/run/fetched"

SSH_OPTIONS = ("-F", "none", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
               "-o", "NumberOfPasswordPrompts=1", "-o", "LogLevel=INFO")


def answers(user, old=OLD, new=NEW):
    """What a person types. The order matters: the first pattern that fits the prompt is it."""
    return (
        Answer("current", r"(?i)current password: ?$", old),
        Answer("again", r"(?i)(retype|again|repeat)[^:]*: ?$", new),
        Answer("new", r"(?i)new password: ?$", new),
        Answer("login", r"login: ?$", user),
        Answer("password", r"(?i)(password|password for [a-z0-9-]+): ?$", old),
        Answer("agree", r"\(yes/no", STOP),
    )


def verdict(user, before, outcome, session):
    """Put a conversation into one word and the codes of our messages that the person saw."""
    changed = world.shadow_fields(user)[1] != before
    if "timeout" in outcome.events:
        word = "timeout"
    elif session:
        word = "change" if changed else "in"
    elif changed:
        word = "child"
    elif "no TTY available" in outcome.text:
        word = "no-tty"
    elif "new" in outcome.events:
        word = "asked-in-vain"
    else:
        word = "refused"
    return "+".join([word, *tags(outcome.text)])


TAGS = (
    (r"[?&]token=", "token"),
    (r"Warning: your password will expire", "unix-warns"),
    (r"Your account has expired; please contact", "unix-ended"),
    (r"You are required to change your password immediately", "unix-asks"),
)


def tags(text):
    """Codes of our messages, and marks for pam_unix's own ones."""
    codes = sorted(set(re.findall(r"[\[(](V\d\d)[\])]", text)))
    return codes + [tag for pattern, tag in TAGS if re.search(pattern, text)]


def session_seen(user, outcome):
    return f"session-of {user}\n" in outcome.text


def interactive(argv, user, runner="root", old=OLD):
    """A program that ends in a session of user."""
    before = world.shadow_fields(user)[1]
    outcome = Terminal(argv, runner).converse(answers(user, old))
    return verdict(user, before, outcome, session_seen(user, outcome)), outcome


def ssh(method, user, *command, program="ssh"):
    """The client's command line for one way to authenticate."""
    ways = {"password": "password", "kbdint": "keyboard-interactive", "key": "publickey"}
    key = ("-i", "/root/key") if method == "key" else ("-o", "PubkeyAuthentication=no")
    port = ("-p" if program == "ssh" else "-P", world.PORT)
    return [program, *SSH_OPTIONS, *key, "-o", f"PreferredAuthentications={ways[method]}", *port, *command]


def ssh_login(method):
    return lambda user: interactive(ssh(method, user, "-tt", f"{user}@127.0.0.1"), user)


def remote_command(method):
    def call(user):
        argv = ssh(method, user, f"{user}@127.0.0.1", "echo session-of $LOGNAME")
        return interactive(argv, user)
    return call


def fetch(program, method):
    """scp or sftp: in only if the file arrived whole, whatever messages there were."""
    def call(user):
        pathlib.Path(FILE).unlink(missing_ok=True)
        before = world.shadow_fields(user)[1]
        argv = ssh(method, user, f"{user}@127.0.0.1:/etc/login.defs", FILE, program=program)
        outcome = Terminal(argv).converse(answers(user))
        whole = os.path.exists(FILE) and same_bytes(FILE, "/etc/login.defs")
        return verdict(user, before, outcome, whole), outcome
    return call


def same_bytes(one, other):
    return pathlib.Path(one).read_bytes() == pathlib.Path(other).read_bytes()


def login(user):
    return interactive(["login"], user)


def su_user(user):
    return interactive(["su", "-", user], user, "runner")


def su_root(user):
    return interactive(["su", "-", user], user)


def ssh_wrong(user):
    """A wrong password: nobody may learn how the account stands."""
    argv = ssh("password", user, "-tt", f"{user}@127.0.0.1")
    return interactive(argv, user, old="Wrong-Guess-5z")


def su_wrong(user):
    return interactive(["su", "-", user], user, "runner", old="Wrong-Guess-5z")


def sudo(user):
    before = world.shadow_fields(user)[1]
    outcome = Terminal(["sudo", "-k", "echo", "done-as-root"], user).converse(answers(user))
    return verdict(user, before, outcome, "done-as-root\n" in outcome.text), outcome


def change(argv, user, runner):
    """A program whose purpose is the change: changed only if shadow says so and it exits with 0."""
    before = world.shadow_fields(user)[1]
    outcome = Terminal(argv, runner).converse(answers(user))
    changed = world.shadow_fields(user)[1] != before
    word = "changed" if changed and outcome.status == 0 else "refused"
    if changed != (outcome.status == 0):
        word = f"torn-exit-{outcome.status}"
    return "+".join([word, *tags(outcome.text)]), outcome


def passwd_user(user):
    return change(["passwd"], user, user)


def passwd_root(user):
    return change(["passwd", user], user, "root")


def chpasswd(user):
    before = world.shadow_fields(user)[1]
    done = subprocess.run(["chpasswd"], input=f"{user}:{NEW}\n", capture_output=True, text=True,
                          timeout=30, env=environment("root"))
    changed = world.shadow_fields(user)[1] != before
    word = "changed" if changed and done.returncode == 0 else "refused"
    outcome = Outcome(done.stdout + done.stderr, done.returncode)
    return "+".join([word, *tags(outcome.text)]), outcome


class Cron:
    """One minute of a real cron with a job for everybody; asked for one user after the other."""

    FOLDER = pathlib.Path("/run/cron-ran")

    def __init__(self, clock):
        self.clock = clock
        self.ran = None

    def prepare(self, users):
        self.FOLDER.mkdir(exist_ok=True)
        self.FOLDER.chmod(0o1777)
        for user in users:
            world.run("crontab", "-u", user, "-", text=f"* * * * * touch {self.FOLDER}/{user}\n")

    def play(self, users):
        """Start cron two seconds before a minute is full, end it three seconds after."""
        self.prepare(users)
        day, second = self.clock.day, self.clock.second
        self.clock.set(day, second - second % 60 + 58)
        process = subprocess.Popen(["/usr/sbin/cron", "-f"], stdin=subprocess.DEVNULL)
        time.sleep(5.5)
        process.terminate()
        process.wait(10)
        self.clock.set(day, second)
        self.ran = {entry.name for entry in self.FOLDER.iterdir()}

    def __call__(self, user):
        return ("ran" if user in self.ran else "not-run"), Outcome()


def table(clock):
    """Every caller by the name that the tables of expectations use."""
    return {
        "ssh-password": ssh_login("password"),
        "ssh-kbdint": ssh_login("kbdint"),
        "ssh-key": ssh_login("key"),
        "command-password": remote_command("password"),
        "command-kbdint": remote_command("kbdint"),
        "command-key": remote_command("key"),
        "scp-password": fetch("scp", "password"),
        "scp-key": fetch("scp", "key"),
        "sftp-password": fetch("sftp", "password"),
        "sftp-key": fetch("sftp", "key"),
        "login": login,
        "su-user": su_user,
        "su-root": su_root,
        "ssh-wrong": ssh_wrong,
        "su-wrong": su_wrong,
        "sudo": sudo,
        "passwd-user": passwd_user,
        "passwd-root": passwd_root,
        "chpasswd": chpasswd,
        "cron": Cron(clock),
    }
