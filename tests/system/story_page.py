"""The end of the story: the page, tried from outside the root, then open to whoever sits there."""

import os
import select

import world
from teller import codes, command, is_in, ssh
from terminal import Outcome

PAGE_NEW = "Indigo-Marble-29"
MINUTES = 10
INVITATION = """
== Now you: the page is open on this machine's loopback

  Address           {url}/
  User name         {user}
  Current password  {password}

  With a one-time link no current password is asked for; this one is {other}'s, from "vseectl link":

  {link}

  Its certificate is self-signed and of this run: the browser warns, go on. From another machine:
  ssh -L {port}:127.0.0.1:{port} to this one, then the same addresses there.

  Enter or Ctrl-C ends it; it ends by itself after {minutes} minutes.
"""


def request(browser, method, target, fields=None):
    """Status and text, and the same as somebody at a terminal sees it."""
    status, place, text = browser.ask(method, target, fields)
    leads = f" to {place}" if place else ""
    asked = f"> {method} https://{browser.authority}{target}"
    return Outcome(f"{asked}\n< {status}{leads}", status), text


def check(tell, page, user, old):
    """user sets a new password there and logs in with it."""
    tell.chapter(tell.clock.day, "the page where people set a new password")
    browser = page.browser()
    outcome, text = request(browser, "GET", f"/?user={user}")
    tell.step(f"{user} opens the link of a mail, from outside the root: it fills in the name.",
              outcome, outcome.status == 200 and f'value="{user}"' in text
              and 'id="rules"' in text)
    fields = {"user": user, "current": old, "new": PAGE_NEW, "confirm": PAGE_NEW, "lang": "en"}
    outcome, _ = request(browser, "POST", "/change", {**fields, "new": old, "confirm": old})
    tell.step("The old password once more is refused.", outcome, outcome.status == 422)
    outcome, _ = request(browser, "POST", "/change", fields)
    tell.step("A new one is taken.", outcome, outcome.status == 303)
    outcome = ssh(user, PAGE_NEW)
    tell.step(f"{user} logs in with it.", outcome, is_in(outcome, user) and not codes(outcome))
    outcome = ssh(user, old)
    tell.step("The old one doesn't log in.", outcome,
              not is_in(outcome, user) and "Permission denied" in outcome.text)


def hashes(users):
    return {user: world.shadow_fields(user)[1] for user in users}


def await_end(terminal):
    try:
        if select.select([terminal], [], [], MINUTES * 60)[0]:
            os.read(terminal, 4096)
    except (KeyboardInterrupt, OSError):  # or the terminal is gone
        print()


def show(page, terminal, person, other):
    """The page for a person with a browser, until they or the clock say that it is enough."""
    user, password = person
    link = command("vseectl", "link", other).text.splitlines()[-1]
    before = hashes((user, other))
    print(INVITATION.format(url=page.url, port=page.port, user=user, password=password,
                            other=other, link=link, minutes=MINUTES), flush=True)
    await_end(terminal)
    for name, now in hashes(before).items():
        told = "still has the old" if now == before[name] else "has set a new"
        print(f"  {name} {told} password.")
