"""vseectl on a made-up host: each function is a test, its name the rule."""

import os
import sys

from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main, need_root

OPASSWD = (f"alice:1001:3:{HASH_B},$1$saltsalt$bbbbbbbbbbbbbbbbbbbbbb\n"
           "broken\n"
           f"bob:9999:1:{HASH_B}\n"
           f"nobody-here:1:1:{HASH_B}\n"
           f"bob:1002:x:{HASH_B}\n"
           "carol:1003:1:not a hash\n")


def no_secret(*texts):
    for text in texts:
        assert "saltsalt" not in text and "$6$" not in text, text


def apply_enrols_publishes_and_says_what_is_in_force(host):
    stdout = host.ctl("apply")[0]
    assert "2 sections" in stdout and "mode = remind" in stdout, stdout
    assert host.has_state("alice") and os.path.exists(host.path(f"{STATE}/policy"))


def apply_runs_the_reminderd_beside_it(host):
    folder = os.path.dirname(host.programs["reminderd"])
    host.write("fake", "#!/bin/sh\necho \"$@\"\nexit 75\n", 0o755)
    os.rename(f"{folder}/reminderd", f"{folder}/kept")
    try:
        os.rename(host.path("fake"), f"{folder}/reminderd")
        stdout, stderr = host.ctl("apply", code=75)
        assert f"scan --root {host.root}" in stdout and "status 75" in stderr
        assert "No policy is published" in stdout
    finally:
        os.rename(f"{folder}/kept", f"{folder}/reminderd")


def apply_check_only_checks(host):
    before = host.contents()
    assert "is good" in host.ctl("apply", "--check")[0]
    assert host.contents() == before


def apply_of_a_broken_configuration_changes_nothing(host):
    host.ctl("apply")
    host.write(CONF, "[policy]\nmax_days = 0\nmod = off\n")
    before = host.contents()
    stderr = host.ctl("apply", code=2)[1]
    assert f"{CONF}:2: " in stderr and f"{CONF}:3: " in stderr, stderr
    assert host.contents() == before


def state_can_be_elsewhere(host):
    host.ctl("--state", host.path("var/lib/other"), "apply")
    assert os.path.exists(host.path("var/lib/other/accounts/alice"))
    assert not os.path.exists(host.path(STATE))


def config_tells_where_each_value_is_written(host):
    host.write(f"{CONF}.d/50-more.conf", "[text]\nproduct = Portal\n")
    stdout = host.ctl("config")[0]
    lines = [" ".join(line.split()) for line in stdout.splitlines()]
    assert f"mode = off ; {host.path(CONF)}:2" in lines, stdout
    assert f"product = Portal ; {host.path(CONF)}.d/50-more.conf:2" in lines
    assert "max_days = 60 ; default" in lines and "[group providers]" in lines


def config_shows_what_a_section_inherits(host):
    host.write(CONF, "[policy]\nremember = 9\n[group providers]\nmode = remind\n")
    stdout = host.ctl("config", "--section", "group providers")[0]
    lines = [" ".join(line.split()) for line in stdout.splitlines()]
    assert f"remember = 9 ; {host.path(CONF)}:2" in lines, stdout
    assert f"mode = remind ; {host.path(CONF)}:4" in lines
    assert "[policy]" not in lines and not any("report_only" in line for line in lines)
    host.ctl("config", "--section", "nonsense", code=3)


def config_is_a_configuration(host):
    first = host.ctl("config")[0]
    host.write(CONF, first)
    second = host.ctl("config")[0]
    strip = lambda text: [line.split(";")[0].rstrip() for line in text.splitlines()]
    assert strip(first) == strip(second)


def config_of_a_broken_file_shows_its_errors(host):
    host.write(CONF, "[policy]\nmode = on\n")
    assert f"{CONF}:2: " in host.ctl("config", code=2)[1]


def explain_before_apply_says_that_nothing_is_published(host):
    assert "no policy is published" in host.ctl("explain", "alice")[0]


def explain_names_section_deadline_and_reason(host):
    host.scan()
    stdout = host.ctl("explain", "alice")[0]
    assert f"section [group providers] of {host.path(CONF)}:3, mode remind" in stdout, stdout
    assert "verdict: warn" in stdout and "(floor)" in stdout and "[V01]" in stdout
    assert "verdict: valid" in host.ctl("explain", "bob")[0]
    no_secret(stdout)


def explain_tells_unknown_from_not_covered(host):
    host.scan()
    assert "mode is off" in host.ctl("explain", "carol")[0]
    assert "outside 1000..60000" in host.ctl("explain", "root")[0]
    host.write(CONF, "[policy]\nmode = remind\n[exempt]\ngroups = robots\n")
    host.scan()
    assert f"exempt by {host.path(CONF)}:3" in host.ctl("explain", "robot")[0]
    assert "unknown user" in host.ctl("explain", "mallory", code=3)[1]
    host.write("etc/shadow", host.shadow_line("alice"))
    assert "not covered: no line in" in host.ctl("explain", "bob")[0]


