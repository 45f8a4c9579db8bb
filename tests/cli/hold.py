"""vseectl hold and extend on a made-up host: each function is a test, its name the rule."""

import os
import subprocess
import sys
import time

from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main, need_root

ENFORCE = GROUP_REMIND.replace("remind", "enforce")
HOLD = f"{STATE}/hold"
WHY = ("--reason", "mail is down")


def write_hold(host, until, text=None):
    os.makedirs(host.path(STATE), exist_ok=True)
    host.write(HOLD, text or f"vsee-expire hold 1\nbegin {int(time.time()) - 60}\n"
               f"until {until}\nby 0\nreason test\n")


def until(host):
    return int(host.read(HOLD).split("until ")[1].split()[0])


def scan_code():
    """Only root can run chage --root: for others the shadow file can't follow."""
    return 0 if os.geteuid() == 0 else 3


def expire_alice(host):
    """Enforced, enrolled and told; her date has come."""
    host.write(CONF, ENFORCE)
    host.scan(code=scan_code())
    name = f"{STATE}/accounts/alice"
    text = host.read(name).replace(str(TODAY + 10), str(TODAY - 1)).replace(
        "mirror-max 110", "mirror-max 99")
    host.write(name, text, 0o600)
    host.write_shadow(alice=host.shadow_line("alice", max_days="99"))
    assert "verdict: must-change" in host.ctl("explain", "alice")[0]


def a_hold_refuses_nobody_whom_enforce_lets_in(host):
    need_root()
    own = host.shadow_line("alice", max_days="30")
    host.write_shadow(alice=own.replace(":7:::", ":7:5::"))
    host.write(CONF, ENFORCE)
    host.scan()
    before = host.ctl("explain", "alice")[0].split("verdict:")[1].split("what people")[0]
    host.ctl("hold", "--until", "+4h", *WHY)
    assert host.ctl("explain", "alice")[0].split("verdict:")[1].split("what people")[0] == before


def hold_code():
    return 0 if os.geteuid() == 0 else 4


def a_hold_is_shown_and_makes_enforce_a_remind(host):
    expire_alice(host)
    assert "No hold" in host.ctl("hold")[0]
    stdout = host.ctl("hold", "--until", "+4h", *WHY, code=hold_code())[0]
    assert "held until" in stdout and "mail is down" in stdout, stdout
    assert abs(until(host) - time.time() - 4 * 3600) < 60
    assert "mail is down" in host.ctl("hold")[0]
    stdout = host.ctl("explain", "alice")[0]
    assert "mode remind (enforce, held)" in stdout and "mail is down" in stdout, stdout
    assert "verdict: not-enforceable" in stdout
    stdout = host.ctl("hold", "--release", code=hold_code())[0]
    assert "has ended" in stdout and not os.path.exists(host.path(HOLD))
    assert "verdict: must-change" in host.ctl("explain", "alice")[0]
    assert "There was no hold" in host.ctl("hold", "--release")[0]


def a_hold_needs_nothing_but_the_state_folder(host):
    """A broken configuration, and no policy ever published."""
    host.write(CONF, "mode enforce\n")
    stdout, stderr = host.ctl("hold", "--until", "+90m", *WHY, code=4)
    assert "held until" in stdout and "the hold is in force, but" in stderr, stderr
    assert os.path.exists(host.path(HOLD))


def with_a_broken_configuration_shadow_goes_back_all_the_same(host):
    need_root()
    expire_alice(host)
    host.write(CONF, "mode enforce\n")
    host.ctl("hold", "--until", "+2d", *WHY)
    assert ":99999:7:::" in host.read("etc/shadow").splitlines()[1]


def shadow_is_restored_during_a_hold_and_mirrored_again(host):
    need_root()
    host.write(CONF, ENFORCE)
    host.scan()
    bob = host.read("etc/shadow").splitlines()[2]
    assert bob.split(":")[4] == "60", bob
    policy = host.read(f"{STATE}/policy")
    host.ctl("hold", "--until", "+4h", *WHY)
    assert host.read("etc/shadow").splitlines()[2].split(":")[4] == "99999"
    assert host.read(f"{STATE}/policy") == policy, "the policy is published unheld"
    assert "mode=enforce" in policy
    write_hold(host, int(time.time()) - 1)
    host.scan()
    assert host.read("etc/shadow").splitlines()[2] == bob, "it ended by itself"
    host.ctl("hold", "--until", "+4h", *WHY)
    host.ctl("hold", "--release")
    assert host.read("etc/shadow").splitlines()[2] == bob


