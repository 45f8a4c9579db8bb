"""A real postfix in the throw-away root, and the mailboxes of the people it delivers to."""

import email
import email.policy
import os
import pathlib
import smtplib
import time

import world

DOMAIN = "example.com"
SETTINGS = {
    "alias_maps": "",
    "compatibility_level": "3.6",
    "home_mailbox": "Maildir/",
    # Its queue goes by the time of files, which is the kernel's.
    "import_environment": "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TEST_REAL_CLOCK=1",
    "inet_interfaces": "loopback-only",
    "inet_protocols": "ipv4",
    "mailbox_command": "",
    "mydestination": DOMAIN,
    "myhostname": f"mail.{DOMAIN}",
    "smtpd_tls_security_level": "none",
}


class Postfix:
    def __init__(self):
        world.run("postconf", "-e", *(f"{key}={value}" for key, value in SETTINGS.items()))
        world.run("postconf", "-F", "*/*/chroot=n")
        self.seen = set()

    def start(self):
        world.run("postfix", "start", env={**os.environ, "TEST_REAL_CLOCK": "1"})
        for _ in range(100):
            try:
                smtplib.SMTP("127.0.0.1", 25, timeout=10).quit()
                return
            except OSError:
                time.sleep(0.1)
        raise world.Fault("postfix does not answer")

    @staticmethod
    def stop():
        world.run("postfix", "stop")

    @staticmethod
    def settle():
        """Until all that was taken is delivered."""
        for _ in range(100):
            if "queue is empty" in world.run("postqueue", "-p"):
                return
            time.sleep(0.05)
        raise world.Fault("mail is left in the queue: " + world.run("postqueue", "-p"))

    def arrived(self):
        """The mails that are new since the last call, by the person who has them."""
        self.settle()
        mails = []
        for path in sorted(pathlib.Path("/home").glob("*/Maildir/new/*")):
            if path not in self.seen:
                self.seen.add(path)
                mails.append((path.parts[2], email.message_from_bytes(
                    path.read_bytes(), policy=email.policy.default)))
        return mails
