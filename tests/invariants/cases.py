"""What is done to the made host: GOOD changes nothing that counts, each of BAD violates."""

import base64
import re

import made_host
from made_host import BOB, CURRENT, HASHES, NEW, OLD, TODAY, UNUSED, hashed
from made_host import MadeHost as Host

ALICE, BOBS = "state/accounts/alice", "state/accounts/bob"


def cut(name, size):
    """The file's last bytes are gone."""
    def act(host):
        host.write(name, host.read(name)[:-size])
    return act


def drop(name, begin):
    """The line that begins so is gone."""
    def act(host):
        text = host.read(name)
        assert re.search(f"^{re.escape(begin)}", text, re.M), (name, begin)
        host.write(name, re.sub(f"^{re.escape(begin)}.*\n", "", text, flags=re.M))
    return act


def shadow(name, number, value):
    return lambda host: host.field(name, number, value)


def write(name, text):
    return lambda host: host.write(name, text)


def replace(name, old, new):
    return lambda host: host.replace(name, old, new)


def sql(*statements):
    return lambda host: host.sql(*statements)


def tell(what, **fields):
    return lambda host: host.story.tell(what, **fields)


def both(*acts):
    def act(host):
        for one in acts:
            one(host)
    return act


def tried(password, outcome, stored=None):
    """alice tries once more; stored: the password whose hash then stands in shadow."""
    def act(host):
        host.tries("alice", password, outcome)
        if stored:
            host.field("alice", 1, HASHES[stored])
        host.settle()
    return act


def swap_lines(host):
    lines = host.read("shadow").splitlines(True)
    host.write("shadow", "".join((lines[0], lines[2], lines[1])))


def another_copy(count, tells=()):
    def act(host):
        for number in range(count):
            host.copy("mailbox/bob", f"mailbox/again{number}")
        for fields in tells:
            host.story.tell("cut", **fields)
        host.settle()
    return act


def an_overlapping_try_wins(host):
    """It began before the other one was acknowledged, and was never answered."""
    host.begin()
    first, second = (host.story.attempt("alice", word) for word in (UNUSED, CURRENT + "x"))
    host.story.end(second, "done")
    host.story.end(first, "unknown")
    host.field("alice", 1, HASHES[UNUSED])
    host.replace(ALICE, "end\n", f"entry {TODAY} {hashed(CURRENT + 'x')}\nend\n")


def forgotten(*words):
    """alice's state has no entry for these."""
    return both(*(lambda host, word=word: host.write(ALICE, "".join(
        line for line in host.read(ALICE).splitlines(True) if hashed(word) not in line))
        for word in words))


def written_again(host):
    """Killed behind pam_unix' write: shadow has the new one, state is as it was before."""
    host.tries("alice", UNUSED)
    host.field("alice", 1, HASHES[UNUSED])


def many_young_ones(host):
    """Ten changes on one day: remembered are more than 6, and 6 are what is demanded."""
    words = [f"Young-Ivy-{i}" for i in range(10)]
    for word in words:
        host.tries("alice", word, "done")
    host.field("alice", 1, made_host.own(words[-1]))
    host.write(ALICE, made_host.state_text(
        "alice", 1001, made_host.own(words[-1]), hashed(words[-1]),
        [(TODAY, hashed(word)) for word in (NEW, *words[:-1])]))
    host.settle()


