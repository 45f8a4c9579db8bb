"""The report for auditors on a made-up host: each format is read back and counted by hand."""

import base64
import csv
import hashlib
import html.parser
import io
import json
import os
import re
import resource
import subprocess
import sys
import time

from harness import CONF, HASH_A, HASH_B, STATE, TODAY, Skip, main

REASON = "=cmd|' /C calc'!A0 <script>alert(1)</script> & \"why\""
FORMATS = ("csv", "html", "json", "table")
VOID = {"meta", "br", "hr", "img", "input", "link"}
SHADOW = (
    # name, uid, last change so many days ago, hash
    ("root", 0, 400, HASH_A),
    ("daemon", 1, 400, "*"),
    ("bin", 2, 400, "*"),
    ("oldsvc", 999, 400, HASH_A),
    ("alice", 1001, 100, HASH_A),
    ("bob", 1002, 20, HASH_B),
    ("carol", 1003, 10, HASH_A),
    ("=dave", 1005, 59, HASH_A),
    ("erin", 1006, 30, "!"),
    ("frank", 1007, 30, ""),
    ("<b>", 1008, 1, HASH_A),
    ("robot", 1004, 10, HASH_A),
    ("nobody", 65534, 10, "*"),
)


def day(days_ago):
    return time.strftime("%Y-%m-%d", time.gmtime((TODAY - days_ago) * 86400))


def populate(host, config=""):
    """Everybody of SHADOW; carol's section is off, robots are exempt, all others enforce."""
    host.write("etc/passwd", "".join(
        f"{name}:x:{uid}:{uid}:,=1+1,<i>:/:/bin/sh\n" for name, uid, _, _ in SHADOW))
    host.write("etc/shadow", "".join(
        f"{name}:{hash}:{TODAY - ago}:0:99999:7:::\n" for name, _, ago, hash in SHADOW))
    host.write(CONF, "[policy]\nmode = enforce\n[user carol]\nmode = off\n"
                     f"[exempt]\ngroups = robots\nreason = {REASON}\n{config}")
    host.scan(code=0 if os.geteuid() == 0 else 3)  # only root can run chage --root


def report(host, name, code=0):
    return host.run("reminderd", "report", "--format", name, code=code)[0]


def document(host):
    return json.loads(report(host, "json"))


def accounts(host):
    return {account["name"]: account for account in document(host)["accounts"]}


def every_account_has_the_row_that_was_worked_out_by_hand(host):
    populate(host)
    rows = accounts(host)
    assert sorted(rows) == sorted({name for name, *_ in SHADOW} - {"daemon", "bin"})
    alice = rows["alice"]
    assert alice["covered_by"] == "policy" and alice["mode"] == "enforce", alice
    assert alice["where"] == f"{host.path(CONF)}:1" and alice["uid"] == 1001
    assert alice["last_change"] == day(100) and alice["deadline"] == day(-10), alice
    assert alice["floor"] == alice["told"] == day(-10) and alice["days_left"] == 10
    assert alice["verdict"] == "warn" and "(floor)" in alice["reason"]
    assert alice["remember"] == 6 and alice["remembered"] == 0
    bob = rows["bob"]
    assert bob["deadline"] == day(-40) and bob["floor"] is None and bob["remark"] is None
    assert "last change + max_days" in bob["reason"]
    assert rows["=dave"]["deadline"] == day(-10), "one day left: notice is granted"
    assert rows["erin"]["verdict"] == "no-password"
    assert rows["carol"]["reason"] == "the section's mode is off"
    assert rows["carol"]["where"] == f"{host.path(CONF)}:3"


def the_exempt_are_listed_with_their_reason(host):
    populate(host)
    robot = accounts(host)["robot"]
    assert robot["covered_by"] == "nothing: exempt" and robot["reason"] == REASON, robot
    assert robot["where"] == f"{host.path(CONF)}:5" and robot["deadline"] is None
    host.write(CONF, host.read(CONF).replace(f"reason = {REASON}\n", ""))
    host.scan(code=0 if os.geteuid() == 0 else 3)
    assert "no reason is given" in accounts(host)["robot"]["reason"]


