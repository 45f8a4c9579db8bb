"""
vseectl lint: for each code a made-up host on which exactly this is found, and one on which nothing
is; remedies that name lines of pam.d are carried out, and the finding is gone.
"""

import json
import os
import re
import subprocess
import sys

from harness import CONF, HASH_A, STATE, TODAY, main

SOURCE = os.environ["VSEE_SOURCE"]
LOCKER = "@include common-auth\n@include common-account\n"
ACCOUNT = "etc/pam.d/common-account"
AUTH = "etc/pam.d/common-auth"
PASSWORD = "etc/pam.d/common-password"
OLD = "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"
DENY = "account requisite pam_deny.so\naccount required pam_permit.so\n"
FIRST = ("account [success={} new_authtok_reqd={} acct_expired={} authtok_expired=die "
         "service_err={} default=ignore] pam_vsee_expire.so\n")
AGAIN = "account [new_authtok_reqd=2 default=ignore] pam_vsee_expire.so again\n"
LAST = OLD + DENY
FEDORA = """auth required pam_env.so
auth sufficient pam_fprintd.so
auth sufficient pam_unix.so nullok
auth required pam_deny.so
account required pam_unix.so
account sufficient pam_localuser.so
account sufficient pam_usertype.so issystem
account required pam_permit.so
password requisite pam_pwquality.so local_users_only
password sufficient pam_unix.so yescrypt shadow nullok
password sufficient pam_sss.so use_authtok
password required pam_deny.so
"""
GOOD = "[policy]\nmode = remind\n"
MAIL = "[mail]\nsmtp = smtp://localhost:25\nfrom = Help desk <help@example.com>\n"


def good_host(host):
    for folder in ("etc/pam.d", "usr/lib/security", "var/lib/pam", "etc/cron.d",
                   "etc/systemd/system/timers.target.wants"):
        os.makedirs(host.path(folder), exist_ok=True)
    samples = f"{SOURCE}/packaging/pam.d"
    for name in os.listdir(samples):
        with open(f"{samples}/{name}", encoding="utf-8") as file:
            host.write(f"etc/pam.d/{name}", file.read())
    os.unlink(host.path("etc/pam.d/common-password.pwquality"))
    for name in ("common-session", "common-session-noninteractive"):
        host.write(f"etc/pam.d/{name}", "session required pam_unix.so\n")
    host.write("etc/pam.d/other", "@include common-auth\n@include common-account\n"
               "@include common-password\n@include common-session\n")
    host.write("usr/lib/security/pam_vsee_expire.so", "")
    host.write("etc/systemd/system/timers.target.wants/reminderd-scan.timer", "")
    host.days["root"] = 1
    host.write_shadow()
    configure(host, GOOD)


def configure(host, text):
    host.write(CONF, text)
    host.scan()


