"""reminderd restore, status and preview: each function is a test, its name the rule."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

from harness import (CONF, GROUP_REMIND, HASH_A, STATE, TODAY, Skip, main, need_root)

ENFORCE = GROUP_REMIND.replace("remind", "enforce")
EVERYBODY = "[policy]\nmode = enforce\n"
DAY = 86400


def status(host, code, *arguments):
    return host.run("reminderd", "status", *arguments, code=code)


def problems(host):
    """Name and severity of each, from the JSON form."""
    done = subprocess.run([host.programs["reminderd"], "status", "--json", "--root", host.root],
                          capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    assert found["code"] == done.returncode, (found, done.returncode)
    return {row["name"]: row["severity"] for row in found["problems"]}, found


def add_facts(host, key, lines):
    """Put lines into alice's state behind the one of that key."""
    text = host.read(f"{STATE}/accounts/alice")
    text, count = re.subn(rf"^{key} .*\n", lambda line: line[0] + lines, text, flags=re.M)
    assert count == 1, (key, text)
    host.write(f"{STATE}/accounts/alice", text, 0o600)


def need_chage():
    need_root()
    if not os.path.exists("/usr/bin/chage"):
        raise Skip("no chage(1)")


# restore

def odd_shadow(host):
    """Lines that are each put back in another way: nothing, no max, no warn, another warn."""
    lines = {}
    for name, fields in (("alice", "0:99999:7:::"), ("bob", "0::7:::"), ("carol", "1:90::30::"),
                         ("robot", "0:99999:14:::")):
        lines[name] = f"{name}:{HASH_A}:{TODAY - host.days[name]}:{fields}\n"
    host.write_shadow(**lines)
    return host.read("etc/shadow")


def mirrored_host(host):
    need_chage()
    before = odd_shadow(host)
    host.write(CONF, EVERYBODY)
    host.scan()
    assert host.read("etc/shadow") != before
    return before


def restored(host, before):
    assert host.read("etc/shadow") == before, host.read("etc/shadow")
    assert not os.path.exists(host.path(f"{STATE}/policy"))
    for name in ("alice", "bob", "carol", "robot"):
        assert not {"mirror", "zero"} & set(host.account(name)), host.account(name)


def restore_puts_shadow_back_and_publishes_nothing(host):
    before = mirrored_host(host)
    states = os.listdir(host.path(f"{STATE}/accounts"))
    stdout = host.run("reminderd", "restore")[0]
    restored(host, before)
    assert "alice: shadow's own values are back\n" in stdout, stdout
    assert "4 accounts have shadow's own values back, 0 failed." in stdout
    assert os.listdir(host.path(f"{STATE}/accounts")) == states
    assert os.path.exists(host.path(f"{STATE}/snapshot")) and host.read(CONF) == EVERYBODY
    assert "0 accounts have" in host.run("reminderd", "restore")[0], "a second time does nothing"


def a_scan_after_restore_mirrors_again(host):
    mirrored_host(host)
    mirrored = host.read("etc/shadow")
    host.run("reminderd", "restore")
    host.scan()
    assert host.read("etc/shadow") == mirrored


def restore_takes_a_zeroed_date_back(host):
    before = mirrored_host(host)
    add_facts(host, "before-warn", f"zero done\nbefore-change {TODAY - 100}\n")
    lines = host.read("etc/shadow").replace(f"alice:{HASH_A}:{TODAY - 100}:", f"alice:{HASH_A}:0:")
    host.write("etc/shadow", lines)
    host.run("reminderd", "restore")
    restored(host, before)


def restore_leaves_alone_what_somebody_else_set(host):
    before = mirrored_host(host)
    host.write("etc/shadow", host.read("etc/shadow").replace(":0:110:10:", ":0:33:10:"))
    host.run("reminderd", "restore")
    assert ":0:33:" in host.read("etc/shadow")
    assert host.read("etc/shadow").splitlines()[2:] == before.splitlines()[2:]