def explain_refuses_names_that_no_account_has(host):
    host.scan()
    for name in ("a/b", "--", "a:b", "a\nb", "../alice", ""):
        stdout, stderr = host.ctl("explain", "--", name, code=3)
        assert "can't be the name" in stderr and stdout == "" and len(stderr.splitlines()) == 1


def enforce(host, extra=""):
    """alice's promised date has come: her state says so, as scans before would have noted."""
    host.write(CONF, GROUP_REMIND.replace("remind", "enforce") + extra)
    host.scan(code=0 if os.geteuid() == 0 else 3)  # only root can run chage --root
    name = f"{STATE}/accounts/alice"
    text = host.read(name).replace(str(TODAY + 10), str(TODAY - 1)).replace(
        "mirror-max 110", "mirror-max 99")
    host.write(name, text, 0o600)
    host.write_shadow(alice=host.shadow_line("alice", max_days="99"))


def explain_tells_each_kind_of_login(host):
    enforce(host)
    stdout = host.ctl("explain", "alice")[0]
    assert "verdict: must-change" in stdout, stdout
    assert "a login with the password: must choose a new password" in stdout and "[V03]" in stdout
    assert "a login with a key or ticket: let in, told" in stdout and "[V09]" in stdout
    assert "a report-only service (cron, sudo): let in, only logged" in stdout
    assert "the last 6 are refused" in stdout


def explain_knows_what_a_service_sees(host):
    enforce(host)
    stdout = host.ctl("explain", "alice", "--service", "cron")[0]
    assert "cron (report only): let in, only logged" in stdout and "[V03]" not in stdout
    stdout = host.ctl("explain", "--service", "sshd", "alice")[0]
    assert "sshd with the password: must choose" in stdout and "cron" not in stdout


def explain_shows_a_refusal_with_its_link(host):
    enforce(host, "expired = deny\n[web]\nbase_url = https://pw.example.com/\n")
    stdout = host.ctl("explain", "alice")[0]
    assert "refused" in stdout and "https://pw.example.com/?user=alice [V04]" in stdout, stdout


def explain_says_why_an_expired_password_is_let_in(host):
    enforce(host)
    host.set_scan_day(TODAY - 5)
    stdout = host.ctl("explain", "alice")[0]
    assert "verdict: not-enforceable" in stdout and "too old" in stdout, stdout


def explain_shows_locked_and_ended_accounts(host):
    host.scan()
    host.write_shadow(alice=host.shadow_line("alice", "*"),
                      bob=host.shadow_line("bob").replace(":::", "::1:"))
    assert "verdict: no-password" in host.ctl("explain", "alice")[0]
    stdout = host.ctl("explain", "bob")[0]
    assert "verdict: account-expired" in stdout and "[V07]" in stdout


def explain_resolves_every_code(host):
    for number in range(1, 18):
        stdout = host.ctl("explain", f"v{number:02}")[0]
        assert stdout.startswith(f"V{number:02}\n") and "remedy:" in stdout
    host.ctl("explain", "V99", code=3)


def explain_works_for_a_user_named_like_a_code(host):
    host.write("etc/passwd", host.read("etc/passwd").replace("alice:", "v04:"))
    host.write_shadow(alice=host.shadow_line("alice").replace("alice", "v04"))
    stdout = host.ctl("explain", "v04")[0]
    assert "remedy:" in stdout and "v04: not covered" in stdout


def history_takes_over_opasswd(host):
    host.write("opasswd", OPASSWD, 0o600)
    host.scan()
    stdout, stderr = host.ctl("history", "import", host.path("opasswd"))
    assert "2 old passwords of 1 account taken over, 5 lines passed over" in stdout, stdout
    for number in range(2, 7):
        assert f"opasswd:{number}: " in stderr, stderr
    no_secret(stdout, stderr)
    assert len(host.account("alice")["entry"]) == 2 and host.account("bob")["entry"] == []
    assert host.account("alice")["enrolled"] == "yes"
    stdout = host.ctl("history", "import", host.path("opasswd"))[0]
    assert "0 old passwords of 0 accounts" in stdout, "a second time adds nothing"


def history_takes_over_one_account_only(host):
    host.write("opasswd", f"alice:1001:1:{HASH_B}\nbob:1002:1:{HASH_B}\n", 0o600)
    host.scan()
    host.ctl("history", "import", "--user", "bob", host.path("opasswd"))
    assert host.account("alice")["entry"] == [] and len(host.account("bob")["entry"]) == 1
    host.ctl("history", "import", "--user", "carol", host.path("opasswd"), code=3)


