"""reminderd preview: each function is a test, its name the rule."""

import json
import os
import re
import sys

from harness import CONF, HASH_A, TODAY, main

EVERYBODY = "[policy]\nmode = enforce\n"


def preview(host, *arguments):
    return json.loads(host.run("reminderd", "preview", "--json", *arguments)[0])


def preview_counts_what_a_hand_counts(host):
    """
    enforce for all, 60 days: alice (100 days old) is rolled in: TODAY + 10; bob (20): TODAY + 40;
    carol and robot (10): TODAY + 50; dave's is locked; eve was asked by an administrator.
    """
    host.days.update({"dave": 10, "eve": 10})
    host.write("etc/passwd", host.read("etc/passwd").replace(
        "1002:1002::", "1002:1002:Bob <bob@example.com>:") +
        "dave:x:1005:1005::/:/bin/sh\neve:x:1006:1006::/:/bin/sh\n")
    host.write_shadow(dave=host.shadow_line("dave", "*"),
                      eve=f"eve:{HASH_A}:0:0:99999:7:::\n")
    host.write(CONF, EVERYBODY + "[group robots]\nmode = watch\n")
    found = preview(host)
    assert [(row["name"], row["mode"], row["accounts"]) for row in found["sections"]] == \
        [("policy", "enforce", 5), ("group robots", "watch", 1)], found
    assert found["covered"] == 6 and found["asked"] == 1 and found["expired"] == 0, found
    assert found["no_password"] == 1 and found["rolled_in"] == 1, found
    days = {row["day"] - TODAY: row["accounts"] for row in found["days"]}
    assert days[10] == 1 and days[40] == 1 and days[50] == 2, days
    mails = {row["day"] - TODAY: row["accounts"] for row in found["mails"]}
    assert (mails[0], mails[7], mails[9]) == (1, 1, 1) and not {8, 10, 29} & set(mails), mails
    assert found["no_address"] >= 2 and found["soonest"][0]["name"] in ("alice", "eve"), found
    host.write(CONF, EVERYBODY + "[mail]\ndomain = example.com\n")
    assert preview(host)["no_address"] == 0


def preview_prints_tables(host):
    stdout = host.run("reminderd", "preview")[0]
    assert re.search(r"^group providers +remind +2$", stdout, re.M), stdout
    assert "1 would be granted notice_days: alice (" in stdout
    assert re.search(r"^  \S+ 00:00 UTC +1  #+$", stdout, re.M)


def preview_lists_the_soonest_twenty(host):
    names = [f"u{number:02}" for number in range(30)]
    host.write("etc/passwd", "".join(f"{name}:x:{2000 + i}:2000::/:/bin/sh\n"
                                     for i, name in enumerate(names)))
    host.write("etc/shadow", "".join(f"{name}:{HASH_A}:{TODAY - i}:0:99999:7:::\n"
                                     for i, name in enumerate(names)))
    host.write(CONF, "[policy]\nmode = remind\n")
    soonest = preview(host)["soonest"]
    assert [row["name"] for row in soonest] == names[:9:-1], soonest


def preview_reads_another_configuration_and_writes_nothing(host):
    os.makedirs(host.path("try/vsee-expire.conf.d"))
    host.write("try/vsee-expire.conf", EVERYBODY)
    before = host.contents()
    assert preview(host, "--config", host.path("try"))["covered"] == 4
    assert host.contents() == before
    host.write("try/vsee-expire.conf", "[policy]\nmode = on\n")
    assert "try/vsee-expire.conf:2: " in host.run("reminderd", "preview", "--config",
                                                  host.path("try"), code=2)[1]


def preview_of_a_host_that_was_off_needs_its_clock_accepted(host):
    host.scan()
    host.set_scan_day(TODAY - 500)
    host.run("reminderd", "preview", code=78)
    assert preview(host, "--accept-clock")["covered"] == 2


sys.exit(main([
    preview_counts_what_a_hand_counts,
    preview_prints_tables,
    preview_lists_the_soonest_twenty,
    preview_reads_another_configuration_and_writes_nothing,
    preview_of_a_host_that_was_off_needs_its_clock_accepted,
]))