def run(host, *arguments):
    """stdout, stderr and exit code of a run that may find something or not."""
    done = subprocess.run([host.programs["vseectl"], "--root", host.root, "lint", *arguments],
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode in (0, 5), done
    return done.stdout, done.stderr, done.returncode


def lint(host, *arguments):
    """The findings; the exit code must fit."""
    done = run(host, "--json", *arguments)
    findings = [json.loads(line) for line in done[0].splitlines()]
    bad = any(finding["severity"] != "note" for finding in findings)
    assert done[2] == (5 if bad else 0), (done, bad)
    return findings


def codes(findings):
    return sorted({finding["code"] for finding in findings})


def apply_remedy(host, finding):
    """Carry out what the remedy says about lines of files, by their old numbers."""
    edits, mode = {}, None
    for line in finding["remedy"].splitlines():
        if match := re.fullmatch(r"Put (before|behind) line (\d+) of (\S+):", line):
            mode = edits.setdefault(match[3], {}).setdefault(int(match[2]), {}).setdefault(
                match[1], [])
        elif match := re.fullmatch(r"Line (\d+) of (\S+) becomes:", line):
            mode = edits.setdefault(match[2], {}).setdefault(int(match[1]), {}).setdefault(
                "becomes", [])
        elif match := re.fullmatch(r"Remove line (\d+) of (\S+)\.", line):
            edits.setdefault(match[2], {}).setdefault(int(match[1]), {})["becomes"] = []
            mode = None
        else:
            assert mode is not None and re.match(r"-?(auth|account|password) ", line), finding
            mode.append(line)
    assert edits, finding
    for path, lines in edits.items():
        with open(path, encoding="utf-8") as file:
            old = file.read().splitlines()
        new = []
        for number, line in enumerate(old, 1):
            edit = lines.get(number, {})
            new += edit.get("before", []) + edit.get("becomes", [line]) + edit.get("behind", [])
        with open(path, "w", encoding="utf-8") as file:
            file.write("\n".join(new) + "\n")


def change(host, name, old, new):
    text = host.read(name)
    assert old in text, (name, old)
    host.write(name, text.replace(old, new))


def stack(name, *lines):
    return lambda host: host.write(name, "".join(lines))


def edit(name, old, new):
    return lambda host: change(host, name, old, new)


def config(text, scan=True):
    return lambda host: configure(host, text) if scan else host.write(CONF, text)


def drop_lines(host, pattern):
    folder = host.path("etc/pam.d")
    for name in os.listdir(folder):
        text = host.read(f"etc/pam.d/{name}")
        host.write(f"etc/pam.d/{name}", re.sub(rf"(?m)^.*{pattern}.*\n", "", text))


def without_lines(host):
    drop_lines(host, "pam_vsee_expire")
    host.write(ACCOUNT, LAST)


def vendor_service_without(host):
    os.makedirs(host.path("usr/lib/pam.d"))
    host.write("usr/lib/pam.d/vsftpd", "@include common-auth\naccount required pam_unix.so\n")
    host.write("usr/lib/pam.d/sshd", "account required pam_unix.so\n")  # another one counts


def one_service_without(host):
    host.write("etc/pam.d/vsftpd", "@include common-auth\naccount required pam_unix.so\n")


def own_auth(host):
    host.write("etc/pam.d/dovecot", "auth required pam_unix.so\n@include common-account\n")


def access_behind(host):
    host.write(ACCOUNT, FIRST.format(2, "ok", "die", "ignore") + LAST)
    change(host, "etc/pam.d/sshd", "@include common-account",
           "@include common-account\naccount required pam_access.so")


def access_cut_off(host):
    host.write("etc/pam.d/own", "@include common-auth\n" + FIRST.format(
        "done", "ok", "die", "ignore") + AGAIN + LAST + "account required pam_access.so\n")


def pam_unix_asked(host):
    host.write(ACCOUNT, FIRST.format("ok", "ok", "die", "ignore") + AGAIN + LAST)
    for name in ("cron", "sudo"):
        os.unlink(host.path(f"etc/pam.d/{name}"))


def jobs_asked(host):
    host.write("etc/pam.d/cron", "@include common-auth\n" + FIRST.format(
        "ok", "ok", "die", "ignore") + AGAIN + LAST)


def strength_behind(host):
    change(host, PASSWORD, "password\t[success", "password requisite pam_pwquality.so "
           "use_authtok\npassword\t[success")


def locker(host):
    host.write("etc/pam.d/xscreensaver", LOCKER)
    configure(host, GOOD + "expired = deny\n[web]\nsupport = https://help.example.com/\n")


def overlap(host):
    host.write("etc/group", "a:x:1:alice,bob\nb:x:2:alice,carol\n")
    configure(host, GOOD + "[group a]\nremember = 3\n[group b]\nremember = 4\n")


def overwritten(host):
    name = f"{STATE}/accounts/alice"
    text = host.read(name)
    host.write(name, text.replace("\nend\n", "\nmirror overwritten\nend\n"), 0o600)
    os.makedirs(host.path("etc/puppet"))


def open_state(host):
    os.chmod(host.path(f"{STATE}/accounts"), 0o755)


def twice(host):
    host.write("etc/shadow", host.read("etc/shadow") + host.shadow_line("alice"))


def service_account(host):
    change(host, "etc/passwd", "robot:x:1004:1004::/:/bin/sh",
           "robot:x:1004:1004::/:/usr/sbin/nologin")


def no_timer(host):
    os.unlink(host.path("etc/systemd/system/timers.target.wants/reminderd-scan.timer"))


def no_sender(host):
    configure(host, GOOD + MAIL)
    os.symlink("/dev/null", host.path("etc/systemd/system/reminderd-send.timer"))


def no_module(host):
    os.unlink(host.path("usr/lib/security/pam_vsee_expire.so"))


def one_profile(host):
    host.write("var/lib/pam/password", "Module: unix\nModule: vsee-expire\nrequisite x\n")


def page_file(name):
    with open(f"{SOURCE}/web/worker/pam.d/{name}", encoding="utf-8") as file:
        return file.read()


def page(host, without=""):
    """The page is installed and switched on, and its strength is that of logins."""
    for folder in ("usr/libexec/vsee-expire", "etc/systemd/system/sockets.target.wants"):
        os.makedirs(host.path(folder))
    host.write("usr/libexec/vsee-expire/vsee-resetd", "")
    if without != "socket":
        host.write("etc/systemd/system/sockets.target.wants/vsee-web.socket", "")
    for name in ("vsee-reset", "vsee-reset-token"):
        if without != name:
            host.write(f"etc/pam.d/{name}", page_file(name))
    os.unlink(host.path(PASSWORD))
    with open(f"{SOURCE}/packaging/pam.d/common-password.pwquality", encoding="utf-8") as file:
        host.write(PASSWORD, file.read())
    configure(host, GOOD + "[web]\nbase_url = https://%H:9443\n")


def page_with(name, old, new):
    def spoil(host):
        page(host)
        change(host, name, old, new)
    return spoil


def page_of_another_host(host):
    """Its socket is no matter of this host; that the address is another's is found already."""
    page(host, "socket")
    configure(host, GOOD + "[web]\nbase_url = https://elsewhere.example.com:9443\n")


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