def the_rolled_in_are_listed_for_the_scanner_that_flags_them(host):
    populate(host)
    rows = accounts(host)
    until = f"{day(-10)} 00:00 UTC"
    assert rows["alice"]["remark"] == (
        "rolled in: a scanner of shadow's max would flag it (100 days since the last change, "
        f"max_days 60), because notice runs until {until}"), rows["alice"]
    assert rows["=dave"]["remark"] is None, "59 days: the last good one"


def counts_are_those_made_by_hand(host):
    populate(host)
    summary = document(host)["summary"]
    wanted = {
        "accounts": 13, "covered": 6, "exempt": 1, "outside": 3, "off": 1, "system": 2,
        "findings": 3, "no_password": 2, "warn": 2, "valid": 2, "must_change": 0, "failed": 0,
        "old": 1, "old_rolled_in": 1, "old_expired": 0, "extended": 0, "undated": 0}
    found = {key: summary[key] for key in wanted}
    assert found == wanted, (found, wanted)
    assert summary["accounts"] == sum(summary[key] for key in (
        "covered", "exempt", "outside", "off", "system"))
    assert summary["statement"] == ("Of 6 covered accounts, the password of 1 is older than "
                                    "max_days: 1 rolled in, notice runs.")


def system_accounts_with_a_password_are_findings(host):
    populate(host)
    rows = accounts(host)
    for name in ("root", "oldsvc"):
        assert rows[name]["remark"].startswith("finding: a system account"), rows[name]
        assert rows[name]["reason"].startswith("uid outside 1000..60000")
    assert rows["frank"]["remark"].startswith("finding: the password is empty")
    assert rows["robot"]["remark"] is None


def weeks_hold_what_ends_in_them(host):
    populate(host)
    weeks = document(host)["weeks"]
    assert len(weeks) == 12 and weeks[0]["from"] == day(0) and weeks[1]["from"] == day(-7)
    assert [week["ending"] for week in weeks] == [0, 2, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0], weeks
    host.write(CONF, "[policy]\nmode = enforce\nmax_days = shadow\n")
    host.scan(code=0 if os.geteuid() == 0 else 3)
    beyond = document(host)["beyond"]
    assert beyond["later"] + beyond["never"] > 0, beyond


def who_was_never_enrolled_is_marked(host):
    populate(host)
    os.unlink(host.path(f"{STATE}/accounts/bob"))
    assert "no scan has enrolled it yet" in accounts(host)["bob"]["remark"]


def the_expired_are_older_and_why(host):
    """alice's promised date has come: her state says so, as scans before would have noted."""
    populate(host)
    name = f"{STATE}/accounts/alice"
    text = host.read(name).replace(str(TODAY + 10), str(TODAY - 1)).replace(
        "mirror-max 110", "mirror-max 99")
    host.write(name, text, 0o600)
    host.write("etc/shadow", host.read("etc/shadow").replace(
        f"alice:{HASH_A}:{TODAY - 100}:0:110:", f"alice:{HASH_A}:{TODAY - 100}:0:99:"))
    found = document(host)
    alice = [row for row in found["accounts"] if row["name"] == "alice"][0]
    if os.geteuid() == 0:
        assert alice["verdict"] == "must-change", alice
        assert alice["remark"].startswith("expired, "), alice
        assert found["summary"]["old_expired"] == 1 and found["summary"]["must_change"] == 1
        host.set_scan_day(TODAY - 5)
        assert "the last scan is too old" in accounts(host)["alice"]["remark"]
        host.set_scan_day(TODAY)
        host.ctl("hold", "--until", "+2h", "--reason", "an outage")
        found = document(host)["summary"]
        assert found["old_held"] == 1 and found["not_enforceable"] == 1, found


def watching_counts_as_not_enforced(host):
    populate(host)
    host.write(CONF, host.read(CONF).replace("mode = enforce", "mode = watch"))
    host.scan(code=0 if os.geteuid() == 0 else 3)
    found = document(host)["summary"]
    assert found["old"] == 1 and found["old_mode"] == 1, found


