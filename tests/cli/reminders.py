"""reminders and salvage: what the ledger says to support staff, to whom, and when damaged."""

import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys

from harness import TODAY, Skip, main, need_root

MAIL = "var/lib/vsee-expire-mail"
LEDGER = f"{MAIL}/ledger.sqlite"
DRIVER = sys.argv.pop()
WRITER, GROUP = 23411, 23412  # nobody's: only for files in a folder of the test's own


def prepare(host):
    os.mkdir(host.path(MAIL))
    os.chmod(host.path(MAIL), 0o2771)


def put(host, name, uid, state, *before, days=60, code=0):
    """A run of send that had this one account; before: a command that runs it."""
    done = subprocess.run(
        [*before, DRIVER, host.path(MAIL), name, str(uid), str(TODAY - 50),
         str(TODAY + days - 50), "10", state, str(TODAY * 86400)],
        capture_output=True, text=True, check=False)
    assert done.returncode == code, done
    return done.stderr


def spoil(host, sql):
    """What another program does to the file."""
    db = sqlite3.connect(host.path(LEDGER))
    db.executescript(sql)
    db.commit()
    db.close()


def two_rows(host):
    prepare(host)
    put(host, "bob", 1002, "failed")
    put(host, "alice", 1001, "sent")
    spoil(host, "UPDATE reminder SET code = 250, answer = '=250 Ok: \"queued\", as 4Bq', "
                "queue_id = '4Bq' WHERE name = 'alice'; "
                "UPDATE reminder SET code = 550, answer = 'no such user' WHERE name = 'bob'")


def as_table(host):
    two_rows(host)
    lines = host.run("reminderd", "reminders")[0].splitlines()
    assert lines[0].split() == ["USER", "STAGE", "DEADLINE", "STATE", "WHEN", "ADDRESS", "ANSWER"]
    assert re.match(r"alice +10 .* sent .* alice@example.com +=250 Ok", lines[1]), lines[1]
    assert re.match(r"bob +10 .* failed .* bob@example.com +no such user", lines[2]), lines[2]
    assert len(lines) == 3, lines


def as_json_and_csv_with_the_same_fields(host):
    two_rows(host)
    stdout, _ = host.run("reminderd", "reminders", "--json")
    objects = [json.loads(line) for line in stdout.splitlines()]
    assert [one["name"] for one in objects] == ["alice", "bob"]
    assert objects[0]["queue_id"] == "4Bq" and objects[0]["sent"] == TODAY * 86400
    assert objects[1]["state"] == "failed" and objects[1]["sent"] is None
    text = subprocess.run(
        [host.programs["reminderd"], "reminders", "--csv", "--root", host.root],
        capture_output=True, check=True).stdout.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == list(objects[0]), rows[0]
    assert rows[0]["answer"] == "'=250 Ok: \"queued\", as 4Bq"
    assert text.count("\r\n") == 3 and text.count("\n") == 3
    host.run("reminderd", "reminders", "--csv", "--json", code=1)


def one_user_in_sentences(host):
    two_rows(host)
    stdout, _ = host.run("reminderd", "reminders", "alice")
    assert "was sent to alice@example.com on " in stdout and "queue id 4Bq" in stdout, stdout
    assert "bob" not in stdout
    stdout, _ = host.run("reminderd", "reminders", "bob")
    assert "refused it for bob@example.com" in stdout, stdout
    assert "The server's last answer: no such user" in stdout, stdout
    spoil(host, "UPDATE reminder SET code = 0 WHERE name = 'bob'")
    stdout, _ = host.run("reminderd", "reminders", "bob")
    assert "  The last try: no such user" in stdout, stdout
    _, stderr = host.run("reminderd", "reminders", "carol", code=3)
    assert "carol: no reminder was ever due, and no scan has run yet" in stderr, stderr
    host.run("reminderd", "reminders", "../carol", code=1)