GOOD = (
    ("a good host", lambda host: None),
    ("nothing was acknowledged, and the old one stands", both(
        lambda host: host.write("story", re.sub('.*"done".*\n', "", host.read("story"))),
        shadow("alice", 1, HASHES[CURRENT]))),
    ("nothing was acknowledged, and the new one stands",
     lambda host: host.write("story", re.sub('.*"done".*\n', "", host.read("story")))),
    ("a change without an answer may have come through", tried(UNUSED, None, UNUSED)),
    ("a change that died may have come through", tried(UNUSED, "unknown", UNUSED)),
    ("a change that died may have done nothing", tried(UNUSED, "unknown")),
    ("a refused one did nothing", tried(UNUSED, "refused")),
    ("of two at once the unanswered one may be the last", an_overlapping_try_wins),
    ("killed between shadow and state", written_again),
    ("a locked account has its hash behind a mark",
     lambda host: host.field("alice", 1, "!" + HASHES[NEW])),
    ("what is older than remember may be forgotten", forgotten(*OLD[:3])),
    ("many young ones", many_young_ones),
    ("scan mirrors a max, a warn and a last change of 0", both(
        shadow("bob", 4, 45), shadow("bob", 5, 10), tell("asked", names=["bob"]),
        shadow("bob", 2, 0))),
    ("asked to change, she must", both(tell("asked", names=["alice"]), shadow("alice", 2, 0))),
    ("a deadline that nobody was told is not enforced",
     replace(ALICE, f"deadline {TODAY + 50}", f"deadline {TODAY - 1}")),
    ("a name with signs in it", lambda host: host.copy(ALICE, "state/accounts/a%2Eb")),
    ("a file of an earlier owner", lambda host: host.copy(ALICE, ALICE + ".reused.1")),
    ("a left-over file while work goes on", both(
        lambda host: host.tries("alice", UNUSED), write("state/accounts/.alice.tmp", "x"))),
    ("who is due need not have a mail before all is settled", both(
        tell("due", names=["root"]))),
    ("a mail cut off is sent again", another_copy(1, [{"copies": 2, "names": ["bob", "alice"]}])),
    ("cut off twice, a third copy", another_copy(2, [{"copies": 1}, {"copies": 1}])),
    ("a ledger that has no table yet", both(
        lambda host: host.remove("ledger"), lambda host: (host.folder / "ledger").mkdir(),
        lambda host: host.remove("mailbox"), lambda host: (host.folder / "mailbox").mkdir(),
        tell("due", names=["bob"]))),
    ("a last line of the story that was cut off",
     lambda host: host.write("story", host.read("story") + '{"what": "try", "na')),
)

