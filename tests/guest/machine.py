"""A virtual machine of the throw-away root: started, asked over a channel, ended.

No network, no display. The channel is a virtio port of JSON lines: {"do": name, ...} to agent.py,
one answer to each; further ports take what programs in the guest tell (outbox.py). What a program
has written to a port has left the machine when its write(2) returns.

The processor is emulated: that works everywhere, also where a hypervisor offers no second one.
"""

import ctypes
import json
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

SECONDS = 120  # a boot, or one command, on a busy machine
# The guest's time goes by the instructions it has run: on a busy host the kernel would otherwise
# see so many ticks of its timer between two steps that it never comes to the next one.
QEMU = ("qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-cpu", "max", "-m", "512", "-smp", "1", "-icount", "shift=3")
APPEND = ("console=ttyS0 quiet panic=-1 reboot=t no-kvmclock systemd.getty_auto=0 "
          "systemd.show_status=0")


class Fault(Exception):
    """The machine did not do what a test needs: no verdict about what is tested."""


class Port:
    """The host's end of a virtio port."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + 20
        while self.socket.connect_ex(str(path)) != 0:
            if time.monotonic() > end:
                raise Fault(f"qemu has no {path}")
            time.sleep(0.01)
        self.unread = b""

    def lines(self):
        """Whole lines until the machine is gone; half a line was never told."""
        while True:
            try:
                data = self.socket.recv(65536)
            except OSError:
                return
            if not data:
                return
            *whole, self.unread = (self.unread + data).split(b"\n")
            yield from whole

    def close(self):
        self.socket.close()


class Listener(threading.Thread):
    """Calls heard(object) for each line that a port tells."""

    def __init__(self, port, heard):
        super().__init__(daemon=True)
        self.port, self.heard = port, heard
        self.start()

    def run(self):
        for line in self.port.lines():
            self.heard(json.loads(line))


class Machine:
    """folder: what image.sh made. disk: a file, or NBD's socket as "nbd:PATH".

    ports: functions that take what is told at the 2nd, 3rd ... port. rtc: date of the clock at the
    beginning, None: no such device. init: "agent" or "systemd".
    """

    def __init__(self, folder, disk, init="agent", rtc="2031-03-03T12:00:00", ports=(), mount=""):
        self.folder = pathlib.Path(folder)
        self.sockets, self.console = self.folder / "ports", self.folder / "console"
        shutil.rmtree(self.sockets, ignore_errors=True)
        self.sockets.mkdir()
        append = f"{APPEND} VSEE_INIT={init}" + (f" VSEE_MOUNT={mount}" if mount else "")
        argv = [*QEMU, "-kernel", str(self.folder / "kernel"), "-append", append,
                "-initrd", str(self.folder / "initrd"), "-serial", f"file:{self.console}",
                *self.clock(rtc),
                "-device", "virtio-serial-device",  # the first device: its ports are vport0p...
                *self.drive("a", disk),
                *self.drive("b", self.folder / "programs.img", ",readonly=on")]
        for number in range(1 + len(ports)):
            argv += self.channel(number)
        with open(self.folder / "qemu.log", "ab") as log:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            preexec_fn=die_with_us)
        self.port = Port(self.sockets / "0")
        self.listeners = [Listener(Port(self.sockets / str(number)), heard)
                          for number, heard in enumerate(ports, 1)]
        self.answers = self.port.lines()

    @staticmethod
    def clock(rtc):
        if rtc is None:
            return ["-machine", "microvm,accel=tcg,rtc=off"]
        return ["-machine", "microvm,accel=tcg,rtc=on", "-rtc", f"base={rtc}"]

    def channel(self, number):
        path = self.sockets / str(number)
        return ["-chardev", f"socket,id=p{number},path={path},server=on,wait=off",
                "-device", f"virtserialport,chardev=p{number},name=vsee.{number}"]

    @staticmethod
    def drive(name, disk, more=""):
        where = f"nbd:unix:{disk[4:]}" if str(disk).startswith("nbd:") else str(disk)
        return ["-drive", f"if=none,id={name},file={where},format=raw,cache=writeback{more}",
                "-device", f"virtio-blk-device,drive={name}"]

    def ready(self):
        """Wait until the agent is there; how many seconds it took."""
        began = time.monotonic()
        self.ask("hello")
        return time.monotonic() - began

    def ask(self, deed, /, seconds=SECONDS, **fields):
        """Have the agent do it; its answer. Fault if it fails there."""
        self.port.socket.settimeout(seconds)
        try:
            self.port.socket.sendall(json.dumps({"do": deed, **fields}).encode() + b"\n")
            answer = next(self.answers, None)
        except OSError:
            answer = None
        if answer is None:
            raise Fault(f"{deed}: no answer; {self.last_words()}")
        answer = json.loads(answer)
        if "fault" in answer:
            raise Fault(f"{deed}: {answer['fault']}")
        return answer["result"]

    def run(self, *argv, codes=(0,), text=None, **fields):
        """A program in the guest: its output. Fault unless it exits with one of codes."""
        code, output = self.ask("run", argv=[str(word) for word in argv], text=text, **fields)
        if codes and code not in codes:
            raise Fault(f"{' '.join(map(str, argv))}: exit {code}: {output}")
        return output

    def last_words(self):
        text = self.console.read_text(errors="replace") if self.console.exists() else ""
        return "\n".join(text.partition("Call Trace")[0].splitlines()[-12:])

    def cut(self):
        """As if the plug were pulled. What was told until then arrives."""
        self.process.kill()
        self.process.wait()
        for listener in self.listeners:
            listener.join(10)
        self.port.close()

    def stop(self, seconds=SECONDS):
        """An ordinary end: everything is written."""
        self.ask("halt")
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Fault(f"it does not end; {self.last_words()}") from error
        finally:
            self.cut()


def die_with_us():
    """Runs in the child: a machine does not outlive the test that was killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def demand():
    """Ends the test where no guest can run, with a line that says so and one that is counted."""
    if platform.machine() != "x86_64":
        reason = "the guest's programs are the host's, and its kernel is for amd64"
    elif not shutil.which(QEMU[0]):
        reason = f"there is no {QEMU[0]}"
    else:
        return
    print(f"1..0 # SKIP {reason}\nsystem total ok=0 not-ok=0 skipped=1")
    sys.exit(0)


def scratch(build):
    """A folder with what a guest is booted from; the caller removes it."""
    demand()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # as any exit: all is cleaned up
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vsee-guest-", dir="/var/tmp"))
    script = pathlib.Path(__file__).parent / "image.sh"
    done = subprocess.run([script, "make", build, folder], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=1200, check=False)
    if done.returncode != 0:
        shutil.rmtree(folder)
        raise Fault(f"image.sh: {done.stdout}{done.stderr}")
    return folder


def copy(source, target):
    subprocess.run(["cp", "--sparse=always", "--reflink=auto", source, target], check=True)