def a_hold_ends_at_its_time(host):
    expire_alice(host)
    write_hold(host, int(time.time()) + 3600)
    assert "verdict: not-enforceable" in host.ctl("explain", "alice")[0]
    write_hold(host, int(time.time()) - 1)
    stdout = host.ctl("explain", "alice")[0]
    assert "verdict: must-change" in stdout and "hold:" not in stdout
    assert "was over at" in host.ctl("hold")[0]


def a_hold_that_cannot_be_read_counts_until_it_is_released(host):
    expire_alice(host)
    for text in ("rubbish\n", "vsee-expire hold 2\nnew\n"):
        write_hold(host, 0, text)
        assert "counts as a hold" in host.ctl("hold", code=4)[1]
        stdout = host.ctl("explain", "alice")[0]
        assert "verdict: not-enforceable" in stdout and "unreadable" in stdout, stdout
        assert "so enforcement is held" in host.scan(code=3)[1]
        host.ctl("hold", "--release", code=hold_code())
        assert "hold" not in os.listdir(host.path(STATE))
    write_hold(host, 0, "rubbish\n")
    host.ctl("hold", "--until", "+1h", *WHY, code=hold_code())
    assert "held until" in host.ctl("hold")[0]


def times_are_written_in_several_ways(host):
    host.scan()
    day = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
    begin = (TODAY + 2) * 86400
    for text, seconds in ((day, begin), (f"{day} 18:30", begin + 66600),
                          (f"{day}T18:30", begin + 66600)):
        host.ctl("hold", "--until", text, *WHY)
        assert until(host) == seconds, (text, host.read(HOLD))


def times_that_are_none_change_nothing(host):
    host.scan()
    for text in ("", "tomorrow", "+", "+4", "+h", "+-4h", "+4h5m", "2026-02-30", "2026-1-1",
                 "2026-11-23 18", "2026-11-23 18:00:00", "+0m", "-1h", "2020-01-01", "+91d",
                 "+9999999999d"):
        host.ctl("hold", f"--until={text}", *WHY, code=1)
        assert not os.path.exists(host.path(HOLD)), text
    assert "90 days" in host.ctl("hold", "--until", "+91d", *WHY, code=1)[1]
    assert "is over" in host.ctl("hold", "--until", "2020-01-01", *WHY, code=1)[1]


def a_reason_is_needed_and_is_one_clean_line(host):
    host.scan()
    for reason in ([], ["--reason", ""], ["--reason", "two\nlines"], ["--reason", "x" * 201],
                   ["--reason", b"\xff"], ["--reason", "\x1b[31m"]):
        host.ctl("hold", "--until", "+1h", *reason, code=1)
        host.ctl("extend", "alice", "--days", "3", *reason, code=1)
    assert not os.path.exists(host.path(HOLD)) and "extension" not in host.account("alice")
    host.ctl("hold", "--until", "+1h", "--reason", "ü" * 100)
    for arguments in (["x"], ["--reason", "x"], ["--until", "+1h", "--release", *WHY]):
        host.ctl("hold", *arguments, code=1)


