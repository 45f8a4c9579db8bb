"""A whole run of reminderd send beside postfix's smtp-source, both into postfix's smtp-sink."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

import scan

SESSIONS = {"send-1": 1, "send-8": 8}
MAILS, TINY_MAILS = 10_000, 50
PORT = 2525  # the network namespace is ours alone
CONF = """[policy]
mode = remind
[mail]
smtp = {smtp}
connections = {connections}
max_per_run = 0
max_per_minute = 0
from = help@vsee.example
domain = vsee.example
"""


def postfix_root():
    """The newest throw-away root that holds postfix; None: there is none."""
    cache = os.environ.get("VSEE_TEST_CACHE") or (
        os.environ.get("XDG_CACHE_HOME", "/var/cache") + "/vsee-expire-tests")
    roots = [path.parents[2] for path in pathlib.Path(cache).glob("root-*/usr/sbin/smtp-source")]
    ready = [root for root in roots if root.suffix != ".tmp"]
    return str(max(ready, key=lambda root: root.stat().st_mtime)) if ready else None


def make_root(stage, name, count, **policy):
    """A host on which so many people are due a reminder in 10 days."""
    root = (stage.disk if stage.on_disk else stage.ram) / name
    for folder in (root / "etc/vsee-expire", root / "state", root / "state-mail"):
        folder.mkdir(parents=True, mode=0o755)
    changed = int(time.time()) // 86400 - 50
    (root / "etc/passwd").write_text("".join(
        f"u{i:07}:x:{10000 + i}:10000::/:/bin/sh\n" for i in range(count)), encoding="ascii")
    (root / "etc/shadow").write_text("".join(
        f"u{i:07}:$6$saltsalt${'A' * 86}:{changed}:0:60:7:::\n" for i in range(count)),
        encoding="ascii")
    (root / "etc/group").write_text("people:x:10000:\n", encoding="ascii")
    configure(stage, root, **policy)
    return root


def configure(stage, root, **policy):
    stage.policy(CONF.format(**policy), root)
    stage.scan(root)


def mail_size(stage):
    """Bytes of one of our mails, which the peer's are to have as well."""
    root = make_root(stage, "size", 1, smtp="maildir:/mails", connections=1)
    scan.spawn(stage, *send_arguments(stage, root))
    sizes = [path.stat().st_size for path in (root / "mails/new").iterdir()]
    shutil.rmtree(root)
    return sizes[0]


def send_arguments(stage, root):
    return [stage.programs["reminderd"], "send", "--root", str(root), "--state",
            str(root / "state")]


def source_arguments(postfix, sessions, mails, size, *options):
    """It makes a connection for each mail; with -d it keeps them, as we do."""
    return [shutil.which("chroot"), postfix, "/usr/sbin/smtp-source", *options, "-s", str(sessions),
            "-m", str(mails), "-l", str(size), "-f", "help@vsee.example",
            "-t", "u0000001@vsee.example", f"inet:127.0.0.1:{PORT}"]


class Sink:
    """postfix's smtp-sink: takes everything and keeps nothing."""

    def __init__(self, postfix):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
        self.process = subprocess.Popen(
            ["chroot", postfix, "/usr/sbin/smtp-sink", "-u", "root", f"inet:127.0.0.1:{PORT}",
             "1000"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", PORT)).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("smtp-sink does not answer")

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()


def forget(root):
    """As if no mail had ever been sent."""
    for path in (root / "state-mail").iterdir():
        path.unlink()


def measure_send(stage, board, size, wanted):
    postfix = postfix_root()
    if not postfix or not shutil.which("ip"):
        for name in wanted:
            board.skip(name, "needs ip(8) and postfix in the root that tests/system/root.sh makes")
        return
    mails = TINY_MAILS if size.tiny else MAILS
    bytes_each = mail_size(stage)
    root = make_root(stage, "send", mails, smtp=f"smtp://127.0.0.1:{PORT}", connections=1)
    with Sink(postfix):
        for name in wanted:
            sessions = SESSIONS[name]
            configure(stage, root, smtp=f"smtp://127.0.0.1:{PORT}", connections=sessions)
            ours, peer, kept = [], [], []
            for _ in range(size.rounds):
                for runs, options in ((peer, ()), (kept, ("-d",))):
                    runs.append(scan.spawn(stage, *source_arguments(
                        postfix, sessions, mails, bytes_each, *options)))
                forget(root)
                ours.append(scan.spawn(stage, *send_arguments(stage, root)))
            board.ratio(name, [run[0] for run in ours], [run[0] for run in peer])
            board.inform(f"{name}-kept", [run[0] / other[0] for run, other in zip(ours, kept)],
                         "times smtp-source -d, which keeps its connections")
            board.inform(f"{name}-rate", [mails / run[0] * 1e6 for run in ours], "mails a second")
            for side, runs in (("ours", ours), ("peer", peer), ("kept", kept)):
                board.inform(f"{name}-cpu-{side}", [run[1] / mails for run in runs], "us a mail")
    shutil.rmtree(root)


BENCHES = dict.fromkeys(SESSIONS, measure_send)
