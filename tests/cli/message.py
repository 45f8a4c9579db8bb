"""
A mail as bytes, judged by Python's parser and Perl's: headers, both parts, hostile values in every
place.
"""

import json
import os
import re
import subprocess
import sys

from composed import FULL, HOSTILE, TEXTS, compose, parse, parts, words
from harness import Skip, main

NOW = 1795392000
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
           "X-Auto-Response-Suppress", "Content-Language", "MIME-Version", "Content-Type"]
REFUSED = -22
CONTROLS = ["\r\nBcc: x@example.org", "a\nb", "a\rb", "tab\tin", "bell\a", "del\x7f", "c1\x85",
            "c1\x9f"]
ADDRESSES = ["a@b\r\nRCPT TO:<x>", "", "a", "@b", "a@", "a b@c", '"a b"@c', "a@[127.0.0.1]",
             "ü@example.com", "a@exämple.com", "a@b@c", "<a@b>", "a@b,c@d", "a@b\n",
             "l" * 65 + "@b", "a..b@c"]


def check_bytes(message):
    assert message.isascii() and b"\0" not in message
    assert message.endswith(b"\r\n") and b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    assert not re.search(rb"^From ", message, re.M)
    head, body = message.split(b"\r\n\r\n", 1)
    assert max(len(line) for line in body.split(b"\r\n")) <= 78
    for line in head.split(b"\r\n"):
        value = line.split(b": ", 1)[-1].strip()
        assert len(line) <= 78 or b" " not in value and len(line) <= 320, line


def check_headers(message, case):
    parsed = parse(message)
    expected = HEADERS + (["Reply-To"] if case.get("reply_to") else [])
    assert sorted(parsed.keys()) == sorted(expected), parsed.keys()
    assert parsed["To"].addresses[0].addr_spec == case.get("address", "alice@example.com")
    assert len(parsed["To"].addresses) == len(parsed["From"].addresses) == 1
    assert parsed["From"].addresses[0].addr_spec == "help@example.com"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert parsed["X-Auto-Response-Suppress"] == "All"
    assert parsed["Content-Language"] == case.get("language", "en")
    assert parsed["Message-ID"] == case.get("message_id", "<0123456789abcdef@example.com>")
    assert re.search(r"^Date: .* \+0000\r$", message.decode(), re.M)
    assert parsed["Date"].datetime.timestamp() == NOW
    for value in parsed.values():
        assert not value.defects, (value, value.defects)


def check_parts(message):
    parsed = parse(message)
    assert not parsed.defects and parsed.get_content_type() == "multipart/alternative"
    found = list(parsed.iter_parts())
    assert [part.get_content_type() for part in found] == ["text/plain", "text/html"]
    for part in found:
        assert not part.defects, part.defects
        assert part.get_content_charset() == "utf-8"
        assert part["Content-Transfer-Encoding"] in ("quoted-printable", "7bit")
    assert found[1].get_content().lower().count("<html") == 1


def check(message, case):
    assert isinstance(message, bytes), (case, message)
    check_bytes(message)
    check_headers(message, case)
    check_parts(message)


def the_subject_is_the_products(host):
    rows = [
        ("en", 1, "VSee Messenger Password is Expiring in 1 day"),
        ("en", 3, "VSee Messenger Password is Expiring in 3 days"),
        ("en", 10, "VSee Messenger Password is Expiring in 10 days"),
        ("en", 0, "VSee Messenger Password is Expiring today"),
        ("de", 1, "Ihr Passwort für VSee Messenger läuft in 1 Tag ab"),
        ("de", 2, "Ihr Passwort für VSee Messenger läuft in 2 Tagen ab"),
        ("de", 0, "Ihr Passwort für VSee Messenger läuft heute ab"),
    ]
    cases = [{"language": language, "days_left": days} for language, days, _ in rows]
    for message, case, (_, _, subject) in zip(compose(host, *cases), cases, rows):
        check(message, case)
        assert parse(message)["Subject"] == subject, parse(message)["Subject"]
    assert compose(host, cases[0])[0].count(f"\r\nSubject: {rows[0][2]}\r\n".encode()) == 1


def hostile_values_come_through_whole(host):
    cases = [{"product": value, "language": language, "days_left": 2}
             for value in HOSTILE for language in ("en", "de")]
    for message, case in zip(compose(host, *cases), cases):
        check(message, case)
        subject = {"en": "{} Password is Expiring in 2 days",
                   "de": "Ihr Passwort für {} läuft in 2 Tagen ab"}[case["language"]]
        assert parse(message)["Subject"] == subject.format(case["product"]), case
        plain, page = parts(message)
        assert words(case["product"]) in words(plain), (case, plain)
        assert "<script" not in page


