"""What people get and what the ledger says when a mail server behaves badly.

The transport alone is judged by transport.py; here reminderd runs whole.
"""

import os
import sys
import time

from harness import Skip, main
from mailrig import BACK_OFF, DAY, DAY_SECONDS, LEASE, MAIL, Post, message_ids, parse
from smtpd import DROP, Certificates, Server

FAR = "127.0.0.2"  # no address that counts as this host's own: TLS is wanted
SECRET = "Kettle-Ocean-29"


def for_one(name, answer, times=None):
    """answer to whatever concerns this recipient, so often; the usual one else."""
    left = [times]

    def reply(session):
        if not session.recipient.startswith(name + "@") or left[0] == 0:
            return None
        left[0] = left[0] and left[0] - 1
        return answer
    return reply


def deliver(host, server, code=0, **options):
    post = Post(host, server.url, **options)
    post.scan()
    return post, post.send(code)


def only(post, server, *names):
    """Exactly these have exactly one mail."""
    assert post.received(server) == {name: int(name in names) for name in post.names}, \
        post.received(server)


def everybody_gets_one_mail(host):
    with Server() as server:
        post, done = deliver(host, server)
        only(post, server, *post.names)
        assert set(post.states().values()) == {"sent"}, post.rows()
        assert done.stdout == "" and done.stderr == "", "quiet where nobody looks"
        for row in post.rows().values():
            number = int(row.queue_id[1:])
            assert row.code == 250 and server.mails[number - 1][1] == row.address, row
            assert message_ids(server, row.name) == [row.message_id]
        assert len(set(row.message_id for row in post.rows().values())) == 3


def a_second_run_sends_nothing_and_asks_no_server(host):
    with Server() as server:
        post, _ = deliver(host, server)
        sessions = len(server.sessions)
        for seconds in (0, BACK_OFF, 3600):
            post.wait(seconds)
            post.scan_and_send()
        assert len(server.mails) == 3 and len(server.sessions) == sessions
        assert not os.path.exists(host.path(f"{MAIL}/due")), "the timer has nothing to wait for"


def a_refused_recipient_stops_nobody_else(host):
    refuse = for_one("p1", "550 5.1.1 <p1@vsee.example>: no such user")
    with Server({"RCPT": refuse}) as server:
        post, done = deliver(host, server, code=3, people=5)
        only(post, server, "p0", "p2", "p3", "p4")
        row = post.rows()["p1"]
        assert row.state == "failed" and row.code == 550 and "no such user" in row.answer, row
        assert "p1: the reminder was refused" in done.stderr and "550" in done.stderr, done.stderr
        shown = post.run("reminders", "p1").stdout
        assert "refused" in shown and "no such user" in shown, shown
        post.wait(3600)
        post.scan_and_send()
        only(post, server, "p0", "p2", "p3", "p4")


def a_mended_address_gets_the_same_reminder(host):
    with Server({"RCPT": for_one("p1", "550 5.1.1 no such user")}) as server:
        post, _ = deliver(host, server, code=3, mail="addresses = gecos domain")
        before = post.rows()["p1"]
        post.write_passwd(p1="fresh@vsee.example")
        post.wait(60)
        post.scan_and_send()
        row = post.rows()["p1"]
        assert (row.state, row.stage, row.attempts) == ("sent", before.stage, 1), row
        assert [mail[1] for mail in server.mails].count("fresh@vsee.example") == 1
        post.wait(60)
        post.scan_and_send()
        assert len(server.mails) == 3, "and no second time"


def a_5xx_after_the_dot_stops_nobody_else(host):
    with Server({"DOT": for_one("p2", "554 5.6.0 not wanted")}) as server:
        post, _ = deliver(host, server, code=3, people=5)
        assert {name for name, state in post.states().items() if state == "sent"} == \
            {"p0", "p1", "p3", "p4"}
        assert post.rows()["p2"].code == 554


def a_452_is_tried_again_when_its_time_has_come(host):
    later = for_one("p1", "452 4.2.2 mailbox full", times=1)
    with Server({"RCPT": later}) as server:
        post, done = deliver(host, server, code=3)
        only(post, server, "p0", "p2")
        row = post.rows()["p1"]
        assert row.state == "deferred" and row.code == 452, row
        assert "p1: the reminder was put off (code 452)" in done.stderr, done.stderr
        assert "mailbox full" in post.run("reminders", "p1").stdout
        assert os.path.exists(host.path(f"{MAIL}/due")), "the timer is to try again"
        post.scan_and_send()
        assert len(server.mails) == 2, "before its time"
        post.wait(BACK_OFF)
        post.send()
        only(post, server, *post.names)
        assert post.rows()["p1"].message_id == row.message_id == message_ids(server, "p1")[0]
        assert post.rows()["p1"].attempts == 2


