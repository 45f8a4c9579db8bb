"""One line a case, and a count that tests/run reads."""

import sys


class Results:
    def __init__(self, journal):
        self.journal = journal
        self.passed = self.failed = 0

    def expect(self, name, expected, got, outcome=None):
        """Count a case; the transcript and the log follow a failure."""
        logged = self.journal.take()
        if got == expected:
            self.passed += 1
            print(f"ok {name}: {got}", flush=True)
            return
        self.failed += 1
        print(f"not ok {name}: expected {expected}, got {got}")
        if outcome:
            self.show("transcript", outcome.text.splitlines())
            print(f"  # exit status {outcome.status}, prompts {outcome.events}")
        self.show("log", logged)
        sys.stdout.flush()

    @staticmethod
    def show(title, lines):
        for line in lines:
            print(f"  # {title}: {line.rstrip()}")

    def finish(self):
        """The line that counts, and the exit status."""
        print(f"system total ok={self.passed} not-ok={self.failed} skipped=0", flush=True)
        return 1 if self.failed else 0
