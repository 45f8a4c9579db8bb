"""
vseectl lint: for each code a made-up host on which exactly this is found, and one on which nothing
is; remedies that name lines of pam.d are carried out, and the finding is gone.
"""

import json
import os
import re
import sys

from harness import CONF, HASH_A, STATE, TODAY, main
from lintrig import (ACCOUNT, AGAIN, AUTH, FEDORA, FIRST, GOOD, LAST, MAIL, PASSWORD, SOURCE,
                     access_behind, access_cut_off, apply_remedy, change, codes, config, configure,
                     edit, good_host, jobs_asked, lint, locker, no_module, no_sender, no_timer,
                     one_profile, one_service_without, open_state, overlap, overwritten, own_auth,
                     page, page_of_another_host, page_with, pam_unix_asked, run, service_account,
                     stack, strength_behind, twice, vendor_service_without, without_lines)

ROWS = (
    ("L01", one_service_without),
    ("L02", stack(ACCOUNT, "account sufficient pam_localuser.so\n",
                  FIRST.format(3, "ok", "die", "ignore"), AGAIN, LAST)),
    ("L03", stack(ACCOUNT, LAST, FIRST.format("ok", "ok", "die", "ignore"))),
    ("L04", edit(ACCOUNT, "success=3", "success=2")),
    ("L05", edit(ACCOUNT, "new_authtok_reqd=2", "new_authtok_reqd=1")),
    ("L06", stack(ACCOUNT, FIRST.format(3, "ok", "ignore", "ignore"), AGAIN, LAST)),
    ("L07", stack(ACCOUNT, FIRST.format(3, "ok", "die", "die"), AGAIN, LAST)),
    ("L08", access_behind),
    ("L09", pam_unix_asked),
    ("L10", jobs_asked),
    ("L11", edit(AUTH, "auth\toptional\t\t\tpam_vsee_expire.so\n", "")),
    ("L12", own_auth),
    ("L13", edit(PASSWORD, "password\trequisite\t\t\tpam_vsee_expire.so\n", "")),
    ("L14", edit(PASSWORD, "requisite\t\t\tpam_vsee", "required\t\t\tpam_vsee")),
    ("L15", stack(PASSWORD, "password requisite pam_unix.so use_authtok\n",
                  "password requisite pam_vsee_expire.so\n",
                  "password optional pam_vsee_expire.so bind\n")),
    ("L16", edit(PASSWORD, " use_authtok", "")),
    ("L17", edit(PASSWORD, "password\t[success", "password required pam_cracklib.so\n"
                 "password\t[success")),
    ("L18", strength_behind),
    ("L19", edit(PASSWORD, "password\trequisite\t\t\tpam_vsee", "password requisite "
                 "pam_pwquality.so\npassword\trequisite\t\t\tpam_vsee")),
    ("L20", edit(PASSWORD, "password\toptional\t\t\tpam_vsee_expire.so bind\n", "")),
    ("L21", edit(PASSWORD, "[success=1 default=ignore]\tpam_unix", "sufficient\tpam_unix")),
    ("L22", one_profile),
    ("L23", edit(PASSWORD, " yescrypt", " yescrypt remember=5")),
    ("L24", locker),
    ("L25", no_module),
    ("L26", without_lines),
    ("L27", edit("etc/pam.d/su", "@include common-session", "@include common-nonsense")),
    ("L28", config(GOOD + "max_days = 0\n", scan=False)),
    ("L29", config(GOOD + "max_days = 50\n", scan=False)),
    ("L30", overlap),
    ("L31", config(GOOD + "[group nobody-here]\nmode = off\n")),
    ("L32", config(GOOD + "[user mallory]\nmode = off\n")),
    ("L33", config(GOOD + "[web]\nbase_url = https://elsewhere.example.com:9443\n")),
    ("L34", config(GOOD + "notice_days = 5\n")),
    ("L35", config(GOOD + "max_days = 9\n")),
    ("L36", open_state),
    ("L37", lambda host: os.unlink(host.path("etc/shadow"))),
    ("L38", lambda host: host.write_shadow(root=host.shadow_line("root", max_days="10"))),
    ("L39", service_account),
    ("L40", lambda host: host.write("etc/login.defs", "PASS_MAX_DAYS\t30\n")),
    ("L41", overwritten),
    ("L42", no_timer),
    ("L43", lambda host: host.set_scan_day(TODAY - 3)),
    ("L44", twice),
    ("L45", lambda host: host.write_shadow(bob=host.shadow_line("bob", hash=""))),
    ("L46", no_sender),
    ("L47", lambda host: page(host, "vsee-reset-token")),
    ("L48", lambda host: page(host, "socket")),
    ("L49", config(GOOD + "[web]\nbase_url = http://%H:8080\n")),
    ("L50", page_with(PASSWORD, "retry=3", "retry=3 minlen=12 ucredit=-1")),
    ("L51", page_with("etc/pam.d/vsee-reset", " expired=change", "")),
)