def greylisting_of_everybody_ends_with_a_mail_each(host):
    seen = set()

    def grey(session):
        known = session.recipient in seen
        seen.add(session.recipient)
        return None if known else "450 4.7.1 greylisted, come back later"

    with Server({"RCPT": grey}) as server:
        post, _ = deliver(host, server, code=3)
        assert server.mails == [] and set(post.states().values()) == {"deferred"}
        assert set(post.settle(server).values()) == {1}


def a_drop_after_the_dot_is_unknown_and_keeps_its_message_id(host):
    with Server({"DOT": for_one("p1", DROP, times=1)}) as server:
        post, done = deliver(host, server, code=3)
        row = post.rows()["p1"]
        assert row.state == "unknown" and "p1" in done.stderr, (row, done.stderr)
        only(post, server, *post.names)
        post.wait(BACK_OFF)
        post.scan_and_send()
        assert post.states() == dict.fromkeys(post.names, "sent")
        assert message_ids(server, "p1") == [row.message_id] * 2, "receivers can tell them apart"
        assert [post.received(server)[name] for name in ("p0", "p2")] == [1, 1]


def a_drop_midway_is_followed_by_a_new_connection(host):
    for verb in ("MAIL", "RCPT", "DATA"):
        with Server({verb: (lambda once: lambda _: DROP if once.pop() else None)(
                [False] * 99 + [True, False, False])}) as server:
            post = Post(host, server.url, people=6, mail="connections = 1")
            post.scan()
            post.send(code=(0, 3))
            sent = [name for name, state in post.states().items() if state == "sent"]
            assert len(sent) >= 5 and len(server.sessions) == 2, (verb, post.states())
            assert set(post.settle(server).values()) == {1}, verb
        clean(host)


def clean(host):
    """The folders as before, for another round in one test."""
    for folder in (MAIL, "var/lib/vsee-expire"):
        os.rename(host.path(folder), host.path(f"{folder}-{os.urandom(4).hex()}"))


def a_421_midway_loses_nobody(host):
    with Server({"MAIL": lambda session: "421 4.3.2 going down" if session.mail_count == 2
                 else None}) as server:
        post, _ = deliver(host, server, code=(0, 3), people=7)
        assert set(post.settle(server).values()) == {1}


def nothing_goes_out_in_clear_where_tls_is_wanted(host):
    for offers in ((), ("AUTH PLAIN",)):
        with Server(address=FAR, offers=offers) as server:
            host.write("etc/secret", SECRET + "\n", 0o600)
            post, done = deliver(host, server, code=3,
                                 mail="user = vsee\npassword_file = /etc/secret")
            assert server.mails == [] and set(server.verbs()) <= {"EHLO", "HELO", "QUIT"}
            assert "vsee.example" not in str([line for verb, line, _ in server.commands()
                                              if verb not in ("EHLO", "HELO")])
            assert set(post.states().values()) <= {"deferred", "due"}, post.states()
            assert "TLS" in done.stderr and SECRET not in done.stderr, done.stderr
        clean(host)


def tls_server(host, days=2, **options):
    if not Certificates.possible():
        raise Skip("needs openssl(1)")
    folder = host.path("etc/tls")
    os.makedirs(folder, exist_ok=True)
    return Server(address=FAR, tls=Certificates(folder).context("server", FAR, days), **options)


def in_time(host, url, **options):
    """Certificates are of today, so the host has today's date."""
    post = Post(host, url, **options)
    post.second = time.time()
    post.changed = {name: day + int(post.second) // DAY_SECONDS - DAY
                    for name, day in post.changed.items()}
    post.write_shadow()
    return post


def an_expired_certificate_is_no_server(host):
    with tls_server(host, days=-1, offers=("STARTTLS",)) as server:
        post = in_time(host, server.url, mail="ca_file = /etc/tls/ca.pem")
        post.scan()
        stderr = post.send(code=3).stderr
        assert server.mails == [] and "certificate" in stderr, stderr
        assert not {"MAIL", "RCPT"} & set(server.verbs())
        assert set(post.states().values()) <= {"deferred", "due"}


def with_starttls_and_auth_all_is_encrypted(host):
    with tls_server(host, offers=("STARTTLS", "AUTH PLAIN")) as server:
        host.write("etc/secret", SECRET + "\n", 0o600)
        post = in_time(host, server.url, mail="ca_file = /etc/tls/ca.pem\nuser = vsee\n"
                       "password_file = /etc/secret")
        post.scan()
        done = post.send()
        only(post, server, *post.names)
        assert all(secure for verb, _, secure in server.commands()
                   if verb not in ("EHLO", "STARTTLS"))
        assert "AUTH" in server.verbs() and SECRET not in done.stdout + done.stderr