def history_lists_methods_but_no_hash(host):
    history_takes_over_opasswd(host)
    stdout = host.ctl("history", "list", "alice")[0]
    assert "alice: 2 old passwords" in stdout and "sha512crypt" in stdout, stdout
    assert "md5crypt" in stdout and "(imported)" in stdout
    no_secret(stdout)
    assert "unknown user" in host.ctl("history", "list", "mallory", code=3)[1]


def history_forgets_entries_and_keeps_the_enrolment(host):
    history_takes_over_opasswd(host)
    before = host.account("alice")
    stdout = host.ctl("history", "forget", "alice")[0]
    assert "2 old passwords forgotten" in stdout
    after = host.account("alice")
    assert after["entry"] == [] and {**after, "entry": before["entry"]} == before
    host.ctl("history", "forget", "mallory", code=3)


def export_gives_back_what_import_took(host):
    """In pam_pwhistory's own form, oldest first, for root alone, never over another file."""
    second = HASH_B.replace("B", "C")
    line = f"alice:1001:2:{HASH_B},{second}\n"
    host.write("opasswd", line + f"bob:1002:1:{second}\n")
    host.ctl("apply")
    host.ctl("history", "import", host.path("opasswd"))
    no_secret(*host.ctl("history", "export", host.path("out")))
    assert host.read("out") == host.read("opasswd")
    assert os.stat(host.path("out")).st_mode & 0o777 == 0o600
    stderr = host.ctl("history", "export", host.path("out"), code=4)[1]
    assert "never written over" in stderr, stderr
    host.ctl("history", "export", host.path("one"), "--user", "alice")
    assert host.read("one") == line
    host.ctl("history", "export", host.path("none"), "--user", "nobody", code=3)
    assert not os.path.exists(host.path("none"))


def export_leaves_out_and_counts_what_no_list_can_hold(host):
    sun = "$md5,rounds=904$Vc3VgyFx44iS8.Yu$$Scf90iLWN6O6mT9TA06NK/"
    host.write("opasswd", f"alice:1001:2:{sun},{HASH_B}\n")
    host.ctl("apply")
    host.ctl("history", "import", host.path("opasswd"))
    stderr = host.ctl("history", "export", host.path("out"))[1]
    assert "1 were left out" in stderr, stderr
    assert host.read("out") == f"alice:1001:1:{HASH_B}\n"


def history_needs_the_state_folder(host):
    assert "reminderd scan" in host.ctl("history", "list", "alice", code=4)[1]


def a_state_folder_of_somebody_else_is_refused(host):
    need_root()
    host.scan()
    os.chown(host.path(STATE), 12345, 12345)
    for arguments in (["explain", "alice"], ["history", "list", "alice"], ["apply"]):
        host.ctl(*arguments, code=4)


def wrong_usage_ends_with_1(host):
    for arguments in ([], ["nonsense"], ["explain"], ["explain", "a", "b"], ["apply", "x"],
                      ["config", "x"], ["history"], ["history", "list"], ["history", "x", "y"],
                      ["history", "list", "alice", "--user", "bob"], ["--nonsense"]):
        host.ctl(*arguments, code=1)


def help_names_every_verb(host):
    stdout = host.ctl("--help")[0]
    for verb in ("apply", "config", "explain", "history"):
        assert f"  {verb} " in stdout


sys.exit(main([
    apply_enrols_publishes_and_says_what_is_in_force,
    apply_runs_the_reminderd_beside_it,
    apply_check_only_checks,
    apply_of_a_broken_configuration_changes_nothing,
    state_can_be_elsewhere,
    config_tells_where_each_value_is_written,
    config_shows_what_a_section_inherits,
    config_is_a_configuration,
    config_of_a_broken_file_shows_its_errors,
    explain_before_apply_says_that_nothing_is_published,
    explain_names_section_deadline_and_reason,
    explain_tells_unknown_from_not_covered,
    explain_refuses_names_that_no_account_has,
    explain_tells_each_kind_of_login,
    explain_knows_what_a_service_sees,
    explain_shows_a_refusal_with_its_link,
    explain_says_why_an_expired_password_is_let_in,
    explain_shows_locked_and_ended_accounts,
    explain_resolves_every_code,
    explain_works_for_a_user_named_like_a_code,
    history_takes_over_opasswd,
    history_takes_over_one_account_only,
    history_lists_methods_but_no_hash,
    history_forgets_entries_and_keeps_the_enrolment,
    export_gives_back_what_import_took,
    export_leaves_out_and_counts_what_no_list_can_hold,
    history_needs_the_state_folder,
    a_state_folder_of_somebody_else_is_refused,
    wrong_usage_ends_with_1,
    help_names_every_verb,
]))
