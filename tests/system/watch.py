"""Looks on while packages come and go."""

import os
import subprocess
import threading

import world

MODULE = "pam_vsee_expire.so"


class Watch:
    """While something goes on: logins that use the module, and a look at its file, all the time."""

    def __init__(self):
        self.logins = self.failed = self.missing = self.looks = 0
        self.over = threading.Event()
        self.threads = [threading.Thread(target=part) for part in (self.log_in, self.look)]

    def log_in(self):
        while not self.over.is_set():
            done = subprocess.run(["su", "-s", "/bin/true", "valid"], capture_output=True,
                                  stdin=subprocess.DEVNULL)
            self.logins += 1
            self.failed += done.returncode != 0

    def look(self):
        path = str(world.security_folder() / MODULE)
        while not self.over.wait(0.0002):
            self.looks += 1
            self.missing += not os.path.exists(path)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join()

    def result(self):
        """What must be: nothing failed, and it was looked often enough to say so."""
        enough = self.logins >= 5 and self.looks >= 100
        return self.failed, self.missing, enough
