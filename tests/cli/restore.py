"""reminderd restore gives shadow back: each function is a test, its name the rule."""

import os
import shutil
import subprocess
import sys

from harness import CONF, HASH_A, STATE, TODAY, Skip, add_facts, main, need_chage, newer

EVERYBODY = "[policy]\nmode = enforce\n"


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
]))
