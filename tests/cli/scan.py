"""reminderd scan on a made-up host: each function is a test, its name the rule."""

import json
import os
import sys
import time

from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main


def covered_accounts_are_enrolled_with_a_floor(host):
    host.scan()
    alice, bob = host.account("alice"), host.account("bob")
    assert alice["deadline"] == str(TODAY + 10) and alice["reason"] == "floor", alice
    assert bob["deadline"] == str(TODAY + 40) and bob["reason"] == "lifetime", bob
    assert alice["told"] == alice["deadline"], "without mail people are told at login"
    assert not host.has_state("carol") and not host.has_state("root")


def a_second_scan_on_the_same_day_changes_nothing(host):
    host.scan()
    before = host.contents()
    times = os.stat(host.path(f"{STATE}/accounts/alice")).st_mtime_ns
    host.scan()
    after = host.contents()
    assert {k: v for k, v in before.items() if not k.endswith("snapshot")} == \
           {k: v for k, v in after.items() if not k.endswith("snapshot")}
    assert os.stat(host.path(f"{STATE}/accounts/alice")).st_mtime_ns == times


def a_stricter_policy_grants_notice_days(host):
    host.scan()
    host.write(CONF, GROUP_REMIND + "max_days = 15\n")
    host.scan()
    assert host.account("bob")["deadline"] == str(TODAY + 10)


def without_verb_it_scans(host):
    host.run("reminderd")
    assert host.has_state("alice")


def a_password_changed_elsewhere_goes_into_the_history(host):
    host.scan()
    host.days["alice"] = 0
    host.write_shadow(alice=host.shadow_line("alice", HASH_B))
    host.scan()
    alice = host.account("alice")
    assert alice["entry"] == [f"{TODAY} {HASH_A}"], alice["entry"]
    assert alice["hash"] == HASH_B and alice["deadline"] == str(TODAY + 60)


def the_snapshot_lists_who_is_reminded(host):
    host.scan()
    header, accounts = host.snapshot()
    assert header["format"] == 1 and header["day"] == TODAY
    assert sorted(accounts) == ["alice", "bob"]
    assert accounts["alice"]["due_stage"] == 10 and accounts["alice"]["days_left"] == 10
    assert accounts["bob"]["due_stage"] is None
    assert accounts["alice"]["skipped"] == "no-mail-configured"
    assert accounts["alice"]["stages"] == [10, 3, 1]
    shadow = os.stat(host.path("etc/shadow"))
    assert header["shadow"]["inode"] == shadow.st_ino
    assert header["shadow"]["seconds"] == shadow.st_mtime_ns // 10**9
    assert os.stat(host.path(f"{STATE}/snapshot")).st_mode & 0o777 == 0o640


def watched_accounts_have_a_state_but_no_promise(host):
    host.write(CONF, GROUP_REMIND.replace("remind", "watch"))
    host.scan()
    assert "enrolled" not in host.account("alice")
    assert host.snapshot()[1]["alice"]["mode"] == "watch"


def with_mail_nobody_is_told_before_the_ledger_says_so(host):
    host.write(CONF, GROUP_REMIND + "[mail]\nsmtp = smtp://localhost:25\n"
               "from = help@example.com\n")
    host.write("etc/vsee-expire/addresses", "alice: alice@example.com\n")
    host.scan()
    assert "told" not in host.account("alice")
    assert "told" in host.account("bob"), "who has no address is told at login"


def members_by_primary_group_are_covered(host):
    host.write("etc/passwd", host.read("etc/passwd").replace("1003:1003", "1003:2000"))
    host.scan()
    assert host.has_state("carol")


def exempt_accounts_are_left_alone(host):
    host.write(CONF, "[policy]\nmode = remind\n[exempt]\ngroups = robots\nusers = bob\n")
    host.scan()
    assert host.has_state("carol") and not host.has_state("robot") and not host.has_state("bob")


def the_policy_is_published(host):
    host.scan()
    assert "section=group providers" in host.read(f"{STATE}/policy")


def a_broken_configuration_keeps_the_last_good_policy(host):
    host.scan()
    published = host.read(f"{STATE}/policy")
    host.write(CONF, "[policy]\nmode = on\n")
    os.unlink(host.path(f"{STATE}/accounts/alice"))
    stderr = host.scan(code=2)[1]
    assert f"{CONF}:2: " in stderr, stderr
    assert host.read(f"{STATE}/policy") == published
    assert host.has_state("alice"), "the run goes on with the last good policy"


