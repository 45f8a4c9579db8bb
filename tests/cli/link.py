"""vseectl link on a made-up host: each function is a test, its name the rule."""

import fcntl
import os
import re
import struct
import subprocess
import sys
import time

from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main

URL = "https://page.example.com:9443"
PAGE = f"[web]\nbase_url = {URL}/\n"
FORM = re.compile(re.escape(URL) + r"/\?user=([a-z]+)&token=([A-Za-z0-9_-]{43})\n")


def publish(host, text=GROUP_REMIND + PAGE):
    host.write(CONF, text)
    host.ctl("apply")


def link(host, *arguments, name="alice"):
    """The token of the one line that is printed."""
    stdout, stderr = host.ctl("link", name, *arguments)
    match = FORM.fullmatch(stdout)
    assert match and match[1] == name and not stderr, (stdout, stderr)
    return match[2]


def refused(host, words, *arguments, name="alice", code=3):
    before = host.contents()
    stdout, stderr = host.ctl("link", name, *arguments, code=code)
    assert not stdout and stderr.startswith("vseectl: error: "), (stdout, stderr)
    assert stderr.count("\n") == 1, stderr
    for word in words:
        assert word in stderr, (word, stderr)
    changed = {path for path, text in host.contents().items() if before.get(path) != text}
    assert not {path for path in changed if not path.endswith(("/accounts", "/lock"))}, changed


def seconds_left(host, name="alice"):
    return int(host.account(name)["token-expires"]) - time.time()


def a_link_is_one_line_and_its_token_is_kept_as_a_hash(host):
    publish(host)
    token = link(host)
    assert host.account("alice")["token"].startswith("$5$rounds=1000$")
    assert 3590 < seconds_left(host) <= 3600, seconds_left(host)
    assert not [path for path, text in host.contents().items() if token.encode() in
                (text if isinstance(text, bytes) else text.encode())]
    assert link(host) != token


def a_link_lives_as_many_hours_as_it_is_given(host):
    publish(host)
    for hours in (1, 2, 24):
        link(host, "--hours", str(hours))
        assert -10 < seconds_left(host) - hours * 3600 <= 0, hours
    for hours in ("0", "25", "-1", "1h", "", "1.5", "9" * 30):
        refused(host, ["1 to 24"], "--hours", hours, code=1)


def a_newer_link_replaces_the_older(host):
    publish(host)
    link(host)
    first = host.account("alice")["token"]
    link(host)
    assert host.account("alice")["token"] != first


def explain_says_until_when_a_link_is_pending(host):
    publish(host)
    assert "one-time link" not in host.ctl("explain", "alice")[0]
    token = link(host, "--hours", "2")
    stdout = host.ctl("explain", "alice")[0]
    until = time.strftime("%Y-%m-%d %H:", time.gmtime(time.time() + 2 * 3600))
    assert re.search(r"one-time link +pending until " + until, stdout), stdout
    assert token not in stdout and host.account("alice")["token"] not in stdout
    name = f"{STATE}/accounts/alice"
    host.write(name, re.sub(r"token-expires \d+", f"token-expires {int(time.time()) - 1}",
                            host.read(name)), 0o600)
    assert "one-time link" not in host.ctl("explain", "alice")[0]


def revoke_says_whether_there_was_one(host):
    publish(host)
    assert host.ctl("link", "alice", "--revoke") == ("alice: no link was pending\n", "")
    link(host)
    assert host.ctl("link", "--revoke", "alice") == ("alice: the link is void\n", "")
    assert "token" not in host.account("alice")
    assert "one-time link" not in host.ctl("explain", "alice")[0]
    assert host.ctl("link", "alice", "--revoke") == ("alice: no link was pending\n", "")


def revoke_works_where_no_link_would_be_given(host):
    publish(host)
    link(host)
    publish(host, "[policy]\nmode = off\n")
    assert "is void" in host.ctl("link", "alice", "--revoke")[0]


def a_change_seen_by_scan_ends_the_link_and_its_own_password_keeps_it(host):
    publish(host)
    host.scan()
    host.write_shadow(alice=host.shadow_line("alice", hash=HASH_B))
    link(host)  # made for the password that scan has not seen yet
    host.scan()
    assert "pending until" in host.ctl("explain", "alice")[0]
    host.write_shadow()
    host.scan()
    assert "pending until" not in host.ctl("explain", "alice")[0]


def a_lock_seen_by_scan_ends_the_link(host):
    publish(host)
    host.scan()
    link(host)
    host.write_shadow(alice=host.shadow_line("alice", hash="!" + HASH_A))
    host.scan()
    host.write_shadow()
    host.scan()
    assert "pending until" not in host.ctl("explain", "alice")[0]


