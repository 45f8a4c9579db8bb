"""Hosts for lint.py: a good one, and what spoils it in one way each."""

import json
import os
import re
import subprocess

from harness import CONF, STATE

SOURCE = os.environ["VSEE_SOURCE"]
LOCKER = "@include common-auth\n@include common-account\n"
ACCOUNT = "etc/pam.d/common-account"
AUTH = "etc/pam.d/common-auth"
PASSWORD = "etc/pam.d/common-password"
OLD = "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
DENY = "account requisite pam_deny.so\naccount required pam_permit.so\n"
FIRST = ("account [success={} new_authtok_reqd={} acct_expired={} authtok_expired=die "
         "service_err={} default=ignore] pam_vsee_expire.so\n")
AGAIN = "account [new_authtok_reqd=2 default=ignore] pam_vsee_expire.so again\n"
LAST = OLD + DENY
FEDORA = """auth required pam_env.so
auth sufficient pam_fprintd.so
auth sufficient pam_unix.so nullok
auth required pam_deny.so
account required pam_unix.so
account sufficient pam_localuser.so
account sufficient pam_usertype.so issystem
account required pam_permit.so
password requisite pam_pwquality.so local_users_only
password sufficient pam_unix.so yescrypt shadow nullok
password sufficient pam_sss.so use_authtok
password required pam_deny.so
"""
GOOD = "[policy]\nmode = remind\n"
MAIL = "[mail]\nsmtp = smtp://localhost:25\nfrom = Help desk <help@example.com>\n"


def good_host(host):
    for folder in ("etc/pam.d", "usr/lib/security", "var/lib/pam", "etc/cron.d",
                   "etc/systemd/system/timers.target.wants"):
        os.makedirs(host.path(folder), exist_ok=True)
    samples = f"{SOURCE}/packaging/pam.d"
    for name in os.listdir(samples):
        with open(f"{samples}/{name}", encoding="utf-8") as file:
            host.write(f"etc/pam.d/{name}", file.read())
    os.unlink(host.path("etc/pam.d/common-password.pwquality"))
    for name in ("common-session", "common-session-noninteractive"):
        host.write(f"etc/pam.d/{name}", "session required pam_unix.so\n")
    host.write("etc/pam.d/other", "@include common-auth\n@include common-account\n"
               "@include common-password\n@include common-session\n")
    host.write("usr/lib/security/pam_vsee_expire.so", "")
    host.write("etc/systemd/system/timers.target.wants/reminderd-scan.timer", "")
    host.days["root"] = 1
    host.write_shadow()
    configure(host, GOOD)


def configure(host, text):
    host.write(CONF, text)
    host.scan()


def run(host, *arguments):
    """stdout, stderr and exit code of a run that may find something or not."""
    done = subprocess.run([host.programs["vseectl"], "--root", host.root, "lint", *arguments],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 5), done
    return done.stdout, done.stderr, done.returncode


def lint(host, *arguments):
    """The findings; the exit code must fit."""
    done = run(host, "--json", *arguments)
    findings = [json.loads(line) for line in done[0].splitlines()]
    bad = any(finding["severity"] != "note" for finding in findings)
    assert done[2] == (5 if bad else 0), (done, bad)
    return findings


def codes(findings):
    return sorted({finding["code"] for finding in findings})


def apply_remedy(host, finding):
    """Carry out what the remedy says about lines of files, by their old numbers."""
    edits, mode = {}, None
    for line in finding["remedy"].splitlines():
        if match := re.fullmatch(r"Put (before|behind) line (\d+) of (\S+):", line):
            mode = edits.setdefault(match[3], {}).setdefault(int(match[2]), {}).setdefault(
                match[1], [])
        elif match := re.fullmatch(r"Line (\d+) of (\S+) becomes:", line):
            mode = edits.setdefault(match[2], {}).setdefault(int(match[1]), {}).setdefault(
                "becomes", [])
        elif match := re.fullmatch(r"Remove line (\d+) of (\S+)\.", line):
            edits.setdefault(match[2], {}).setdefault(int(match[1]), {})["becomes"] = []
            mode = None
        else:
            assert mode is not None and re.match(r"-?(auth|account|password) ", line), finding
            mode.append(line)
    assert edits, finding
    for path, lines in edits.items():
        with open(path, encoding="utf-8") as file:
            old = file.read().splitlines()
        new = []
        for number, line in enumerate(old, 1):
            edit = lines.get(number, {})
            new += edit.get("before", []) + edit.get("becomes", [line]) + edit.get("behind", [])
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(new) + "\n")


def change(host, name, old, new):
    text = host.read(name)
    assert old in text, (name, old)
    host.write(name, text.replace(old, new))


def stack(name, *lines):
    return lambda host: host.write(name, "".join(lines))


def edit(name, old, new):
    return lambda host: change(host, name, old, new)


def config(text, scan=True):
    return lambda host: configure(host, text) if scan else host.write(CONF, text)


