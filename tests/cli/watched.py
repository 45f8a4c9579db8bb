"""reminderd report --watched sums up a log: each function is a test, its name the rule."""

import subprocess
import sys

from harness import main


def line(user="alice", service="sshd", outcome="demand", when="2026-11-20T10:00:00+0000",
         program="sshd[7]", lead="", mode="watch"):
    would = f" would={outcome}" if outcome else ""
    return (f"{when} host {program}: {lead}pam_vsee_expire({service}:account): user={user} "
            f"service={service} phase=account action=ignore verdict=must-change lenient=none "
            f"deadline=1 days_left=-1 reason=lifetime mode={mode} enrolled=yes{would}\n")


LOG = "".join([
    line(), line(when="2026-11-21T10:00:00+0000"), line(when="Nov 22 10:00:00"),
    line("bob", outcome="deny"), line("carol", "cron", None, program="CRON[9]"),
    line("root", lead="Invalid user "), line("root", lead="message repeated 3 times: [ "),
    line("root", mode="enforce"), line("a\x1b[31m"), line("root", outcome="x"),
    line("root user=eve"), "x" * 100000 + "\n", "\0\n", "pam_vsee_expire(\n",
    line("alice", "login").rstrip("\n")])


def watched(host, text, *arguments):
    return subprocess.run([host.programs["vseectl"], "report", "--watched", *arguments],
                          input=text, capture_output=True, text=True, check=True).stdout


def watched_logins_are_summed_up(host):
    host.write("auth.log", LOG)
    text = watched(host, "", "--log", host.path("auth.log"))
    rows = [line.split() for line in text.split("\n\n")[0].splitlines()]
    assert rows[1][:4] == ["alice", "sshd", "demand", "3"], text
    assert rows[1][4] == "2026-11-20T10:00:00+0000" and rows[1][5:] == ["Nov", "22", "10:00:00"]
    assert [row[:4] for row in rows[2:]] == [
        ["alice", "login", "demand", "1"], ["bob", "sshd", "deny", "1"],
        ["carol", "cron", "report", "1"]], text
    assert "1 person in 2 services would have been asked" in text
    assert "1 person in 1 service would have been refused" in text
    assert "only have logged or told it: cron." in text and "6 logins were watched" in text
    assert "root" not in text and "eve" not in text and "\x1b" not in text
    assert watched(host, LOG, "--log", "-") == text


def watching_nobody_is_said(host):
    assert "0 logins were watched" in watched(host, "", "--log", "-")
    stderr = host.ctl("report", "--watched", "--log", host.path("none"), code=4)[1]
    assert "No such file" in stderr


def a_long_log_takes_bounded_memory(host):
    many = "".join(line(f"u{i % 20000}") for i in range(60000))
    text = watched(host, many, "--log", "-")
    assert "60000 logins were watched" in text and "it holds 8192 rows" in text, text[-500:]


sys.exit(main([
    watched_logins_are_summed_up,
    watching_nobody_is_said,
    a_long_log_takes_bounded_memory,
]))
