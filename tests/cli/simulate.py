"""vseectl lint --simulate on a made-up host: each function is a test, its name the rule."""

import os
import re
import shutil
import sys

from harness import CONF, HASH_A, TODAY, main

SAMPLES = os.path.join(os.environ["VSEE_SOURCE"], "packaging/pam.d")
ENFORCE = "[policy]\nmode = off\n[group providers]\nmode = enforce\nkey_login = {}\n"
UNIX = "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
TAIL = "account requisite pam_deny.so\naccount required pam_permit.so\n"
OURS = "".join(line + "\n" for line in (
    "account [success=3 new_authtok_reqd=ok acct_expired=die authtok_expired=die default=ignore]"
    " pam_vsee_expire.so",
    "account [new_authtok_reqd=2 default=ignore] pam_vsee_expire.so again"))
ACCESS = "account required pam_access.so\n"


def install(host, **files):
    """The samples, and what a test writes in place of some; '_' in a name stands for '-'."""
    shutil.copytree(SAMPLES, host.path("etc/pam.d"), dirs_exist_ok=True)
    for name in ("common-session", "common-session-noninteractive"):
        host.write(f"etc/pam.d/{name}", "session required pam_unix.so\n")
    for name, text in files.items():
        host.write(f"etc/pam.d/{name.replace('_', '-')}", text)


def enrol(host, key_login="warn"):
    """Publish a policy, and enrol."""
    host.write(CONF, ENFORCE.format(key_login))
    host.ctl("apply")


def simulate(host, service, user, code=0):
    """The output by paragraphs: head, password, key, and the change if there is one."""
    stdout, stderr = host.ctl("lint", "--simulate", service, user, code=code)
    return stdout.strip().split("\n\n"), stderr


def results(parts):
    return [re.search(r"RESULT: (.*)", part)[1] for part in parts[1:]]


def row(part, module):
    """All lines of that module, blanks squeezed, without the folder."""
    lines = [" ".join(line.split()) for line in part.splitlines()]
    return [re.sub(r"^\S*/etc/pam.d/", "", line) for line in lines if f" {module}" in line]


def asked(host):
    """An administrator asked alice for a new password: shadow's last change is 0."""
    host.write_shadow(alice=f"alice:{HASH_A}:0:0:99999:7:::\n")


def a_valid_password_gets_in(host):
    install(host)
    parts, _ = simulate(host, "sshd", "carol")
    assert "not covered" in parts[0] and results(parts) == ["gets in", "gets in"], parts
    lines = row(parts[1], "pam_vsee_expire.so")
    assert len(lines) == 3 and all(" ignore " in line for line in lines), lines
    assert row(parts[1], "pam_unix.so") == [
        "common-auth:2 pam_unix.so nullok success jumps over 1",
        "common-account:6 pam_unix.so success jumps over 1"], parts[1]
    assert row(parts[1], "pam_deny.so") == ["common-auth:3 pam_deny.so - not reached",
                                            "common-account:7 pam_deny.so - not reached"]


def who_is_asked_for_a_new_password_is_led_through_the_change(host):
    install(host)
    enrol(host, key_login="enforce")
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert "verdict must-change" in parts[0], parts[0]
    assert results(parts) == ["must choose a new password"] * 2 + [
        "the new password is taken, and the login goes on"], parts
    assert row(parts[1], "pam_vsee_expire.so again") == [
        "common-account:5 pam_vsee_expire.so again new_authtok_reqd jumps over 2"]
    assert row(parts[3], "pam_vsee_expire.so bind") == [
        "common-password:7 pam_vsee_expire.so bind ignore counts for nothing, goes on",
        "common-password:7 pam_vsee_expire.so bind success counts as good, goes on"]


