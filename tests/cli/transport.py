#!/usr/bin/env python3
"""How mails leave: reminderd's transport, by its driver, against servers of every temper."""

import collections
import os
import socket
import ssl
import subprocess
import sys
import time
import warnings

from harness import Skip, main
from smtpd import DROP, SILENT, Certificates, Server

DRIVER = sys.argv[3]
TEXT = b"Subject: test\r\n\r\nA line.\r\n.\r\n..two\r\nFrom here\r\n"
FAR = "127.0.0.2"  # no loopback address that vsee_delivery_local() knows: TLS is required
Result = collections.namedtuple("Result", "recipient outcome code id answer")


def drive(url, count=1, code=0, environment=None, **keys):
    """The results in the order of the mails, and what was said on standard error."""
    done = subprocess.run(
        [DRIVER, url, str(count), *(f"{key}={value}" for key, value in keys.items())],
        env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, capture_output=True,
        timeout=60, check=False)
    errors = done.stderr.decode()
    assert done.returncode == code, (done.returncode, errors)
    results = [Result(*line.split("\t")) for line in done.stdout.decode().splitlines()]
    return sorted(results, key=lambda result: (len(result.recipient), result.recipient)), errors


def one(url, outcome, code, answer="", **keys):
    """A single mail that must end like this; answer: a part of what is kept of the reply."""
    result = drive(url, **keys)[0][0]
    assert (result.outcome, result.code) == (outcome, str(code)), result
    assert answer in result.answer, result
    return result


def certificates(host):
    if not Certificates.possible():
        raise Skip("needs openssl(1)")
    return Certificates(os.path.dirname(host.root)), os.path.dirname(host.root) + "/ca.pem"


def a_mail_arrives_as_it_was_given(_):
    with Server() as server:
        result = one(server.url, "taken", 250, "2.0.0 Ok: queued as Q1")
        assert result.id == "Q1"
        assert server.mails == [("bounces@vsee.example", "user0@vsee.example", TEXT)]
        assert server.commands()[0][1] == "EHLO client.vsee.example"
        for _ in range(100):  # nobody waits for the reply to QUIT
            if "QUIT" in server.verbs():
                break
            time.sleep(0.02)
        assert server.verbs() == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


def aiosmtpd_takes_it_too(_):
    try:
        from aiosmtpd.controller import Controller
    except ImportError as error:
        raise Skip("needs aiosmtpd") from error
    got = []

    class Keep:
        async def handle_DATA(self, _server, _session, envelope):
            got.append(envelope.content)
            return "250 kept"

    controller = Controller(Keep(), hostname="127.0.0.1", port=0)
    controller.port = free_port()
    controller.start()
    try:
        one(f"smtp://127.0.0.1:{controller.port}", "taken", 250, "kept")
    finally:
        controller.stop()
    assert got == [TEXT]


def free_port():
    with Server() as server:
        return server.socket.getsockname()[1]


def ipv6_is_spoken(_):
    with Server(address="::1") as server:
        one(server.url, "taken", 250)


def many_mails_share_one_connection(_):
    with Server() as server:
        results, _ = drive(server.url, 300)
        assert [result.outcome for result in results] == ["taken"] * 300
        assert len(server.sessions) == 1 and len(server.mails) == 300
        assert len({recipient for _, recipient, _ in server.mails}) == 300


def slow_replies_to_the_final_dot_do_not_hold_up_other_connections(_):
    def slow(_):
        time.sleep(0.25)

    with Server({"DOT": slow}) as server:
        start = time.monotonic()
        results, _ = drive(server.url, 24, connections=8)
        assert time.monotonic() - start < 2, "24 mails by 8 connections take 3 times 0.25 s"
        assert {result.outcome for result in results} == {"taken"}
        assert len(server.sessions) == 8


