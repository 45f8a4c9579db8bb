"""reminderd scan keeps shadow in step by chage(1): each function is a test, its name the rule."""

import os
import signal
import subprocess
import sys

from chages import scan_with_chage
from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main, need_chage


def shadow_max(host, name):
    lines = dict(line.split(":", 1) for line in host.read("etc/shadow").splitlines())
    return lines[name].split(":")[3:5]


def enforced_deadlines_are_mirrored_and_restored(host):
    need_chage()
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce"))
    host.scan()
    assert shadow_max(host, "alice")[0] == "110" and shadow_max(host, "bob")[0] == "60"
    assert host.account("alice")["mirror"] == "done"
    before = host.read("etc/shadow")
    host.scan()
    assert host.read("etc/shadow") == before
    host.write("etc/group", "providers:x:2000:bob\n")
    host.scan()
    assert shadow_max(host, "alice")[0] == "99999" and shadow_max(host, "bob")[0] == "60"
    host.write(CONF, GROUP_REMIND)
    host.scan()
    assert shadow_max(host, "bob")[0] == "99999" and "mirror" not in host.account("bob")


def the_soonest_deadlines_are_mirrored_first(host):
    need_chage()
    host.write(CONF, "[policy]\nmode = off\nmirror_per_run = 1\n"
               "[group providers]\nmode = enforce\n")
    assert "1 left for the next run" in host.scan("--verbose")[1]
    assert shadow_max(host, "alice")[0] == "110" and shadow_max(host, "bob")[0] == "99999"
    host.scan()
    assert shadow_max(host, "bob")[0] == "60"


def a_failing_chage_is_warned_and_the_run_goes_on(host):
    need_chage()
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce"))
    host.scan("--dry-run")
    os.mkdir(host.path("etc/shadow+"))  # chage's own temporary name: it can't write
    os.mkdir(host.path("etc/shadow-"))
    stderr = host.scan(code=3)[1]
    assert "chage ended with status" in stderr, stderr
    assert host.account("alice")["mirror"] == "intent"
    os.rmdir(host.path("etc/shadow+"))
    os.rmdir(host.path("etc/shadow-"))
    host.scan()
    assert host.account("alice")["mirror"] == "done" and shadow_max(host, "bob")[0] == "60"


def an_ignored_sigchld_is_not_inherited(host):
    need_chage()
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce"))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # as some cron or container starts us
    try:
        done = subprocess.Popen([host.programs["vseectl"], "--root", host.root, "apply"],
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        stderr = done.communicate()[1]
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    assert not stderr and shadow_max(host, "alice")[0] == "110", stderr


def a_date_written_over_a_newer_password_is_mended(host):
    need_chage()
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce"))
    host.scan()
    lines = host.read("etc/shadow").replace(":0:110:", ":0:99999:")  # overwritten by somebody
    host.write("etc/shadow", lines)
    state = host.read(f"{STATE}/accounts/alice")  # told, and due: last change becomes 0
    host.write(f"{STATE}/accounts/alice", state.replace(f" {TODAY + 10}\n", f" {TODAY}\n"), 0o600)
    # She changes it just before chage has its lock.
    host.write("etc/later", lines.replace(f"alice:{HASH_A}:{TODAY - 100}:",
                                          f"alice:{HASH_B}:{TODAY}:"))
    scan_with_chage(host, 'echo "$*" >>calls; [ ! -e later ] || mv later shadow; '
                    'exec "$CHAGE" "$@"')
    assert "--lastday 0 " in host.read("etc/calls"), host.read("etc/calls")
    assert f"alice:{HASH_B}:{TODAY}:" in host.read("etc/shadow"), host.read("etc/shadow")


sys.exit(main([
    enforced_deadlines_are_mirrored_and_restored,
    the_soonest_deadlines_are_mirrored_first,
    a_failing_chage_is_warned_and_the_run_goes_on,
    an_ignored_sigchld_is_not_inherited,
    a_date_written_over_a_newer_password_is_mended,
]))