def who_gets_none_and_why(host):
    host.write("etc/vsee-expire/vsee-expire.conf",
               "[policy]\nmode = off\n[group providers]\nmode = remind\n[mail]\n"
               "smtp = smtp://localhost\nfrom = help@example.com\naddresses = gecos\n")
    host.scan()
    stdout, _ = host.run("reminderd", "reminders")
    assert re.search(r"^alice .* skipped .* no-address", stdout, re.M), stdout
    stdout, _ = host.run("reminderd", "reminders", "alice")
    assert "No reminder goes to alice: no-address (no source in " in stdout, stdout
    assert "By the last scan the deadline of alice is " in stdout, stdout
    stdout, _ = host.run("reminderd", "reminders", "alice", "--json")
    assert json.loads(stdout)["skipped"] == "no-address", stdout
    _, stderr = host.run("reminderd", "reminders", "carol", code=3)
    assert "no section in mode remind or enforce covers" in stderr, stderr


def vseectl_hands_it_on(host):
    two_rows(host)
    assert host.ctl("reminders", "alice")[0] == host.run("reminderd", "reminders", "alice")[0]
    assert json.loads(host.ctl("reminders", "bob", "--json")[0])["code"] == 550
    assert host.ctl("reminders", "--csv")[0].startswith("name,uid,")
    host.ctl("reminders", "--json", "--csv", code=1)
    host.ctl("reminders", "carol", code=3)


def hostile_rows_are_not_printed(host):
    """A name or an answer with control characters is none that send wrote."""
    two_rows(host)
    spoil(host, "UPDATE reminder SET answer = 'x' || char(27) || '[2J' WHERE name = 'alice'")
    _, stderr = host.run("reminderd", "reminders", code=4)
    assert "is damaged" in stderr and "reminderd salvage" in stderr, stderr
    stdout, _ = host.run("reminderd", "salvage")
    assert "holds 1 row that" in stdout and "senseless: 1 row." in stdout, stdout
    assert "a second time" in stdout


def salvage_of_a_damaged_ledger(host):
    _, stderr = host.run("reminderd", "salvage", code=4)
    prepare(host)
    assert "No such file" in stderr, stderr
    put(host, "alice", 1001, "sent")
    _, stderr = host.run("reminderd", "salvage", code=4)
    assert "not damaged: nothing was done" in stderr, stderr
    os.truncate(host.path(LEDGER), 4096)
    before = open(host.path(LEDGER), "rb").read()
    assert "can't be claimed" not in put(host, "bob", 1002, "sent", code=1)
    assert open(host.path(LEDGER), "rb").read() == before
    stdout, _ = host.run("reminderd", "salvage")
    aside = re.search(r"(\S+damaged-\d{8}-\d{6}) is the damaged ledger now", stdout)[1]
    assert open(aside, "rb").read() == before
    put(host, "bob", 1002, "sent")
    assert "bob" in host.run("reminderd", "reminders")[0]


def setpriv(uid, *groups):
    """What systemd leaves of root in reminderd-scan.service: its uid and groups, no capability."""
    return ["setpriv", f"--reuid={uid}", f"--regid={GROUP if uid else 0}",
            f"--groups={','.join(map(str, groups))}" if groups else "--clear-groups",
            "--bounding-set=-all", "--inh-caps=-all"]


def read_as(host, uid, *groups):
    return subprocess.run(
        [*setpriv(uid, *groups), host.programs["reminderd"], "reminders", "--json", "--root",
         host.root], capture_output=True, text=True, check=False)


def open_up(host):
    """The folder of a user of its own, and a way to it for everybody."""
    need_root()
    prepare(host)
    os.chmod(os.path.dirname(host.root), 0o755)
    os.chown(host.path(MAIL), WRITER, GROUP)
    os.chmod(host.path(MAIL), 0o2771)
    os.chmod(os.path.dirname(host.programs["reminderd"]), 0o755)


def root_without_capabilities_reads_what_another_user_writes(host):
    open_up(host)
    writer = setpriv(WRITER)
    for number in range(5):
        for ending in ("-shm", "-wal"):
            if number and os.path.exists(host.path(LEDGER + ending)):
                os.remove(host.path(LEDGER + ending))  # then the reader makes them
        if number:
            done = read_as(host, 0, GROUP)
            assert done.returncode == 0 and done.stdout.count("\n") == number, done
        put(host, f"user{number}", 1000 + number, "sent", *writer)
        done = read_as(host, 0, GROUP)
        assert done.returncode == 0 and done.stdout.count("\n") == number + 1, done
    for name in os.listdir(host.path(MAIL)):
        stat = os.stat(host.path(f"{MAIL}/{name}"))
        assert stat.st_gid == GROUP and stat.st_mode & 0o777 == 0o660, (name, oct(stat.st_mode))