def a_hold_waits_for_no_scan(host):
    host.scan()
    lock = subprocess.Popen(
        [sys.executable, "-c",
         "import fcntl, os, struct, sys\n"
         f"lock = open({host.path(STATE + '/lock')!r}, 'r+b')\n"
         "fcntl.fcntl(lock, 37, struct.pack('hhqqi4x', 1, 0, 0, 1, 0))\n"
         "print('locked', flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        lock.stdout.readline()
        begin = time.monotonic()
        stderr = host.ctl("hold", "--until", "+1h", *WHY, code=4)[1]
        assert time.monotonic() - begin < 5 and "another scan" in stderr
        assert os.path.exists(host.path(HOLD))
    finally:
        lock.communicate()


def a_state_folder_that_is_not_ours_is_named_with_a_remedy(host):
    os.makedirs(host.path("elsewhere"))
    os.symlink(host.path("elsewhere"), host.path(STATE))
    stderr = host.ctl("hold", "--until", "+1h", *WHY, code=4)[1]
    assert "remove" in stderr and "policy" in stderr, stderr
    assert os.listdir(host.path("elsewhere")) == []


def a_read_only_state_folder_is_told_with_a_remedy(host):
    need_root()
    host.scan()
    script = ('mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"')
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", host.path(STATE),
         host.programs["vseectl"], "--root", host.root, "hold", "--until", "+1h", *WHY],
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4 and "remount,rw" in done.stderr, done


def extend_moves_the_deadline_and_says_why(host):
    expire_alice(host)
    stdout = host.ctl("extend", "alice", "--days", "5", "--reason", "on leave")[0]
    assert "extended by 5 days" in stdout, stdout
    alice = host.account("alice")
    assert alice["extension"] == alice["deadline"] == alice["told"] == str(TODAY + 5)
    assert alice["reason"] == "extension" and alice["extension-reason"] == "on leave"
    assert "extension-by" in alice
    stdout = host.ctl("explain", "alice")[0]
    assert "on leave" in stdout and "an administrator granted days" in stdout
    if os.geteuid() == 0:
        line = host.read("etc/shadow").splitlines()[1].split(":")
        assert int(line[2]) + int(line[4]) == TODAY + 5, "shadow follows"


def a_second_extension_counts_from_the_first(host):
    expire_alice(host)
    host.ctl("extend", "alice", "--days", "5", *WHY)
    host.ctl("extend", "alice", "--days", "7", "--reason", "ticket 2")
    alice = host.account("alice")
    assert alice["deadline"] == str(TODAY + 12) and alice["extension-reason"] == "ticket 2"


def extensions_reach_90_days_from_today_and_no_further(host):
    expire_alice(host)
    host.ctl("extend", "alice", "--days", "60", *WHY)
    before = host.read(f"{STATE}/accounts/alice")
    stderr = host.ctl("extend", "alice", "--days", "31", *WHY, code=3)[1]
    assert "more than 90 days from today" in stderr, stderr
    assert host.read(f"{STATE}/accounts/alice") == before
    host.ctl("extend", "alice", "--days", "30", *WHY)
    assert host.account("alice")["deadline"] == str(TODAY + 90)


def of_two_extensions_at_once_none_is_lost(host):
    expire_alice(host)
    command = [host.programs["vseectl"], "--root", host.root, "extend", "alice", "--days", "4",
               *WHY]
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            for _ in range(2)]
    assert [one.wait(60) for one in both] == [0, 0]
    assert host.account("alice")["deadline"] == str(TODAY + 8)


def an_extension_ends_with_the_password(host):
    expire_alice(host)
    host.ctl("extend", "alice", "--days", "30", *WHY)
    host.days["alice"] = 0
    host.write_shadow(alice=host.shadow_line("alice", HASH_B))
    host.scan(code=scan_code())
    alice = host.account("alice")
    assert alice["deadline"] == str(TODAY + 60), alice
    assert not [key for key in alice if key.startswith("extension")], alice


def nobody_ends_untold_by_an_extension(host):
    expire_alice(host)
    stdout = host.ctl("extend", "alice", "--days", "1", *WHY)[0]
    assert host.account("alice")["deadline"] == str(TODAY + 3) and "told" in stdout


def extend_during_a_hold_counts_afterwards(host):
    expire_alice(host)
    write_hold(host, int(time.time()) + 3600)
    host.ctl("extend", "alice", "--days", "5", *WHY)
    assert host.account("alice")["deadline"] == str(TODAY + 5)


def extend_warns_where_shadow_itself_keeps_somebody_out(host):
    """In mode remind shadow's own max counts, during a hold it does not."""
    host.write_shadow(alice=host.shadow_line("alice", max_days="90"))
    host.write(CONF, ENFORCE)
    host.scan(code=scan_code())
    write_hold(host, int(time.time()) + 3600)
    assert "shadow's own" not in host.ctl("extend", "alice", "--days", "5", *WHY)[1]
    assert host.account("alice")["deadline"] == str(TODAY + 8)
    os.unlink(host.path(HOLD))
    host.write(CONF, GROUP_REMIND)
    host.scan(code=scan_code())
    stderr = host.ctl("extend", "alice", "--days", "5", *WHY)[1]
    assert "the mode is remind" in stderr and "chage -M -1 alice" in stderr, stderr


