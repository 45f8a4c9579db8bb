"""A real postfix in the throw-away root: STARTTLS, AUTH, DKIM by opendkim, mail into Maildirs."""

import os
import pathlib
import re
import socket
import subprocess
import time

import world

DOMAIN = "mail.example.com"
URL = f"smtp://{DOMAIN}:25"
LOGIN, SECRET = f"vsee@{DOMAIN}", "Harbour-Lantern-53"
POSTFIX = pathlib.Path("/etc/postfix")
LOG = pathlib.Path("/var/log/mail.log")
TLS = pathlib.Path("/etc/ssl/test")
CA_FILE = TLS / "ca.pem"
DKIM = pathlib.Path("/etc/dkim")
RULES = POSTFIX / "recipients"
SIGNER_PORT = 8891
SIGNED = "From,To,Subject,Date,Message-ID,MIME-Version,Content-Type,Auto-Submitted,Reply-To"

MAIN = f"""\
compatibility_level = 3.6
myhostname = {DOMAIN}
mydestination = {DOMAIN}, localhost
mynetworks =
inet_interfaces = loopback-only
inet_protocols = ipv4
maillog_file = {LOG}
home_mailbox = Maildir/
recipient_delimiter = +
alias_maps =
biff = no
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_tls_received_header = yes
smtpd_tls_cert_file = {TLS}/server.pem
smtpd_tls_key_file = {TLS}/server.key
smtpd_sasl_auth_enable = yes
smtpd_sasl_local_domain = {DOMAIN}
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access texthash:{RULES},
  permit_sasl_authenticated, reject
smtpd_milters = inet:127.0.0.1:{SIGNER_PORT}
milter_default_action = tempfail
"""
SASL = "pwcheck_method: auxprop\nauxprop_plugin: sasldb\nmech_list: PLAIN LOGIN\n"
SIGNER = f"""\
Mode s
Domain {DOMAIN}
Selector test
KeyFile {DKIM}/test.private
Canonicalization simple/simple
SignHeaders {SIGNED}
InternalHosts 127.0.0.1
Socket inet:{SIGNER_PORT}@127.0.0.1
RequireSafeKeys no
"""


def openssl(*arguments):
    world.run("openssl", *arguments, cwd=TLS)


def make_certificates():
    """Under the test's clock: they are good on that day."""
    TLS.mkdir(parents=True)
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "400",
            "-subj", "/CN=Test CA", "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-new", *curve, "-keyout", "server.key", "-out", "server.csr",
            "-subj", f"/CN={DOMAIN}")
    (TLS / "server.ext").write_text(f"subjectAltName=DNS:{DOMAIN}\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "400", "-extfile", "server.ext", "-out", "server.pem")


def make_key():
    """opendkim's key, and its public half as DNS would have it."""
    DKIM.mkdir()
    world.run("openssl", "genrsa", "-traditional", "-out", str(DKIM / "test.private"), "2048")
    public = world.run("openssl", "rsa", "-in", str(DKIM / "test.private"), "-pubout")
    lines = [line for line in public.splitlines() if re.fullmatch(r"[A-Za-z0-9+/=]+", line)]
    (DKIM / "record").write_text("v=DKIM1; k=rsa; p=" + "".join(lines) + "\n")
    (DKIM / "conf").write_text(SIGNER)


def await_port(port):
    for _ in range(500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise world.Fault(f"nothing listens on port {port}: {log()}")


def log():
    return LOG.read_text(errors="replace") if LOG.exists() else ""


class Postbox:
    def __init__(self):
        with open("/etc/hosts", "a") as hosts:
            hosts.write(f"127.0.0.1 {DOMAIN}\n")
        make_certificates()
        make_key()
        (POSTFIX / "main.cf").write_text(MAIN)
        (POSTFIX / "sasl").mkdir(exist_ok=True)
        (POSTFIX / "sasl/smtpd.conf").write_text(SASL)
        self.rules({})
        world.run("postconf", "-F", "smtp/inet/chroot=n")
        world.run("saslpasswd2", "-c", "-p", "-u", DOMAIN, "vsee", text=SECRET)
        os.chmod("/etc/sasldb2", 0o644)
        self.signer = subprocess.Popen(["opendkim", "-f", "-x", str(DKIM / "conf")],
                                       stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        await_port(SIGNER_PORT)
        self.running = False
        self.start()

    def start(self):
        world.run("postfix", "start")
        self.running = True
        await_port(25)

    def stop(self):
        """Ends when its processes have ended."""
        if self.running:
            world.run("postfix", "stop")
        self.running = False

    def close(self):
        self.stop()
        self.signer.terminate()
        self.signer.wait(10)

    def rules(self, answers):
        """What is said to RCPT: {address: "450 4.7.1 later"}; read by the next smtpd process."""
        RULES.write_text("".join(f"{name} {answer}\n" for name, answer in answers.items()))
        if getattr(self, "running", False):
            world.run("postfix", "reload")
            time.sleep(0.2)

    def settle(self):
        """Wait until nothing is in the queue."""
        for _ in range(500):
            if "empty" in world.run("postqueue", "-p"):
                return
            time.sleep(0.02)
        raise world.Fault(world.run("postqueue", "-p"))

    def mails(self, user):
        """Files in the user's mailbox, oldest first."""
        self.settle()
        folder = pathlib.Path(f"/home/{user}/Maildir/new")
        return sorted(folder.iterdir(), key=lambda file: file.stat().st_mtime_ns) \
            if folder.is_dir() else []
