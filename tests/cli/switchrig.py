"""A made-up host for enable.py and disable.py, and what is read from it."""

import os

from harness import CONF

FOLDER = f"{CONF}.d"
DROPIN = f"{FOLDER}/99-vseectl.conf"
MODULE = "usr/lib/x86_64-linux-gnu/security/pam_vsee_expire.so"
OFF = "[policy]\nmax_days = 60\n"


def prepare(host, text=OFF):
    """A host with the module installed and pam.d as Debian has it, mode off."""
    os.makedirs(os.path.dirname(host.path(MODULE)))
    host.write(MODULE, "")
    os.makedirs(host.path("etc/pam.d"))
    host.write("etc/pam.d/common-account", "account\trequired\tpam_unix.so\n")
    host.write("etc/pam.d/common-auth", "auth\trequired\tpam_unix.so\n")
    host.write("etc/pam.d/common-password", "password\trequired\tpam_unix.so\n")
    for service in ("cron", "sshd", "samba", "dovecot"):
        host.write(f"etc/pam.d/{service}", "@include common-account\n")
    host.write(CONF, text)


def times(host):
    """When each file was written, and which one it is."""
    found = {}
    for folder, folders, files in os.walk(host.root):
        for name in folders + files:
            stat = os.lstat(os.path.join(folder, name))
            found[os.path.join(folder, name)] = (stat.st_mtime_ns, stat.st_ino)
    return found


def last(text):
    return text.splitlines()[-1]


def sections(host):
    """The drop-in without its comments."""
    return [line for line in host.read(DROPIN).splitlines() if line and line[0] != "#"]


def published(host):
    return host.ctl("explain", "alice")[0]
