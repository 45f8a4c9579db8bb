"""What reminderd and the hook for failures tell systemd and the journal."""

import fcntl
import os
import re
import socket
import struct
import subprocess
import sys
import time

from harness import STATE, Skip, main, need_root
from tools import SOURCE, SYSTEMD, need_systemd, read, tool


def message_ids():
    ids = dict(re.findall(r'^#define MESSAGE_([A-Z_]+) "([0-9a-f]{32})"$',
                          read("reminderd/message_id.h"), re.M))
    ids["UNIT_FAILED"] = re.search(r"^MESSAGE_ID=([0-9a-f]{32})$",
                                   read("packaging/systemd/on-failure.sh"), re.M)[1]
    assert len(set(ids.values())) == len(ids) >= 10
    return ids


def every_message_id_is_explained_and_every_explanation_has_one(host):
    ids = message_ids()
    catalog = read("packaging/systemd/vsee-expire.catalog")
    assert sorted(re.findall(r"^-- ([0-9a-f]{32})$", catalog, re.M)) == \
        sorted(ids.values())
    page = re.search(r"^\.Ss The journal\n(.*?)^\.S[sh] ", read("man/reminderd.8"), re.M | re.S)[1]
    rows = dict(re.findall(r"^\.It ([0-9a-f]{32}) Ta (.*)$", page, re.M))
    assert sorted(rows) == sorted(ids.values()), rows
    os.makedirs(host.path("usr/lib/systemd/catalog"))
    os.makedirs(host.path("var/lib/systemd/catalog"))
    host.write("usr/lib/systemd/catalog/vsee-expire.catalog", catalog)
    tool("journalctl", "--update-catalog", f"--root={host.root}")
    listed = tool("journalctl", "--list-catalog", f"--root={host.root}")
    assert sorted(line.split()[0] for line in listed.splitlines()) == sorted(ids.values()), listed


def fields_of_the_explanations_are_the_ones_that_are_sent(_host):
    code = "".join(read(f"reminderd/{name}") for name in os.listdir(f"{SOURCE}/reminderd")
                   if name.endswith(".c")) + read("packaging/systemd/on-failure.sh")
    sent = set(re.findall(r"\b(VSEE_[A-Z]+)\b", code))
    named = set(re.findall(r"@([A-Z_]+)@", read("packaging/systemd/vsee-expire.catalog")))
    assert named and named <= sent, named - sent


def listen(host, name):
    receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.bind(host.path(name))
    receiver.settimeout(10)
    return receiver


def received(receiver):
    """What is there, without waiting."""
    receiver.setblocking(False)
    found = []
    while True:
        try:
            found.append(receiver.recv(65536).decode())
        except BlockingIOError:
            return found


def start(host, *arguments):
    return subprocess.Popen(
        [host.programs["reminderd"], "scan", "--root", host.root, *arguments], text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={**os.environ, "NOTIFY_SOCKET": host.path("notify"), "WATCHDOG_USEC": "3000000"})


def a_run_tells_that_it_is_under_way_and_that_it_ends(host):
    need_systemd()
    with listen(host, "notify") as receiver:
        assert start(host, "--dry-run").wait(60) == 0
        assert received(receiver) == [], "a run that writes nothing is not the service's"
        assert start(host).wait(60) == 0
        found = received(receiver)
    assert found[0] == "READY=1" and found[-1] == "STOPPING=1", found


def a_run_without_its_lock_is_not_under_way(host):
    need_systemd()
    host.scan()
    with listen(host, "notify") as receiver, open(host.path(f"{STATE}/lock"), "r+b") as file:
        fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
        assert start(host).wait(60) == 4
        assert received(receiver) == []


def each_account_that_is_done_is_a_sign_of_life(host):
    """None while the first waits for its lock, one with a status when it got on."""
    need_systemd()
    host.scan()
    with listen(host, "notify") as receiver, open(host.path(f"{STATE}/lock"), "r+b") as file:
        fcntl.fcntl(file, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 1, 0, 0))  # all accounts
        process = start(host)
        assert receiver.recv(4096) == b"READY=1"
        time.sleep(1.1)  # messages are a second apart
        assert received(receiver) == []
        file.close()
        assert process.wait(60) == 0
        found = received(receiver)
    assert found[0] == "WATCHDOG=1", found
    assert re.fullmatch(r"STATUS=1 account judged, \d+% of \S+ read", found[1]), found


