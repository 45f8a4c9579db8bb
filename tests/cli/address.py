"""Addresses, the snapshot's reasons and the told mark on a made-up host: each function a test."""

import json
import os
import subprocess
import sys
import time

from harness import CONF, GROUP_REMIND, STATE, TODAY, main, need_root

MAIL = "[mail]\nsmtp = smtp://localhost:25\nfrom = help@example.com\n"
EVERYBODY = "[policy]\nmode = remind\n"
MAP = "etc/vsee-expire/addresses"
FOLDER = f"{STATE}-mail"
DRIVER = sys.argv[3]


def set_up(host, rules=GROUP_REMIND, mail=MAIL):
    host.write(CONF, rules + mail)
    os.makedirs(host.path(FOLDER), exist_ok=True)


def gecos(host, **fields):
    text = host.read("etc/passwd")
    for name, field in fields.items():
        text = "".join(line.replace("::/:", f":{field}:/:") if line.startswith(name + ":") else line
                       for line in text.splitlines(True))
    host.write("etc/passwd", text)


def row(host, name, state, deadline, seconds=None):
    """A reminder in the ledger, as a send would have left it."""
    uid = {"alice": 1001, "bob": 1002}[name]
    subprocess.run([DRIVER, host.path(FOLDER), name, str(uid), str(TODAY - host.days[name]),
                    str(deadline), "10", state, str(seconds or int(time.time()))],
                   check=True, timeout=20)


def forget(host):
    for name in os.listdir(host.path(FOLDER)):
        if name.startswith("ledger.sqlite"):
            os.unlink(host.path(f"{FOLDER}/{name}"))


def problems(host):
    done = subprocess.run([host.programs["reminderd"], "status", "--json", "--root", host.root],
                          text=True, capture_output=True, timeout=60, check=False)
    return {entry["name"]: entry for entry in json.loads(done.stdout)["problems"]}


def each_account_has_the_first_source_s_address(host):
    set_up(host, EVERYBODY, MAIL + "domain = corp.example\n")
    host.write(MAP, "# people\nalice: a@example.com de\n")
    os.makedirs(host.path("etc/userdb"))
    host.write("etc/userdb/bob.user", '{"userName":"bob","uid":1002,"emailAddress":'
               '"b@example.com","preferredLanguage":"de_DE.UTF-8"}')
    gecos(host, alice="Alice,x@example.com", carol="Carol <c@example.com>,Room 1")
    assert host.scan()[1] == ""
    accounts = host.snapshot()[1]
    found = {name: (entry["address"], entry["language"], entry["skipped"])
             for name, entry in accounts.items()}
    assert found == {"alice": ("a@example.com", "de", None), "bob": ("b@example.com", "de", None),
                     "carol": ("c@example.com", "en", None),
                     "robot": ("robot@corp.example", "en", None)}, found


def the_order_is_the_administrator_s(host):
    set_up(host, mail=MAIL + "domain = corp.example\naddresses = domain map\n")
    host.write(MAP, "alice: a@example.com\n")
    host.scan()
    assert host.snapshot()[1]["alice"]["address"] == "alice@corp.example"


def bad_lines_of_the_map_are_named_and_the_rest_goes_on(host):
    set_up(host, EVERYBODY)
    host.write(MAP, b"alice: a@b\\r\\nRCPT TO:<x>\n\xff\xfe: a@b.c\nno colon\nn\0ul: a@b.c\n"
               b"carol: c@b\xc3\xbccher.example\nrobot: r@example.com\nrobot: r@example.com\n"
               + b"x" * 2000 + b": a@b.c\n" + b"n" * 300 + b": a@b.c\nbob: b@example.com xx\n")
    stderr = host.scan(code=3)[1]
    for number in (1, 2, 3, 4, 5, 7, 8, 9, 10):
        assert f"{MAP}:{number}: " in stderr, (number, stderr)
    assert f"{MAP}:6: " not in stderr and "\xff" not in stderr
    accounts = host.snapshot()[1]
    assert accounts["bob"]["address"] == "b@example.com"
    for name, why in (("alice", "map: this is no address"), ("carol", "map: international"),
                      ("robot", "map: more than one line")):
        assert accounts[name]["skipped"] == "bad-address", accounts[name]
        assert accounts[name]["detail"].startswith(why), accounts[name]
        assert accounts[name]["address"] is None
        assert f"{name}: no reminder can be sent: {why}" in stderr, stderr
        assert host.account(name)["told"] == host.account(name)["deadline"], "told at login"


