"""vseectl enable on a made-up host: each function is a test, its name the rule."""

import fcntl
import os
import pty
import subprocess
import sys
import time

from harness import CONF, Skip, main, need_root
from switchrig import DROPIN, FOLDER, MODULE, OFF, last, prepare, published, sections, times


def enable_without_a_mode_is_watch(host):
    prepare(host)
    stdout = host.ctl("enable")[0]
    assert last(stdout) == "changed: [policy] mode = watch", stdout
    assert sections(host) == ["[policy]", "mode = watch"]
    assert os.stat(host.path(DROPIN)).st_mode & 0o777 == 0o644
    assert host.read(DROPIN).startswith("# Kept by \"vseectl enable\"")
    assert "mode watch" in published(host)


def a_second_run_is_unchanged_and_writes_nothing(host):
    prepare(host)
    host.ctl("enable", "--group", "providers", "--mode", "remind", "--detailed-exitcodes", code=10)
    before = times(host)
    stdout = host.ctl("enable", "--group", "providers", "--mode", "remind",
                      "--detailed-exitcodes")[0]
    assert stdout == "unchanged: [group providers] mode = remind\n", stdout
    assert times(host) == before
    host.ctl("enable", "--group", "providers", "--mode", "remind", "--dry-run",
             "--detailed-exitcodes")
    assert times(host) == before


def exit_codes_tell_changed_only_when_asked(host):
    prepare(host)
    host.ctl("enable")
    host.ctl("enable")
    host.ctl("enable", "--mode", "remind", "--detailed-exitcodes", code=10)
    host.ctl("disable", "--detailed-exitcodes", code=10)
    host.ctl("disable", "--detailed-exitcodes")


def dry_run_shows_everything_and_writes_nothing(host):
    prepare(host)
    others = copies()
    before, stamps = host.contents(), times(host)
    stdout = host.ctl("enable", "--group", "providers", "--mode", "enforce", "--dry-run",
                      "--detailed-exitcodes", code=10)[0]
    assert "[group providers] mode = enforce" in stdout and DROPIN in stdout, stdout
    assert "pam-auth-update --package --enable vsee-expire vsee-expire-bind" in stdout
    assert last(stdout) == "would be changed: [group providers] mode = enforce"
    host.ctl("enable", "--dry-run")
    assert host.contents() == before and times(host) == stamps
    gone(copies() - others)


def copies():
    return {name for name in os.listdir("/tmp") if name.startswith("vseectl-")}


def gone(new):
    """Copies that are there now must go; others may run vseectl on this machine as well."""
    end = time.monotonic() + 20
    while new & copies():
        assert time.monotonic() < end, f"left in /tmp: {new}"
        time.sleep(0.05)


def preview_counts_who_is_covered(host):
    prepare(host)
    stdout = host.ctl("enable", "--group", "providers", "--dry-run")[0]
    assert "providers" in stdout.split("Configuration:")[1].split("\n\n")[1], stdout


def preview_names_services_and_jobs_that_would_notice(host):
    prepare(host)
    for folder in ("var/spool/cron/crontabs", "var/spool/cron/atjobs", "var/lib/systemd/linger"):
        os.makedirs(host.path(folder))
    for name in ("alice", "bob", "carol", "nobody-here"):
        host.write(f"var/spool/cron/crontabs/{name}", "")
    host.write("var/lib/systemd/linger/bob", "")
    stdout = host.ctl("enable", "--group", "providers", "--dry-run")[0]
    assert "2: dovecot, samba (" in stdout, stdout
    assert "with a crontab: 2, alice, bob (cron is in report_only: they go on)" in stdout, stdout
    assert "with a lingering user manager: 1, bob (systemd-user is in" in stdout
    assert "authorized_keys" in stdout
    host.write(CONF, "[policy]\nreport_only = sudo\n")
    stdout = host.ctl("enable", "--group", "providers", "--dry-run")[0]
    assert "alice, bob (cron is not in report_only: they would stop)" in stdout and "3: cron, dovecot, samba" in stdout, stdout


def preview_names_owners_of_at_jobs(host):
    need_root()
    prepare(host)
    os.makedirs(host.path("var/spool/cron/atjobs"))
    host.write("var/spool/cron/atjobs/a0001", "")
    os.chown(host.path("var/spool/cron/atjobs/a0001"), 1001, 1001)
    stdout = host.ctl("enable", "--group", "providers", "--dry-run")[0]
    assert "with an at job: 1, alice (atd is in" in stdout, stdout


def other_sections_of_the_dropin_are_kept(host):
    prepare(host)
    host.ctl("enable", "--group", "robots", "--mode", "remind")
    host.ctl("enable", "--group", "providers")
    host.ctl("enable", "--mode", "watch")
    host.ctl("enable", "--group", "robots", "--mode", "watch")
    assert sections(host) == ["[group robots]", "mode = watch", "[group providers]",
                              "mode = watch", "[policy]", "mode = watch"], sections(host)