def drop_lines(host, pattern):
    folder = host.path("etc/pam.d")
    for name in os.listdir(folder):
        text = host.read(f"etc/pam.d/{name}")
        host.write(f"etc/pam.d/{name}", re.sub(rf"(?m)^.*{pattern}.*\n", "", text))


def without_lines(host):
    drop_lines(host, "pam_vsee_expire")
    host.write(ACCOUNT, LAST)


def vendor_service_without(host):
    os.makedirs(host.path("usr/lib/pam.d"))
    host.write("usr/lib/pam.d/vsftpd", "@include common-auth\naccount required pam_unix.so\n")
    host.write("usr/lib/pam.d/sshd", "account required pam_unix.so\n")  # another one counts


def one_service_without(host):
    host.write("etc/pam.d/vsftpd", "@include common-auth\naccount required pam_unix.so\n")


def own_auth(host):
    host.write("etc/pam.d/dovecot", "auth required pam_unix.so\n@include common-account\n")


def access_behind(host):
    host.write(ACCOUNT, FIRST.format(2, "ok", "die", "ignore") + LAST)
    change(host, "etc/pam.d/sshd", "@include common-account",
           "@include common-account\naccount required pam_access.so")


def access_cut_off(host):
    host.write("etc/pam.d/own", "@include common-auth\n" + FIRST.format(
        "done", "ok", "die", "ignore") + AGAIN + LAST + "account required pam_access.so\n")


def pam_unix_asked(host):
    host.write(ACCOUNT, FIRST.format("ok", "ok", "die", "ignore") + AGAIN + LAST)
    for name in ("cron", "sudo"):
        os.unlink(host.path(f"etc/pam.d/{name}"))


def jobs_asked(host):
    host.write("etc/pam.d/cron", "@include common-auth\n" + FIRST.format(
        "ok", "ok", "die", "ignore") + AGAIN + LAST)


def strength_behind(host):
    change(host, PASSWORD, "password\t[success", "password requisite pam_pwquality.so "
           "use_authtok\npassword\t[success")


def locker(host):
    host.write("etc/pam.d/xscreensaver", LOCKER)
    configure(host, GOOD + "expired = deny\n[web]\nsupport = https://help.example.com/\n")


def overlap(host):
    host.write("etc/group", "a:x:1:alice,bob\nb:x:2:alice,carol\n")
    configure(host, GOOD + "[group a]\nremember = 3\n[group b]\nremember = 4\n")


def overwritten(host):
    name = f"{STATE}/accounts/alice"
    text = host.read(name)
    host.write(name, text.replace("\nend\n", "\nmirror overwritten\nmirror-max 60\nend\n"), 0o600)
    os.makedirs(host.path("etc/puppet"))


def open_state(host):
    os.chmod(host.path(f"{STATE}/accounts"), 0o755)


def twice(host):
    host.write("etc/shadow", host.read("etc/shadow") + host.shadow_line("alice"))


def service_account(host):
    change(host, "etc/passwd", "robot:x:1004:1004::/:/bin/sh",
           "robot:x:1004:1004::/:/usr/sbin/nologin")


def no_timer(host):
    os.unlink(host.path("etc/systemd/system/timers.target.wants/reminderd-scan.timer"))


def no_sender(host):
    configure(host, GOOD + MAIL)
    os.symlink("/dev/null", host.path("etc/systemd/system/reminderd-send.timer"))


def no_module(host):
    os.unlink(host.path("usr/lib/security/pam_vsee_expire.so"))


def one_profile(host):
    host.write("var/lib/pam/password", "Module: unix\nModule: vsee-expire\nrequisite x\n")


def page_file(name):
    with open(f"{SOURCE}/web/worker/pam.d/{name}", encoding="utf-8") as file:
        return file.read()


def page(host, without=""):
    """The page is installed and switched on, and its strength is that of logins."""
    for folder in ("usr/libexec/vsee-expire", "etc/systemd/system/sockets.target.wants"):
        os.makedirs(host.path(folder))
    host.write("usr/libexec/vsee-expire/vsee-resetd", "")
    if without != "socket":
        host.write("etc/systemd/system/sockets.target.wants/vsee-web.socket", "")
    for name in ("vsee-reset", "vsee-reset-token"):
        if without != name:
            host.write(f"etc/pam.d/{name}", page_file(name))
    os.unlink(host.path(PASSWORD))
    with open(f"{SOURCE}/packaging/pam.d/common-password.pwquality", encoding="utf-8") as file:
        host.write(PASSWORD, file.read())
    configure(host, GOOD + "[web]\nbase_url = https://%H:9443\n")


def page_with(name, old, new):
    def spoil(host):
        page(host)
        change(host, name, old, new)
    return spoil


def page_of_another_host(host):
    """Its socket is no matter of this host; that the address is another's is found already."""
    page(host, "socket")
    configure(host, GOOD + "[web]\nbase_url = https://elsewhere.example.com:9443\n")
