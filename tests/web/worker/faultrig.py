"""One change by the page or by a link, with a fault, told and judged; the host restored before."""

import os
import shutil
import sys
import time

import host as rig
import wire
from host import OLD, Call

for folder in ("invariants", "lib"):
    sys.path.insert(0, f"{rig.SOURCE}/tests/{folder}")
# pylint: disable=wrong-import-position,unused-import
import inject
import nomem
from check import Story, judge
from compare import same_files

NEW, NEXT = "New#cattle-battery 8", "Next#cattle-battery 9"
KEPT, STORY = "/run/t/state", "/run/t/story"
# What an answer says of the password; "none" and "uncertain" say nothing.
SAID = {"changed": "done", **dict.fromkeys(
    ("wrong", "link-bad", "unmet", "refused", "too-soon", "throttled", "busy", "fault"), "refused")}
# Nobody waits here for the moment of an answer.
HASTE = ("strace", "-D", "-f", "-qq", "-o", "/dev/null", "--trace=clock_nanosleep",
         "--inject=clock_nanosleep:retval=0", "--seccomp-bpf")


class Scene:
    """op: change or link. alice must change; her link is made beforehand."""

    def __init__(self, host, op):
        self.host, self.op = host, op
        self.token = host.link("alice")
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(rig.STATE, KEPT)
        self.shadow = rig.read("/etc/shadow")
        self.answers = {}

    def request(self):
        if self.op == "link":
            return wire.request("link", "alice", token=self.token, new=NEW)
        return wire.request("change", "alice", current=OLD, new=NEW)

    def renew(self):
        shutil.rmtree(rig.STATE)
        shutil.copytree(KEPT, rig.STATE)
        rig.write("/etc/shadow", self.shadow, 0o600)
        for name in os.listdir("/run/vsee-expire"):
            os.unlink("/run/vsee-expire/" + name)
        if os.path.exists(STORY):
            os.unlink(STORY)
        self.story = Story(STORY, durable=False)
        self.story.begin(rig.TODAY, self.shadow, {"alice": [OLD]}, remember=3,
                         passwd=rig.read("/etc/passwd"))
        self.story.tell("asked", names=["alice"])

    def ask(self, data, wrap=HASTE):
        Call.wrap = wrap
        try:
            call = Call().send(data)
            return call.finish(), call.worker.returncode
        finally:
            Call.wrap = ()

    def attempt(self, wrap):
        """Returns (reply, exit status, what is wrong)."""
        self.renew()
        number = self.story.attempt("alice", NEW)
        reply, status = self.ask(self.request(), wrap)
        said = SAID.get(reply.status, "unknown")
        self.story.end(number, said)
        self.answers[reply.status] = self.answers.get(reply.status, 0) + 1
        return reply, status, self.judge() or self.afterwards()

    def untouched(self):
        """Whether it is as before: then what follows is known."""
        return rig.read("/etc/shadow") == self.shadow and same_files(rig.STATE, KEPT)

    def judge(self):
        verdict = judge(STORY, shadow="/etc/shadow", passwd="/etc/passwd", state=rig.STATE)
        return verdict.text() if verdict.violations else ""

    def afterwards(self):
        """Without a fault: the link stands unless it was used, and the next change is made."""
        if self.untouched():
            return ""
        changed = self.host.has("alice", NEW)
        look, _ = self.ask(wire.request("peek", "alice", token=self.token))
        if look.status != ("link-bad" if changed else "link-good"):
            return f"changed is {changed}, but the link {look}"
        current = NEW if changed else OLD
        rows = [(OLD, "unmet")] if changed else []
        for fresh, wanted in (*rows, (NEXT, "changed")):
            number = self.story.attempt("alice", fresh)
            data = wire.request("change", "alice", current=current, new=fresh)
            reply, _ = self.ask(data)
            self.story.end(number, SAID.get(reply.status, "unknown"))
            if reply.status != wanted:
                return f"the next change is {reply}, not {wanted}"
        self.story.tell("settled")
        return self.judge()


def soon(condition, seconds=5):
    """Whether it holds now or a little later: the worker may end before strace has written."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def wait_for(log):
    """strace has written its last line."""
    assert soon(lambda: "exit_group(" in rig.read(log), 20), "no trace"
