#!/usr/bin/env python3
"""reminderd's transport: AUTH and its password, what the environment may not say, the Maildir."""

import base64
import mailbox
import os
import stat
import subprocess
import sys

from harness import Skip, main
from smtpd import Certificates, Server

DRIVER = sys.argv[3]
SECRET = "correct horse battery"
FAR = "127.0.0.2"  # no loopback address that vsee_delivery_local() knows: TLS is required
PLAIN = base64.b64encode(b"\0mailer\0" + SECRET.encode()).decode()


def drive(*words, code=0, environment=None):
    """Lines of results, split, and standard error; the secret is in neither."""
    done = subprocess.run([DRIVER, *words], env={**os.environ, **(environment or {})}, text=True,
                          stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert done.returncode == code, (done.returncode, done.stderr)
    for hidden in (SECRET, PLAIN):
        assert hidden not in done.stdout + done.stderr
    return [line.split("\t") for line in done.stdout.splitlines()], done.stderr


def login(host, url, *words, **keys):
    host.write("secret", SECRET + "\n", 0o600)
    return drive(url, "1", "user=mailer", "password_file=/secret", f"root={host.root}", *words,
                 **keys)


def secrets_said(server):
    """What clients answered or sent to AUTH."""
    return [line.split(" ")[-1] for verb, line, _ in server.commands()
            if verb in ("AUTH", "SECRET")]


def auth_sends_user_and_password(host):
    with Server(offers=("AUTH PLAIN LOGIN",)) as server:
        results, _ = login(host, server.url)
        assert results[0][1] == "taken" and PLAIN in secrets_said(server)


def auth_goes_through_tls_only(host):
    if not Certificates.possible():
        raise Skip("needs openssl(1)")
    made = Certificates(os.path.dirname(host.root))
    context = made.context("good", FAR)
    os.rename(made.folder + "/ca.pem", host.path("ca.pem"))
    for offers in (("STARTTLS", "AUTH PLAIN"), ("AUTH PLAIN",)):
        with Server(address=FAR, offers=offers, tls=context) as server:
            results, _ = login(host, server.url, "ca_file=/ca.pem")
            assert results[0][1] == ("taken" if "STARTTLS" in offers else "unreachable"), results
            assert not [verb for verb, _, secure in server.commands()
                        if not secure and verb not in ("EHLO", "STARTTLS", "QUIT")]


def a_refused_login_is_nobodys_fault(host):
    with Server({"AUTH": "535 5.7.8 no"}, offers=("AUTH PLAIN",)) as server:
        results, _ = login(host, server.url)
        assert results[0][1:3] == ["unreachable", "535"] and "MAIL" not in server.verbs()
        assert "5.7.8 no" in results[0][4]


def a_server_that_repeats_the_secret_is_not_quoted(host):
    """Whatever of it stands in a reply: the code is kept, and the rest of a long reply is not."""
    def repeat(session):
        words = " ".join(line for _, line, _ in session.commands)
        return f"535-5.7.8 no: {words}\n535 5.7.8 bye"

    alone = base64.b64encode(SECRET.encode()).decode()
    for verb in ("AUTH", "MAIL", "RCPT", "DOT"):
        for reply in (repeat, "550 5.7.8 " + SECRET, f"550 5.7.8 {alone}",
                      "550 " + "x" * 495 + PLAIN, f"550 {PLAIN.rstrip('=')}"):
            with Server({verb: reply}, offers=("AUTH PLAIN LOGIN",)) as server:
                results, _ = login(host, server.url)
                text = results[0][4]
                assert int(results[0][2]) >= 500 and "repeats the password" in text, results
                assert PLAIN[:24] not in text and SECRET[:4] not in text, (verb, text)


def without_auth_nothing_is_sent(host):
    for offers in ((), ("AUTH GSSAPI CRAM-MD5",)):
        with Server(offers=offers) as server:
            results, _ = login(host, server.url)
            assert results[0][1] == "unreachable", results
            assert "offers no AUTH" in results[0][4] or "denied" in results[0][4], results
            assert "MAIL" not in server.verbs()


def each_connection_logs_in(host):
    def limit(session):
        return "421 enough" if session.mail_count >= 2 else None

    host.write("secret", SECRET, 0o600)
    with Server({"MAIL": limit}, offers=("AUTH PLAIN",)) as server:
        results, _ = drive(server.url, "6", "user=mailer", "password_file=/secret",
                           f"root={host.root}")
        assert [result[1] for result in results] == ["taken"] * 6
        assert server.verbs().count("AUTH") == len(server.sessions) == 3


def a_password_that_others_can_read_is_refused(host):
    for mode in (0o640, 0o604, 0o644, 0o620):
        host.write("secret", SECRET, mode)
        _, errors = drive("smtp://127.0.0.1:1", "1", "user=u", "password_file=/secret",
                          f"root={host.root}", code=2)
        assert f"{host.root}/secret: has mode {mode:04o}" in errors and "0600" in errors, errors


def a_password_is_one_line_of_text(host):
    cases = ((b"", "empty"), (b"\n", "empty"), (b"two\nlines\n", "byte 4 "), (b"a\0b", "byte 2 "),
             (b"dos\r\n", "byte 4 "), (b"x" * 1025, "larger"))
    for text, word in cases:
        host.write("secret", text, 0o600)
        _, errors = drive("smtp://127.0.0.1:1", "1", "user=u", "password_file=/secret",
                          f"root={host.root}", code=2)
        assert f"{host.root}/secret: " in errors and word in errors, errors
    os.remove(host.path("secret"))
    os.mkfifo(host.path("secret"), 0o600)
    os.symlink("/dev/null", host.path("link"))
    for name, word in (("secret", "no regular file"), ("link", "symbolic link"),
                       ("nothing", "No such file")):
        _, errors = drive("smtp://127.0.0.1:1", "1", "user=u", f"password_file=/{name}",
                          f"root={host.root}", code=2)
        assert f"{host.root}/{name}: " in errors and word in errors, errors
    _, errors = drive("smtp://127.0.0.1:1", "1", "user=u", code=2)
    assert "password_file" in errors and "smtp-password" in errors


def the_credential_comes_first(host):
    os.mkdir(host.path("credentials"))
    place = {"CREDENTIALS_DIRECTORY": host.path("credentials")}
    with Server(offers=("AUTH PLAIN",)) as server:
        login(host, server.url, environment=place)  # none there yet
        host.write("credentials/smtp-password", "other", 0o440)  # as an access list looks
        login(host, server.url, environment=place)
        other = base64.b64encode(b"\0mailer\0other").decode()
        assert [word for word in secrets_said(server) if word in (PLAIN, other)] == [PLAIN, other]
    host.write("credentials/smtp-password", "other", 0o444)
    _, errors = login(host, "smtp://127.0.0.1:1", environment=place, code=2)
    assert "smtp-password: has mode 0444" in errors


def the_environment_has_no_say(host):
    home = host.path("home")
    os.mkdir(home)
    host.write("home/.netrc", "machine 127.0.0.1 login thief password thief\n", 0o600)
    with Server() as proxy, Server(offers=("AUTH PLAIN",)) as server:
        address = proxy.url.replace("smtp://", "http://")
        names = ("http_proxy", "https_proxy", "all_proxy", "ALL_PROXY", "smtp_proxy", "SMTP_PROXY")
        results, _ = drive(server.url, "1", environment={
            "HOME": home, "NETRC": home + "/.netrc", **dict.fromkeys(names, address)})
        assert results[0][1] == "taken" and not proxy.sessions and "AUTH" not in server.verbs()


def session_keys_and_authorities_are_not_taken_from_the_environment(host):
    if not Certificates.possible():
        raise Skip("needs openssl(1)")
    made = Certificates(os.path.dirname(host.root))
    ca, keys = made.folder + "/ca.pem", host.path("keys")
    with Server(address=FAR, tls=made.context("good", FAR), implicit=True) as server:
        results, _ = drive(server.url, "1", f"ca_file={ca}", environment={"SSLKEYLOGFILE": keys})
        assert results[0][1] == "taken" and not os.path.exists(keys)
        results, _ = drive(server.url, "1", environment=dict.fromkeys(
            ("CURL_CA_BUNDLE", "SSL_CERT_FILE"), ca))
        assert results[0][1] == "unreachable"


def a_missing_ca_file_is_named(host):
    _, errors = drive("smtps://127.0.0.1:1", "1", "ca_file=/no.pem", f"root={host.root}", code=3)
    assert f"ca_file: {host.root}/no.pem: No such file" in errors
    assert "PEM format" in errors and "take ca_file out" in errors, errors


def a_ca_file_without_certificates_tells_the_remedy(host):
    host.write("empty.pem", "no certificate\n")
    with Server(address=FAR) as server:
        results, _ = drive(server.url.replace("smtp:", "smtps:"), "1", "ca_file=/empty.pem",
                           f"root={host.root}")
        assert "ca-certificates" in results[0][4] and "empty.pem" in results[0][4], results


def no_descriptor_is_lost_over_rejects(_):
    def choose(session):
        return "550 no" if session.recipient[-14] in "02468" else None

    with Server({"RCPT": choose}) as server:  # 64 descriptors would not last
        done = subprocess.run(["prlimit", "--nofile=64", DRIVER, server.url, "1000",
                               "connections=8"], text=True, capture_output=True, timeout=60,
                              check=False)
        outcomes = [line.split("\t")[1] for line in done.stdout.splitlines()]
        assert outcomes.count("taken") == outcomes.count("refused") == 500, done.stderr
        assert len(server.mails) == 500


def a_maildir_gets_mails_by_its_rules(host):
    results, _ = drive("maildir:/mails", "50", f"root={host.root}")
    assert {result[1] for result in results} == {"taken"}
    for folder in ("mails", "mails/new", "mails/tmp", "mails/cur"):
        assert stat.S_IMODE(os.stat(host.path(folder)).st_mode) == 0o700
    names = os.listdir(host.path("mails/new"))
    assert sorted(names) == sorted(result[3] for result in results)
    assert len(names) == 50 and not os.listdir(host.path("mails/tmp"))
    for name in names:
        text = open(host.path("mails/new/" + name), "rb").read()
        assert text == b"Subject: test\r\n\r\nA line.\r\n.\r\n..two\r\nFrom here\r\n"
        assert stat.S_IMODE(os.stat(host.path("mails/new/" + name)).st_mode) == 0o600
    assert len(mailbox.Maildir(host.path("mails"), create=False)) == 50


def a_folder_that_cannot_be_made_is_named(host):
    for path in ("/no/mails", "/etc/passwd"):
        _, errors = drive("maildir:" + path, "1", f"root={host.root}", code=3)
        assert f"[mail] smtp: {host.root}{path}: " in errors, errors


sys.exit(main([
    auth_sends_user_and_password,
    auth_goes_through_tls_only,
    a_refused_login_is_nobodys_fault,
    a_server_that_repeats_the_secret_is_not_quoted,
    without_auth_nothing_is_sent,
    each_connection_logs_in,
    a_password_that_others_can_read_is_refused,
    a_password_is_one_line_of_text,
    the_credential_comes_first,
    the_environment_has_no_say,
    session_keys_and_authorities_are_not_taken_from_the_environment,
    a_missing_ca_file_is_named,
    a_ca_file_without_certificates_tells_the_remedy,
    no_descriptor_is_lost_over_rejects,
    a_maildir_gets_mails_by_its_rules,
    a_folder_that_cannot_be_made_is_named,
]))
