#!/usr/bin/env python3
"""vsee-resetd with one-time links: each function is a test, its name the rule."""

import fcntl
import os
import re
import subprocess
import sys
import time

import host as rig
import wire
from host import OLD, Call, ask, ask_all, main

NEW = "New#cattle-battery 8"
NOBODY = "A" * 43


def peek(token, user="alice"):
    return ask("peek", user, token=token)


def use(token, user="alice", fresh=NEW):
    return ask("link", user, token=token, new=fresh)


def bad(*calls):
    """All at once: refused, alike, in the same time."""
    for reply in ask_all(list(calls)):
        assert reply.status == "link-bad" and 2.0 <= reply.seconds < 2.3, (reply, reply.seconds)


def state_of(name):
    return rig.read(f"{rig.STATE}/accounts/{name}")


def a_link_is_looked_at_without_using_it_and_then_used_once(host):
    token = host.link("alice")
    before = state_of("alice"), host.shadow("alice")
    for reply in ask_all([lambda: peek(token)] * 3):
        assert reply.status == "link-good" and reply.seconds < 1, reply
    assert (state_of("alice"), host.shadow("alice")) == before
    assert use(token).status == "changed"
    assert host.has("alice", NEW) and "token " not in state_of("alice")
    bad(lambda: use(token, fresh="Other#battery 9x"), lambda: peek(token))
    assert host.has("alice", NEW)
    assert "op=change-link user=alice source=192.0.2.7 outcome=changed" in host.log.text()
    assert token not in host.log.text()


def every_other_token_is_bad(host):
    token, other = host.link("alice"), host.link("bob")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    wrong = [token[:at] + letters[letters.index(token[at]) ^ 1 << bit] + token[at + 1:]
             for at in (0, 7, 21, 42) for bit in (0, 2, 5)]
    wrong += [token[:-1], token + "A", token + "=", token.swapcase(), other, NOBODY, " " + token]
    before = host.shadow("alice")
    bad(*[lambda text=text: peek(text) for text in wrong],
        *[lambda text=text: use(text) for text in wrong[::4]],
        lambda: use(token, user="bob"), lambda: use(token, user="nobody-knows"))
    assert host.shadow("alice") == before and peek(token).status == "link-good"


def change_text(name, pattern, text):
    path = f"{rig.STATE}/accounts/{name}"
    changed, count = re.subn(pattern, text, rig.read(path), flags=re.M)
    assert count == 1, changed
    rig.write(path, changed, 0o600)


def an_expired_link_is_bad(host):
    token = host.link("alice")
    change_text("alice", r"^token-expires .*$", "token-expires 1700000000")
    bad(lambda: peek(token), lambda: use(token))
    change_text("alice", r"^token-expires .*$", "token-expires 3900000000")  # a wrong clock's
    bad(lambda: peek(token), lambda: use(token))


def whatever_changes_the_password_ends_the_link(host):
    token = host.link("alice")
    assert ask("change", "alice", current=OLD, new=NEW).status == "changed"
    bad(lambda: peek(token), lambda: use(token))
    token = host.link("alice")
    lines = rig.read("/etc/shadow").replace(host.shadow("alice"), rig.hash_of("Other#9 battery"))
    rig.write("/etc/shadow", lines, 0o600)  # chpasswd, behind our back
    bad(lambda: peek(token), lambda: use(token))


def revoked_and_replaced_links_are_bad(host):
    token = host.link("alice")
    host.run("vseectl", "link", "--revoke", "alice")
    bad(lambda: use(token))
    first, second = host.link("alice"), host.link("alice")
    bad(lambda: use(first))
    assert use(second).status == "changed"


def a_lock_ends_the_link_and_stays(host):
    token = host.link("alice")
    before = rig.read("/etc/shadow")
    rig.write("/etc/shadow", before.replace("alice:", "alice:!"), 0o600)
    bad(lambda: peek(token))
    assert "\ntoken " in state_of("alice")  # looking changes nothing
    bad(lambda: use(token))
    assert host.shadow("alice").startswith("!") and "\ntoken " not in state_of("alice")
    rig.write("/etc/shadow", before, 0o600)
    bad(lambda: use(token))