def members_may_read_and_others_may_not(host):
    open_up(host)
    put(host, "alice", 1001, "sent", *setpriv(WRITER))
    assert read_as(host, 23499, GROUP).returncode == 0
    done = subprocess.run(
        ["setpriv", "--reuid=23499", "--regid=23499", "--clear-groups",
         host.programs["reminderd"], "reminders", "--root", host.root],
        capture_output=True, text=True, check=False)
    assert done.returncode == 4 and "root and the members of the group" in done.stderr, done
    assert done.stdout == "", "an empty table would look like an answer"


def made_by_root_and_still_its_owners(host):
    """As `reminderd` below --root does, or an administrator by hand."""
    open_up(host)
    put(host, "alice", 1001, "sent")
    stat = os.stat(host.path(LEDGER))
    assert (stat.st_uid, stat.st_gid) == (WRITER, GROUP)
    put(host, "bob", 1002, "sent", *setpriv(WRITER))


def somebody_elses_file_is_refused(host):
    open_up(host)
    put(host, "alice", 1001, "sent")
    os.chown(host.path(LEDGER), 23499, GROUP)
    put(host, "bob", 1002, "sent", *setpriv(WRITER), code=1)
    assert read_as(host, 0, GROUP).returncode == 4


def a_folder_that_cannot_be_written(host):
    open_up(host)
    put(host, "alice", 1001, "sent", *setpriv(WRITER))
    os.chmod(host.path(LEDGER), 0o440)
    put(host, "bob", 1002, "sent", *setpriv(WRITER), code=1)
    os.chmod(host.path(LEDGER), 0o660)
    os.chmod(host.path(MAIL), 0o2550)
    put(host, "carol", 1003, "sent", *setpriv(WRITER))  # all files are there: no need to make any
    for name in os.listdir(host.path(MAIL)):
        os.remove(host.path(f"{MAIL}/{name}"))
    put(host, "carol", 1003, "sent", *setpriv(WRITER), code=1)
    assert os.listdir(host.path(MAIL)) == []


def nothing_is_claimed_on_a_full_disk(host):
    """Room for the end of what is claimed is taken before: no mail is sent that can't be noted."""
    need_root()
    prepare(host)
    script = """
      set -eu
      mount -t tmpfs -o size=$3,mode=2771 vsee-test "$1" || exit 77
      shift
      status=0
      "$1" "$MAIL" alice 1001 20000 20060 10 sent 1800000000 || status=$?
      python3 -c 'import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
print(db.execute("PRAGMA integrity_check").fetchone()[0])
print([row[0] for row in db.execute("SELECT state FROM reminder")])' "$MAIL/ledger.sqlite"
      exit $status
    """
    found = []
    for size in ("2m", "16m"):
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, "sh", host.path(MAIL), DRIVER, size],
            capture_output=True, text=True, check=False, env=os.environ | {
                "MAIL": host.path(MAIL)})
        if done.returncode == 77:
            raise Skip("no tmpfs may be mounted here")
        found.append((done.returncode, *done.stdout.split("\n")[:2]))
    assert found == [(1, "ok", "[0]"), (0, "ok", "[2]")], (found, done)


sys.exit(main([
    as_table,
    as_json_and_csv_with_the_same_fields,
    one_user_in_sentences,
    who_gets_none_and_why,
    vseectl_hands_it_on,
    hostile_rows_are_not_printed,
    salvage_of_a_damaged_ledger,
    root_without_capabilities_reads_what_another_user_writes,
    members_may_read_and_others_may_not,
    made_by_root_and_still_its_owners,
    somebody_elses_file_is_refused,
    a_folder_that_cannot_be_written,
    nothing_is_claimed_on_a_full_disk,
]))