def no_more_connections_than_allowed(_):
    def slow(_):
        time.sleep(0.01)

    for connections in (1, 2, 5):
        with Server({"DOT": slow}) as server:
            drive(server.url, 60, connections=connections)
            assert len(server.sessions) == connections and len(server.mails) == 60


ANSWERS = [
    # verb, reply, outcome, code, what is kept
    ("GREETING", "554 no service", "unreachable", 554, "no service"),
    ("GREETING", "421 too busy", "unreachable", 421, "421 too busy"),
    ("MAIL", "550 5.1.8 sender rejected", "unreachable", 550, "5.1.8 sender rejected"),
    ("MAIL", "452 4.3.1 no room", "deferred", 452, "4.3.1 no room"),
    ("MAIL", "530 5.7.0 Authentication required", "unreachable", 530, "required"),
    ("RCPT", "550 5.1.1 unknown", "refused", 550, "550 5.1.1 unknown"),
    ("RCPT", "550-5.1.1 no\n550-5.1.1 such\n550 5.1.1 user", "refused", 550,
     "550 5.1.1 no such user"),
    ("RCPT", "451 4.7.1 Greylisted", "deferred", 451, "Greylisted"),
    ("RCPT", "421 4.3.2 closing", "unreachable", 421, "closing"),
    ("DATA", "451 later", "deferred", 451, "later"),
    ("DATA", "554 no valid recipients", "refused", 554, "no valid"),
    ("DATA", "250 what", "unreachable", 250, "what"),
    ("DOT", "554 5.7.1 looks like spam", "refused", 554, "spam"),
    ("DOT", "452 4.2.2 over quota", "deferred", 452, "quota"),
    ("DOT", "421 4.3.0 shutting down", "unreachable", 421, "shutting"),
    ("DOT", "354 what", "unknown", 354, "what"),
    ("DOT", "251 fine", "taken", 251, "fine"),
    ("DOT", "250 OK id=1rAbCd-0001xy-2Z", "taken", 250, "id="),
    ("GREETING", "what do you want", "unreachable", 0, "did not answer in time"),
    ("RCPT", "550 a\0b", "refused", 550, "550 a?b"),
    ("RCPT", "550 " + "x" * 65536, "refused", 550, "550 xxx"),
    ("GREETING", DROP, "unreachable", 0, "ended before a reply to the greeting"),
    ("EHLO", DROP, "unreachable", 0, "ended before a reply to"),
    ("MAIL", DROP, "unreachable", 0, "ended before a reply to MAIL"),
    ("RCPT", DROP, "unreachable", 0, "ended before a reply to RCPT"),
    ("DATA", DROP, "unreachable", 0, "ended before a reply to DATA"),
    ("DOT", DROP, "unknown", 0, "ended before a reply to the final dot"),
]


def each_reply_at_each_step_has_its_outcome(_):
    for verb, reply, outcome, code, kept in ANSWERS:
        with Server({verb: reply}) as server:
            try:
                one(server.url, outcome, code, kept)
            except AssertionError as error:
                raise AssertionError(f"{reply} to {verb}: {error}") from error


def taken_and_closed_is_taken(_):
    def close_after(session):
        session.connection.sendall(b"250 2.0.0 Ok: queued as LAST\r\n")
        return DROP

    with Server({"DOT": close_after}) as server:
        results, _ = drive(server.url, 3)
        assert [(result.outcome, result.id) for result in results] == [("taken", "LAST")] * 3
        assert len(server.sessions) == 3


def a_refused_recipient_does_not_stop_the_others(_):
    def choose(session):
        return "550 5.1.1 no" if session.recipient == "user1@vsee.example" else None

    for connections in (1, 3):
        with Server({"RCPT": choose}) as server:
            results, _ = drive(server.url, 3, connections=connections)
            assert [result.outcome for result in results] == ["taken", "refused", "taken"]
            assert len(server.mails) == 2


