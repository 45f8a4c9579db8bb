#!/usr/bin/env python3
"""The main job as people see it, on real logins and a real mail server; packaging/demo runs it in root.sh.

Each step prints what was done, what a person saw, and whether it is what was promised.
"""

import os
import pathlib
import sys

import callers
import post
import story_page
import world
from page import Page
from teller import FRESH, Teller, codes, command, is_in, ssh
from terminal import Outcome, Terminal

OLD = ("Amber-Fox-31", "Bridge-Lamp-42", "Copper-Vine-53", "Dune-Harbor-64", "Ember-Quill-75",
       "Frost-Ladle-86", "Grove-Tiger-97")
NOW = world.DAY_NOW

CONFIGURATION = """\
[policy]
mode = off
[group strict]
mode = enforce
expired = deny
[group providers]
mode = enforce
max_days = 60
remember = 6
[exempt]
groups = robots
[web]
base_url = {url}
support = https://help.example.com/
[mail]
smtp = smtp://localhost:25
from = Help desk <help@example.com>
addresses = domain
domain = example.com
"""
MAILED = ["anna", "ben", "carla"]


def add(name, groups, password):
    world.run("useradd", "-m", "-s", "/bin/bash", "-G", groups, name)
    world.set_password(name, password)
    world.authorize(name)
    pathlib.Path(f"/home/{name}/.hushlogin").touch()


def passwd(user, old, new):
    return Terminal(["passwd"], user).converse(callers.answers(user, old, new))


def settle_in(tell, url):
    """Sixty days back: people, module, stack lines and configuration are put in place."""
    tell.chapter(NOW - 60, "a fresh host; an administrator asks for expiry in group providers")
    for group in ("providers", "strict", "robots", "sudoing"):
        world.run("groupadd", "-f", group)
    add("anna", "providers", OLD[0])
    add("ben", "strict", OLD[0])
    add("carla", "providers,sudoing", OLD[0])
    add("robot", "providers,robots", OLD[0])
    world.install_programs()
    world.install_mail()
    world.install_stack()
    world.CONFIG.write_text(CONFIGURATION.format(url=url))
    tell.step("The configuration is published.", command("vseectl", "apply"), True)
    tell.step("The daily scan enrols everybody.", command("reminderd", "scan"), True)
    for old, new in zip(OLD, OLD[1:]):
        outcome = passwd("anna", old, new)
        if outcome.status != 0:
            break
    tell.step("anna changes her password six times with passwd; the last time:", outcome,
              outcome.status == 0)


def text_of(mails):
    """Each mail as its reader sees it first."""
    return "\n".join(
        "\n".join([f"--- {user}'s mailbox", *(f"{name}: {mail[name]}" for name in (
            "From", "To", "Subject")), mail.get_body(("plain",)).get_content()])
        for user, mail in mails)


def mail(tell, postfix, days):
    """What the timers do on this day, and once more: who is told is not told again."""
    tell.step("The scan of this day, after a pause: it waits an hour, then believes the clock.",
              Outcome(world.scan(tell.clock)), True)
    outcome = command("reminderd", "send")
    mails = postfix.arrived()
    outcome.text += text_of(mails)
    subject = f"VSee Messenger Password is Expiring in {days} day{'s' if days > 1 else ''}"
    tell.step("The mails of this day.", outcome, [user for user, _ in mails] == MAILED
              and all(mail["Subject"] == subject for _, mail in mails))
    outcome = command("reminderd", "send")
    mails = postfix.arrived()
    outcome.text += text_of(mails)
    tell.step("A second run sends nothing.", outcome, mails == [])


def warn(tell, postfix):
    tell.chapter(NOW - 10, "ten days before the passwords expire")
    mail(tell, postfix, 10)
    tell.chapter(NOW - 3, "three days before")
    mail(tell, postfix, 3)
    sshd = world.Sshd()
    outcome = ssh("anna", OLD[-1])
    tell.step("anna logs in with ssh and is told how long her password lasts.", outcome,
              is_in(outcome, "anna") and codes(outcome) == ["V01"])
    sshd.stop()
    tell.chapter(NOW - 1, "one day before")
    mail(tell, postfix, 1)


