"""The units and what belongs to them: well-formed, hidden from, switched on, at which times."""

import os
import re
import shutil
import stat
import sys

from harness import STATE, main, need_root
from tools import SOURCE, SYSTEMD, UNITS, need_systemd, read, tool

PLAIN = [os.path.join(SOURCE, name) for name in
         ("reminderd/reminderd-scan.path", "reminderd/reminderd-scan.timer",
          "reminderd/reminderd-send.timer", "web/front/vsee-web.socket",
          "web/worker/vsee-resetd.socket")]


def install_units(host, folder):
    """The built units, with programs that are there."""
    need_systemd()
    os.makedirs(host.path(folder))
    for name in os.listdir(UNITS):
        with open(os.path.join(UNITS, name), encoding="utf-8") as file:
            text = re.sub(r"^ExecStart=(/\S+)", "ExecStart=/bin/true", file.read(), flags=re.M)
        host.write(os.path.join(folder, name), text)
    for name in PLAIN:
        shutil.copy(name, host.path(folder))
    return [host.path(os.path.join(folder, name)) for name in os.listdir(host.path(folder))]


def units_are_well_formed(host):
    files = install_units(host, "units")
    assert len(files) == 10, files
    output = tool("systemd-analyze", "verify", "--man=no", *files)
    assert output == "", output


def each_exposure_stays_below_its_bound(_host):
    need_systemd()
    for name, threshold in (("reminderd-scan", 10), ("reminderd-send", 15), ("vsee-web", 10),
                            ("vsee-resetd@", 25)):
        tool("systemd-analyze", "security", "--offline=true", f"--threshold={threshold}",
             "--no-pager", os.path.join(UNITS, f"{name}.service"))


def the_page_has_one_switch_and_no_network_of_its_own(_host):
    front, worker = settings("vsee-web.service"), settings("vsee-resetd@.service")
    for service in (front, worker):
        assert ("PrivateNetwork", "yes") in service and ("LimitCORE", "0") in service
    assert ("User", "vsee-web") in front and ("RestrictAddressFamilies", "AF_UNIX") in front
    assert ("CapabilityBoundingSet", "") in front
    socket = read("web/worker/vsee-resetd.socket")
    assert "\nSocketMode=0660\n" in socket and "\nSocketGroup=vsee-web\n" in socket
    assert "\nPartOf=vsee-web.socket\n" in socket and "[Install]" not in socket
    assert "\nWants=vsee-resetd.socket\n" in read("web/front/vsee-web.socket")


def settings(name):
    need_systemd()
    with open(os.path.join(UNITS, name), encoding="utf-8") as file:
        return re.findall(r"^([A-Za-z]+)=(.*)$", file.read(), re.M)


def a_doubtful_clock_is_no_failure_and_runs_again_after_more_than_an_hour(_host):
    service = settings("reminderd-scan.service")
    for line in (("Type", "notify"), ("SuccessExitStatus", "75"), ("RestartForceExitStatus", "75"),
                 ("RestartSec", "61min"), ("OnFailure", "vsee-expire-failure@%n.service")):
        assert line in service, line
    assert "EXIT_CLOCK_NOTED = 75" in read("reminderd/exit.h")


def mail_leaves_as_its_own_user_and_wakes_nobody_when_it_is_put_off(_host):
    send, scan = settings("reminderd-send.service"), settings("reminderd-scan.service")
    for line in (("Type", "notify"), ("User", "vsee-expire"), ("Group", "vsee-expire"),
                 ("SuccessExitStatus", "3"), ("OnFailure", "vsee-expire-failure@%n.service"),
                 ("ConditionPathExists", "/var/lib/vsee-expire-mail/due"),
                 ("ReadWritePaths", "/var/lib/vsee-expire-mail")):
        assert line in send, line
    assert "EXIT_SOME = 3" in read("reminderd/exit.h")
    keys = [key for key, _ in send]
    assert "SupplementaryGroups" not in keys and "Restart" not in keys, keys
    hidden = " ".join(value for key, value in send if key == "InaccessiblePaths").split()
    assert "-/var/lib/vsee-expire/accounts" in hidden, hidden
    assert not {"-/etc/shadow", "/etc/shadow"} & {*hidden}, "its date is looked at"
    assert int(dict(send)["WatchdogSec"].removesuffix("min")) > 10, "an answer may take 10 minutes"
    assert ("OnSuccess", "reminderd-send.service") in scan
    assert ("SupplementaryGroups", "shadow vsee-expire") in scan
    assert ("PrivateNetwork", "yes") in scan