def hold_and_extension_are_shown_with_their_reasons(host):
    populate(host)
    host.ctl("extend", "alice", "--days", "20", "--reason", "on <leave>")
    alice = accounts(host)["alice"]
    assert "(extension)" in alice["reason"] and "on <leave>" in alice["reason"], alice
    assert alice["extension"] == alice["deadline"] and alice["remark"].startswith("extended by")
    assert document(host)["summary"]["extended"] == 1
    host.ctl("hold", "--until", "+2h", "--reason", "mail is <down>")
    found = document(host)
    assert found["report"]["hold"]["reason"] == "mail is <down>", found["report"]
    assert found["summary"]["old_extended"] == 1 and found["summary"]["old_held"] == 0, found
    assert found["sections"][0]["mode"] == "enforce, held"
    assert "mail is <down>" in report(host, "table")
    page = report(host, "html")
    assert "mail is &lt;down&gt;" in page and "<down>" not in page


def raw(host, name):
    """As it is written, line ends too."""
    command = [host.programs["reminderd"], *host.place("reminderd", ["report", "--format", name])]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def csv_reads_back_and_holds_no_formula(host):
    populate(host)
    text = raw(host, "csv")
    assert text.count("\r\n") == text.count("\n"), "RFC 4180"
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    assert {row["name"] for row in rows} >= {"'=dave", "alice", "<b>"}
    for row in rows:
        assert None not in row and None not in row.values()
        for key, value in row.items():
            assert not value.startswith(("=", "+", "@", "\t", "\r")), (key, value)
            assert key == "days_left" or not value.startswith("-"), (key, value)
    robot = [row for row in rows if row["name"] == "robot"][0]
    assert robot["reason"] == "'" + REASON and robot["host"] == host.root, robot


def csv_and_json_say_the_same(host):
    populate(host)
    rows = csv.DictReader(io.StringIO(report(host, "csv"), newline=""))
    for row, account in zip(rows, document(host)["accounts"]):
        for key, value in account.items():
            wanted = "" if value is None else str(value)
            assert row[key] in (wanted, "'" + wanted), (key, row[key], value)