def a_broken_first_configuration_does_nothing(host):
    host.write(CONF, "mode enforce\n")
    host.scan(code=2)
    assert not host.has_state("alice") and not os.path.exists(host.path(f"{STATE}/scan"))


def a_configuration_that_others_can_write_is_refused(host):
    os.chmod(host.path(CONF), 0o666)
    assert CONF in host.scan(code=2)[1]
    assert not host.has_state("alice")


def a_dry_run_writes_nothing(host):
    before = host.contents()
    stdout, stderr = host.scan("--dry-run")
    assert host.contents() == before and stderr == ""
    assert stdout.splitlines()[0].startswith("NAME ") and "alice" in stdout
    host.scan()
    before = host.contents()
    host.scan("--dry-run")
    assert host.contents() == before


def a_dry_run_prints_json(host):
    lines = [json.loads(line) for line in host.scan("--dry-run", "--json")[0].splitlines()]
    assert [line["name"] for line in lines] == ["alice", "bob"]
    assert lines[0]["section"] == "group providers" and lines[0]["state"] == "new"


def a_dry_run_shows_what_shadow_will_say(host):
    host.scan()
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce"))
    stdout = host.scan("--dry-run")[0]
    assert "max 99999 -> 60, warn 7 -> 10" in stdout, stdout


def a_dry_run_of_a_broken_configuration_shows_its_errors(host):
    host.scan()
    host.write(CONF, "[policy]\nmode = on\n")
    stdout, stderr = host.scan("--dry-run", code=2)
    assert stdout == "" and f"{CONF}:2: " in stderr


def json_without_a_dry_run_is_a_usage_error(host):
    for arguments in (["--json"], ["--nonsense"], ["extra"]):
        host.scan(*arguments, code=1)
    host.run("reminderd", "nonsense", code=1)


def of_two_lines_for_an_account_the_first_counts(host):
    host.days["alice"] = 20
    text = host.read("etc/shadow") + host.shadow_line("alice", HASH_B)
    host.write("etc/shadow", text)
    stderr = host.scan()[1]
    assert "etc/shadow:6: " in stderr and stderr.count("warning") >= 1, stderr
    assert host.account("alice")["hash"] == HASH_A


def malformed_lines_are_warned_and_leave_their_neighbours_alone(host):
    lines = [b"broken\n", b"short:x:1\n", b"nul\0l:*:1:0:1:7:::\n", b"x" * 5000 + b"\n",
             b"dave:*:zz:0:1:7:::\n", b"\xff\xfe:*:1:0:1:7:::\n", b"a/b:*:1:0:1:7:::\n",
             b"-rf:*:1:0:1:7:::\n", b"+::::::::\n"]
    text = b"".join(line + host.shadow_line("alice").encode() if i == 0 else line
                    for i, line in enumerate(lines))
    host.write("etc/shadow", text + host.shadow_line("bob").encode() + b"carol:*:1:0:1:7:::")
    host.write(CONF, "[policy]\nmode = remind\n")
    stderr = host.scan(code=3)[1]
    for number in (1, 3, 4, 5, 6, 7, 8, 9, 12):
        assert f"etc/shadow:{number}: " in stderr, (number, stderr)
    assert "etc/shadow:10: " not in stderr, "a compat line is no account"
    assert "etc/shadow:11: " not in stderr
    assert host.has_state("alice") and host.has_state("bob") and not host.has_state("carol")
    assert sorted(os.listdir(host.path(f"{STATE}/accounts"))) == ["alice", "bob"]


def an_account_without_passwd_line_is_not_covered(host):
    host.write("etc/passwd", host.read("etc/passwd").replace("alice:", "alicia:"))
    assert "no passwd line" in host.scan()[1]
    assert not host.has_state("alice") and host.has_state("bob")


def many_bad_lines_do_not_flood_the_journal(host):
    host.write("etc/shadow", "broken\n" * 1000 + host.shadow_line("alice"))
    stderr = host.scan()[1]
    assert len(stderr.splitlines()) < 110 and host.has_state("alice")


def names_become_safe_file_names(host):
    host.write("etc/passwd", "a.b$:x:1001:1001::/:/bin/sh\n")
    host.write("etc/shadow", host.shadow_line("alice").replace("alice", "a.b$"))
    host.write(CONF, "[policy]\nmode = remind\n")
    host.scan()
    assert os.listdir(host.path(f"{STATE}/accounts")) == ["a%2Eb%24"]


