"""What users of other notifiers suffered from, a test each.

Those not here are elsewhere: failures of the server are not swallowed (5) in servers.py; injection
(8) in message.py and address.py, too; two runs at once (3) in crash.py, too; the module's and
chage's day (6), and that send runs without privileges (9), in tests/system/mail.py; what metrics
hold (18) in send.py, too. LDAP size limits (13) are nobody's without LDAP.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import zoneinfo

from harness import HASH_A, Skip, main
from mailrig import DAY, DAY_SECONDS, MAIL, Post, parse, text_of
from smtpd import Server

URL_END = r"https?://[^\s\"<>]+"


def live(post, days=1):
    """The host runs on, or was off, so long; then its timers run."""
    post.wait(days * DAY_SECONDS)
    if post.run(code=(0, 3, 75)).returncode == 75:
        post.wait(3700)
        post.run(code=(0, 3))


def subjects(server, name="p0"):
    return [str(parse(mail)["Subject"]) for mail in server.mails if mail[1].startswith(name + "@")]


def pain_1_who_missed_a_day_is_mailed_on_the_next(host):
    for missed, left in ((1, 2), (2, 1)):
        with Server() as server:
            post = Post(host, server.url, people=1, days_left=4)
            post.run()
            live(post, days=1 + missed)
            words = f"in {left} day{'s' * (left > 1)}"
            assert subjects(server)[-1].endswith(words), subjects(server)
            assert len(server.mails) == 2, "one for 10 days when it began, one now"
        again(host)


def again(host):
    for folder in (MAIL, "var/lib/vsee-expire"):
        os.rename(host.path(folder), host.path(f"{folder}-{os.urandom(4).hex()}"))


def pain_2_a_late_start_sends_one_mail(host):
    with Server() as server:
        post = Post(host, server.url, people=3, days_left=1)
        for _ in range(3):
            post.run()
        assert set(post.received(server).values()) == {1}
        assert {row.stage: row.state for row in post.all_rows() if row.name == "p0"} == \
            {10: "superseded", 3: "superseded", 1: "sent"}


def pain_3_two_crontabs_send_one_mail(host):
    with Server() as server:
        post = Post(host, server.url, people=5)
        for _ in range(3):
            runs = [post.start() for _ in range(2)]
            for run in runs:
                run.communicate(timeout=60)
            assert {run.returncode for run in runs} <= {0, 4}
        assert set(post.received(server).values()) == {1}


def pain_4_until_the_end_there_are_three_mails(host):
    with Server() as server:
        post = Post(host, server.url, people=2, days_left=12)
        for _ in range(14):
            post.run(code=(0, 3))
            live(post, 0.5)
            live(post, 0.5)
        assert [re.search(r"\d+", subject)[0] for subject in subjects(server)] == ["10", "3", "1"]
        assert len({parse(mail)["Message-ID"] for mail in server.mails}) == 6


def date_in(text):
    """The words of a mail as a time: "Thursday, 6 March 2031, 00:00 UTC"."""
    found = re.search(r"Valid until:?\s+(\w+, \d+ \w+ \d{4}, \d\d:\d\d) (\S+)", text)
    assert found, text
    return datetime.datetime.strptime(found[1], "%A, %d %B %Y, %H:%M"), found[2]


def pain_6_the_day_is_right_in_every_time_zone(host):
    """A deadline is 00:00 UTC of its day; the mail says it in the host's zone, DST or not."""
    for zone in ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kathmandu",
                 "Pacific/Pago_Pago"):
        for deadline in ("2031-03-30", "2031-03-31", "2031-10-26", "2031-11-03"):
            day = (datetime.date.fromisoformat(deadline) - datetime.date(1970, 1, 1)).days
            check_zone(host, zone, day)
            again(host)


def check_zone(host, zone, deadline):
    end = datetime.datetime.fromtimestamp(deadline * DAY_SECONDS, datetime.timezone.utc)
    for second, left in ((0, 3), (DAY_SECONDS - 60, 3)):  # first and last minute of a day
        with Server() as server:
            post = Post(host, server.url, people=1)
            post.zone = zone
            post.changed["p0"] = deadline - 60
            post.write_shadow()
            post.second = (deadline - left) * DAY_SECONDS + second
            post.scan_and_send()
            shown, name = date_in(text_of(server.mails[0]))
        local = end.astimezone(zoneinfo.ZoneInfo(zone))
        assert shown == local.replace(tzinfo=None) and name == local.tzname(), (zone, shown, name)
        assert subjects(server)[0].endswith(f"in {left} days"), (zone, second, subjects(server))
        dated = parse(server.mails[0])["Date"].datetime
        assert dated.utcoffset() == dated.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset()
        if second == 0:
            again(host)