def many_bad_lines_are_summed_up(host):
    set_up(host)
    host.write(MAP, "nonsense\n" * 1000)
    assert len(host.scan(code=3)[1].splitlines()) < 110


def a_map_that_can_t_be_trusted_stops_mail_and_nothing_else(host):
    set_up(host, GROUP_REMIND, MAIL + "domain = example.com\n")
    host.write(MAP, "alice: a@example.com\n", mode=0o666)
    stderr = host.scan(code=3)[1]
    assert f"{MAP}: others can write it" in stderr, stderr
    entry = host.snapshot()[1]["alice"]
    assert entry["skipped"] == "addresses-unreadable" and entry["address"] is None
    assert host.has_state("alice") and "told" not in host.account("alice"), "nobody expires untold"
    assert problems(host)["addresses-unreadable"]["severity"] == "CRITICAL"


def everybody_who_gets_no_mail_has_a_reason(host):
    """name: (shadow line, section, skipped, due stage)."""
    need_root()  # chage(1)
    hash_ok = host.shadow_line("alice").split(":")[1]

    def line(name, hash=hash_ok, change=TODAY - 55, most="99999", ends=""):
        return f"{name}:{hash}:{change}:0:{most}:7::{ends}:\n"

    cases = {
        "due": (line("due"), "", None, 10),
        "later": (line("later", change=TODAY - 5), "", None, None),
        "locked": (line("locked", hash="!" + hash_ok), "", "no-password", None),
        "nopass": (line("nopass", hash="*"), "", "no-password", None),
        "ended": (line("ended", ends=TODAY - 1), "", "account-expired", None),
        "asked": (line("asked", change=0), "", "must-change", None),
        "shadow": (line("shadow", most="50"), "mode = remind\n", "expired", None),
        "gone": (line("gone", most=""), "mode = remind\nmax_days = shadow\n",
                 "no-deadline", None),
        "quiet": (line("quiet"), "reminders =\n", "no-stages", 10),
        "watched": (line("watched"), "mode = watch\n", "mode-watch", 10),
        "nobody": (line("nobody"), "", "no-address", 10),
        "ahead": (line("ahead", change=TODAY + 50), "", None, None),
        "undated": (line("undated", change=""), "", None, None),
    }
    host.write("etc/passwd", "".join(f"{name}:x:{2000 + i}:{2000 + i}::/:/bin/sh\n"
                                     for i, name in enumerate(cases)))
    host.write("etc/shadow", "".join(case[0] for case in cases.values()))
    sections = "".join(f"[user {name}]\n{case[1]}" for name, case in cases.items() if case[1])
    set_up(host, "[policy]\nmode = enforce\nnotice_days = 0\n" + sections, MAIL)
    host.write(MAP, "".join(f"{name}: {name}@example.com\n" for name in cases if name != "nobody"))
    host.scan()
    accounts = host.snapshot()[1]
    for name, (_, _, skipped, stage) in cases.items():
        entry = accounts[name]
        wanted = stage if name != "quiet" else None
        assert (entry["skipped"], entry["due_stage"]) == (skipped, wanted), (name, entry)
    host.write(CONF, host.read(CONF).replace("smtp = smtp://localhost:25\n", ""))
    host.scan()
    accounts = host.snapshot()[1]
    assert accounts["due"]["skipped"] == "no-mail-configured"
    assert accounts["locked"]["skipped"] == "no-password", "its own reason comes first"


