"""Scan with the shadow of other generations: each function is a test, its name the rule."""

import functools
import os
import re
import sys

from chages import DROPPING, NO_MINIMUM, REFUSING, scan_with_chage, with_chage
from harness import CONF, GROUP_REMIND, HASH_A, HASH_B, STATE, TODAY, main, need_chage

ENFORCE = GROUP_REMIND.replace("remind", "enforce")
UNCOVERED = "providers:x:2000:\n"


def fields(host, name="alice"):
    """Last change, minimum, maximum and warning."""
    lines = dict(line.split(":", 1) for line in host.read("etc/shadow").splitlines())
    return lines[name].split(":")[1:5]


def begin(host, change=None, minimum="", maximum="99999"):
    """alice's and bob's lines as this shadow has them; change None: their own dates."""
    host.write(CONF, ENFORCE)
    host.write_shadow(**{
        name: f"{name}:{HASH_A}:{TODAY - host.days[name] if change is None else change}:{minimum}:"
        f"{maximum}:7:::\n" for name in ("alice", "bob")})


def come(host):
    """Today is alice's deadline, and she was told. Without a date in shadow, ours has gone by."""
    state = host.read(f"{STATE}/accounts/alice")
    state = re.sub(r"(?m)^(deadline|told|floor|extension) \d+$", rf"\1 {TODAY}", state)
    state = state.replace(f"known-change {TODAY}\n", f"known-change {TODAY - 60}\n")
    assert f"told {TODAY}\n" in state, state
    host.write(f"{STATE}/accounts/alice", state, 0o600)


def extend(host, chage):
    done = with_chage(host, chage, "vseectl", "extend", "alice", "--days", "5", "--reason", "ill")
    assert done.returncode == 0, done


def calls(host):
    """What chage was asked since the last time."""
    text = host.read("etc/calls") if os.path.exists(host.path("etc/calls")) else ""
    host.write("etc/calls", "")
    return text


def without_a_minimum_all_goes_on(host):
    need_chage()
    begin(host)
    scan_with_chage(host, NO_MINIMUM)
    assert fields(host)[1:] == ["", "110", "10"] and host.account("alice")["mirror"] == "done"
    come(host)
    host.write("etc/group", UNCOVERED)
    scan_with_chage(host, NO_MINIMUM)
    assert fields(host)[1:] == ["", "99999", "7"] and "mirror" not in host.account("alice")


def lint_and_explain_say_the_same_without_a_minimum(host):
    need_chage()
    begin(host, minimum="0")
    host.scan()
    with_one = host.ctl("explain", "alice")[0], host.ctl("lint", code=5)
    host.write("etc/shadow", re.sub(r"(?m)^(alice|bob)(.*):0:", r"\1\2::", host.read("etc/shadow")))
    without = host.ctl("explain", "alice")[0], host.ctl("lint", code=5)
    minimum = re.compile(r"^  min .*\n", re.M)
    assert minimum.search(with_one[0])[0].split() == ["min", "0", "days"]
    assert minimum.search(without[0])[0].split() == ["min", "-"]
    assert minimum.sub("", with_one[0]) == minimum.sub("", without[0])
    assert with_one[1] == without[1], (with_one, without)


def no_maximum_is_given_up_once(host, chage, change):
    """No fault, no second try, and nothing of theirs is touched. Without a date none is tried."""
    need_chage()
    begin(host, change)
    before = host.read("etc/shadow")
    said = scan_with_chage(host, chage)
    tried = change is None
    assert ("alice: chage sets no maximum age here" in said) == tried, said
    assert ("--maxdays" in calls(host)) == tried
    assert host.account("alice").get("mirror") == ("overwritten" if tried else None)
    said = scan_with_chage(host, chage)
    assert host.read("etc/shadow") == before and not calls(host) and not said, said
    if tried:  # nobody is blamed for it
        assert "chage sets none here, left alone" in host.ctl("explain", "alice")[0]
        assert "overwritten" not in host.ctl("lint", code=5)[0]
        assert "maximum age of" not in host.run("vseectl", "status")[0]


def the_told_deadline_ends_it(host, chage, change):
    need_chage()
    begin(host, change)
    scan_with_chage(host, chage)
    come(host)
    scan_with_chage(host, chage)
    assert fields(host)[0] == "0" and host.account("alice")["zero"].startswith("done")
    assert fields(host, "bob")[0] != "0"
    # A new password: the date is as this shadow writes it.
    host.write("etc/shadow", host.read("etc/shadow").replace(
        f"alice:{HASH_A}:0:", f"alice:{HASH_B}:{change or ''}:"))
    scan_with_chage(host, chage)
    assert fields(host)[0] == (change or "") and "zero" not in host.account("alice")
    assert int(host.account("alice")["deadline"]) >= TODAY + 60