def who_gets_no_link_is_told_why_and_what_helps(host):
    publish(host)
    refused(host, ["carol: ", "mode = off", "vseectl enable"], name="carol")
    refused(host, ["unknown user: nobody-here", "etc/passwd"], name="nobody-here")
    refused(host, ["unknown user: "], name="a/b")
    publish(host, GROUP_REMIND + PAGE + "[exempt]\nusers = alice\n")
    refused(host, ["alice: not covered: exempt by ", "vsee-expire.conf:"])
    publish(host, GROUP_REMIND)
    refused(host, ["no page", "base_url", "vseectl apply"])
    publish(host)
    host.write_shadow(alice=host.shadow_line("alice", hash="!" + HASH_A))
    refused(host, ["locked", "passwd -u alice"])
    host.write_shadow(alice=host.shadow_line("alice", hash="*"))
    refused(host, ["no password set"])
    host.write_shadow(alice=host.shadow_line("alice", hash=""))
    refused(host, ["no password set"])
    host.write_shadow(alice=host.shadow_line("alice").replace(":7:::", f":7::{TODAY - 1}:"))
    refused(host, ["has ended", "chage -E -1 alice"])
    host.write_shadow(alice="")
    refused(host, ["not covered: it has no line in", "etc/shadow"])


def who_was_expired_too_long_gets_no_link(host):
    publish(host)
    host.write_shadow(alice=host.shadow_line("alice", max_days="30").replace(":7:::", ":7:5::"))
    refused(host, ["inactive_days", "passwd alice"])


def nothing_published_gives_no_link(host):
    os.makedirs(host.path(STATE), exist_ok=True)
    refused(host, ["no policy is published", "vseectl enable"])


def administrators_get_no_link(host):
    groups = host.read("etc/group")
    publish(host, GROUP_REMIND + PAGE + "[user root]\nmode = remind\n")
    refused(host, ["root: uid 0 gets no links", "passwd root"], name="root")
    host.write("etc/group", groups + "sudo:x:27:bob,alice\n")
    refused(host, ["alice: a member of sudo", "token_deny_groups", "passwd alice"])
    host.write("etc/group", groups + "wheel:x:1001:\n")  # alice's primary group
    refused(host, ["a member of wheel"])
    host.write("etc/group", groups + "ops:x:27:alice\n")
    link(host)
    publish(host, GROUP_REMIND + PAGE + "token_deny_groups = ops nogroup\n")
    refused(host, ["a member of ops"])
    host.write("etc/group", groups + "sudo:x:27:alice\n")
    link(host)


def what_can_not_be_asked_is_a_usage_error(host):
    for arguments in ((), ("alice", "bob"), ("alice", "--hours", "2", "--revoke"),
                      ("alice", "--days", "2"), ("alice", "--hours")):
        stdout, stderr = host.ctl("link", *arguments, code=1)
        assert not stdout and "usage: vseectl link USER [--hours N | --revoke]" in stderr, stderr


def a_link_that_can_not_be_printed_is_an_error(host):
    publish(host)
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run([host.programs["vseectl"], "--root", host.root, "link", "alice"],
                              stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4 and "No space left" in done.stderr, done.stderr


def a_held_lock_is_waited_for_and_told(host):
    publish(host)
    link(host)
    path = host.path(f"{STATE}/lock")
    with open(path, "r+b") as lock:
        # F_OFD_SETLK, the whole file: a lock that no other open file of ours takes away.
        fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", 1, 0, 0, 0, 0))
        refused(host, ["alice", "lock", "try again"], code=4)


def a_newer_state_is_left_alone(host):
    publish(host)
    link(host)
    host.write(f"{STATE}/accounts/alice", "vsee-account 2\nall new\n", 0o600)
    refused(host, ["newer version"], code=4)


TESTS = [
    a_link_is_one_line_and_its_token_is_kept_as_a_hash,
    a_link_lives_as_many_hours_as_it_is_given,
    a_newer_link_replaces_the_older,
    explain_says_until_when_a_link_is_pending,
    revoke_says_whether_there_was_one,
    revoke_works_where_no_link_would_be_given,
    a_change_seen_by_scan_ends_the_link_and_its_own_password_keeps_it,
    a_lock_seen_by_scan_ends_the_link,
    who_gets_no_link_is_told_why_and_what_helps,
    who_was_expired_too_long_gets_no_link,
    nothing_published_gives_no_link,
    administrators_get_no_link,
    what_can_not_be_asked_is_a_usage_error,
    a_link_that_can_not_be_printed_is_an_error,
    a_held_lock_is_waited_for_and_told,
    a_newer_state_is_left_alone,
]

if __name__ == "__main__":
    sys.exit(main(TESTS))