VARIANTS = (
    ("L03", "behind pam_unix", stack(ACCOUNT, "account required pam_unix.so\n", FIRST.format(
        "ok", "ok", "die", "ignore"))),
    ("L01", "vsftpd", vendor_service_without),
    ("L02", "pam_succeed_if.so", stack(
        ACCOUNT, "account [success=3 default=ignore] pam_succeed_if.so user ingroup users\n",
        FIRST.format(3, "ok", "die", "ignore"), AGAIN, LAST)),
    ("L06", "acct_expired", stack(ACCOUNT, FIRST.format(3, "ok", "ok", "ignore").replace(
        "acct_expired=ok", "acct_expired=ignore"), AGAIN, LAST)),
    ("L07", "not covered are refused", stack("etc/pam.d/own", FIRST.format(
        "ok", "ok", "die", "ignore"), AGAIN.replace("=2", "=ok"))),
    ("L08", "whose password is valid", access_cut_off),
    ("L11", "not reached", stack(
        AUTH, "auth optional pam_vsee_expire.so\nauth [success=1 default=ignore] pam_unix.so\n",
        "auth requisite pam_deny.so\nauth required pam_permit.so\n")),
    ("L14", "accepts", edit(PASSWORD, "requisite\t\t\tpam_vsee",
                            "[success=done default=die]\tpam_vsee")),
    ("L23", "pam_pwhistory.so", edit(
        PASSWORD, "password\t[success", "password required pam_pwhistory.so use_authtok\n"
        "password\t[success")),
    ("L30", "alice", overlap),
    ("L38", "in 3 days", lambda host: host.write_shadow(
        root=host.shadow_line("root", hash="*", max_days="4"))),
    ("L38", "chage -M -1", lambda host: host.write_shadow(
        root=host.shadow_line("root", hash="!", max_days="1"))),
    ("L38", "passwd root", lambda host: host.write_shadow(
        root=host.shadow_line("root").replace(":::", f"::{TODAY + 14}:"))),
    ("L41", "puppet", overwritten),
    ("L44", "etc/passwd", lambda host: host.write(
        "etc/passwd", host.read("etc/passwd") + "bob:x:1002:1002::/:/bin/sh\n")),
    ("L37", "damaged", lambda host: host.write(f"{STATE}/accounts/alice", "nonsense\n", 0o600)),
    ("L36", "alice", lambda host: os.chmod(host.path(f"{STATE}/accounts/alice"), 0o644)),
    ("L31", "token_deny_groups", config(GOOD + "[web]\ntoken_deny_groups = providers weel\n")),
    ("L33", "elsewhere", page_of_another_host),
    ("L47", "vsee-reset\"", lambda host: page(host, "vsee-reset")),
    ("L50", "options here are: minlen=12 ucredit=-1; those of",
     page_with(PASSWORD, "retry=3", "ucredit=-1 retry=3 minlen=12")),
    ("L50", "options here are: none; those of",
     page_with("etc/pam.d/vsee-reset", "pam_pwquality.so", "pam_pwquality.so minlen=14")),
    ("L50", "no pam_pwquality.so stands before it", page_with(
        PASSWORD, "password\trequisite\t\t\tpam_pwquality.so retry=3\n", "")),
    ("L51", "vsee-reset-token", page_with("etc/pam.d/vsee-reset-token", " expired=change", "")),
    ("L43", "ever", lambda host: host.set_scan_day("-")),
)

# Remedies that are complete: carried out by hand, nothing is left to find.
MENDED = ("L01", "L02", "L03", "L04", "L05", "L06", "L07", "L08", "L09", "L10", "L11", "L12", "L13",
          "L14", "L15", "L16", "L17", "L18", "L19", "L20", "L21")


def row_test(code, spoil):
    def test(host):
        good_host(host)
        spoil(host)
        findings = lint(host)
        assert codes(findings) == [code], findings
        for finding in findings:
            assert finding["text"] and finding["why"] and finding["remedy"], finding
            assert f":{finding['line']}: " in run(host)[0] or not finding["line"]
        if code not in MENDED:
            return
        mend(host, 4)
    test.__name__ = f"{code}_{getattr(spoil, '__name__', 'row').strip('<>')}"
    return test


def variant_test(code, word, spoil):
    def test(host):
        good_host(host)
        spoil(host)
        findings = lint(host)
        assert codes(findings) == [code] and word in json.dumps(findings), findings
    test.__name__ = f"{code}_says_{word}"
    return test


