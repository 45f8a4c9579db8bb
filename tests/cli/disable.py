"""vseectl disable: each function is a test, its name the rule."""

import os
import sys

from harness import STATE, main, need_root
from switchrig import last, prepare, published, sections, times


def the_whole_way_and_back_leaves_no_trace(host):
    """watch, remind, enforce, remind, off: configuration, pam.d and shadow as they were."""
    need_root()
    prepare(host)
    before = {name: text for name, text in host.contents().items() if STATE not in name}
    for mode in ("watch", "remind", "enforce", "remind"):
        stdout = host.ctl("enable", "--group", "providers", "--mode", mode)[0]
        assert last(stdout) == f"changed: [group providers] mode = {mode}", stdout
        mirrored = host.read("etc/shadow").encode() != before[host.path("etc/shadow")]
        assert mirrored == (mode == "enforce"), mode
    host.ctl("enable", "--group", "providers", "--mode", "enforce")
    stdout = host.ctl("disable")[0]
    assert last(stdout) == "changed: [policy] mode = off", stdout
    after = {name: text for name, text in host.contents().items() if STATE not in name}
    for name in ("etc/shadow-", "etc/.pwd.lock"):  # chage's own
        after.pop(host.path(name), None)
    assert after == before, set(after.items()) ^ set(before.items())


def disable_of_a_group_keeps_policy_from_covering_it(host):
    prepare(host)
    host.ctl("enable", "--mode", "remind")
    stdout = host.ctl("disable", "--group", "providers", "--dry-run")[0]
    assert "so that [policy] does not" in stdout, stdout
    host.ctl("disable", "--group", "providers")
    assert "mode is off" in published(host)
    assert sections(host) == ["[policy]", "mode = remind", "[group providers]", "mode = off"]
    before = times(host)
    assert host.ctl("disable", "--group", "providers")[0].startswith("unchanged")
    assert times(host) == before


def disable_overrules_what_other_files_switch_on(host):
    prepare(host, "[policy]\nmode = watch\n[group providers]\nmode = remind\n[user carol]\n"
                  "mode = watch\n[group robots]\nremember = 3\n")
    host.ctl("apply")
    host.ctl("disable")
    assert sections(host)[0:6] == ["[policy]", "mode = off", "[group providers]", "mode = off",
                                   "[user carol]", "mode = off"], sections(host)
    assert len(sections(host)) == 6, "the robots follow [policy]"
    assert "mode is off" in published(host)


def disable_without_a_scan_restores_shadow(host):
    """Where the scan can't run, shadow is put back by the verb that needs no configuration."""
    need_root()
    prepare(host)
    before = host.read("etc/shadow")
    host.ctl("enable", "--group", "providers", "--mode", "enforce")
    assert host.read("etc/shadow") != before
    folder = os.path.dirname(host.programs["reminderd"])
    host.write("fake", f"#!/bin/sh\n[ \"$1\" != scan ] || exit 78\nexec {folder}/kept \"$@\"\n",
               0o755)
    os.rename(f"{folder}/reminderd", f"{folder}/kept")
    os.rename(host.path("fake"), f"{folder}/reminderd")
    try:
        stderr = host.ctl("disable")[1]
    finally:
        os.rename(f"{folder}/kept", f"{folder}/reminderd")
    assert "put back by reminderd restore" in stderr, stderr
    assert host.read("etc/shadow") == before


def disable_of_what_was_never_on_is_unchanged(host):
    prepare(host)
    before = times(host)
    assert host.ctl("disable")[0] == "unchanged: [policy] mode = off\n"
    assert times(host) == before


def lines_written_by_hand_are_named_when_all_is_off(host):
    prepare(host)
    host.write("etc/pam.d/common-auth", "auth required pam_unix.so\nauth optional "
                                        "pam_vsee_expire.so\n")
    stderr = host.ctl("disable")[1]
    assert "/etc/pam.d/common-auth:2: a line of ours" in stderr, stderr


sys.exit(main([
    the_whole_way_and_back_leaves_no_trace,
    disable_of_a_group_keeps_policy_from_covering_it,
    disable_overrules_what_other_files_switch_on,
    disable_without_a_scan_restores_shadow,
    disable_of_what_was_never_on_is_unchanged,
    lines_written_by_hand_are_named_when_all_is_off,
]))
