"""vseectl lint --simulate foretells what the callers of expectations.py really do."""

import re

import expectations
import people
import world

# The caller of a table: its service, and whether it is the login with the password or with a key.
LOGINS = {
    "ssh-password": ("sshd", "password"),
    "ssh-kbdint": ("sshd", "password"),
    "ssh-key": ("sshd", "key"),
    "login": ("login", "password"),
    "su-user": ("su", "password"),
    "sudo": ("sudo", "password"),
    "cron": ("cron", "key"),
}

RESULTS = {
    "in": "gets in",
    "ran": "gets in",
    "change": "must choose a new password",
    "child": "must choose a new password",
    "refused": "refused",
    "not-run": "refused",
}


def foretell(service, user):
    """The results for the password and for the key, without a refusal's code."""
    text = world.run("vseectl", "lint", "--simulate", service, user)
    password, key = (found.split(":")[0] for found in re.findall(r"RESULT: (.*)", text)[:2])
    return {"password": password, "key": key}


def kept_out(caller, result):
    """cron has nobody to ask for a new password: what libpam asks of it is a refusal."""
    return caller == "cron" and result == RESULTS["change"]


def compare(text, results, only):
    foretold = {}
    for caller, state, cell in expectations.rows(text):
        name = f"simulate {caller} {state}"
        if caller not in LOGINS or not all(word in name for word in only):
            continue
        service, kind = LOGINS[caller]
        if (service, state) not in foretold:
            foretold[service, state] = foretell(service, state)
        result = foretold[service, state][kind]
        got = "refused" if kept_out(caller, result) else result
        results.expect(name, RESULTS[cell.split("+")[0]], got)


def check(results, clock, chosen):
    world.install_programs()
    world.install_stack()
    people.make_ours(clock)
    compare(expectations.OURS, results, chosen.only)


def check_stock(results, clock, chosen):
    """Debian's own stack, and pam_unix alone."""
    world.install_programs()
    people.make_stock()
    compare(expectations.STOCK, results, chosen.only)