def some_may_have_no_link(host):
    """admin is in sudo; the link was made before, and then the group was joined."""
    rig.write("/etc/group", "sudo:x:27:\n")
    token = host.link("admin")
    rig.write("/etc/group", "sudo:x:27:admin\n")
    try:
        bad(lambda: peek(token, "admin"), lambda: use(token, "admin"))
        for user in ("root", "ended", "inactive", "system", "exempt", "directory"):
            bad(lambda user=user: use(NOBODY, user))
    finally:
        rig.write("/etc/group", "sudo:x:27:admin\n")
    assert "reason=no-links" not in host.log.text() or host.has("admin", OLD)
    assert host.has("admin", OLD)


def a_good_link_is_not_called_bad_where_nobody_knows_who_may_have_one(host):
    token = host.link("alice")
    os.rename("/etc/group", "/etc/group-")
    try:
        assert peek(token).status == use(token).status == "fault"
        bad(lambda: use(NOBODY))
    finally:
        os.rename("/etc/group-", "/etc/group")
    assert peek(token).status == "link-good" and host.has("alice", OLD)


def the_rules_hold_for_links(host):
    token = host.link("alice")
    assert use(token, fresh=OLD).unmet == {"different"}
    assert "length" in use(token, fresh="Sh0rt#a").unmet
    assert use(token).status == "changed"
    token = host.link("alice")
    assert use(token, fresh=OLD).unmet == {"remembered"}
    assert use(token, fresh=NEW).unmet == {"different"}
    assert use(token, fresh="Third#cattle 9x").status == "changed"


def of_parallel_uses_one_wins(host):
    for number in range(3):
        token = host.link("alice")
        fresh = [f"Number{number}#battery {side}z" for side in range(4)]
        replies = ask_all([lambda text=text: use(token, fresh=text) for text in fresh])
        won = [text for text, reply in zip(fresh, replies) if reply.status == "changed"]
        assert len(won) == 1 and host.has("alice", won[0]), replies
        assert {reply.status for reply in replies} == {"changed", "link-bad"}, replies
        host.forget()


def use_slowly(token, action):
    """The stack takes two seconds, and action comes in the midst of them."""
    path = "/etc/pam.d/vsee-reset-token"
    before = rig.read(path)
    line = "password\trequisite\tpam_unix.so"
    assert line in before
    rig.write(path, before.replace(line, "password required pam_exec.so /bin/sleep 2\n" + line))
    try:
        call = Call().send(wire.request("link", "alice", token=token, new=NEW))
        children = f"/proc/{call.worker.pid}/task/{call.worker.pid}/children"
        while not rig.read(children):
            time.sleep(0.01)
        action()
        return call.finish()
    finally:
        rig.write(path, before)


def what_comes_in_between_is_not_written_over(host):
    """A lock, and a newer password: they wait for the link's change, and then they hold."""
    def run(*words, **options):
        subprocess.run(words, check=True, capture_output=True, **options)

    later = rig.hash_of("Later#battery 9x")
    rows = ((lambda: run("usermod", "-L", "alice"), lambda hash_: hash_[0] == "!"),
            (lambda: run("usermod", "-p", later, "alice"), lambda hash_: hash_ == later))
    for action, holds in rows:
        host.reset()
        assert use_slowly(host.link("alice"), action).status in ("changed", "uncertain")
        assert holds(host.shadow("alice"))


def a_link_revoked_while_shadow_is_locked_is_bad(host):
    token = host.link("alice")
    with open("/etc/.pwd.lock", "w", encoding="ascii") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        call = Call().send(wire.request("link", "alice", token=token, new=NEW))
        time.sleep(1)
        host.run("vseectl", "link", "--revoke", "alice")
    assert call.finish().status == "link-bad" and host.has("alice", OLD)


def a_link_changes_what_an_expired_login_demands(host):
    subprocess.run(["chage", "-d", "0", "alice"], check=True)
    assert use(host.link("alice")).status == "changed"
    assert not os.path.exists("/etc/nshadow")


if __name__ == "__main__":
    sys.exit(main([
        a_link_is_looked_at_without_using_it_and_then_used_once,
        every_other_token_is_bad,
        an_expired_link_is_bad,
        whatever_changes_the_password_ends_the_link,
        revoked_and_replaced_links_are_bad,
        a_lock_ends_the_link_and_stays,
        some_may_have_no_link,
        a_good_link_is_not_called_bad_where_nobody_knows_who_may_have_one,
        the_rules_hold_for_links,
        of_parallel_uses_one_wins,
        what_comes_in_between_is_not_written_over,
        a_link_revoked_while_shadow_is_locked_is_bad,
        a_link_changes_what_an_expired_login_demands,
    ]))