def another_uid_under_the_same_name_starts_afresh(host):
    host.scan()
    host.write("etc/passwd", host.read("etc/passwd").replace("1001:1001", "1009:1009"))
    host.scan()
    assert host.account("alice")["uid"] == "1009"
    assert len(os.listdir(host.path(f"{STATE}/accounts"))) == 3, "the old file is kept"


def a_state_of_a_newer_version_is_left_alone(host):
    host.scan()
    newer = host.read(f"{STATE}/accounts/alice").replace("vsee-account 1", "vsee-account 99")
    host.write(f"{STATE}/accounts/alice", newer, 0o600)
    assert "newer version" in host.scan(code=3)[1]
    assert host.read(f"{STATE}/accounts/alice") == newer


def a_damaged_state_is_set_aside_and_warned(host):
    host.scan()
    host.write(f"{STATE}/accounts/alice", "vsee-account 1\nuid 1001\nrubbish\n", 0o600)
    assert "damaged" in host.scan()[1]
    good = host.read(f"{STATE}/accounts/alice")
    host.write(f"{STATE}/accounts/alice", good + "rubbish\n", 0o600)
    host.scan()
    assert host.read(f"{STATE}/accounts/alice") == good


def a_date_that_leaps_a_little_must_be_seen_twice(host):
    host.scan()
    for last in (TODAY - 10, TODAY + 5):
        host.set_scan_day(last)
        os.unlink(host.path(f"{STATE}/accounts/alice"))
        assert "--accept-clock" in host.scan(code=75)[1]
        assert not host.has_state("alice"), "nothing else is touched"
        noted = host.read(f"{STATE}/scan")
        assert f"last {last}\n" in noted and "noted -" not in noted, noted
        host.scan(code=75)
        host.set_scan_day(last, int(time.time()) - 4000)
        host.scan()
        assert host.has_state("alice") and f"last {TODAY}\n" in host.read(f"{STATE}/scan")


def an_hour_of_doubt_does_not_begin_anew_when_a_scan_is_asked_for(host):
    host.scan()
    first = int(time.time()) - 1800
    host.set_scan_day(TODAY - 10, first)
    host.scan(code=75)
    assert f"noted {first}\n" in host.read(f"{STATE}/scan")
    host.set_scan_day(TODAY - 10, first + 7200)
    host.scan(code=75)
    assert f"noted {first + 7200}\n" not in host.read(f"{STATE}/scan"), "the clock went back"


def a_date_that_leaps_far_must_be_accepted(host):
    host.scan()
    host.set_scan_day(TODAY - 500)
    before = host.contents()
    assert "--accept-clock" in host.scan(code=78)[1]
    assert host.contents() == before
    host.scan("--accept-clock")
    assert f"last {TODAY}\nnoted -\n" in host.read(f"{STATE}/scan")


sys.exit(main([
    covered_accounts_are_enrolled_with_a_floor,
    a_second_scan_on_the_same_day_changes_nothing,
    a_stricter_policy_grants_notice_days,
    without_verb_it_scans,
    a_password_changed_elsewhere_goes_into_the_history,
    the_snapshot_lists_who_is_reminded,
    watched_accounts_have_a_state_but_no_promise,
    with_mail_nobody_is_told_before_the_ledger_says_so,
    members_by_primary_group_are_covered,
    exempt_accounts_are_left_alone,
    the_policy_is_published,
    a_broken_configuration_keeps_the_last_good_policy,
    a_broken_first_configuration_does_nothing,
    a_configuration_that_others_can_write_is_refused,
    a_dry_run_writes_nothing,
    a_dry_run_prints_json,
    a_dry_run_shows_what_shadow_will_say,
    a_dry_run_of_a_broken_configuration_shows_its_errors,
    json_without_a_dry_run_is_a_usage_error,
    of_two_lines_for_an_account_the_first_counts,
    malformed_lines_are_warned_and_leave_their_neighbours_alone,
    an_account_without_passwd_line_is_not_covered,
    many_bad_lines_do_not_flood_the_journal,
    names_become_safe_file_names,
    another_uid_under_the_same_name_starts_afresh,
    a_state_of_a_newer_version_is_left_alone,
    a_damaged_state_is_set_aside_and_warned,
    a_date_that_leaps_a_little_must_be_seen_twice,
    an_hour_of_doubt_does_not_begin_anew_when_a_scan_is_asked_for,
    a_date_that_leaps_far_must_be_accepted,
]))
