"""Where it is played: a release build, and an /etc of our own in mounts that nobody else sees."""

import os
import pathlib
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
MODULE = "pam_vsee_expire/pam_vsee_expire.so"
# The last two are there only where the page is built.
PROGRAMS = ("reminderd/reminderd", "tests/bench/bench-users", "tests/bench/bench-calls",
            "tests/bench/bench-spawn", "tests/bench/bench-visit", "web/front/vsee-web")


def build(folder):
    """The folder of a release build, made up to date; folder: take this build as it is."""
    if folder:
        return folder.resolve()
    folder = pathlib.Path(os.environ.get("VSEE_BENCH_BUILD", SOURCE / "build/bench")).resolve()
    if not (folder / "build.ninja").exists():
        run("meson", "setup", "--buildtype=release", "-Db_lto=false", str(folder), str(SOURCE))
    run("ninja", "-C", str(folder), "bench-programs")
    return folder


def run(*argv, quiet=True):
    """The program's standard output; what it says on standard error is shown when it fails."""
    done = subprocess.run(argv, capture_output=quiet, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{' '.join(argv)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class Stage:
    """The made-up host: etc (mounted over /etc), state, pam (stacks by name). In memory, or not."""

    def __init__(self, folder, build_folder, on_disk):
        self.ram, self.disk, self.on_disk = folder / "ram", folder / "disk", on_disk
        home = self.disk if on_disk else self.ram
        self.etc, self.state, self.pam = home / "etc", home / "state", home / "pam"
        self.module = build_folder / MODULE
        self.programs = {path.rpartition("/")[2]: str(build_folder / path) for path in PROGRAMS
                         if (build_folder / path).exists()}

    def __enter__(self):
        for folder in (self.ram, self.disk):
            folder.mkdir()
        run("mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", str(self.ram))
        for folder in (self.etc / "security", self.etc / "vsee-expire", self.state, self.pam):
            folder.mkdir(parents=True)
        self.write("nsswitch.conf", "passwd: files\nshadow: files\ngroup: files\n")
        self.write("login.defs", "UID_MIN 1000\nUID_MAX 60000\nENCRYPT_METHOD YESCRYPT\n")
        self.write("machine-id", "0123456789abcdef0123456789abcdef\n")
        run("mount", "--bind", str(self.etc), "/etc")
        return self

    def __exit__(self, *error):
        run("umount", "-l", "/etc")  # the rest goes with the namespace, and with the folder

    def write(self, name, text):
        (self.etc / name).write_text(text, encoding="ascii")

    def stack(self, service, kind, lines):
        """A PAM stack; MODULE in its lines becomes ours, with its state folder."""
        module = f"{self.module} state={self.state}"
        text = "".join(f"{kind} {line.replace('MODULE', module)}\n" for line in lines)
        (self.pam / service).write_text(text, encoding="ascii")

    def people(self, count, groups=True, covered=1, root=None):
        """Made-up people in root's etc (ours without one); nobody has any state yet."""
        etc = root / "etc" if root else self.etc
        self.program("bench-users", str(count), str(covered), str(int(groups)), str(etc))
        self.forget(root)

    def forget(self, root=None):
        state = root / "state" if root else self.state
        shutil.rmtree(state)
        state.mkdir(mode=0o755)

    def policy(self, text, root=None):
        path = (root / "etc" if root else self.etc) / "vsee-expire/vsee-expire.conf"
        path.write_text(text, encoding="ascii")

    def program(self, name, *argv):
        return run(self.programs[name], *argv)

    def calls(self, verb, rounds, inner, stacks, files=()):
        """One list of microseconds for each stack, a stack being service:user:password."""
        keep = ["--", *map(str, files)] if files else []
        return self.program("bench-calls", verb, str(self.pam), str(rounds), str(inner), *stacks,
                            *keep)

    def scan_arguments(self, root=None):
        where = ["--root", str(root), "--state", str(root / "state")] if root else [
            "--state", str(self.state)]
        return [self.programs["reminderd"], "scan", *where]

    def scan(self, root=None):
        run(*self.scan_arguments(root))
