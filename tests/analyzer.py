#!/usr/bin/env python3
"""gcc -fanalyzer over the product's C files; every finding left is printed, and the run fails.

analyzer.py BUILD: a build folder made with gcc, whose commands are repeated. What gcc 12 says
wrongly stands below with the reason, by file, function and kind, so that the same function with
another kind of finding, or another function with the same, is seen.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("lib", "pam_vsee_expire", "reminderd", "vseectl", "web")
WARNING = re.compile(r"^\S+: warning: .*\[-Wanalyzer-([\w-]+)\]$", re.M)
FUNCTION = re.compile(r"^  ‘(\w+)’: event", re.M)

# What is put into an element of an array behind a pointer, or into what a caller gave, is not lost:
# gcc 12 forgets such places. AddressSanitizer, which sees what is lost, runs all of these.
HANDED_OVER = {
    "lib/store/config.c": "read_folder",
    "lib/store/config_build.c": "build_values vsee_draft_build",
    "lib/store/config_draft.c": "vsee_draft_error vsee_draft_init",
    "lib/store/config_parse.c": "value_set",
    "lib/store/entry.c": "vsee_entry_insert",
    "lib/store/members.c": "vsee_member_add",
    "lib/store/texts_parse.c": "text_end",
    "reminderd/queue.c": "queue_push",
    "vseectl/lint_accounts.c": "read_passwd",
    "vseectl/lint_finding.c": "lint_add",
    "vseectl/stack_services.c": "stack_services",
    "web/wire/wire.c": "parse_fields",
    "web/worker/conversation.c": "conversation_answer",
}
# What a function of another file sets wherever it returns 0 (of html_entity: what strcspn(3) left
# is one of its characters): gcc 12 sees no tie between an answer and what is behind a pointer.
ANSWERED = {
    "reminderd/compose_html.c": "letter_html",
    "reminderd/ledger_schema.c": "ledger_schema_check",
    "vseectl/export.c": "export_run",
}
# The same, and variables that their declaration sets: where all is optimised, gcc 12 loses sight of
# that on the way to their release. Each compiler's own warnings and clang-tidy see none unset.
INITIALISED = {
    "reminderd/compose.c": "bodies_set compose_reminder headers_set",
    "vseectl/stack.c": "load_conf load_service read_file stack_include",
}
REASONED = {
    (file, function, kind)
    for kind, table in (("malloc-leak", HANDED_OVER), ("null-argument", ANSWERED),
                        ("use-of-uninitialized-value", INITIALISED))
    for file, functions in table.items() for function in functions.split()
}


def compilations(build):
    """The command of each product file, once."""
    commands = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else ""
        if name.split("/")[0] in PRODUCT and not path.name.startswith("fuzz_"):
            commands.setdefault(name, entry)
    return commands


def analyze(name, entry):
    """The findings in a file, each with its path through the code."""
    words = shlex.split(entry["command"])
    kept = [word for before, word in zip(["", *words], words)
            if before not in ("-MQ", "-MF", "-o") and word not in ("-MD", "-MQ", "-MF", "-o")]
    more = ["-fanalyzer", "-fdiagnostics-color=never", "-Wno-error", "-o", os.devnull]
    run = subprocess.run([*kept, *more], cwd=entry["directory"], text=True, check=True,
                         stderr=subprocess.PIPE, env={**os.environ, "LC_ALL": "C.UTF-8"})
    starts = [match.start() for match in WARNING.finditer(run.stderr)] + [len(run.stderr)]
    for start, end in zip(starts, starts[1:]):
        text = run.stderr[start:end]
        function = FUNCTION.search(text)
        yield (name, function[1] if function else "", WARNING.match(text)[1]), text


def main():
    commands = compilations(Path(sys.argv[1]).resolve())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = [finding for findings in pool.map(lambda item: list(analyze(*item)),
                                                  sorted(commands.items())) for finding in findings]
    left = [text for key, text in found if key not in REASONED]
    gone = REASONED - {key for key, text in found}
    print(*left, sep="\n")
    print(f"{len(commands)} files, {len(found) - len(left)} reasoned findings, {len(left)} left")
    for key in sorted(gone):
        print("no longer found, take its reason away:", *key)
    return 1 if left or gone or not commands else 0


sys.exit(main())