def refuse_old(tell):
    """The present password and each of the six before it are refused at the forced change."""
    outcome = ssh("anna", OLD[-1], OLD[-1])
    tell.step("anna logs in; her password is 60 days old: she must choose a new one. She tries the "
              "present one.", outcome, not is_in(outcome, "anna") and codes(outcome) == ["V03", "V10"])
    for number, password in enumerate(OLD[:-1], 1):
        outcome = ssh("anna", OLD[-1], password)
        tell.step(f"She tries an old one, number {number} of her last six.", outcome,
                  not is_in(outcome, "anna") and codes(outcome) == ["V03", "V11"])


def take_fresh(tell):
    before = world.shadow_fields("anna")[1]
    outcome = ssh("anna", OLD[-1])
    tell.step("She takes a fresh one.", outcome, "updated successfully" in outcome.text
              and world.shadow_fields("anna")[1] != before)
    outcome = ssh("anna", FRESH)
    tell.step("The new password logs in.", outcome, is_in(outcome, "anna") and not codes(outcome))
    outcome = ssh("anna", OLD[-1])
    tell.step("The old one doesn't.", outcome,
              not is_in(outcome, "anna") and "Permission denied" in outcome.text)


def deny(tell):
    for method in ("password", "kbdint"):
        outcome = ssh("ben", OLD[0], method=method)
        tell.step(f"ben's group says expired = deny: refused, with message and link ({method}).",
                  outcome, not is_in(outcome, "ben") and codes(outcome) == ["V04"]
                  and "https://" in outcome.text)


def go_on(tell):
    """Everything that has no business with people's passwords goes on working."""
    outcome = ssh("carla", method="key")
    tell.step("carla's password has expired, too; she logs in with a key and is told.", outcome,
              is_in(outcome, "carla") and codes(outcome) == ["V09"])
    outcome = Terminal(["sudo", "-k", "id", "-un"], "carla").converse(callers.answers("carla", OLD[0]))
    tell.step("She uses sudo.", outcome, is_in(outcome, "root"))
    cron = callers.Cron(tell.clock)
    cron.play(["carla"])
    tell.step("Her cron job runs.", Outcome("crontab: * * * * * touch /run/cron-ran/carla\n"),
              cron("carla")[0] == "ran")
    for user, old, method in (("robot", OLD[0], "password"), ("robot", None, "key"), ("root", None, "key")):
        outcome = ssh(user, old, method=method, words=("id -un",))
        tell.step(f"{user} runs a command over ssh ({method}).", outcome,
                  is_in(outcome, user) and not codes(outcome))
    outcome = Terminal(["su", "-", "ben", "-c", "id -un"]).converse(())
    tell.step("root becomes ben with su; nobody asks root for ben's new password.", outcome,
              is_in(outcome, "ben"))


def look_back(tell, postfix):
    outcome = command("vseectl", "reminders", "anna")
    tell.step("Somebody says that anna had no mail: what was sent, and what the server said.",
              outcome, outcome.text.count("anna@example.com") == 3 and "250" in outcome.text)
    world.run("reminderd", codes=None)
    mails = postfix.arrived()
    tell.step("Whoever has changed gets no mail for the old password, and nobody gets one twice.",
              Outcome(text_of(mails), 0), mails == [])


def take_terminal():
    """The terminal that somebody sits at, or None; no program that is played may read from it."""
    terminal = os.dup(0) if os.isatty(0) else None
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    return terminal


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("story.py changes accounts: packaging/demo runs it in a throw-away root")
    terminal, page = take_terminal(), Page()
    journal, clock = world.Journal(), world.Clock()
    tell = Teller(clock, journal)
    world.make_surroundings()
    world.authorize("root")
    clock.set(NOW - 60)
    settle_in(tell, page.url)
    postfix = post.Postfix()
    postfix.start()
    warn(tell, postfix)
    tell.chapter(NOW, "the passwords are 60 days old")
    sshd = world.Sshd()
    tell.step("The scan of this day.", Outcome(world.scan(clock)), True)
    for part in (refuse_old, take_fresh, deny, go_on):
        part(tell)
    look_back(tell, postfix)
    postfix.stop()
    page.start()
    story_page.check(tell, page, "carla", OLD[0])
    sshd.stop()
    print(f"\n{tell.steps} steps, {tell.broken} not as promised", flush=True)
    if terminal is not None:
        story_page.show(page, terminal, ("ben", OLD[0]), "anna")
    page.stop()
    return 1 if tell.broken else 0


if __name__ == "__main__":
    sys.exit(main())
