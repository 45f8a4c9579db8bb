"""What goes wrong on the host of the soak, one fault after the other; mend() takes all back."""

import contextlib
import fcntl
import os
import pathlib
import signal
import subprocess
import time

import soak_people as people
import soak_world
import world

COPIES = 2  # one connection's mail answered, another one's on its way; see mailrig.py
FILLER = "filler"
CONFIG_KEPT = pathlib.Path("/run/soak/configuration")


class Faults:
    """front: until when it may be killed; from then on it is watched, and left alone."""

    def __init__(self, rng, front):
        self.rng, self.front = rng, front
        self.story = people.Story(people.STORY, durable=False)

    def act(self):
        table = {self.kill: 8, self.kill_front: 3, self.restart_front: 2, self.stop_server: 3,
                 self.defer: 3, self.fill: 4, self.read_only: 4, self.break_config: 3,
                 self.lock_shadow: 3}
        if time.monotonic() > self.front:
            del table[self.kill_front], table[self.restart_front]
        self.rng.choices(list(table), list(table.values()))[0]()
        time.sleep(self.rng.uniform(0.5, 3))

    def wait(self):
        time.sleep(self.rng.uniform(2, 7))

    def kill(self):
        """SIGKILL for the first of ours that shows up, at some moment of its life."""
        wanted = self.rng.choices(("reminderd", "vsee-resetd", "vseectl", "chage"), (6, 4, 2, 1))[0]
        end = time.monotonic() + 8
        while time.monotonic() < end:
            found = [(pid, words) for pid, comm, _, words in people.processes() if comm == wanted]
            if found:
                self.kill_one(wanted, *self.rng.choice(found))
                return
            time.sleep(0.02)
        people.note("fault", f"no {wanted} to kill")

    def kill_one(self, comm, pid, words):
        time.sleep(self.rng.random() ** 2 * 0.4)
        if b"send" in words:
            self.story.tell("cut", copies=COPIES)
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            people.note("fault", f"{comm} ended before it was killed")
            return
        people.note("fault", f"kill {comm}{' send' if b'send' in words else ''}")

    def kill_front(self):
        world.run("systemctl", "kill", "--signal=KILL", soak_world.FRONT, codes=None)
        people.note("fault", "kill vsee-web")
        self.wait()

    def restart_front(self):
        world.run("systemctl", "restart", soak_world.FRONT, codes=None)
        people.note("fault", "restart vsee-web")

    def stop_server(self):
        """Whose answer was lost may come again."""
        self.story.tell("cut", copies=COPIES)
        world.run("systemctl", "stop", "soak-sink")
        people.note("fault", "mail server stopped")
        self.wait()
        soak_world.start_sink()

    def defer(self):
        (soak_world.SINK / "defer").touch()
        people.note("fault", "mail server answers 4xx")
        self.wait()
        (soak_world.SINK / "defer").unlink()

    def choose(self):
        """A file system, and what must be held while it takes no more."""
        folder = self.rng.choice(list(soak_world.SIZES))
        return folder, (people.calm(fcntl.LOCK_EX) if folder == world.STATE
                        else contextlib.nullcontext())

    def fill(self):
        folder, calm = self.choose()
        with calm:
            self.fill_folder(folder)

    def fill_folder(self, folder):
        file = os.open(folder / FILLER, os.O_WRONLY | os.O_CREAT)
        with contextlib.suppress(OSError):
            while True:
                os.write(file, bytes(4096))
        os.close(file)
        people.note("fault", f"{folder} filled")
        self.wait()
        (folder / FILLER).unlink()

    def read_only(self):
        """Refused while somebody writes: then it comes a moment later, or not at all."""
        folder, calm = self.choose()
        with calm:
            self.freeze_folder(folder)

    def freeze_folder(self, folder):
        for _ in range(40):
            done = subprocess.run(["mount", "-o", "remount,ro", folder], capture_output=True,
                                  check=False)
            if done.returncode == 0:
                people.note("fault", f"{folder} read-only")
                self.wait()
                world.run("mount", "-o", "remount,rw", str(folder))
                return
            time.sleep(0.05)
        people.note("fault", f"{folder} stays writable: somebody writes")

    def break_config(self):
        text = world.CONFIG.read_text()
        CONFIG_KEPT.write_text(text)
        replace(world.CONFIG, text + self.rng.choice(("nonsense\n", "[policy\n", "[policy]\n",
                                                      "max_days = -1\n")))
        people.note("fault", "configuration broken")
        self.wait()
        replace(world.CONFIG, text)

    def lock_shadow(self):
        """As a tool that hangs; now and then for longer than anybody waits."""
        with open("/etc/.pwd.lock", "r+b") as file:
            fcntl.lockf(file, fcntl.LOCK_EX)
            people.note("fault", ".pwd.lock held")
            time.sleep(self.rng.choice((2, 4, 6, 18)))


def replace(path, text):
    new = path.with_suffix(".new")
    new.write_text(text)
    os.replace(new, path)


def mend():
    """As it was before any fault, also where a driver died in one."""
    for folder in soak_world.SIZES:
        world.run("mount", "-o", "remount,rw", str(folder))
        (folder / FILLER).unlink(missing_ok=True)
    (soak_world.SINK / "defer").unlink(missing_ok=True)
    soak_world.start_sink()
    replace(world.CONFIG, soak_world.CONFIGURATION)
    world.run("vseectl", "hold", "--release", codes=None)