def in_namespace(setup, *command, **more):
    """Run a command with other things mounted, in a mount namespace of its own."""
    need_root()
    probe = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    if probe.returncode != 0:
        raise Skip("no private mount namespace")
    return subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "bash", "-ec",
         setup + '\nexec "$@"', "bash", *command],
        text=True, stdin=subprocess.DEVNULL, timeout=60, check=False, **more)


def journal(host, code, **more):
    """The entries of one scan whose standard error is the journal's."""
    need_systemd()
    os.makedirs(host.path("journal"), exist_ok=True)
    with listen(host, "journal/socket") as receiver, open(host.path("stderr"), "w+b") as stderr:
        found = os.fstat(stderr.fileno())
        done = in_namespace(
            f"mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal\n"
            f"mount --bind {host.path('journal')} /run/systemd/journal",
            host.programs["reminderd"], "scan", "--root", host.root, stderr=stderr,
            env={**os.environ, "JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"}, **more)
        assert done.returncode == code, (done, host.read("stderr"))
        entries = [dict(line.partition("=")[::2] for line in text.splitlines())
                   for text in received(receiver)]
    os.unlink(host.path("journal/socket"))
    assert host.read("stderr") == "", "nothing is said twice"
    return entries


def kind(entry):
    names = {value: name for name, value in message_ids().items()}
    return names.get(entry.get("MESSAGE_ID"))


def every_run_leaves_a_line_in_the_journal(host):
    entries = journal(host, 0)
    assert [kind(entry) for entry in entries] == ["SCAN_DONE"], entries
    entry = entries[0]
    assert entry["PRIORITY"] == "5" and entry["SYSLOG_IDENTIFIER"] == "reminderd"
    assert (entry["VSEE_COVERED"], entry["VSEE_SAVED"], entry["VSEE_FAILED"]) == ("2", "2", "0")
    assert "CODE_FILE" not in entry
    assert host.scan()[1] == "", "on a terminal it stays silent"


def where_no_journal_listens_standard_error_says_it(host):
    need_systemd()
    with open(host.path("stderr"), "w+b") as stderr:
        found = os.fstat(stderr.fileno())
        done = in_namespace(
            "mount -t tmpfs tmpfs /run", host.programs["reminderd"], "scan", "--verbose", "--root",
            host.root, stderr=stderr,
            env={**os.environ, "JOURNAL_STREAM": f"{found.st_dev}:{found.st_ino}"})
    assert done.returncode == 0 and "2 accounts covered" in host.read("stderr"), (
        done, host.read("stderr"))


def entries_name_their_kind_and_the_account(host):
    host.scan()
    host.write(f"{STATE}/accounts/alice", "vsee-expire account 1\nrubbish\n", 0o600)
    host.write(f"{STATE}/accounts/bob", "vsee-expire account 1\n", 0o666)
    host.write("etc/vsee-expire/vsee-expire.conf", "rubbish\n")
    entries = journal(host, 2)
    assert [(kind(entry), entry.get("VSEE_ACCOUNT"), entry["PRIORITY"]) for entry in entries] == [
        (None, None, "3"), ("CONFIG_BROKEN", None, "4"), ("STATE_DAMAGED", "alice", "4"),
        ("ACCOUNT_SKIPPED", "bob", "4"), ("SCAN_DONE", None, "5")], entries