def extend_says_what_it_cannot_help_with(host):
    expire_alice(host)
    cases = (("mallory", "unknown user"), ("a/b", "unknown user"), ("carol", "mode = off"),
             ("root", "outside 1000..60000"))
    for name, text in cases:
        assert text in host.ctl("extend", name, "--days", "5", *WHY, code=3)[1], name
    asked = f"alice:{HASH_A}:0:0:99999:7:::\n"
    ended = host.shadow_line("alice").replace(":::", "::1:")
    locked = host.shadow_line("alice", "!" + HASH_A)
    for line, text in ((asked, "chage -d"), (ended, "chage -E"), (locked, "no usable")):
        host.write_shadow(alice=line)
        before = host.contents()
        assert text in host.ctl("extend", "alice", "--days", "5", *WHY, code=3)[1]
        assert host.contents() == before
    host.write_shadow()
    for extra, text in (("max_days = shadow\n", "shadow alone"), ("mode = watch\n", "watch")):
        host.write(CONF, ENFORCE.replace("mode = enforce\n", "") + extra +
                   ("" if "mode" in extra else "mode = enforce\n"))
        host.scan(code=0)
        assert text in host.ctl("extend", "alice", "--days", "5", *WHY, code=3)[1]


def extend_takes_1_to_90_days(host):
    host.scan()
    for days in ("0", "91", "-1", "x", "", "3 ", "1e1"):
        stderr = host.ctl("extend", "alice", f"--days={days}", *WHY, code=1)[1]
        assert "1 to 90" in stderr, stderr
    for arguments in ([], ["alice"], ["alice", *WHY], ["alice", "bob", "--days", "3", *WHY]):
        host.ctl("extend", *arguments, code=1)


def extend_leaves_a_newer_state_alone(host):
    expire_alice(host)
    newer = host.read(f"{STATE}/accounts/alice").replace("vsee-account 1", "vsee-account 99")
    host.write(f"{STATE}/accounts/alice", newer, 0o600)
    assert "newer version" in host.ctl("extend", "alice", "--days", "5", *WHY, code=4)[1]
    assert host.read(f"{STATE}/accounts/alice") == newer


def extend_salvages_a_damaged_state(host):
    expire_alice(host)
    good = host.read(f"{STATE}/accounts/alice")
    host.write(f"{STATE}/accounts/alice", good + "rubbish\n", 0o600)
    assert "set aside" in host.ctl("extend", "alice", "--days", "5", *WHY)[1]
    assert host.account("alice")["deadline"] == str(TODAY + 5)


def extend_without_a_policy_says_so(host):
    host.scan()
    os.unlink(host.path(f"{STATE}/policy"))
    assert "no policy" in host.ctl("extend", "alice", "--days", "5", *WHY, code=3)[1]


sys.exit(main([
    a_hold_is_shown_and_makes_enforce_a_remind,
    a_hold_refuses_nobody_whom_enforce_lets_in,
    a_hold_needs_nothing_but_the_state_folder,
    with_a_broken_configuration_shadow_goes_back_all_the_same,
    shadow_is_restored_during_a_hold_and_mirrored_again,
    a_hold_ends_at_its_time,
    a_hold_that_cannot_be_read_counts_until_it_is_released,
    times_are_written_in_several_ways,
    times_that_are_none_change_nothing,
    a_reason_is_needed_and_is_one_clean_line,
    a_hold_waits_for_no_scan,
    a_state_folder_that_is_not_ours_is_named_with_a_remedy,
    a_read_only_state_folder_is_told_with_a_remedy,
    extend_moves_the_deadline_and_says_why,
    a_second_extension_counts_from_the_first,
    extensions_reach_90_days_from_today_and_no_further,
    of_two_extensions_at_once_none_is_lost,
    an_extension_ends_with_the_password,
    nobody_ends_untold_by_an_extension,
    extend_during_a_hold_counts_afterwards,
    extend_warns_where_shadow_itself_keeps_somebody_out,
    extend_says_what_it_cannot_help_with,
    extend_takes_1_to_90_days,
    extend_leaves_a_newer_state_alone,
    extend_salvages_a_damaged_state,
    extend_without_a_policy_says_so,
]))