def one_switch_is_enough(_host):
    """Who enables the daily run's timer has all units; an older version's link stays good."""
    wants = re.search(r"^Wants=(.*)$", read("reminderd/reminderd-scan.timer"), re.M)[1].split()
    assert wants == ["reminderd-scan.path", "reminderd-send.timer"], wants
    for name in wants:
        text = read(f"reminderd/{name}")
        assert "\nPartOf=reminderd-scan.timer\n" in text and "[Install]" not in text, name
    text = read("reminderd/reminderd-scan.path")
    assert "\nPathChanged=/var/lib/vsee-expire-mail/scan-wanted\n" in text


def waiting_mail_is_looked_after_each_quarter_of_an_hour(_host):
    calendar = re.search(r"^OnCalendar=(.*)$", read("reminderd/reminderd-send.timer"), re.M)[1]
    output = tool("systemd-analyze", "calendar", "--base-time=2027-06-01 23:40:00",
                  "--iterations=3", calendar, env={**os.environ, "TZ": "UTC"})
    found = re.findall(r"(?:Next elapse|Iteration #\d|Iter\. #\d): \w+ \S+ (\S+)", output)
    assert found == ["23:45:00", "00:00:00", "00:15:00"], output


def the_timer_fires_once_a_day_whatever_the_clocks_do(_host):
    text = read("reminderd/reminderd-scan.timer")
    calendar = re.search(r"^OnCalendar=(.*)$", text, re.M)[1]
    for zone, day in (("Europe/Berlin", "2027-03-27"), ("Europe/Berlin", "2027-10-30"),
                      ("America/New_York", "2027-03-13"), ("UTC", "2027-06-01")):
        output = tool("systemd-analyze", "calendar", f"--base-time={day} 12:00:00",
                      "--iterations=3", calendar, env={**os.environ, "TZ": zone})
        found = re.findall(r"(?:Next elapse|Iteration #\d|Iter\. #\d): \w+ (\S+ \S+)", output)
        assert len({when[:10] for when in found}) == 3, output
        assert all(when.endswith(" 04:15:00") for when in found), output
    for line in ("Persistent=true", "FixedRandomDelay=true", "RandomizedDelaySec=1h",
                 "OnUnitInactiveSec=26h"):
        assert f"\n{line}\n" in text, line


def the_timer_is_off_until_somebody_switches_it_on(host):
    install_units(host, "usr/lib/systemd/system")
    os.makedirs(host.path("usr/lib/systemd/system-preset"))
    shutil.copy(f"{SYSTEMD}/90-vsee-expire.preset", host.path("usr/lib/systemd/system-preset"))
    tool("systemctl", f"--root={host.root}", "enable", "--quiet", "reminderd-scan.timer")
    wanted = host.path("etc/systemd/system/timers.target.wants/reminderd-scan.timer")
    assert os.path.islink(wanted)
    tool("systemctl", f"--root={host.root}", "preset", "--quiet", "reminderd-scan.timer")
    assert not os.path.lexists(wanted)


def folders_and_group_are_made(host):
    need_root()
    for kind in ("sysusers", "tmpfiles"):
        os.makedirs(host.path(f"usr/lib/{kind}.d"))
        shutil.copy(f"{SYSTEMD}/{kind}.d/vsee-expire.conf", host.path(f"usr/lib/{kind}.d"))
    tool("systemd-sysusers", f"--root={host.root}")
    user = re.search(r"^vsee-expire:x:(\d+):(\d+):[^:]*:(.*)$", host.read("etc/passwd"), re.M)
    assert user and user[3] == "/nonexistent:/usr/sbin/nologin", host.read("etc/passwd")
    tool("systemd-tmpfiles", "--create", f"--root={host.root}")
    found = os.lstat(host.path(STATE))
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o2755, 0, int(user[2]))
    found = os.lstat(host.path(f"{STATE}/accounts"))
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == (0o700, 0, 0)
    found = os.lstat(host.path(f"{STATE}-mail"))
    assert (stat.S_IMODE(found.st_mode), found.st_uid, found.st_gid) == \
        (0o2771, int(user[1]), int(user[2]))
    host.scan()
    found = os.lstat(host.path(f"{STATE}/snapshot"))
    assert (stat.S_IMODE(found.st_mode), found.st_gid) == (0o640, int(user[2]))


sys.exit(main([
    units_are_well_formed,
    each_exposure_stays_below_its_bound,
    the_page_has_one_switch_and_no_network_of_its_own,
    a_doubtful_clock_is_no_failure_and_runs_again_after_more_than_an_hour,
    mail_leaves_as_its_own_user_and_wakes_nobody_when_it_is_put_off,
    one_switch_is_enough,
    waiting_mail_is_looked_after_each_quarter_of_an_hour,
    the_timer_fires_once_a_day_whatever_the_clocks_do,
    the_timer_is_off_until_somebody_switches_it_on,
    folders_and_group_are_made,
]))