def restore_needs_neither_configuration_nor_clock(host):
    for spoil in (lambda: host.write(CONF, "nonsense\n"),
                  lambda: shutil.rmtree(host.path("etc/vsee-expire")),
                  lambda: host.set_scan_day(TODAY - 500),
                  lambda: host.set_scan_day(TODAY + 5),
                  lambda: host.write(f"{STATE}/scan", "damaged"),
                  lambda: host.write(f"{STATE}/policy", "damaged"),
                  lambda: os.unlink(host.path(f"{STATE}/policy")),
                  lambda: os.unlink(host.path("etc/group"))):
        shutil.rmtree(host.path("etc"))
        shutil.rmtree(host.path(STATE), ignore_errors=True)
        os.makedirs(host.path("etc/vsee-expire"))
        host.write("etc/group", "robots:x:2001:robot\n")
        host.write("etc/passwd", "".join(
            f"{name}:x:{uid}:{uid}::/:/bin/sh\n" for name, uid in
            (("root", 0), ("alice", 1001), ("bob", 1002), ("carol", 1003), ("robot", 1004))))
        before = mirrored_host(host)
        spoil()
        host.run("reminderd", "restore")
        restored(host, before)


def restore_knows_no_limit(host):
    before = mirrored_host(host)
    host.write(CONF, EVERYBODY + "mirror_per_run = 1\n")
    host.scan()
    host.run("reminderd", "restore")
    restored(host, before)


def restore_names_whom_it_cannot_help_and_goes_on(host):
    before = mirrored_host(host).splitlines()
    host.write(f"{STATE}/accounts/alice", "vsee-account 1\nuid 1001\nrubbish\n", 0o600)
    newer = host.read(f"{STATE}/accounts/bob").replace("vsee-account 1", "vsee-account 99")
    host.write(f"{STATE}/accounts/bob", newer, 0o600)
    stdout, stderr = host.run("reminderd", "restore", code=3)
    assert "alice: " in stderr and "damaged" in stderr and "chage -l" in stderr, stderr
    assert "bob: " in stderr and "newer version" in stderr
    assert "2 accounts have shadow's own values back, 2 failed" in stdout, stdout
    after = host.read("etc/shadow").splitlines()
    assert after[3:] == before[3:] and after[1] != before[1]
    assert not os.path.exists(host.path(f"{STATE}/policy")), "one must not keep the module on"


def where_shadow_cannot_be_written_the_policy_stays(host):
    before = mirrored_host(host)
    for name in ("etc/shadow+", "etc/shadow-"):
        if os.path.exists(host.path(name)):
            os.unlink(host.path(name))
        os.mkdir(host.path(name))  # chage's own temporary names
    stderr = host.run("reminderd", "restore", code=4)[1]
    assert "the policy stays" in stderr and os.path.exists(host.path(f"{STATE}/policy"))
    for name in ("etc/shadow+", "etc/shadow-"):
        os.rmdir(host.path(name))
    host.run("reminderd", "restore")
    restored(host, before)


def restore_with_chage(host, script, call):
    """Its code while /usr/bin/chage is a script; $CHAGE: the true one, $last: in that call."""
    true, fake = host.path("../chage"), host.path("../fake")
    shutil.copy("/usr/bin/chage", true)
    with open(fake, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nCHAGE={true}\ncd {host.root}/etc || exit 99\n"
                   f"echo >>calls\n[ $(wc -l <calls) = {call} ] && last=yes\n{script}\n")
    os.chmod(fake, 0o755)
    inner = 'mount --bind "$1" /usr/bin/chage || exit 77; shift; exec "$@"'
    return subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", inner, "sh", fake,
         host.programs["reminderd"], "restore", "--root", host.root], text=True,
        capture_output=True, check=False).returncode


def killed_before_or_behind_any_chage_restore_goes_on(host):
    kill = '[ "$last" ] && kill -9 $PPID'
    for when in (f'{kill} && exit 1; exec "$CHAGE" "$@"', f'"$CHAGE" "$@"; {kill}; exit 0'):
        for call in range(1, 5):
            for between in ((), ("scan",)):
                shutil.rmtree(host.path(STATE), ignore_errors=True)
                before = mirrored_host(host)
                host.write("etc/calls", "")
                code = restore_with_chage(host, when, call)
                if code == 77:
                    raise Skip("no private mount namespace")
                assert code == -9, (code, call, when)
                assert os.path.exists(host.path(f"{STATE}/policy")), "unpublished last"
                for verb in between:
                    host.run("reminderd", verb)
                host.run("reminderd", "restore")
                restored(host, before)


