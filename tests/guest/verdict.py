"""What the invariants program says of a guest's files."""

import base64
import io
import pathlib
import shutil
import subprocess
import sys
import tarfile

CHECK = pathlib.Path(__file__).resolve().parents[1] / "invariants/check.py"


class Quiet:
    """Results want a log to show; here what is wrong says it all."""

    @staticmethod
    def take():
        return []


def violations(guest, place):
    """place: a folder with story and mailbox. The files are those at this moment."""
    files = place / "files"
    shutil.rmtree(files, ignore_errors=True)
    with tarfile.open(fileobj=io.BytesIO(base64.b64decode(guest.ask("files")))) as tar:
        tar.extractall(files, filter="fully_trusted")
    done = subprocess.run(
        [sys.executable, CHECK, "--story", place / "story", "--shadow", files / "etc/shadow",
         "--passwd", files / "etc/passwd", "--state", files / "var/lib/vsee-expire",
         "--ledger", files / "var/lib/vsee-expire-mail", "--mailbox", place / "mailbox"],
        capture_output=True, text=True, timeout=300, check=False)
    return [] if done.returncode == 0 else (done.stdout + done.stderr).splitlines()