def a_change_that_nobody_asks_for_fails(host):
    """use_authtok at pam_unix, and no line before it that has the new password."""
    install(host)
    asked(host)
    text = host.read("etc/pam.d/common-password")
    host.write("etc/pam.d/common-password", text.replace(
        "password\trequisite\t\t\tpam_vsee_expire.so\n", ""))
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[2] == "the change fails: authtok_err", parts[3]
    host.write("etc/pam.d/common-password", text.replace(
        "pam_vsee_expire.so\n", "pam_vsee_expire.so use_authtok\n", 1))
    enrol(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[2] == "the change fails: authtok_err", parts[3]
    host.write("etc/pam.d/common-password", "password requisite pam_pwquality.so\n" + text)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[2].startswith("the new password is taken"), parts[3]


def a_key_login_is_warned_where_the_policy_says_so(host):
    install(host)
    enrol(host, key_login="warn")
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[:2] == ["must choose a new password", "gets in"], parts


def a_service_that_only_reports_lets_in(host):
    install(host)
    enrol(host)
    asked(host)
    parts, _ = simulate(host, "cron", "alice")
    assert results(parts) == ["gets in", "gets in"], parts


def a_refusing_service_refuses(host):
    install(host, common_account=OURS.replace(
        "pam_vsee_expire.so\n", "pam_vsee_expire.so expired=deny\n", 1) + UNIX + TAIL)
    enrol(host)
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts) == ["refused: authtok_expired", "gets in"], parts
    assert "counts as failure, ends here" in row(parts[1], "pam_vsee_expire.so")[1], parts[1]


def access_behind_stock_pam_unix_is_skipped_for_who_must_change(host):
    install(host, common_account=UNIX + TAIL, sshd="@include common-account\n" + ACCESS)
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert row(parts[2], "pam_unix.so") == [
        "common-account:1 pam_unix.so new_authtok_reqd counts as good, ends here"], parts[2]
    assert row(parts[2], "pam_access.so") == [
        "sshd:2 pam_access.so - not reached, and access is not checked"], parts[2]


def access_behind_ours_is_reached_by_who_must_change(host):
    install(host, common_account=OURS + UNIX + TAIL, sshd="@include common-account\n" + ACCESS)
    enrol(host, key_login="enforce")
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[1] == "must choose a new password"
    assert row(parts[2], "pam_access.so") == [
        "sshd:2 pam_access.so success (assumed) counts as good, goes on"], parts[2]


def ours_behind_a_sufficient_localuser_never_runs(host):
    install(host, sshd="account sufficient pam_localuser.so\n" + OURS + UNIX + TAIL)
    enrol(host, key_login="enforce")
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[1] == "gets in", parts
    assert [line.split(" - ")[1] for line in row(parts[2], "pam_vsee_expire.so")] == [
        "not reached"] * 2, parts[2]


def pam_unix_alone_follows_shadow(host):
    install(host, common_account="account required pam_unix.so\n")
    for fields, expected in (
            (f"{TODAY - 10}:0:90:7::", "gets in"),
            (f"{TODAY - 90}:0:90:7::", "must choose a new password"),
            (f"{TODAY - 100}:0:90:7:10:", "refused: authtok_expired"),
            (f"{TODAY - 99}:0:90:7:10:", "must choose a new password"),
            (f"{TODAY - 10}:0:90:7::{TODAY}", "refused: acct_expired"),
            (f"{TODAY - 10}:0:90:7::{TODAY + 1}", "gets in"),
            ("0:0:99999:7::", "must choose a new password")):
        host.write_shadow(alice=f"alice:{HASH_A}:{fields}:\n")
        parts, _ = simulate(host, "sshd", "alice")
        assert results(parts)[0] == expected, (fields, parts)


def a_locked_password_gets_in_by_key_only(host):
    install(host)
    host.write_shadow(alice=host.shadow_line("alice", hash="!" + HASH_A))
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts) == ["refused: auth_err", "gets in"], parts
    assert "counts as failure, ends here" in row(parts[1], "pam_deny.so")[0]


def nologin_keeps_people_out(host):
    install(host)
    host.write("etc/nologin", "")
    parts, _ = simulate(host, "sshd", "carol")
    assert results(parts) == ["refused: auth_err"] * 2, parts
    assert results(simulate(host, "sshd", "root")[0]) == ["gets in"] * 2


def the_person_is_not_root(host):
    install(host)
    parts, _ = simulate(host, "su", "carol")
    assert row(parts[1], "pam_rootok.so") == [
        "su:2 pam_rootok.so auth_err counts for nothing, goes on"], parts[1]
    assert "success" in row(parts[1], "pam_unix.so")[0]