def pain_7_each_has_the_date_of_the_own_policy(host):
    with Server() as server:
        post = Post(host, server.url, people=2, policy="max_days = 60\n[user p1]\nmax_days = 30")
        post.changed["p1"] = DAY - 20
        post.fields["p1"] = f"{HASH_A}:{DAY - 20}:0:30:7:::"
        post.write_shadow()
        post.run()
        assert subjects(server, "p0")[0].endswith("in 3 days")
        assert subjects(server, "p1")[0].endswith("in 10 days")


def pain_8_what_people_write_reaches_no_header_and_no_command(host):
    with Server() as server:
        post = Post(host, server.url, people=6)
        post.write_passwd(p1="$(touch x)`touch y` <a@b,c@d>", p2="Eve\rBcc: x@y.example",
                          p3="a@b\\r\\nRCPT TO:<x@y>", p4="\"quoted local\"@vsee.example")
        host.write("etc/vsee-expire/addresses", b"p5: a@b\rRCPT TO:<x@y>\n")
        done = post.run(code=(0, 3))
        assert re.search(r"addresses:1: ", done.stderr), done.stderr
        lines = [line for verb, line, _ in server.commands() if verb in ("MAIL", "RCPT")]
        assert all(re.fullmatch(r"(MAIL FROM|RCPT TO):<[a-z0-9.-]+@[a-z.]+>[ A-Z0-9=]*", line)
                   for line in lines), lines
        for mail in server.mails:
            message = parse(mail)
            assert message["Bcc"] is None and message["To"].addresses[0].addr_spec == mail[1]
        assert post.received(server)["p0"] == 1 and post.received(server)["p5"] == 0


def pain_10_who_cannot_use_a_password_gets_no_mail(host):
    day = f"{DAY - 57}:0:60:7"
    cases = {"p0": f"{HASH_A}:{day}:::", "p1": f"!{HASH_A}:{day}:::", "p2": f"*:{day}:::",
             "p3": f":{day}:::", "p4": f"!!:{day}:::", "p5": f"{HASH_A}:{day}::{DAY - 1}:",
             "p6": f"{HASH_A}:0:0:60:7:::"}
    with Server() as server:
        post = Post(host, server.url, people=len(cases))
        post.fields = cases
        post.write_shadow()
        post.run(code=(0, 3))
        got = {name for name, count in post.received(server).items() if count}
        assert got == {"p0"}, got
        why = {line["name"]: line["why"] for line in dry_run(post) if "name" in line}
        assert why["p1"] == why["p2"] == "no-password" and why["p5"] == "account-expired", why
        assert why["p6"] == "must-change", why


def dry_run(post, code=0):
    out = post.run("send", "--dry-run", "--json", code=code).stdout
    return [json.loads(line) for line in out.splitlines()]


def pain_11_who_has_no_address_is_named_and_counted(host):
    with Server() as server:
        post = Post(host, server.url, people=3)
        host.write(conf(), host.read(conf()).replace("domain = vsee.example\n", ""))
        host.write("etc/vsee-expire/addresses", "p0: zero@vsee.example\np1: no address\n")
        done = post.run(code=(0, 3))
        assert [mail[1] for mail in server.mails] == ["zero@vsee.example"]
        assert "p1" in done.stderr
        shown = post.run("reminders").stdout
        assert re.search(r"p2 .*no-address", shown) and re.search(r"p1 .*bad-address", shown), shown
        assert "p2" in post.run("status", code=(0, 1, 2)).stdout, "status names them"
        assert {line["name"]: line["why"] for line in dry_run(post) if "name" in line}["p2"] == \
            "no-address"


def conf():
    return "etc/vsee-expire/vsee-expire.conf"