def without_state_there_is_nothing_to_restore(host):
    before = host.contents()
    assert "nothing is to be put back" in host.run("reminderd", "restore")[0]
    assert host.contents() == before


def restore_says_that_the_accounts_are_gone(host):
    host.scan()
    shutil.rmtree(host.path(f"{STATE}/accounts"))
    assert "accounts is gone" in host.run("reminderd", "restore")[1]
    assert not os.path.exists(host.path(f"{STATE}/policy"))


def restore_takes_no_option_of_scan(host):
    host.run("reminderd", "restore", "--dry-run", code=1)


# the record of the last run

def record(host):
    return dict(line.split(" ") for line in host.read(f"{STATE}/lastrun").splitlines()[1:])


def a_scan_leaves_its_record(host):
    host.scan()
    found = record(host)
    assert found["code"] == "0" and found["covered"] == "2" and found["saved"] == "2", found
    assert found["finished"] == found["time"] and abs(int(found["time"]) - time.time()) < 100
    assert os.stat(host.path(f"{STATE}/lastrun")).st_mode & 0o777 == 0o644


def a_run_that_does_nothing_leaves_its_record_too(host):
    host.scan()
    edit_record(host, finished=1795000000)
    host.set_scan_day(TODAY - 500)
    host.scan(code=78)
    assert record(host)["code"] == "78" and record(host)["finished"] == "1795000000"
    host.set_scan_day(TODAY)
    host.write(CONF, "[policy]\nmode = on\nmax_days = x\n")
    host.scan(code=2)
    assert record(host)["config-errors"] == "2" and record(host)["code"] == "2"
    os.unlink(host.path("etc/group"))
    host.scan(code=4)
    assert record(host)["code"] == "4"


def a_damaged_record_is_written_anew(host):
    host.scan()
    host.write(f"{STATE}/lastrun", "rubbish")
    assert "can't be read" in status(host, 0)[0]
    host.scan()
    assert record(host)["code"] == "0"


def views_leave_no_record(host):
    host.scan()
    before = os.stat(host.path(f"{STATE}/lastrun")).st_ino
    for verb in ("status", "preview"):
        host.run("reminderd", verb)
    host.scan("--dry-run")
    assert os.stat(host.path(f"{STATE}/lastrun")).st_ino == before


def metrics(host):
    """A strict reader of the text format: HELP, TYPE, then samples of that name."""
    found, name = {}, None
    for line in host.read(f"{STATE}/metrics.prom").splitlines():
        head = re.fullmatch(r"# (HELP|TYPE) (vsee_expire_[a-z_]+) (\S.*)", line)
        if head:
            assert (head[1] == "HELP") != (head[2] == name), line
            assert head[1] == "HELP" or head[3] == "gauge", line
            name = head[2]
            continue
        sample = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? '
                              r"(-?\d+|\+Inf)", line)
        assert sample and sample[1] == name and sample[1] + (sample[2] or "") not in found, line
        found[sample[1][len("vsee_expire_"):] + (sample[2] or "")] = float(sample[3])
    assert host.read(f"{STATE}/metrics.prom").endswith("\n")
    return found


def metrics_say_what_the_scan_found(host):
    host.scan()
    found = metrics(host)
    assert found['accounts{verdict="warn"}'] == 1 and found['accounts{verdict="valid"}'] == 1
    assert found['accounts_by_mode{mode="remind"}'] == 2
    assert found["last_exit_code"] == 0 and found["hold_until_timestamp_seconds"] == 0
    assert found["last_success_timestamp_seconds"] == found["last_scan_timestamp_seconds"]
    for name in ("accounts_failed", "mirror_pending", "mirror_overwritten", "state_set_aside",
                 "extensions", "config_errors"):
        assert found[name] == 0, name
    digest = re.search(r"digest=(\w+)", host.read(f"{STATE}/policy"))[1]
    assert any(name.startswith("info{") and digest in name for name in found), found
    assert os.stat(host.path(f"{STATE}/metrics.prom")).st_mode & 0o777 == 0o644


def metrics_of_a_run_that_failed_say_so(host):
    host.scan()
    host.set_scan_day(TODAY - 500)
    host.scan(code=78)
    found = metrics(host)
    assert found["last_exit_code"] == 78 and 'accounts{verdict="warn"}' not in found
    assert found["last_success_timestamp_seconds"] > 0
    host.set_scan_day(TODAY)
    host.write(f"{STATE}/hold", "damaged", 0o600)
    host.scan()
    assert metrics(host)["hold_until_timestamp_seconds"] == float("inf")