def what_another_file_says_already_is_not_written_again(host):
    prepare(host, "[policy]\nmode = off\n[group providers]\nmode = remind\n")
    host.ctl("apply")
    before = times(host)
    stdout = host.ctl("enable", "--group", "providers", "--mode", "remind")[0]
    assert stdout == "unchanged: [group providers] mode = remind\n", stdout
    assert times(host) == before


def an_edit_that_was_not_applied_is_applied(host):
    prepare(host, "[policy]\nmode = off\n[group providers]\nmode = remind\n")
    stdout = host.ctl("enable", "--group", "providers", "--mode", "remind")[0]
    assert last(stdout).startswith("changed: ") and not os.path.exists(host.path(DROPIN))
    assert "mode remind" in published(host)


def a_file_that_wins_over_ours_is_named(host):
    prepare(host)
    host.write(f"{FOLDER}/zz-local.conf", "[text]\nproduct = P\n[policy]\nmode = off\n")
    before = host.contents()
    stderr = host.ctl("enable", code=2)[1]
    assert f"{host.path(FOLDER)}/zz-local.conf:4: [policy] mode = off wins" in stderr, stderr
    assert host.contents() == before
    host.ctl("enable", "--group", "providers")
    host.write(f"{FOLDER}/zz-local.conf", "[group providers]\nmode = remind\n")
    before = host.contents()
    stderr = host.ctl("disable", code=2)[1]
    assert "zz-local.conf:2: [group providers] mode = remind wins" in stderr, stderr
    assert host.contents() == before


def an_unknown_group_ends_with_3(host):
    prepare(host)
    before = host.contents()
    for group in ("provider", "providers:x", "", "a b", "-x", "pro]viders", "../x"):
        stderr = host.ctl("enable", f"--group={group}", code=3)[1]
        assert "no group is called" in stderr and len(stderr.splitlines()) == 1, stderr
        host.ctl("disable", f"--group={group}", code=3)
    assert host.contents() == before


def a_broken_configuration_changes_nothing(host):
    prepare(host)
    host.ctl("enable")
    host.write(CONF, "[policy]\nmax_days = 0\n")
    before = host.contents()
    for arguments in (["enable", "--mode", "enforce"], ["disable"]):
        assert f"{CONF}:2: " in host.ctl(*arguments, code=2)[1]
    assert host.contents() == before


def a_dropin_written_by_hand_is_left_alone(host):
    prepare(host)
    host.write(DROPIN, "# mine\n[policy]\nmode = off\nremember = 9\n")
    before = host.contents()
    for line, text in ((1, None), (4, "\n[policy]\nmode = off\nremember = 9\n"),
                       (4, "\n[policy]\nmode = off\n# why: see ticket 7\n")):
        if text:
            host.write(DROPIN, text)
            before = host.contents()
        stderr = host.ctl("enable", code=2)[1]
        assert f"{DROPIN}:{line}: written by hand" in stderr, stderr
        assert host.contents() == before


def a_host_without_the_module_is_refused(host):
    prepare(host)
    os.unlink(host.path(MODULE))
    before = host.contents()
    assert "install libpam-vsee-expire" in host.ctl("enable", code=4)[1]
    assert host.contents() == before
    host.ctl("disable")


def folders_that_are_missing_are_made(host):
    prepare(host)
    os.unlink(host.path(CONF))
    os.rmdir(host.path(FOLDER))
    os.rmdir(host.path("etc/vsee-expire"))
    host.ctl("enable")
    assert sections(host) == ["[policy]", "mode = watch"]


def a_scan_that_fails_takes_the_dropin_back(host):
    """Whether there was one before or not; what logins go by stays, too."""
    prepare(host)
    folder = os.path.dirname(host.programs["reminderd"])
    host.write("fake", "#!/bin/sh\n[ \"$1\" != scan ] || exit 75\n", 0o755)
    os.rename(f"{folder}/reminderd", f"{folder}/kept")
    os.rename(host.path("fake"), f"{folder}/reminderd")
    try:
        before = host.contents()
        stderr = host.ctl("enable", code=75)[1]
        assert "status 75" in stderr and "is again as it was" in stderr, stderr
        assert host.contents() == before
        host.write(DROPIN, "[policy]\nmode = watch\n")
        before = host.contents()
        host.ctl("enable", "--mode", "remind", code=75)
        assert host.contents() == before
    finally:
        os.rename(f"{folder}/kept", f"{folder}/reminderd")


