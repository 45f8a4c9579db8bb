"""Mails from the built composer: values in, messages out, taken apart by Python's parser."""

import email
import email.policy
import json
import os
import subprocess

SOURCE = os.environ["VSEE_SOURCE"]
COMPOSE = os.path.join(os.environ["VSEE_BUILD"], "tests/cli/compose-mail")
TEXTS = "etc/vsee-expire/texts"

# What may stand in a name and must come through whole.
HOSTILE = [
    "=?utf-8?q?look?= alike", "a =?utf-8?q?x?=", "=?", "x" * 300, "word " * 60 + "end",
    "ü" * 150, "ü " * 99 + "ü", "\u202eRTL\u200d\U0001F469\u200d\U0001F4BB \u05e9\u05dc",
    "\U0001F469" * 75, "From me", ".", "..dot", "a\\b", 'quo"te, comma; <tag> &amp; (x)',
    "%s %n {days} {{login}}", "  two  blanks", "line\u2028separator", "</style><script>x</script>",
    "Name: value", "e\u0301" * 40, "=3D=0A",
]

FULL = {"base_url": "https://%H:9443", "support": "https://help.example.com/a?b=c&d=e",
        "reply_to": "Desk <desk@example.com>", "name": "first.last"}


def run(host, cases, root=os.path.join(SOURCE, "reminderd"), zone="UTC"):
    """For each case its message, or what was returned; and standard error. GLib may not warn."""
    text = "".join(json.dumps(case) + "\n" for case in cases)
    done = subprocess.run(
        [COMPOSE, host.path("etc/vsee-expire"), root], input=text.encode(), capture_output=True,
        env={"TZ": zone, "G_DEBUG": "fatal-warnings"}, timeout=60, check=False)
    assert done.returncode == 0, (done.returncode, done.stderr)
    results, rest = [], done.stdout
    while rest:
        number, rest = rest.split(b"\n", 1)
        size = max(int(number), 0)
        results.append(rest[:size] if size else int(number))
        rest = rest[size:]
    assert len(results) == len(cases), (len(results), len(cases))
    return results, done.stderr.decode()


def compose(host, *cases, **options):
    results, stderr = run(host, cases, **options)
    assert stderr == "faults: 0\n", stderr
    return results


def parse(message):
    return email.message_from_bytes(message, policy=email.policy.default)


def parts(message):
    plain, page = parse(message).iter_parts()
    return plain.get_content().replace("\r\n", "\n"), page.get_content().replace("\r\n", "\n")


def words(text):
    return " ".join(text.split())
