"""What a scan leaves of itself, lastrun and metrics: each function is a test, its name the rule."""

import os
import re
import sys
import time

from harness import CONF, STATE, TODAY, edit_record, main


def status(host, code, *arguments):
    return host.run("reminderd", "status", *arguments, code=code)


def record(host):
    return dict(line.split(" ") for line in host.read(f"{STATE}/lastrun").splitlines()[1:])


def a_scan_leaves_its_record(host):
    host.scan()
    found = record(host)
    assert found["code"] == "0" and found["covered"] == "2" and found["saved"] == "2", found
    assert found["finished"] == found["time"] and abs(int(found["time"]) - time.time()) < 100
    assert os.stat(host.path(f"{STATE}/lastrun")).st_mode & 0o777 == 0o644


def a_run_that_does_nothing_leaves_its_record_too(host):
    host.scan()
    edit_record(host, finished=1795000000)
    host.set_scan_day(TODAY - 500)
    host.scan(code=78)
    assert record(host)["code"] == "78" and record(host)["finished"] == "1795000000"
    host.set_scan_day(TODAY)
    host.write(CONF, "[policy]\nmode = on\nmax_days = x\n")
    host.scan(code=2)
    assert record(host)["config-errors"] == "2" and record(host)["code"] == "2"
    os.unlink(host.path("etc/group"))
    host.scan(code=4)
    assert record(host)["code"] == "4"


def a_damaged_record_is_written_anew(host):
    host.scan()
    host.write(f"{STATE}/lastrun", "rubbish")
    assert "can't be read" in status(host, 0)[0]
    host.scan()
    assert record(host)["code"] == "0"


def views_leave_no_record(host):
    host.scan()
    before = os.stat(host.path(f"{STATE}/lastrun")).st_ino
    for verb in ("status", "preview"):
        host.run("reminderd", verb)
    host.scan("--dry-run")
    assert os.stat(host.path(f"{STATE}/lastrun")).st_ino == before


def metrics(host):
    """A strict reader of the text format: HELP, TYPE, then samples of that name."""
    found, name = {}, None
    for line in host.read(f"{STATE}/metrics.prom").splitlines():
        head = re.fullmatch(r"# (HELP|TYPE) (vsee_expire_[a-z_]+) (\S.*)", line)
        if head:
            assert (head[1] == "HELP") != (head[2] == name), line
            assert head[1] == "HELP" or head[3] == "gauge", line
            name = head[2]
            continue
        sample = re.fullmatch(r'([a-z_]+)(\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})? '
                              r"(-?\d+|\+Inf)", line)
        assert sample and sample[1] == name and sample[1] + (sample[2] or "") not in found, line
        found[sample[1][len("vsee_expire_"):] + (sample[2] or "")] = float(sample[3])
    assert host.read(f"{STATE}/metrics.prom").endswith("\n")
    return found


def metrics_say_what_the_scan_found(host):
    host.scan()
    found = metrics(host)
    assert found['accounts{verdict="warn"}'] == 1 and found['accounts{verdict="valid"}'] == 1
    assert found['accounts_by_mode{mode="remind"}'] == 2
    assert found["last_exit_code"] == 0 and found["hold_until_timestamp_seconds"] == 0
    assert found["last_success_timestamp_seconds"] == found["last_scan_timestamp_seconds"]
    for name in ("accounts_failed", "mirror_pending", "mirror_overwritten", "state_set_aside",
                 "extensions", "config_errors"):
        assert found[name] == 0, name
    digest = re.search(r"digest=(\w+)", host.read(f"{STATE}/policy"))[1]
    assert any(name.startswith("info{") and digest in name for name in found), found
    assert os.stat(host.path(f"{STATE}/metrics.prom")).st_mode & 0o777 == 0o644


def metrics_of_a_run_that_failed_say_so(host):
    host.scan()
    host.set_scan_day(TODAY - 500)
    host.scan(code=78)
    found = metrics(host)
    assert found["last_exit_code"] == 78 and 'accounts{verdict="warn"}' not in found
    assert found["last_success_timestamp_seconds"] > 0
    host.set_scan_day(TODAY)
    host.write(f"{STATE}/hold", "damaged", 0o600)
    host.scan(code=3)
    assert metrics(host)["hold_until_timestamp_seconds"] == float("inf")


sys.exit(main([
    a_scan_leaves_its_record,
    a_run_that_does_nothing_leaves_its_record_too,
    a_damaged_record_is_written_anew,
    views_leave_no_record,
    metrics_say_what_the_scan_found,
    metrics_of_a_run_that_failed_say_so,
]))