def a_later_deadline_lets_in_again(host, chage, change):
    """Put back, or emptied where this shadow takes no date any more."""
    need_chage()
    begin(host, change)
    scan_with_chage(host, chage)
    come(host)
    scan_with_chage(host, chage)
    assert fields(host)[0] == "0"
    extend(host, chage)
    assert fields(host)[0] == "" and "zero" not in host.account("alice"), fields(host)


def who_is_covered_no_longer_is_let_in(host, chage, change):
    need_chage()
    begin(host, change)
    scan_with_chage(host, chage)
    come(host)
    scan_with_chage(host, chage)
    host.write("etc/group", UNCOVERED)
    scan_with_chage(host, chage)
    assert fields(host)[0] == "" and fields(host)[2:] == ["99999", "7"]
    assert "zero" not in host.account("alice") and "mirror" not in host.account("alice")
    calls(host)
    assert not scan_with_chage(host, chage) and not calls(host)


def what_an_older_shadow_mirrored_holds_nobody(host, chage, change):
    """shadow was upgraded while our maximum stood there: the deadline still ends the password."""
    need_chage()
    begin(host)
    host.scan()
    assert fields(host)[2] == "110"
    if change is None:  # moved in between, so that the old maximum names another day
        extend(host, chage)
    else:
        host.write("etc/shadow", host.read("etc/shadow").replace(f":{TODAY - 100}:", "::"))
    come(host)
    scan_with_chage(host, chage)
    assert fields(host)[0] == "0" and host.account("alice")["zero"].startswith("done")


def what_an_older_shadow_mirrored_is_forgotten_without_a_fault(host, chage, change):
    need_chage()
    begin(host)
    host.scan()
    if change is not None:
        host.write("etc/shadow", host.read("etc/shadow").replace(f":{TODAY - 100}:", "::"))
    host.write("etc/group", UNCOVERED)
    scan_with_chage(host, chage)
    assert fields(host)[2] == "110" and "mirror" not in host.account("alice")
    calls(host)
    assert not scan_with_chage(host, chage) and not calls(host)


def a_chage_that_only_fails_is_asked_again(host):
    """Locked, full, not permitted: that may pass, and nothing is given up."""
    need_chage()
    begin(host)
    done = with_chage(host, "exit 1", "reminderd", "scan")
    assert done.returncode == 3 and "chage ended with status 1" in done.stderr, done
    assert host.account("alice")["mirror"] == "intent"
    host.scan()
    assert fields(host)[2] == "110"


def a_deadline_that_chage_does_not_set_is_a_fault_at_each_scan(host, chage, said):
    """Nothing else could end the password, so this is never given up."""
    need_chage()
    begin(host, change="")
    scan_with_chage(host, REFUSING)
    come(host)
    for _ in range(2):
        done = with_chage(host, chage, "reminderd", "scan")
        assert done.returncode == 3 and said in done.stderr, done
        assert fields(host)[0] == "" and host.account("alice")["zero"].startswith("intent")
    scan_with_chage(host, REFUSING)
    assert fields(host)[0] == "0" and host.account("alice")["zero"].startswith("done")


def each():
    for chage, said in (("exit 2", "chage ended with status 2"),
                        ("exit 0", "chage reported success, but shadow says something else")):
        case = functools.partial(a_deadline_that_chage_does_not_set_is_a_fault_at_each_scan,
                                 chage=chage, said=said)
        case.__name__ = f"{case.func.__name__}_{chage.replace(' ', '_')}"
        yield case
    for name, chage in (("refusing", REFUSING), ("dropping", DROPPING)):
        for title, change in (("date", None), ("no_date", "")):
            for test in (no_maximum_is_given_up_once, the_told_deadline_ends_it,
                         a_later_deadline_lets_in_again, who_is_covered_no_longer_is_let_in,
                         what_an_older_shadow_mirrored_holds_nobody,
                         what_an_older_shadow_mirrored_is_forgotten_without_a_fault):
                case = functools.partial(test, chage=chage, change=change)
                case.__name__ = f"{test.__name__}_{name}_{title}"
                yield case


sys.exit(main([without_a_minimum_all_goes_on, lint_and_explain_say_the_same_without_a_minimum,
               a_chage_that_only_fails_is_asked_again, *each()]))