# (invariant, account, a part of what is said, what was done)
BAD = (
    ("shadow-whole", "bob", "line is missing", drop("shadow", "bob")),
    ("shadow-whole", "-", "cut", cut("shadow", 1)),
    ("shadow-whole", "bob", "5 colons",
     lambda host: host.write("shadow", host.read("shadow")[:-4] + "\n")),
    ("shadow-whole", "-", "empty", write("shadow", "")),
    ("shadow-whole", "-", "empty", lambda host: host.remove("shadow")),
    ("shadow-whole", "eve", "was not there",
     lambda host: host.write("shadow", host.read("shadow") + "eve:x:1:0:60:7:::\n")),
    ("shadow-whole", "-", "order", swap_lines),
    ("shadow-whole", "-", "twice", lambda host: host.write(
        "shadow", host.read("shadow") + host.read("shadow").splitlines(True)[-1])),
    ("shadow-whole", "alice", "no number in change", shadow("alice", 2, "2O800")),
    ("shadow-whole", "bob", "passwd: its line is missing", drop("passwd", "bob")),
    ("shadow-whole", "-", "passwd: the last line is cut", cut("passwd", 1)),
    ("shadow-whole", "-", "not the text", replace("passwd", "/bin/sh", "/bin/su")),
    ("shadow-others", "bob", "another hash", shadow("bob", 1, HASHES[NEW])),
    ("shadow-others", "root", "another hash", shadow("root", 1, "*")),
    ("shadow-others", "bob", "another date", shadow("bob", 2, TODAY)),
    ("shadow-others", "bob", "expire was changed", shadow("bob", 7, TODAY + 5)),
    ("shadow-others", "alice", "min was changed", shadow("alice", 3, 7)),
    ("shadow-true", "alice", "nobody set", shadow("alice", 1, HASHES[UNUSED])),
    ("shadow-true", "alice", "nobody set", shadow("alice", 1, "")),
    ("shadow-true", "alice", "nobody set", shadow("alice", 1, HASHES[NEW][:-1])),
    ("shadow-true", "alice", "the first one stands", shadow("alice", 1, HASHES[CURRENT])),
    ("shadow-true", "alice", "refused", tried(UNUSED, "refused", UNUSED)),
    ("shadow-true", "alice", "an earlier one stands", tried(UNUSED, "done", NEW)),
    ("shadow-true", "alice", "earlier password stands", shadow("alice", 1, HASHES[OLD[7]])),
    ("shadow-true", "alice", "an earlier one stands", both(
        tried(CURRENT + "x", "unknown"), tried(UNUSED, "done"),
        lambda host: host.field("alice", 1, made_host.own(CURRENT + "x")))),
    ("state-whole", "alice", "not complete", cut(ALICE, 4)),
    ("state-whole", "alice", "not complete", cut(ALICE, 1)),
    ("state-whole", "alice", "not complete", write(ALICE, "")),
    ("state-whole", "alice", "line 1", replace(ALICE, "account 1", "account 2")),
    ("state-whole", "alice", "not complete", drop(ALICE, "uid")),
    ("state-whole", "alice", "line 9", replace(ALICE, "reason lifetime", "reason lif")),
    ("state-whole", "alice", "not complete", replace(ALICE, "end\n", "seen 1\nend\n")),
    ("state-whole", "alice", "not complete", replace(ALICE, "end\n", "end\nend\n")),
    ("state-whole", "alice", "damaged", lambda host: host.copy(ALICE, ALICE + ".damaged.1")),
    ("state-whole", "-", "policy", cut("state/policy", 4)),
    ("state-whole", "-", "scan", write("state/scan", "")),
    ("state-whole", "-", "snapshot", write("state/snapshot", '{"format":1}\n{"name":"alice"}\n')),
    ("history", "alice", "9 of 10", forgotten(CURRENT)),
    ("history", "alice", "4 of 10", forgotten(OLD[3])),
    ("history", "bob", "1 of 2", drop(BOBS, "entry")),
    ("history", "bob", "1 of 2", lambda host: host.remove(BOBS)),
    ("history", "alice", "9 of 10", lambda host: host.remove(ALICE)),
    ("history", "alice", "10 of 10", both(
        written_again, drop(ALICE, "current"), drop(ALICE, "hash"))),
    ("history", "alice", "4 of 10", both(  # nothing is young, and one stands there for nothing
        replace(ALICE, "lifetime 60", "lifetime 1"),
        replace(ALICE, "end\n", f"entry {TODAY} {hashed('Junk-Fig-1')}\nend\n"))),
    ("let-in", "bob", "last change is 0", shadow("bob", 2, 0)),
    ("let-in", "bob", "date and max", shadow("bob", 4, 10)),
    ("let-in", "bob", "without a date", shadow("bob", 2, "")),
    ("let-in", "alice", "state enforces", replace(
        ALICE, f"deadline {TODAY + 50}", f"deadline {TODAY}\ntold {TODAY}")),
    ("let-in", "alice", "last change is 0", both(
        tell("asked", names=["alice"]), tried(UNUSED, "done", UNUSED), shadow("alice", 2, 0))),
    ("let-in", "bob", "date and max", both(tell("day", today=TODAY + 45), shadow("bob", 4, 50))),
    ("ledger-whole", "-", "SQLite", write("ledger/ledger.sqlite", "rubbish\n" * 999)),
    ("ledger-whole", "-", "SQLite", lambda host: host.damage(
        "ledger/ledger.sqlite", 4096, b"\xff" * 4096)),
    ("ledger-whole", "-", "not the schema", sql("ALTER TABLE reminder ADD COLUMN more TEXT")),
    ("ledger-whole", "-", "not the schema", sql("PRAGMA user_version = 2")),
    ("ledger-whole", "-", "keys unique", sql("DROP INDEX reminder_key")),
    ("ledger-whole", "-", "two rows of one name", sql(
        "DROP INDEX reminder_key", "UPDATE reminder SET name='bob', uid=1002")),
    ("ledger-whole", "-", "two rows of one message_id", sql(
        "UPDATE reminder SET message_id='<bob1@vsee.example>'")),
    ("ledger-whole", "-", "integrity_check", sql(
        "PRAGMA ignore_check_constraints = ON", "UPDATE reminder SET stage = 999")),
    ("ledger-whole", "-", "no Message-ID", sql("UPDATE reminder SET message_id=''")),
    ("ledger-whole", "-", "set aside", write("ledger/ledger.sqlite.damaged-1", "")),
    ("mail-known", "bob", "sent, and no mail", lambda host: host.remove("mailbox/bob")),
    ("mail-known", "bob@vsee.example", "no row", sql("DELETE FROM reminder WHERE name='bob'")),
    ("mail-known", "bob", "another address", sql("UPDATE reminder SET address='eve@vsee.example'")),
    ("mail-known", "bob@vsee.example", "no row", replace("mailbox/bob", "Message-ID", "X-None")),
    ("mail-known", "=?x?b", "no row", write("mailbox/x", "Message-ID: <a\nTo: =?x?b\n")),
    ("mail-known", "-", "no row", write("mailbox/empty", "")),
    ("mail-known", "bob", "another address", lambda host: host.write(
        "mailbox/bob", "Delivered-To: eve@vsee.example\n" + host.read("mailbox/bob"))),
    ("mail-known", "bob@vsee.example", "no row", lambda host: host.remove("ledger/ledger.sqlite")),
    ("mail-once", "bob@vsee.example", "2 Message-IDs",
     lambda host: host.write("mailbox/other", made_host.message("bob", message_id="<b@vsee>"))),
    ("mail-once", "bob", "2 Message-IDs", both(
        sql("DROP INDEX reminder_key", "UPDATE reminder SET name='bob'"))),
    ("mail-once", "bob", "2 copies", another_copy(1)),
    ("mail-once", "bob", "2 copies", another_copy(1, [{"copies": 2, "names": ["alice"]}])),
    ("mail-once", "bob", "3 copies", another_copy(2, [{"copies": 2}])),
    ("mail-once", "-", "more than the cuts", both(
        lambda host: host.copy("mailbox/alice", "mailbox/x"), another_copy(1, [{"copies": 1}]))),
    ("mail-lost", "bob", "no mail", both(
        sql("UPDATE reminder SET state=5"), lambda host: host.remove("mailbox/bob"))),
    ("mail-lost", "root", "no mail", both(tell("due", names=["root"]), Host.settle)),
    ("mail-lost", "alice", f"of {TODAY + 9}", both(
        tell("due", names=["alice"], deadline=TODAY + 9), Host.settle)),
    ("secrets", "alice", "alice", replace(ALICE, "reason lifetime", f"extension-reason {NEW}")),
    ("secrets", "bob", "mailbox", replace("mailbox/bob", "3 days", BOB[0])),
    ("secrets", "alice", "the mail coded", write(
        "mailbox/coded", "To: eve\nContent-Type: text/plain\n"
        "Content-Transfer-Encoding: quoted-printable\n\n" + CURRENT.replace("-", "=2D") + "\n")),
    ("secrets", "alice", "mailbox/base64", write(
        "mailbox/base64", base64.b64encode(f"1{CURRENT}".encode()).decode())),
    ("secrets", "alice", "state/hold", write("state/hold", NEW.encode().hex())),
    ("secrets", "bob", "shadow", shadow("bob", 8, BOB[1])),
    ("secrets", "bob", "passwd", replace("passwd", "bob:x:1002:1002::", f"bob:x:2:2:{BOB[1]}:")),
    ("secrets", "alice", "ledger.sqlite", sql(f"UPDATE reminder SET answer='{OLD[2]}'")),
    ("tidy", "-", ".alice.tmp", write("state/accounts/.alice.tmp", "x")),
    ("tidy", "-", "snapshot.new", write("state/snapshot.new", "x")),
    ("tidy", "-", "ledger.sqlite.new", write("ledger/ledger.sqlite.new", "x")),
)
