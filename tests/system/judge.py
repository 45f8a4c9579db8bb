"""Reads delivered mails as strangers do: judge.py FILE..., a line of JSON each.

Python's parser, Perl's Email::MIME, and the DKIM signature that the server made before delivery:
it verifies only if no octet of header or body was changed on the way.
"""

import email
import email.policy
import json
import pathlib
import subprocess
import sys

import dkim

RECORD = pathlib.Path("/etc/dkim/record").read_bytes().strip()
HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Auto-Submitted",
           "Content-Type", "Reply-To", "Content-Language", "Return-Path", "X-Original-To")
PERL = r"""
use strict; use warnings FATAL => 'all'; use Email::MIME;
local $/; my $mail = Email::MIME->new(<STDIN>);
die "no header\n" unless $mail->header_str('Subject');
my @types = map { ($_->content_type =~ /^([^;]+)/)[0] } $mail->subparts;
die "no body\n" for grep { $_->body_str eq '' } $mail->subparts;
binmode STDOUT, ':utf8'; print join(' ', $mail->header_str('Subject'), @types);
"""


def python_faults(message):
    faults = [repr(defect) for part in message.walk() for defect in part.defects]
    faults += [f"{name}: {defect!r}" for part in message.walk() for name, value in part.items()
               for defect in getattr(value, "defects", ())]
    faults += [f"{name} stands {len(message.get_all(name, []))} times"
               for name in HEADERS[:8] if len(message.get_all(name, [])) != 1]
    return faults


def line_faults(data):
    lines = data.split(b"\n")
    return ([f"a line of {len(line)} octets" for line in lines if len(line) > 998] +
            ["octets over 127"] * (max(data) > 127) + ["a carriage return"] * (b"\r" in data))


def alter(data):
    """One letter of the text is another one."""
    at = data.index(b"\n\n", data.index(b"text/plain")) + 2
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]


def judge(data):
    message = email.message_from_bytes(data, policy=email.policy.default)
    perl = subprocess.run(["perl", "-e", PERL], input=data, capture_output=True, timeout=60)
    bodies = {part.get_content_type(): part.get_content() for part in message.walk()
              if not part.is_multipart()}
    return {
        "headers": {name: str(message[name]) for name in HEADERS if message[name]},
        "received": [str(value) for value in message.get_all("Received", [])],
        "types": [part.get_content_type() for part in message.walk()],
        "text": bodies.get("text/plain", ""), "html": bodies.get("text/html", ""),
        "faults": python_faults(message) + line_faults(data),
        "perl": perl.stdout.decode() if perl.returncode == 0 else perl.stderr.decode(),
        "dkim": dkim.verify(data, dnsfunc=lambda *_, **__: RECORD),
        "altered": dkim.verify(alter(data), dnsfunc=lambda *_, **__: RECORD),
    }


if __name__ == "__main__":
    for file in sys.argv[1:]:
        print(json.dumps(judge(pathlib.Path(file).read_bytes())))