def on_the_day_itself_only_where_the_rules_list_it(host):
    host.days["alice"] = host.days["bob"] = 60
    host.write_shadow()
    set_up(host, "[policy]\nmode = remind\nnotice_days = 0\n", "")
    host.scan()
    state = host.read(f"{STATE}/accounts/alice").replace(str(TODAY + 3), str(TODAY))
    host.write(f"{STATE}/accounts/alice", state.replace("untold", "lifetime"), mode=0o600)
    row(host, "alice", "sent", TODAY)
    for reminders, skipped, stage in (("10 3 1", "expired", None), ("10 3 1 0", None, 0)):
        set_up(host, f"[policy]\nmode = remind\nnotice_days = 0\nreminders = {reminders}\n",
               MAIL + "domain = example.com\n")
        host.scan()
        entry = host.snapshot()[1]["alice"]
        assert (entry["skipped"], entry["due_stage"]) == (skipped, stage), entry


def what_is_due_calls_send(host):
    set_up(host)
    host.write(MAP, "bob: bob@example.com\n")
    host.scan()
    assert not os.path.exists(host.path(f"{FOLDER}/due")), "alice has no address, bob 40 days"
    host.write(MAP, "alice: alice@example.com\n")
    host.scan("--dry-run")
    assert not os.path.exists(host.path(f"{FOLDER}/due"))
    os.symlink(host.path("etc/planted"), host.path(f"{FOLDER}/due"))
    host.scan()
    assert not os.path.exists(host.path("etc/planted")), "a link is not followed"
    os.unlink(host.path(f"{FOLDER}/due"))
    host.scan()
    assert os.path.isfile(host.path(f"{FOLDER}/due"))
    host.scan()
    os.unlink(host.path(f"{FOLDER}/due"))
    os.rmdir(host.path(FOLDER))
    assert f"{FOLDER} can't be written" in host.scan()[1]