def too_many_for_one_connection_goes_on_with_the_next(_):
    for reply in ("421 4.7.0 too many messages", DROP):
        def limit(session, reply=reply):
            return reply if session.mail_count >= 3 else None

        with Server({"MAIL": limit}) as server:
            results, _ = drive(server.url, 9)
            assert [result.outcome for result in results] == ["taken"] * 9
            assert len(server.sessions) == 3


def out_of_room_at_the_third_mail_defers_from_there(_):
    def full(session):
        return "452 4.3.1 full" if len(session.server.mails) > 2 else None

    with Server({"DOT": full}) as server:
        results, _ = drive(server.url, 5)
        assert [result.outcome for result in results] == ["taken"] * 2 + ["deferred"] * 3


def long_replies_are_kept_cut_and_clean(_):
    for reply in ("550 " + "x" * 600, "550 " + "ü" * 300):
        with Server({"RCPT": reply}) as server:
            result = one(server.url, "refused", 550)
            assert 500 < len(result.answer.encode()) < 512 and result.answer in reply
    with Server({"RCPT": "550 a\x1b[31m\x07\x7f\udcff\x9b ok"}) as server:
        result = one(server.url, "refused", 550)
        assert result.answer == "550 a?[31m????? ok", result


def an_endless_reply_is_bounded(_):
    def endless(session):
        try:
            while True:
                session.connection.sendall(b"550-on and on\r\n" * 100)
                time.sleep(0.05)
        except OSError:
            return DROP

    with Server({"RCPT": endless}) as server:
        one(server.url, "unreachable", 0, "No reply to RCPT in 5 s")


def silence_is_waited_for_as_the_rfc_has_it(_):
    """In the driver a minute is a second."""
    def slow(_):
        time.sleep(3)

    with Server({"DOT": slow}) as server:
        one(server.url, "taken", 250)
    for verb, outcome, seconds in (("GREETING", "unreachable", 0.5), ("DATA", "unreachable", 2),
                                   ("DOT", "unknown", 10)):
        with Server({verb: SILENT}) as server:
            start = time.monotonic()
            one(server.url, outcome, 0)
            assert seconds <= time.monotonic() - start < seconds + 2.5, (verb, seconds)


def silence_after_a_refusal_holds_nobody_up(_):
    with Server({"RCPT": "550 no", "QUIT": SILENT}) as server:
        start = time.monotonic()
        one(server.url, "refused", 550)
        assert time.monotonic() - start < 3


def the_end_does_not_wait_for_a_silent_server(_):
    for verb in ("GREETING", "MAIL", "DOT"):
        with Server({verb: SILENT}) as server:
            start = time.monotonic()
            drive(server.url, 4, connections=2, wait=200)
            assert time.monotonic() - start < 3, verb


def nobody_there_is_unreachable(_):
    one(f"smtp://127.0.0.1:{free_port()}", "unreachable", 0, "Couldn't connect")
    one("smtp://nowhere.invalid", "unreachable", 0, "nowhere.invalid")
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        address = deaf.getsockname()
        crowd = [socket.socket() for _ in range(4)]
        for place in crowd:  # until the kernel takes no more: connections hang, as in a black hole
            place.setblocking(False)
            place.connect_ex(address)
        start = time.monotonic()
        one(f"smtp://127.0.0.1:{address[1]}", "unreachable", 0)
        assert time.monotonic() - start < 3
        for place in crowd:
            place.close()


def commands_in_addresses_never_leave(_):
    for key in ("from", "to"):
        for bad in ("a@b.example\\r\\nRCPT TO:<x@y.example>", "<a@b.example>", "", "a b@c.example"):
            with Server() as server:
                subprocess.run([DRIVER, server.url, "1", f"{key}={bad}"], check=True,
                               capture_output=True, timeout=60)
                assert not server.sessions, bad
    with Server() as server:
        one(server.url, "refused", 0, "Not sent", text="Subject: x\\r\\n\\r\\nno end")