def a_good_host_has_no_finding(host):
    good_host(host)
    before = host.contents()
    assert lint(host) == []
    assert "Nothing is wrong." in host.ctl("lint")[0]
    assert host.contents() == before, "lint wrote something"


def a_good_host_with_pwquality_has_no_finding(host):
    good_host(host)
    os.rename(host.path("etc/pam.d/common-password"), host.path("old"))
    with open(f"{SOURCE}/packaging/pam.d/common-password.pwquality", encoding="utf-8") as file:
        host.write(PASSWORD, file.read())
    assert lint(host) == []


def a_page_that_is_in_order_has_no_finding(host):
    good_host(host)
    page(host)
    assert lint(host) == []
    change(host, PASSWORD, "retry=3", "retry=3 minlen=12")
    for name in ("vsee-reset", "vsee-reset-token"):
        change(host, f"etc/pam.d/{name}", "pam_pwquality.so", "pam_pwquality.so minlen=12")
    assert lint(host) == []


def a_page_that_nobody_is_sent_to_is_not_looked_at(host):
    good_host(host)
    page(host, "socket")
    for text in (GOOD, "[policy]\nmode = off\n[web]\nbase_url = https://%H:9443\n"):
        configure(host, text)
        assert lint(host) == [], text


def somebody_elses_page_is_not_looked_at(host):
    good_host(host)
    configure(host, GOOD + "[web]\nbase_url = https://%H/\n")
    assert lint(host) == []


def a_host_that_never_asked_for_us_has_no_finding(host):
    good_host(host)
    without_lines(host)
    no_module(host)
    no_timer(host)
    configure(host, "[policy]\nmode = off\n")
    assert lint(host) == []


def every_code_has_a_row(host):
    assert [code for code, _ in ROWS] == [f"L{number:02}" for number in range(1, len(ROWS) + 1)]
    with open(f"{SOURCE}/man/vseectl.8", encoding="utf-8") as file:
        page = re.findall(r"^\.It (L\d\d)\n(\w+): (.*)\.$", file.read(), re.M)
    assert [code for code, _, _ in page] == [code for code, _ in ROWS]
    for code, severity, meaning in page:
        stdout = host.ctl("explain", code.lower())[0]
        assert stdout.startswith(f"{code}\n") and "why:" in stdout, stdout
        assert f"lint ({severity})" in stdout and f"meaning:  {meaning}\n" in stdout, stdout
    host.ctl("explain", f"L{len(ROWS) + 1}", code=3)


def mend(host, rounds):
    """Carry out the first finding's remedy, again and again; the codes that came up."""
    met = []
    for _ in range(rounds):
        findings = lint(host)
        if not findings:
            break
        met.append(findings[0]["code"])
        apply_remedy(host, findings[0])
    assert lint(host) == [], (met, lint(host))
    return met


def a_stack_without_jumps_can_be_mended_by_its_remedies(host):
    """As Fedora writes it: every module ends the phase when it succeeds."""
    good_host(host)
    for name in os.listdir(host.path("etc/pam.d")):
        os.unlink(host.path(f"etc/pam.d/{name}"))
    host.write("etc/pam.d/system-auth", FEDORA)
    for name in ("sshd", "login", "passwd"):
        host.write(f"etc/pam.d/{name}", "".join(
            f"{kind} substack system-auth\n" for kind in ("auth", "account", "password")))
    assert codes(lint(host)) == ["L26"]
    host.write("etc/pam.d/own", "account required pam_unix.so\naccount required "
               "pam_vsee_expire.so\n")
    met = mend(host, 12)
    assert {"L01", "L03", "L11", "L13"} <= set(met), met


def a_mended_auth_phase_still_lets_people_in(host):
    """A jump is no answer, and ours is none: something must say yes."""
    good_host(host)
    host.write("etc/pam.d/own", "auth sufficient pam_unix.so\nauth required pam_deny.so\n"
               "@include common-account\n")
    assert mend(host, 2) == ["L12"]
    stdout = host.ctl("lint", "--simulate", "own", "alice")[0]
    assert "RESULT: refused" not in stdout.split("A login with a key")[0], stdout


def a_fault_of_a_common_file_is_told_once_with_its_services(host):
    good_host(host)
    change(host, ACCOUNT, "success=3", "success=2")
    finding, = lint(host)
    assert finding["service_count"] == 6 and "cron" in finding["services"], finding
    assert re.search(r"services: cron, .* and 1 more", host.ctl("lint", code=5)[0])