def a_password_that_others_can_read_is_refused(host):
    with Server(offers=("AUTH PLAIN",)) as server:
        host.write("etc/secret", SECRET + "\n", 0o644)
        post = Post(host, server.url, mail="user = vsee\npassword_file = /etc/secret")
        post.scan()
        stderr = post.send(code=(2, 4)).stderr
        assert "secret" in stderr and SECRET not in stderr, stderr
        assert server.commands() == []


def a_reply_of_600_octets_is_kept_as_far_as_it_fits(host):
    long = "250 2.0.0 Ok: queued as LONG1 " + "x" * 600
    with Server({"DOT": for_one("p0", long)}) as server:
        post, _ = deliver(host, server)
        row = post.rows()["p0"]
        assert row.state == "sent" and row.queue_id == "LONG1" and len(row.answer) < 512, row
        assert "x" * 100 in row.answer
    clean(host)
    with Server({"RCPT": for_one("p0", "550 " + "y" * 600)}) as server:
        post, _ = deliver(host, server, code=3)
        assert post.rows()["p0"].state == "failed" and post.states()["p2"] == "sent"


def a_reply_can_not_write_into_a_terminal(host):
    with Server({"RCPT": for_one("p0", "550 \x1b[31m\x07\udcff\u202eevil")}) as server:
        post, done = deliver(host, server, code=3)
        shown = done.stderr + post.run("reminders").stdout
        assert "evil" in shown
        assert not [char for char in shown if char < " " and char != "\n"]


def without_a_server_everybody_waits_and_is_sent_later(host):
    with Server() as server:
        url = server.url
    post = Post(host, url)
    post.scan()
    done = post.send(code=3)
    assert "refused" in done.stderr.lower() or "connect" in done.stderr.lower(), done.stderr
    assert set(post.states().values()) <= {"deferred", "due"}, post.states()
    assert len(done.stderr.splitlines()) <= 6, "a line, not one a person"
    with Server() as server:
        post.url = server.url
        post.configure()
        assert set(post.settle(server).values()) == {1}


def connections_are_used_again(host):
    with Server() as server:
        post, _ = deliver(host, server, people=40, mail="connections = 3")
        assert set(post.received(server).values()) == {1} and len(server.sessions) <= 3


def mails_read_well_whatever_the_server(host):
    for offers in ((), ("8BITMIME", "SMTPUTF8", "CHUNKING", "SIZE 99999")):
        with Server(offers=offers) as server:
            post, _ = deliver(host, server)
            for mail in server.mails:
                message = parse(mail)
                assert message["To"] == mail[1] and message["Auto-Submitted"] == "auto-generated"
                assert all(byte < 128 for byte in mail[2]), "7 bit: no server must offer more"
        clean(host)


def a_server_that_takes_few_recipients_gets_one_each(host):
    with Server() as server:
        deliver(host, server, people=4)
        assert [verb for verb in server.verbs() if verb in ("MAIL", "RCPT", "DATA")] == \
            sum((["MAIL", "RCPT", "DATA"] for _ in range(4)), []) or len(server.sessions) > 1
        for session in server.sessions:
            verbs = [verb for verb, _, _ in session.commands]
            assert verbs.count("MAIL") == verbs.count("RCPT") == verbs.count("DATA")


def aiosmtpd_keeps_what_we_send(host):
    try:
        from aiosmtpd.controller import Controller
    except ImportError as error:
        raise Skip("needs aiosmtpd") from error
    got = []

    class Keep:
        """452 for the third, once."""
        async def handle_RCPT(self, _server, _session, envelope, address, _options):
            if len(got) == 2 and not refused:
                refused.append(address)
                return "452 4.3.1 try later"
            envelope.rcpt_tos.append(address)
            return "250 OK"

        async def handle_DATA(self, _server, _session, envelope):
            got.append((envelope.mail_from, envelope.rcpt_tos[0], envelope.content))
            return "250 kept"

    refused = []
    with Server() as server:
        port = server.socket.getsockname()[1]
    controller = Controller(Keep(), hostname="127.0.0.1", port=port)
    controller.start()
    try:
        post = Post(host, f"smtp://127.0.0.1:{port}", people=5, mail="connections = 1")
        post.scan()
        post.send(code=3)
        assert len(got) == 4 and len(refused) == 1
        post.wait(LEASE)
        post.scan_and_send()
    finally:
        controller.stop()
    assert sorted(mail[1] for mail in got) == [f"p{i}@vsee.example" for i in range(5)]
    for mail in got:
        parse(mail)


TESTS = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == __name__
         and name not in ("for_one", "deliver", "only", "clean", "tls_server", "in_time")]

if __name__ == "__main__":
    sys.exit(main(TESTS))