def no_pass_expiry_is_for_logins_without_the_password(host):
    install(host, common_account="account required pam_unix.so no_pass_expiry\n")
    asked(host)
    parts, _ = simulate(host, "sshd", "alice")
    assert results(parts)[:2] == ["must choose a new password", "gets in"], parts


def a_service_without_a_file_is_other(host):
    install(host, other="@include common-auth\naccount required pam_deny.so\n")
    parts, _ = simulate(host, "ghost", "carol")
    assert 'ghost has no file: libpam takes "other"' in parts[0], parts[0]
    assert results(parts) == ["refused: auth_err"] * 2, parts


def an_unknown_service_or_user_is_told(host):
    install(host)
    assert "unknown service: ghost" in simulate(host, "ghost", "carol", code=3)[1]
    assert "unknown service" in simulate(host, "../sshd", "carol", code=3)[1]
    assert "unknown user: nobody" in simulate(host, "sshd", "nobody", code=3)[1]
    host.ctl("lint", "--simulate", "sshd", code=1)


def a_loop_and_a_bad_line_are_told_and_refuse(host):
    install(host, sshd="@include sshd\n")
    parts, stderr = simulate(host, "sshd", "carol")
    assert "sshd:1: sshd can't be included: it includes itself" in stderr, stderr
    assert results(parts) == ["refused: abort"] * 2, parts
    install(host, sshd="@include common-auth\naccount required\n@include common-account\n")
    parts, stderr = simulate(host, "sshd", "carol")
    assert "sshd:2: no module" in stderr, stderr
    assert results(parts) == ["refused: perm_denied"] * 2, parts
    assert row(parts[1], "(libpam") == [
        "sshd:2 (libpam can't use it) perm_denied counts as failure, goes on"], parts[1]


def a_service_without_lines_of_a_type_says_so(host):
    install(host, sshd="@include common-auth\n")
    parts, _ = simulate(host, "sshd", "carol")
    assert "there is no such line, so libpam refuses" in parts[2]
    assert results(parts) == ["refused: perm_denied"] * 2, parts


def control_characters_reach_no_terminal(host):
    install(host, sshd="account required pam_\x1b[2J.so \x07\nauth requir\x1bed x\n")
    parts, stderr = simulate(host, "sshd", "carol")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", "".join(parts) + stderr)
    assert "pam_?[2J.so" in parts[1] + parts[2]


def a_service_named_to_fool_a_terminal_is_shown_harmless(host):
    install(host, **{"x\x1b[2J": "account required pam_unix.so\n"})
    parts, _ = simulate(host, "x\x1b[2J", "carol")
    assert not [c for part in parts for c in part if c < " " and c != "\n"], parts


def a_substack_ends_for_itself(host):
    install(host, sshd="account substack inner\naccount required pam_permit.so\n",
            inner="account sufficient pam_localuser.so\naccount required pam_deny.so\n")
    parts, _ = simulate(host, "sshd", "carol")
    assert "ends its substack" in row(parts[2], "pam_localuser.so")[0]
    assert "not reached" in row(parts[2], "pam_deny.so")[0]
    assert "counts as good" in row(parts[2], "pam_permit.so")[0]
    assert results(parts)[1] == "gets in"


if __name__ == "__main__":
    sys.exit(main([
        a_valid_password_gets_in,
        who_is_asked_for_a_new_password_is_led_through_the_change,
        a_key_login_is_warned_where_the_policy_says_so,
        a_service_that_only_reports_lets_in,
        a_refusing_service_refuses,
        access_behind_stock_pam_unix_is_skipped_for_who_must_change,
        access_behind_ours_is_reached_by_who_must_change,
        ours_behind_a_sufficient_localuser_never_runs,
        pam_unix_alone_follows_shadow,
        a_locked_password_gets_in_by_key_only,
        nologin_keeps_people_out,
        the_person_is_not_root,
        no_pass_expiry_is_for_logins_without_the_password,
        a_service_without_a_file_is_other,
        an_unknown_service_or_user_is_told,
        a_loop_and_a_bad_line_are_told_and_refuse,
        a_service_without_lines_of_a_type_says_so,
        control_characters_reach_no_terminal,
        a_substack_ends_for_itself,
    ]))
