"""reminderd status: each function is a test, its name the rule."""

import json
import os
import re
import shutil
import subprocess
import sys
import time

from harness import (CONF, GROUP_REMIND, HASH_A, STATE, TODAY, add_facts, edit_record, main,
                     need_chage, need_root, newer)

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


sys.exit(main([
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
]))