PERL = r"""
use strict; use warnings; use Email::MIME; use JSON::PP;
local $/; $SIG{__WARN__} = sub { die @_ };
for my $message (@{JSON::PP->new->decode(<STDIN>)}) {
  my $mail = Email::MIME->new($message);
  my @parts = map { {type => $_->content_type, text => $_->body_str} } $mail->subparts;
  print JSON::PP->new->ascii->encode({
    subject => scalar $mail->header_str("Subject"), from => scalar $mail->header_str("From"),
    names => [$mail->header_names], parts => \@parts}), "\n";
}
"""


def perl_reads_the_same(host):
    perl = subprocess.run(["perl", "-MEmail::MIME", "-e", "1"], capture_output=True, check=False)
    if perl.returncode != 0:
        raise Skip("Email::MIME is not installed")
    cases = [{"product": value, **FULL} for value in HOSTILE]
    cases += [{**FULL, "language": "de"}]
    cases += [{"from": f'"{name}" <help@example.com>'} for name in HOSTILE
              if not set(name) & set('"\\')]
    messages = compose(host, *cases)
    done = subprocess.run(["perl", "-e", PERL], text=True, capture_output=True, check=True,
                          input=json.dumps([message.decode() for message in messages]))
    for line, message, case in zip(done.stdout.splitlines(), messages, cases, strict=True):
        seen, parsed = json.loads(line), parse(message)
        assert seen["subject"] == parsed["Subject"], (seen["subject"], case)
        assert [part["text"].replace("\r\n", "\n") for part in seen["parts"]] == \
            list(parts(message)), case
        assert seen["names"] == parsed.keys(), seen["names"]
        if "from" in case:
            name = case["from"].split('"')[1]
            assert words(seen["from"].replace('"', "")) == words(f"{name} <help@example.com>"), seen


def what_no_header_can_carry_is_refused(host):
    cases = [{key: value} for value in CONTROLS
             for key in ("product", "host", "name", "support", "base_url")]
    cases += [{key: f'"{value}" <a@b.c>'} for value in CONTROLS for key in ("from", "reply_to")]
    cases += [{"address": value} for value in ADDRESSES]
    cases += [{"from": value} for value in ADDRESSES if value != "<a@b>"]
    cases += [{"message_id": value} for value in ("", "<>", "x", "<a>", "<a@b>\r\nX: y", "<a b@c>")]
    cases += [{key: ""} for key in ("product", "host", "name", "from")]
    cases += [{"deadline": value} for value in (-1, -2, 1 << 40)]
    for result, case in zip(compose(host, *cases), cases):
        assert result == REFUSED, (case, result)


def long_values_come_through_whole(host):
    label = "d" * 60
    cases = [{"name": "n" * 255, "base_url": "https://%H:9443"},
             {"host": f"{label}.{label}.{label}.example.com", "base_url": "https://%H"},
             {"address": "l" * 60 + f"@{label}.{label}.{label}.com"},
             {"message_id": "<" + "i" * 60 + f"@{label}.{label}.{label}.com>"}]
    for message, case in zip(compose(host, *cases), cases):
        check(message, case)
        for key in ("name", "host"):
            assert all(case.get(key, "") in part for part in parts(message))


def a_retry_gives_the_same_bytes(host):
    first, again, later, other = compose(
        host, FULL, FULL, {**FULL, "now": NOW + 1}, {**FULL, "message_id": "<other@example.com>"})
    assert first == again
    differing = [(one, two) for one, two in zip(first.split(b"\r\n"), later.split(b"\r\n"))
                 if one != two]
    assert len(differing) == 1 and differing[0][0].startswith(b"Date: "), differing
    assert parse(first).get_boundary() != parse(other).get_boundary()


def lines_that_mailboxes_change_are_encoded(host):
    """From own texts: a line that begins with "From ", and one that is a dot."""
    os.makedirs(host.path(TEXTS))
    host.write(f"{TEXTS}/en.ini", "[mail]\ngreeting = From {login} at {host}\nautomatic = .\n"
                                  "help.none = From the top: " + "ä" * 50 + "\nlead.other =\n"
                                  "  Only {days} days!\n")
    host.write(f"{TEXTS}/de.ini", "[mail]\ngreeting =\n")
    english, german = compose(host, {}, {"language": "de"})
    check(english, {})
    plain = parts(english)[0]
    assert plain.startswith("From alice at host1.example.com\n\nOnly 3 days!\n"), plain
    assert plain.endswith("\n\nFrom the top: " + "ä" * 50 + "\n\n.\n"), plain
    check(german, {"language": "de"})
    assert parts(german)[0].startswith("Ihr Passwort für "), parts(german)[0]


sys.exit(main([
    the_subject_is_the_products,
    hostile_values_come_through_whole,
    long_values_come_through_whole,
    perl_reads_the_same,
    what_no_header_can_carry_is_refused,
    a_retry_gives_the_same_bytes,
    lines_that_mailboxes_change_are_encoded,
]))
