"""The front and a worker that Python plays, for as long as the browser's tests run.

rig.py VSEE-WEB REMINDERD: commands as lines of JSON on standard input, an answer to each:

  {"do": "start", "web": "gate = native", "pwquality": "minlen = 8"}  the front, (re)started
  {"do": "reply", "status": "UNMET", "fields": {"criteria": 1}, "after": 0.5}
  {"do": "requests"}       what the worker was asked since the last time
"""

import json
import os
import shutil
import sys
import tempfile
import time

import packet
import webrig

HOST_NAME = "clinic-3"
POLICY = ("[policy]\nmode = remind\nremember = 6\n[text]\nproduct = VSee Messenger\n"
          "[web]\nbase_url = %s\nsupport = https://help.test/\n"
          "login_page = https://app.test/login\n")
# libpwquality knows one place for its settings: a host of our own has others there.
WRAP = ('mount -t tmpfs tmpfs /etc/security && cp "$1" /etc/security/pwquality.conf && '
        'hostname "$2" && shift 2 && exec "$@"')


def wrap(settings):
    return ["unshare", "--mount", "--uts", "--", "sh", "-c", WRAP, "sh", settings, HOST_NAME]


class Rig:
    def __init__(self, folder):
        self.folder = folder
        self.settings = os.path.join(folder, "pwquality.conf")
        self.front = None

    def start(self, web="", pwquality=""):
        with open(self.settings, "w", encoding="ascii") as file:
            file.write(pwquality + "\n")
        webrig.POLICY = POLICY + web + "\n"
        if self.front is None:
            self.front = webrig.Front(webrig.PROGRAMS["vsee-web"], self.folder,
                                      wrap=wrap(self.settings))
        else:
            self.front.process.kill()
            self.front.process.wait()
            webrig.publish(self.folder, webrig.ORIGIN)
            self.front.start()
        self.reply("CHANGED")
        return {"origin": webrig.ORIGIN, "port": self.front.address[1]}

    def reply(self, status, fields=None, after=0):
        say = webrig.Worker.say(getattr(packet, status), **(fields or {}))

        def play(worker, connection):
            time.sleep(after)
            say(worker, connection)

        self.front.worker.play = play
        return {}

    def requests(self):
        requests, self.front.worker.requests = self.front.worker.requests, []
        return {"requests": requests}


def main():
    webrig.PROGRAMS.update(zip(("vsee-web", "reminderd"), map(os.path.abspath, sys.argv[1:3])))
    folder = tempfile.mkdtemp(prefix="vsee-browser-")
    rig = Rig(folder)
    try:
        webrig.CERT = webrig.Certificate(folder)
        for line in sys.stdin:
            command = json.loads(line)
            print(json.dumps(getattr(rig, command.pop("do"))(**command)), flush=True)
    finally:
        if rig.front:
            told = rig.front.log()
            rig.front.close()
            for line in told.splitlines():
                if "Sanitizer" in line or "runtime error" in line:
                    print(line, file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