# status: a row for each problem

def edit_record(host, **values):
    text = host.read(f"{STATE}/lastrun")
    for key, value in values.items():
        text = re.sub(rf"^{key} .*$", f"{key} {value}", text, flags=re.M)
    host.write(f"{STATE}/lastrun", text)


def aged(host, hours):
    then = int(time.time()) - hours * 3600
    host.set_scan_day(then // DAY)
    edit_record(host, time=then, finished=then)


def hold(host, until):
    host.write(f"{STATE}/hold", f"vsee-expire hold 1\nbegin 1\nuntil {until}\nby 0\n"
               "reason the gateway | is down\n", 0o644)


def extend(host):
    add_facts(host, "told", f"extension {TODAY + 30}\n")


def overwrite(host):
    """Somebody set alice's max after we had mirrored it."""
    text = host.read(f"{STATE}/accounts/alice")
    text = re.sub(r"^(mirror|before)[-a-z]* .*\n", "", text, flags=re.M)
    host.write(f"{STATE}/accounts/alice", text, 0o600)
    add_facts(host, "told", "mirror done\nmirror-max 110\nmirror-warn 10\nbefore-max 99999\n"
              "before-warn 7\n")
    host.write("etc/shadow", re.sub(rf"(?<=^alice:{re.escape(HASH_A)}:{TODAY - 100}:0:)\d+",
                                    "55", host.read("etc/shadow"), flags=re.M))


def postpone(host):
    text = host.read(f"{STATE}/accounts/alice")
    host.write(f"{STATE}/accounts/alice",
               text.replace(f"deadline {TODAY + 10}\n", f"deadline {TODAY + 15}\n"), 0o600)


def newer(host):
    text = host.read(f"{STATE}/accounts/alice").replace("vsee-account 1", "vsee-account 9")
    host.write(f"{STATE}/accounts/alice", text, 0o600)


def stack(host, text):
    os.makedirs(host.path("etc/pam.d"), exist_ok=True)
    host.write("etc/pam.d/common-account", text)


ROWS = (
    ("accounts-failed", "WARNING", lambda host: edit_record(host, failed=3)),
    ("clock-noted", "WARNING", lambda host: host.set_scan_day(TODAY - 10)),
    ("clock-refused", "CRITICAL", lambda host: host.set_scan_day(TODAY - 500)),
    ("config-errors", "WARNING", lambda host: host.write(CONF, "[policy]\nmode = on\n")),
    ("edits-not-applied", "OK", lambda host: host.write(CONF, EVERYBODY)),
    ("extensions", "OK", extend),
    ("hold", "WARNING", lambda host: hold(host, int(time.time()) + 1000)),
    ("hold-unreadable", "CRITICAL", lambda host: host.write(f"{STATE}/hold", "?")),
    ("last-run-failed", "WARNING", lambda host: edit_record(host, code=4)),
    ("mirror-overwritten", "WARNING", overwrite),
    ("mirror-pending", "OK", postpone),
    ("never-scanned", "CRITICAL", lambda host: os.unlink(host.path(f"{STATE}/scan"))),
    ("not-enrolled", "OK", lambda host: os.unlink(host.path(f"{STATE}/accounts/alice"))),
    ("not-looked", "CRITICAL", lambda host: host.write(f"{STATE}/policy", "?")),
    ("pam-lines", "CRITICAL", lambda host: stack(host, "account required pam_unix.so\n")),
    ("scan-late", "WARNING", lambda host: aged(host, 27)),
    ("scan-old", "CRITICAL", lambda host: aged(host, 49)),
    ("state-missing", "CRITICAL", lambda host: shutil.rmtree(host.path(f"{STATE}/accounts"))),
    ("state-newer", "WARNING", newer),
    ("state-set-aside", "WARNING",
     lambda host: host.write(f"{STATE}/accounts/alice.damaged.1", "x", 0o600)),
)
SEVERITIES = ["OK", "WARNING", "CRITICAL", "UNKNOWN"]


def each_problem_is_as_severe_as_the_table_says(host):
    host.write(CONF, ENFORCE)
    host.scan(code=0 if os.geteuid() == 0 else 3)
    shutil.copytree(host.root, host.root + ".good")
    for name, severity, spoil in ROWS:
        shutil.rmtree(host.root)
        shutil.copytree(host.root + ".good", host.root)
        spoil(host)
        found, whole = problems(host)
        assert found.get(name) == severity, (name, found)
        worst = max(SEVERITIES.index(value) for value in found.values())
        assert whole["status"] == SEVERITIES[worst] and whole["code"] == worst, (name, whole)
        stdout = status(host, worst)[0]
        assert f"{severity}: " in stdout and f"[{name}]" in stdout, stdout
        shown = re.findall(r"^([A-Z]+): .*\]$", stdout, re.M)
        assert shown == sorted(shown, key=SEVERITIES.index, reverse=True), stdout
        line = status(host, worst, "--nagios")[0]
        assert re.fullmatch(rf"VSEE-EXPIRE {SEVERITIES[worst]} - [^|\n]+( \|( \S+=\S+)+)?\n",
                            line), line
        assert len(line.split("|")[0].rstrip()) <= 200, line


def lines_of_ours_that_stand_there_are_no_problem(host):
    """A comment is no line; a host that enforces nothing needs none."""
    host.write(CONF, ENFORCE)
    host.scan(code=0 if os.geteuid() == 0 else 3)
    stack(host, "# pam_vsee_expire.so\n")
    assert problems(host)[0]["pam-lines"] == "CRITICAL"
    stack(host, "account [success=1 default=ignore] pam_vsee_expire.so\n")
    assert "pam-lines" not in problems(host)[0]
    stack(host, "account required pam_unix.so\n")
    host.write(CONF, ENFORCE.replace("enforce", "watch"))
    host.scan(code=0 if os.geteuid() == 0 else 3)
    assert "pam-lines" not in problems(host)[0]


def a_good_host_has_no_problem(host):
    host.scan()
    found, whole = problems(host)
    assert found == {} and whole["status"] == "OK", whole
    assert whole["verdicts"]["warn"] == 1 and whole["modes"]["remind"] == 2
    assert whole["policy"]["sections"][1] == {"name": "group providers", "mode": "remind",
                                              "held": False}
    assert whole["last_run"]["covered"] == 2 and whole["hold"] is None
    assert status(host, 0)[0].startswith("OK: nothing is amiss.\n")
    line = status(host, 0, "--nagios")[0]
    assert line.startswith("VSEE-EXPIRE OK - ") and " warn=1 valid=1 " in line, line


def a_scan_of_a_day_ago_is_no_problem(host):
    host.scan()
    for hours, expected in ((25, {}), (26, {"scan-late": "WARNING"})):
        aged(host, hours)
        assert problems(host)[0] == expected, hours
    aged(host, 49)
    assert problems(host)[0].get("scan-late") == "WARNING", "nothing is enforced"


def the_mode_in_the_configuration_alone_is_critical(host):
    assert problems(host)[0]["never-scanned"] == "CRITICAL"
    host.write(CONF, "[policy]\nmode = off\n")
    assert problems(host)[0] == {}


def a_hold_that_is_over_is_none(host):
    host.scan()
    hold(host, int(time.time()) - 10)
    found, whole = problems(host)
    assert found == {} and whole["hold"] is None, whole


def a_long_line_for_nagios_is_cut_between_characters(host):
    host.scan()
    for reason in ("x" * 200, "x" + "\u00e9" * 99, "\u00e9" * 100, "\U0001d54f" * 50):
        host.write(f"{STATE}/hold", f"vsee-expire hold 1\nbegin 0\nuntil {int(time.time()) + 99}"
                   f"\nby 0\nreason {reason}\n")
        text = status(host, 1, "--nagios")[0].split(" |")[0]
        assert 197 <= len(text.encode()) <= 200 and "held until" in text, text
        assert text.endswith(reason[:20][-1]), text


def leftovers_are_seen(host):
    need_chage()
    host.write(CONF, ENFORCE)
    host.scan()
    host.write("etc/group", "providers:x:2000:bob\n")
    found, whole = problems(host)
    assert found["leftovers"] == "WARNING" and whole["leftovers"]["first"] == ["alice"]
    host.write("etc/group", "providers:x:2000:alice,bob\n")
    os.unlink(host.path(f"{STATE}/policy"))
    assert problems(host)[1]["leftovers"]["count"] == 2, "without a policy as well"


def culprits_are_named(host):
    host.write(CONF, ENFORCE)
    host.scan(code=0 if os.geteuid() == 0 else 3)
    overwrite(host)
    assert "(nothing that is known to do so was found)" in status(host, 1)[0]
    for path in ("usr/bin", "opt/puppetlabs/bin", "etc/cron.d"):
        os.makedirs(host.path(path))
    for name in ("usr/bin/puppet", "opt/puppetlabs/bin/puppet", "usr/bin/salt-minion"):
        host.write(name, "")
    host.write("etc/cron.d/aging", "0 0 * * * root chage -M 55 alice\n")
    host.write("etc/cron.d/harmless", "# chage was here\n")
    stdout = status(host, 1)[0]
    assert "(perhaps: puppet, salt, /etc/cron.d/aging): alice" in stdout, stdout


def only_ten_names_are_listed(host):
    host.scan()
    for number in range(1, 13):
        host.write(f"{STATE}/accounts/u{number:02}.damaged.1", "x", 0o600)
    stdout = status(host, 1)[0]
    assert "accounts/: 12 (" in stdout and " and 2 more) [" in stdout, stdout


def without_root_the_answer_is_unknown(host):
    need_root()
    os.chmod(os.path.dirname(host.root), 0o755)
    folder = os.path.dirname(host.programs["reminderd"])
    os.chmod(folder, 0o755)
    for program in ("reminderd", "vseectl"):
        for form in ([], ["--json"], ["--nagios"]):
            done = subprocess.run([host.programs[program], "status", *form], text=True,
                                  user=12345, group=12345, capture_output=True, check=False)
            assert done.returncode == 3 and "UNKNOWN" in done.stdout, done


def wrong_usage_is_unknown_for_a_plug_in(host):
    for arguments in (["--nagios", "--nonsense"], ["--nonsense", "--nagios"],
                      ["--nagios", "extra"], ["--nagios", "--dry-run"]):
        for program in ("reminderd", "vseectl"):
            stdout = host.run(program, "status", *arguments, code=3)[0]
            assert stdout.startswith("VSEE-EXPIRE UNKNOWN - "), stdout
    host.run("reminderd", "status", "--nonsense", code=1)
    host.ctl("status", "--nagios", "--json", code=3)
    host.ctl("status", "extra", code=1)


def vseectl_status_is_reminderd_status(host):
    host.scan()
    for form in ([], ["--json"], ["--nagios"]):
        for _ in range(5):  # the text has the time in it: once more where a second went by
            ours, theirs = host.ctl("status", *form)[0], status(host, 0, *form)[0]
            if ours == theirs:
                break
        assert ours == theirs, (ours, theirs)
    host.write(f"{STATE}/policy", "?")
    host.ctl("status", code=2)


def status_writes_nothing(host):
    host.scan()
    before = host.contents()
    status(host, 0)
    assert host.contents() == before


# preview

def preview(host, *arguments):
    return json.loads(host.run("reminderd", "preview", "--json", *arguments)[0])


def preview_counts_what_a_hand_counts(host):
    """
    enforce for all, 60 days: alice (100 days old) is rolled in: TODAY + 10; bob (20): TODAY + 40;
    carol and robot (10): TODAY + 50; dave's is locked; eve was asked by an administrator.
    """
    host.days.update({"dave": 10, "eve": 10})
    host.write("etc/passwd", host.read("etc/passwd").replace(
        "1002:1002::", "1002:1002:Bob <bob@example.com>:") +
        "dave:x:1005:1005::/:/bin/sh\neve:x:1006:1006::/:/bin/sh\n")
    host.write_shadow(dave=host.shadow_line("dave", "*"),
                      eve=f"eve:{HASH_A}:0:0:99999:7:::\n")
    host.write(CONF, EVERYBODY + "[group robots]\nmode = watch\n")
    found = preview(host)
    assert [(row["name"], row["mode"], row["accounts"]) for row in found["sections"]] == \
        [("policy", "enforce", 5), ("group robots", "watch", 1)], found
    assert found["covered"] == 6 and found["asked"] == 1 and found["expired"] == 0, found
    assert found["no_password"] == 1 and found["rolled_in"] == 1, found
    days = {row["day"] - TODAY: row["accounts"] for row in found["days"]}
    assert days[10] == 1 and days[40] == 1 and days[50] == 2, days
    mails = {row["day"] - TODAY: row["accounts"] for row in found["mails"]}
    assert (mails[0], mails[7], mails[9]) == (1, 1, 1) and not {8, 10, 29} & set(mails), mails
    assert found["no_address"] >= 2 and found["soonest"][0]["name"] in ("alice", "eve"), found
    host.write(CONF, EVERYBODY + "[mail]\ndomain = example.com\n")
    assert preview(host)["no_address"] == 0


def preview_prints_tables(host):
    stdout = host.run("reminderd", "preview")[0]
    assert re.search(r"^group providers +remind +2$", stdout, re.M), stdout
    assert "1 would be granted notice_days: alice (" in stdout
    assert re.search(r"^  \S+ 00:00 UTC +1  #+$", stdout, re.M)


def preview_lists_the_soonest_twenty(host):
    names = [f"u{number:02}" for number in range(30)]
    host.write("etc/passwd", "".join(f"{name}:x:{2000 + i}:2000::/:/bin/sh\n"
                                     for i, name in enumerate(names)))
    host.write("etc/shadow", "".join(f"{name}:{HASH_A}:{TODAY - i}:0:99999:7:::\n"
                                     for i, name in enumerate(names)))
    host.write(CONF, "[policy]\nmode = remind\n")
    soonest = preview(host)["soonest"]
    assert [row["name"] for row in soonest] == names[:9:-1], soonest


def preview_reads_another_configuration_and_writes_nothing(host):
    os.makedirs(host.path("try/vsee-expire.conf.d"))
    host.write("try/vsee-expire.conf", EVERYBODY)
    before = host.contents()
    assert preview(host, "--config", host.path("try"))["covered"] == 4
    assert host.contents() == before
    host.write("try/vsee-expire.conf", "[policy]\nmode = on\n")
    assert "try/vsee-expire.conf:2: " in host.run("reminderd", "preview", "--config",
                                                  host.path("try"), code=2)[1]


def preview_of_a_host_that_was_off_needs_its_clock_accepted(host):
    host.scan()
    host.set_scan_day(TODAY - 500)
    host.run("reminderd", "preview", code=78)
    assert preview(host, "--accept-clock")["covered"] == 2


sys.exit(main([
    restore_puts_shadow_back_and_publishes_nothing,
    a_scan_after_restore_mirrors_again,
    restore_takes_a_zeroed_date_back,
    restore_leaves_alone_what_somebody_else_set,
    restore_needs_neither_configuration_nor_clock,
    restore_knows_no_limit,
    restore_names_whom_it_cannot_help_and_goes_on,
    where_shadow_cannot_be_written_the_policy_stays,
    killed_before_or_behind_any_chage_restore_goes_on,
    without_state_there_is_nothing_to_restore,
    restore_says_that_the_accounts_are_gone,
    restore_takes_no_option_of_scan,
    a_scan_leaves_its_record,
    a_run_that_does_nothing_leaves_its_record_too,
    a_damaged_record_is_written_anew,
    views_leave_no_record,
    metrics_say_what_the_scan_found,
    metrics_of_a_run_that_failed_say_so,
    each_problem_is_as_severe_as_the_table_says,
    lines_of_ours_that_stand_there_are_no_problem,
    a_good_host_has_no_problem,
    a_scan_of_a_day_ago_is_no_problem,
    the_mode_in_the_configuration_alone_is_critical,
    a_hold_that_is_over_is_none,
    a_long_line_for_nagios_is_cut_between_characters,
    leftovers_are_seen,
    culprits_are_named,
    only_ten_names_are_listed,
    without_root_the_answer_is_unknown,
    wrong_usage_is_unknown_for_a_plug_in,
    vseectl_status_is_reminderd_status,
    status_writes_nothing,
    preview_counts_what_a_hand_counts,
    preview_prints_tables,
    preview_lists_the_soonest_twenty,
    preview_reads_another_configuration_and_writes_nothing,
    preview_of_a_host_that_was_off_needs_its_clock_accepted,
]))