def starttls_is_used_and_checked(host):
    made, ca = certificates(host)
    with Server(address=FAR, offers=("STARTTLS",), tls=made.context("good", FAR)) as server:
        results, _ = drive(server.url, 3, ca_file=ca)
        assert [result.outcome for result in results] == ["taken"] * 3, results
        assert len(server.sessions) == 1
        assert {verb for verb, _, secure in server.commands() if not secure} == {
            "EHLO", "STARTTLS"}


def bad_certificates_are_refused(host):
    made, ca = certificates(host)
    stranger = os.path.join(made.folder, "stranger.pem")
    made.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                 "-keyout", "stranger.key", "-out", stranger, "-subj", "/CN=Other CA")
    cases = ((made.context("expired", FAR, -1), ca, "expired"),
             (made.context("other", "127.0.0.3"), ca, "127.0.0.2"),
             (made.context("right", FAR), stranger, "certificate"),
             (made.context("ours", FAR), None, "certificate"))
    for context, ca_file, word in cases:
        for implicit in (False, True):
            keys = {"ca_file": ca_file} if ca_file else {}
            with Server(address=FAR, offers=("STARTTLS",), tls=context, implicit=implicit) as server:
                one(server.url, "unreachable", 0, word, **keys)
                assert "MAIL" not in server.verbs()


def without_starttls_nothing_is_sent(host):
    made, ca = certificates(host)
    replies = ({"STARTTLS": "454 not now"}, {"STARTTLS": "220 ready\n250 injected"},
               {"STARTTLS": "502 no"}, {"EHLO": "502 no"})
    with Server(address=FAR) as server:
        one(server.url, "unreachable", 0, "offers no STARTTLS", ca_file=ca)
        assert "MAIL" not in server.verbs()
    for answers in replies:
        with Server(answers, address=FAR, offers=("STARTTLS",),
                    tls=made.context("good", FAR)) as server:
            result = drive(server.url, ca_file=ca)[0][0]
            assert result.outcome == "unreachable", result
            assert "injected" not in str(answers) or "too early" in result.answer, result
            assert not {"MAIL", "AUTH"} & set(server.verbs())


def implicit_tls_works(host):
    made, ca = certificates(host)
    with Server(address=FAR, tls=made.context("good", FAR), implicit=True) as server:
        results, _ = drive(server.url, 3, ca_file=ca)
        assert [result.outcome for result in results] == ["taken"] * 3, results


def starttls_never_sends_in_clear(_):
    with Server(address=FAR, offers=("STARTTLS",)) as server:
        one(server.url, "taken", 250, starttls="never")
        assert "STARTTLS" not in server.verbs()


def old_tls_is_refused(host):
    made, ca = certificates(host)
    context = made.context("old", FAR)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that is what we are here for
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    with Server(address=FAR, offers=("STARTTLS",), tls=context) as server:
        one(server.url, "unreachable", 0, ca_file=ca)


sys.exit(main([
    a_mail_arrives_as_it_was_given,
    aiosmtpd_takes_it_too,
    ipv6_is_spoken,
    many_mails_share_one_connection,
    slow_replies_to_the_final_dot_do_not_hold_up_other_connections,
    no_more_connections_than_allowed,
    each_reply_at_each_step_has_its_outcome,
    taken_and_closed_is_taken,
    a_refused_recipient_does_not_stop_the_others,
    too_many_for_one_connection_goes_on_with_the_next,
    out_of_room_at_the_third_mail_defers_from_there,
    long_replies_are_kept_cut_and_clean,
    an_endless_reply_is_bounded,
    silence_is_waited_for_as_the_rfc_has_it,
    silence_after_a_refusal_holds_nobody_up,
    the_end_does_not_wait_for_a_silent_server,
    nobody_there_is_unreachable,
    commands_in_addresses_never_leave,
    starttls_is_used_and_checked,
    bad_certificates_are_refused,
    without_starttls_nothing_is_sent,
    implicit_tls_works,
    starttls_never_sends_in_clear,
    old_tls_is_refused,
]))