def a_folder_that_others_can_write_is_refused(host):
    prepare(host)
    os.chmod(host.path(FOLDER), 0o777)
    before = host.contents()
    host.ctl("enable", code=2)
    assert host.contents() == before


def a_link_to_nowhere_is_told(host):
    """With the page installed and its socket off; enable opens no port by itself."""
    prepare(host, OFF + "[web]\nbase_url = https://%H:9443\n")

    def told():
        return "enable --now vsee-web.socket" in host.ctl("enable")[1]

    assert not told()
    for folder in ("usr/libexec/vsee-expire", "etc/systemd/system/sockets.target.wants"):
        os.makedirs(host.path(folder))
    host.write("usr/libexec/vsee-expire/vsee-resetd", "")
    assert told()
    host.write("etc/systemd/system/sockets.target.wants/vsee-web.socket", "")
    assert not told()


def on_a_terminal(host, answer, *arguments, meanwhile=None):
    """Run vseectl on a terminal and answer its question; its code and what it showed."""
    master, slave = pty.openpty()
    with subprocess.Popen([host.programs["vseectl"], "--root", host.root, *arguments],
                          stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        shown = b""
        try:
            while chunk := os.read(master, 65536):
                shown += chunk
                if shown.endswith(b"[y/N] "):
                    if meanwhile:
                        meanwhile()
                    os.write(master, answer)
        except OSError:  # the other side is closed
            pass
        code = process.wait(60)
    os.close(master)
    return code, shown.decode()


def on_a_terminal_it_asks_once(host):
    prepare(host)
    before = host.contents()
    for answer in (b"n\n", b"\n", b"yesterday\n", b"\x04"):
        code, shown = on_a_terminal(host, answer, "enable")
        assert code == 1 and shown.count("Go on? [y/N]") == 1, (answer, code, shown)
        assert host.contents() == before, answer
    others = copies()
    code, shown = on_a_terminal(host, b"y\n", "enable",
                                meanwhile=lambda: gone(copies() - others))
    assert code == 0 and "changed: [policy] mode = watch" in shown, (code, shown)
    code, shown = on_a_terminal(host, b"", "enable", "--mode", "remind", "--yes")
    assert code == 0 and "Go on?" not in shown, (code, shown)
    code, shown = on_a_terminal(host, b"n\n", "disable")
    assert code == 1 and "mode remind" in published(host), (code, shown)


def two_at_a_time_do_not_meet(host):
    prepare(host)
    code, shown = on_a_terminal(host, b"y\n", "enable", meanwhile=lambda: host.write(
        DROPIN, "[policy]\nmode = remind\n"))
    assert code == 4 and "somebody else edits" in shown, (code, shown)
    assert host.read(DROPIN) == "[policy]\nmode = remind\n"
    os.unlink(host.path(DROPIN))
    folder = os.open(host.path(FOLDER), os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    before = host.contents()
    assert "somebody else edits" in host.ctl("enable", code=4)[1]
    assert host.contents() == before
    os.close(folder)
    host.ctl("enable")


def only_root_may_on_the_host_itself(host):
    prepare(host)
    if os.geteuid() == 0:
        raise Skip("runs as root")
    host.ctl("--root", "/", "enable", "--dry-run", code=4)


def wrong_usage_ends_with_1_and_changes_nothing(host):
    prepare(host)
    before = host.contents()
    for arguments in (["enable", "x"], ["enable", "--mode", "off"], ["enable", "--mode", "Watch"],
                      ["enable", "--group"], ["disable", "--mode", "watch"], ["disable", "x"]):
        host.ctl(*arguments, code=1)
    assert host.contents() == before


sys.exit(main([
    enable_without_a_mode_is_watch,
    a_second_run_is_unchanged_and_writes_nothing,
    exit_codes_tell_changed_only_when_asked,
    dry_run_shows_everything_and_writes_nothing,
    preview_counts_who_is_covered,
    preview_names_services_and_jobs_that_would_notice,
    preview_names_owners_of_at_jobs,
    other_sections_of_the_dropin_are_kept,
    what_another_file_says_already_is_not_written_again,
    an_edit_that_was_not_applied_is_applied,
    a_file_that_wins_over_ours_is_named,
    an_unknown_group_ends_with_3,
    a_broken_configuration_changes_nothing,
    a_dropin_written_by_hand_is_left_alone,
    a_host_without_the_module_is_refused,
    folders_that_are_missing_are_made,
    a_scan_that_fails_takes_the_dropin_back,
    a_folder_that_others_can_write_is_refused,
    a_link_to_nowhere_is_told,
    on_a_terminal_it_asks_once,
    two_at_a_time_do_not_meet,
    only_root_may_on_the_host_itself,
    wrong_usage_ends_with_1_and_changes_nothing,
]))