def a_doubtful_clock_is_noted_in_the_journal(host):
    host.scan()
    for days, code, name in ((5, 75, "CLOCK_NOTED"), (500, 78, "CLOCK_REFUSED")):
        host.set_scan_day(int(time.time()) // 86400 - days)
        entries = journal(host, code)
        assert [kind(entry) for entry in entries] == [name], entries
        assert re.match(r"\d{4}-\d\d-\d\d", entries[0]["VSEE_LAST"]), entries


def a_hold_is_told_by_every_run(host):
    host.scan()
    host.ctl("hold", "--until", "+2d", "--reason", "ward 4 is locked out")
    entries = journal(host, 0)
    assert [kind(entry) for entry in entries] == ["HOLD", "SCAN_DONE"], entries
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d ", entries[0]["VSEE_UNTIL"]), entries


def a_maximum_age_that_somebody_else_set_is_told_once(host):
    need_root()
    host.write("etc/vsee-expire/vsee-expire.conf",
               "[policy]\nmode = off\n[group providers]\nmode = enforce\n")
    host.scan()
    host.write("etc/shadow", re.sub(r"^(bob:[^:]*:\d+:0):\d+:", r"\1:999:",
                                    host.read("etc/shadow"), flags=re.M), 0o600)
    entries = journal(host, 0)
    assert [(kind(entry), entry.get("VSEE_ACCOUNT"), entry.get("VSEE_RESULT"))
            for entry in entries] == [("MIRROR_OVERWRITTEN", "bob", "999"),
                                      ("SCAN_DONE", None, None)], entries
    assert [kind(entry) for entry in journal(host, 0)] == ["SCAN_DONE"]


def on_failure(host, hook, mode=0o755, owner=0):
    """Run the script with a systemctl and a logger of ours, and a hook; returns code and output."""
    os.makedirs(host.path("bin"), exist_ok=True)
    os.makedirs(host.path("hook"), exist_ok=True)
    for name, text in (("systemctl", 'echo "${2#--property=} of $4"'), ("logger", "exec cat")):
        host.write(f"bin/{name}", f"#!/bin/bash\n{text}\n", 0o755)
    if hook:
        host.write("hook/on-failure", f"#!/bin/bash\n{hook}\n", mode)
        os.chown(host.path("hook/on-failure"), owner, 0)
    done = in_namespace(
        f"mount -t tmpfs tmpfs /etc && mkdir /etc/vsee-expire\n"
        f"mount --bind {host.path('hook')} /etc/vsee-expire",
        f"{SYSTEMD}/on-failure.sh", "x.service", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={**os.environ, "PATH": f"{host.path('bin')}:/usr/bin:/bin"})
    return done.returncode, done.stdout


def a_failure_is_logged_and_the_hook_is_called(host):
    code, output = on_failure(host, None)
    fields = dict(line.partition("=")[::2] for line in output.splitlines())
    assert code == 0 and fields["MESSAGE_ID"] == message_ids()["UNIT_FAILED"], output
    assert fields["VSEE_UNIT"] == "x.service" and fields["VSEE_RESULT"] == "Result of x.service"
    code, output = on_failure(host, 'echo "called with $*"; exit 7')
    assert code == 7 and output.endswith("\ncalled with x.service\n"), output
    code, output = on_failure(host, "echo called", 0o644)
    assert code == 0 and "called" not in output, output


def a_hook_that_others_can_write_is_not_run(host):
    for mode, owner in ((0o775, 0), (0o757, 0), (0o755, 1001)):
        code, output = on_failure(host, "echo called", mode, owner)
        assert code == 1 and "called" not in output and "is not run" in output, (mode, output)


sys.exit(main([
    every_message_id_is_explained_and_every_explanation_has_one,
    fields_of_the_explanations_are_the_ones_that_are_sent,
    a_run_tells_that_it_is_under_way_and_that_it_ends,
    a_run_without_its_lock_is_not_under_way,
    each_account_that_is_done_is_a_sign_of_life,
    every_run_leaves_a_line_in_the_journal,
    where_no_journal_listens_standard_error_says_it,
    entries_name_their_kind_and_the_account,
    a_doubtful_clock_is_noted_in_the_journal,
    a_hold_is_told_by_every_run,
    a_maximum_age_that_somebody_else_set_is_told_once,
    a_failure_is_logged_and_the_hook_is_called,
    a_hook_that_others_can_write_is_not_run,
]))