def services_can_be_named(host):
    good_host(host)
    own_auth(host)
    assert codes(lint(host, "dovecot", "sshd")) == ["L12"]
    assert lint(host, "sshd") == []
    assert "unknown service: nonsense" in host.ctl("lint", "nonsense", code=3)[1]


def broken_and_missing_files_are_findings(host):
    good_host(host)
    for name in ("etc/passwd", "etc/shadow", "etc/group", "etc/login.defs", CONF,
                 f"{STATE}/policy", f"{STATE}/scan", f"{STATE}/accounts/alice", ACCOUNT,
                 "var/lib/pam/auth"):
        there = os.path.exists(host.path(name))
        kept = host.read(name) if there else None
        for text in ("", "\0\xff\n:::\n" * 9, b"\xff" * 70000, "a" * 9000 + "\n"):
            host.write(name, text, 0o600)
            lint(host)
        os.unlink(host.path(name))
        lint(host)
        os.mkdir(host.path(name))
        lint(host)
        os.rmdir(host.path(name))
        if there:
            host.write(name, kept, 0o600 if "accounts" in name else 0o644)
    assert lint(host) == []


def what_files_say_can_not_act_on_a_terminal(host):
    good_host(host)
    host.write("etc/pam.d/evil", "account required pam_\033[31munix.so\n"
               "account required pam_unix.so \"\033\\\n")
    lint(host)
    assert "\033" not in host.ctl("lint", code=5)[0]


def a_fixed_base_url_of_this_host_is_good(host):
    good_host(host)
    host.write("etc/hosts", "127.0.0.1\tlocalhost\n10.0.0.1 pw.example.com pw # our name\n")
    for name in ("pw.example.com", "PW", "%H"):
        configure(host, GOOD + f"[web]\nbase_url = https://{name}:9443/x\n")
        assert lint(host) == [], name
    configure(host, GOOD + "[web]\nbase_url = https://our:9443\n")
    assert codes(lint(host)) == ["L33"]


def a_cron_file_stands_in_for_the_timer(host):
    good_host(host)
    no_timer(host)
    host.write("etc/cron.d/vsee", "#0 3 * * * root /usr/sbin/reminderd scan\n")
    assert codes(lint(host)) == ["L42"]
    host.write("etc/cron.d/vsee", "0 3 * * * root /usr/sbin/reminderd scan\n")
    assert lint(host) == []
    configure(host, GOOD + MAIL)
    assert codes(lint(host)) == ["L46"]
    host.write("etc/cron.d/vsee", "15 * * * * root /usr/sbin/reminderd\n")
    assert lint(host) == []


def a_line_for_an_unlocker_mends_it(host):
    good_host(host)
    locker(host)
    finding, = lint(host)
    line = re.search(r"^report_only = .*", finding["remedy"], re.M)[0]
    assert " cron " in line and line.endswith(" xscreensaver"), line
    configure(host, host.read(CONF).replace("mode =", f"{line}\nmode ="))
    assert lint(host) == []


def a_person_named_like_a_code_is_explained_too(host):
    change(host, "etc/passwd", "carol:", "l07:")
    stdout = host.ctl("explain", "l07")[0]
    assert stdout.startswith("L07\n") and "l07: not covered" in stdout, stdout


def usage_is_checked(host):
    for arguments in (["--simulate", "sshd"], ["--simulate"], ["--nonsense"],
                      ["--simulate", "--json", "sshd", "alice"], ["--simulate", "a", "b", "c"]):
        assert "usage: vseectl lint" in host.ctl("lint", *arguments, code=1)[1]


def no_hash_is_ever_printed(host):
    good_host(host)
    twice(host)
    assert HASH_A not in host.ctl("lint", code=5)[0]


sys.exit(main([row_test(*row) for row in ROWS] + [variant_test(*row) for row in VARIANTS] + [
    a_good_host_has_no_finding,
    a_good_host_with_pwquality_has_no_finding,
    a_page_that_is_in_order_has_no_finding,
    a_page_that_nobody_is_sent_to_is_not_looked_at,
    somebody_elses_page_is_not_looked_at,
    a_host_that_never_asked_for_us_has_no_finding,
    every_code_has_a_row,
    a_stack_without_jumps_can_be_mended_by_its_remedies,
    a_mended_auth_phase_still_lets_people_in,
    a_fault_of_a_common_file_is_told_once_with_its_services,
    services_can_be_named,
    broken_and_missing_files_are_findings,
    what_files_say_can_not_act_on_a_terminal,
    a_fixed_base_url_of_this_host_is_good,
    a_cron_file_stands_in_for_the_timer,
    a_line_for_an_unlocker_mends_it,
    a_person_named_like_a_code_is_explained_too,
    usage_is_checked,
    no_hash_is_ever_printed,
]))