def pain_12_the_first_run_floods_nobody(host):
    """Off as shipped; watch and a dry run send nothing; then as many a run as was said."""
    with Server() as server:
        post = Post(host, server.url, people=7)
        text = host.read(conf())
        for mode in ("off", "watch"):
            host.write(conf(), text.replace("mode = remind", f"mode = {mode}"))
            post.run()
            post.send()
            assert server.commands() == [], mode
        host.write(conf(), text + "max_per_run = 3\n")
        post.scan()
        assert dry_run(post)[-1]["totals"]["send"] == 7 and server.commands() == []
        plan = json.loads(post.run("plan", "--json").stdout.splitlines()[0])
        assert plan, "there is one before the first mail"
        sums = []
        for _ in range(4):
            post.send(code=(0, 3))
            sums.append(len(server.mails))
        assert sums == [3, 6, 7, 7], sums
        assert set(post.received(server).values()) == {1}


def pain_14_it_does_not_look_like_phishing(host):
    with Server() as server:
        post = Post(host, server.url, people=1, mail="reply_to = desk@vsee.example")
        post.run()
        message, text = parse(server.mails[0]), text_of(server.mails[0])
        assert [part.get_content_type() for part in message.iter_parts()] == \
            ["text/plain", "text/html"]
        html = message.get_body(("html",)).get_content()
        assert not re.search(URL_END, text + html), "no link unless one is configured"
        assert "click" not in (text + html).lower() and "src=" not in html
        assert "p0" in text and os.uname().nodename in text
        assert message["Reply-To"] == "desk@vsee.example"
        assert message["From"] == "Help desk <help@vsee.example>"
    again(host)
    with Server() as server:
        post = Post(host, server.url, people=1)
        host.write(conf(), host.read(conf()) + "[web]\nbase_url = https://%H:9443\n")
        post.run()
        links = set(re.findall(URL_END, text_of(server.mails[0])))
        assert len(links) == 1 and "token" not in str(links), links


def pain_15_no_machine_answers(host):
    with Server() as server:
        post = Post(host, server.url, people=1, mail="bounces = bounce@vsee.example")
        post.run()
        message = parse(server.mails[0])
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["X-Auto-Response-Suppress"] == "All" and message["Precedence"] is None
        assert server.mails[0][0] == "bounce@vsee.example"


def pain_16_who_logs_in_with_a_key_is_mailed_too(host):
    with Server() as server:
        post = Post(host, server.url, people=1, policy="key_login = ignore")
        post.run()
        assert subjects(server)[0].endswith("in 3 days")


def pain_17_a_day_with_too_many_is_seen_before_it_comes(host):
    with Server() as server:
        post = Post(host, server.url, people=9, days_left=20)
        post.scan()
        assert "over" in post.run("plan", "--quota", "4").stdout
        assert "over:" not in post.run("plan", "--quota", "9").stdout


def pain_18_metrics_name_nobody(host):
    with Server() as server:
        post = Post(host, server.url, people=5)
        post.run()
        for name in (f"{MAIL}/mail.prom", "var/lib/vsee-expire/metrics.prom"):
            text = host.read(name)
            assert not re.search(r"p\d|vsee\.example", text), text


def host_names_are_said_as_they_are(host):
    with Server() as server:
        post = Post(host, server.url, people=1)
        post.run()
        hello = [line for verb, line, _ in server.commands() if verb == "EHLO"]
        assert re.fullmatch(r"EHLO [A-Za-z0-9.:\[\]-]+", hello[0]), hello
        assert parse(server.mails[0])["Message-ID"].endswith("@vsee.example>")


def host_names_of_noise_cost_nobody_a_mail(host):
    name = "import socket, os, sys; socket.sethostname(b'a\\r\\nQUIT\\xff'); " \
        "os.execvp(sys.argv[1], sys.argv[1:])"
    words = ["unshare", "--user", "--map-root-user", "--uts", sys.executable, "-c"]
    if subprocess.run([*words, "pass"], capture_output=True, check=False).returncode:
        raise Skip("needs namespaces")
    with Server() as server:
        post = Post(host, server.url, people=2)
        post.scan()
        post.send(before=[*words, name])
        assert set(post.states().values()) == {"sent"}, post.rows()
        assert server.commands()[0][1] == "EHLO localhost", server.commands()
        assert "localhost" in text_of(server.mails[0])


TESTS = [value for name, value in list(globals().items())
         if name.startswith("pain_") or name.startswith("host_")]

if __name__ == "__main__":
    sys.exit(main(TESTS))