class Page(html.parser.HTMLParser):
    """Tags balance, and nothing is fetched or run."""

    def __init__(self, text):
        super().__init__()
        self.open, self.text, self.scopes, self.bars, self.style = [], [], 0, 0, ""
        self.policy = ""
        self.feed(text)
        self.close()
        assert self.open == [], self.open

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert tag not in {"script", "iframe", "object", "embed", "link", "img", "form"}, tag
        for name, value in attrs:
            assert not name.startswith("on") and name not in {"src", "href", "style"}, name
            assert "http:" not in value and "https:" not in value and "//" not in value, value
        if tag == "th":
            assert values.get("scope") in {"row", "col"}
            self.scopes += 1
        self.bars += tag == "rect"
        if values.get("http-equiv") == "Content-Security-Policy":
            self.policy = values["content"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open[-1:] == ["style"]:
            self.style += data
        else:
            self.text.append(data)


def the_page_is_self_contained_and_escaped(host):
    populate(host)
    text = report(host, "html")
    page = Page(text)
    assert page.scopes > 40 and page.bars == 12 and 'lang="en"' in text
    assert REASON in page.text and "<b>" in page.text and "=dave" in page.text
    assert "<script" not in text and "<b>" not in text and "url(" not in page.style
    assert "@import" not in page.style and "prefers-color-scheme:dark" in page.style
    assert page.policy.startswith("default-src 'none';") and "unsafe" not in page.policy
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in page.policy, f"REPORT_STYLE_HASH is sha256-{digest}"


def no_format_shows_a_hash(host):
    populate(host)
    for name in FORMATS:
        stdout, stderr = host.run("reminderd", "report", "--format", name)
        for secret in ("saltsalt", "AAAAAAAA", "BBBBBBBB", "$6$"):
            assert secret not in stdout and secret not in stderr, name


def looking_changes_nothing(host):
    populate(host)
    before = host.contents()
    for name in FORMATS:
        report(host, name)
    assert host.contents() == before


def the_table_has_summary_and_rows(host):
    populate(host)
    text = report(host, "table")
    assert "Of 6 covered accounts" in text and "No hold is in force." in text, text
    assert text.index("Summary") < text.index("\nAccounts\n") < text.index("alice")
    assert host.run("reminderd", "report")[0].splitlines()[2:] == text.splitlines()[2:]
    assert "\x1b" not in text


def nothing_published_is_said(host):
    assert "No policy is published" in report(host, "table")
    found = document(host)
    assert found["accounts"] == [] and found["sections"] == []
    Page(report(host, "html"))


def an_account_that_cannot_be_read_is_counted(host):
    populate(host)
    name = f"{STATE}/accounts/bob"
    first, _, rest = host.read(name).partition("\n")
    host.write(name, "damaged\n" + rest, 0o600)
    assert "is damaged" in accounts(host)["bob"]["remark"]
    host.write(name, re.sub(r" 1$", " 99", first) + "\n" + rest, 0o600)
    found = json.loads(report(host, "json", code=3))
    assert found["summary"]["failed"] == 1
    assert "bob" not in [row["name"] for row in found["accounts"]]


def an_unknown_format_is_refused(host):
    stdout, stderr = host.run("reminderd", "report", "--format", "pdf", code=1)
    assert stdout == "" and "csv, html, json and table" in stderr


def other_users_are_told_that_it_needs_root(host):
    if os.geteuid() != 0:
        raise Skip("needs root")
    os.chmod(os.path.dirname(host.programs["reminderd"]), 0o755)
    done = subprocess.run([host.programs["reminderd"], "report"], user=65534, capture_output=True,
                          text=True, check=False, cwd="/")
    assert done.returncode == 4 and "only root" in done.stderr, done.stderr
    assert done.stdout == ""


def vseectl_hands_it_on(host):
    populate(host)
    assert json.loads(host.ctl("report", "--format", "json")[0])["summary"]["covered"] == 6
    assert "Of 6 covered accounts" in host.ctl("report")[0]
    host.ctl("report", "--format", "pdf", code=1)
    host.ctl("report", "--format", "csv", "--watched", code=1)
    host.ctl("report", "--log", "-", code=1)
    host.ctl("report", "--watched", "--since", "today", "--log", "x", code=1)


def many_accounts_take_bounded_time_and_memory(host):
    count = 20000
    host.write("etc/passwd", "".join(
        f"u{i}:x:{2000 + i}:1::/:/bin/sh\n" for i in range(count)))
    lines = [f"u{i}:{HASH_A}:{TODAY - i % 90}:0:99999:7:::\n" for i in range(count)]
    host.write("etc/shadow", "".join(lines[:1000]))
    host.write(CONF, "[policy]\nmode = watch\n")
    host.scan()  # of a part: each account's state costs an fsync(2)
    host.write("etc/shadow", "".join(lines))
    for name in FORMATS:
        start = time.monotonic()
        text = report(host, name)
        assert time.monotonic() - start < 30, "orientation only: it takes about a second"
        assert "u19999" in text
    with open(host.programs["reminderd"], "rb") as file:
        if b"__asan_init" in file.read():
            return  # it takes memory of its own
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert most < 64 * 1024, f"{most} KiB"  # a row in memory each would be 270 MB


def the_report_has_the_columns_that_the_documents_name(_host):
    """doc/auditors.md points at columns: none that is not there."""
    source = os.environ["VSEE_SOURCE"]
    with open(f"{source}/reminderd/report_text.c", encoding="utf-8") as file:
        keys = set(re.findall(r'= \{"([a-z_]+)", "', file.read()))
    with open(f"{source}/doc/auditors.md", encoding="utf-8") as file:
        named = set(re.findall(r"column `([a-z_]+)`", file.read()))
    assert len(named) > 5 and named <= keys, named - keys


sys.exit(main([
    every_account_has_the_row_that_was_worked_out_by_hand,
    the_exempt_are_listed_with_their_reason,
    the_rolled_in_are_listed_for_the_scanner_that_flags_them,
    counts_are_those_made_by_hand,
    system_accounts_with_a_password_are_findings,
    weeks_hold_what_ends_in_them,
    who_was_never_enrolled_is_marked,
    the_expired_are_older_and_why,
    watching_counts_as_not_enforced,
    hold_and_extension_are_shown_with_their_reasons,
    csv_reads_back_and_holds_no_formula,
    csv_and_json_say_the_same,
    the_page_is_self_contained_and_escaped,
    no_format_shows_a_hash,
    looking_changes_nothing,
    the_table_has_summary_and_rows,
    nothing_published_is_said,
    an_account_that_cannot_be_read_is_counted,
    an_unknown_format_is_refused,
    other_users_are_told_that_it_needs_root,
    vseectl_hands_it_on,
    many_accounts_take_bounded_time_and_memory,
    the_report_has_the_columns_that_the_documents_name,
]))