def nobody_is_told_before_the_ledger_says_so(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\nbob: bob@example.com\n")
    host.scan()
    assert "told" not in host.account("alice")
    deadline = int(host.account("alice")["deadline"])
    row(host, "alice", "deferred", deadline)
    host.scan()
    assert "told" not in host.account("alice")
    forget(host)
    row(host, "alice", "sent", deadline + 1)
    host.scan()
    assert "told" not in host.account("alice"), "a mail that names another date tells nobody"
    forget(host)
    row(host, "alice", "sent", deadline)
    host.scan()
    assert host.account("alice")["told"] == str(deadline)
    assert "told" not in host.account("bob")


def a_dry_run_asks_the_ledger_too(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\n")
    host.scan()
    row(host, "alice", "sent", int(host.account("alice")["deadline"]))
    before = host.contents()
    assert "state: changed" in host.scan("--dry-run")[0]
    after = host.contents()
    assert {k: v for k, v in before.items() if FOLDER not in k} == \
           {k: v for k, v in after.items() if FOLDER not in k}


def a_mailbox_that_refused_for_long_is_told_at_login(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\nbob: bob@example.com\n")
    host.scan()
    now, deadline = int(time.time()), int(host.account("alice")["deadline"])
    row(host, "alice", "failed", deadline, now - 11 * 86400)
    host.scan()
    assert "told" not in host.account("alice"), "perhaps the server is down for everybody"
    row(host, "bob", "sent", int(host.account("bob")["deadline"]), now - 60)
    host.scan()
    assert host.account("alice")["told"] == str(deadline)


def a_damaged_ledger_stops_nothing_and_is_told(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\n")
    host.write(f"{FOLDER}/ledger.sqlite", "no database at all\n" * 100, mode=0o660)
    stderr = host.scan(code=3)[1]
    assert stderr.count("ledger.sqlite") == 1 and "damaged" in stderr, stderr
    assert host.has_state("alice") and "told" not in host.account("alice")
    found = problems(host)["ledger-unreadable"]
    assert found["severity"] == "CRITICAL" and "damaged" in found["text"], found


def status_names_who_has_no_address(host):
    set_up(host)
    host.write(MAP, "alice: alice@@example.com\n")
    host.scan(code=3)
    found = problems(host)["no-address"]
    assert found["severity"] == "WARNING" and "2 (alice, bob)" in found["text"], found
    assert "vsee_expire_no_address 2\n" in host.read(f"{STATE}/metrics.prom")
    host.write(MAP, "alice: a@example.com\nbob: b@example.com\n")
    assert "no-address" not in problems(host)
    set_up(host, GROUP_REMIND + "reminders =\n")
    host.write(MAP, "")
    host.scan()
    assert "no-address" not in problems(host), "nobody is to get any mail"


def status_tells_what_waits_and_what_is_refused(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\nbob: bob@example.com\n")
    host.scan()
    now, deadline = int(time.time()), int(host.account("alice")["deadline"])
    row(host, "alice", "deferred", deadline, now - 5 * 3600)
    found = problems(host)
    assert "1 reminder could not be sent yet, the oldest for 5 hours" in \
        found["mail-backlog"]["text"], found
    assert "mail-refused" not in found, "a few hours are nobody's concern"
    row(host, "bob", "failed", int(host.account("bob")["deadline"]), now - 60)
    assert problems(host)["mail-refused"]["text"].endswith(": bob")


def status_tells_when_nothing_is_sent_for_more_than_a_day(host):
    set_up(host)
    host.write(MAP, "alice: alice@example.com\nbob: bob@example.com\n")
    host.scan()
    assert "mail-late" not in problems(host)
    hours = int(time.time()) - 27 * 3600
    os.utime(host.path(f"{FOLDER}/due"), (hours, hours))
    assert "27 hours" in problems(host)["mail-late"]["text"]
    row(host, "bob", "sent", int(host.account("bob")["deadline"]))
    assert "mail-late" not in problems(host), "others get theirs"


def preview_counts_whom_no_mail_reaches(host):
    set_up(host, EVERYBODY, "")
    host.write(MAP, "alice: alice@example.com\n")
    gecos(host, bob="Bob <bob@example.com>")
    stdout = host.run("reminderd", "preview")[0]
    assert "2 would be reminded, but have no address." in stdout, stdout
    assert "smtp is not set" in stdout, "and says that none goes out"


def an_extension_is_told_by_the_scan_that_follows(host):
    set_up(host)
    host.scan()
    assert host.account("alice")["told"]
    host.ctl("extend", "alice", "--days", "5", "--reason", "ill")
    host.scan()
    alice = host.account("alice")
    assert alice["told"] == alice["deadline"], "she has no address: told at login"


def explain_says_whether_mail_goes_out(host):
    set_up(host, mail="")
    host.scan()
    assert "smtp is not set: told at login" in host.ctl("explain", "alice")[0]
    set_up(host)
    host.scan()
    assert "vseectl reminders alice shows the address" in host.ctl("explain", "alice")[0]
    set_up(host, GROUP_REMIND + "reminders =\n")
    host.scan()
    assert "lists no day: told at login" in host.ctl("explain", "alice")[0]


sys.exit(main([
    each_account_has_the_first_source_s_address,
    the_order_is_the_administrator_s,
    bad_lines_of_the_map_are_named_and_the_rest_goes_on,
    many_bad_lines_are_summed_up,
    a_map_that_can_t_be_trusted_stops_mail_and_nothing_else,
    everybody_who_gets_no_mail_has_a_reason,
    on_the_day_itself_only_where_the_rules_list_it,
    what_is_due_calls_send,
    nobody_is_told_before_the_ledger_says_so,
    a_dry_run_asks_the_ledger_too,
    a_mailbox_that_refused_for_long_is_told_at_login,
    a_damaged_ledger_stops_nothing_and_is_told,
    status_names_who_has_no_address,
    status_tells_what_waits_and_what_is_refused,
    status_tells_when_nothing_is_sent_for_more_than_a_day,
    preview_counts_whom_no_mail_reaches,
    an_extension_is_told_by_the_scan_that_follows,
    explain_says_whether_mail_goes_out,
]))
