"""What bash offers behind vseectl and reminderd: every verb and option, and the values of some."""

import os
import re
import subprocess
import sys

from harness import main

SOURCE = os.environ["VSEE_SOURCE"]
SCRIPT = """\
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
"_${FUNCTION}" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


def offered(host, program, *words):
    """What completes the last word."""
    done = subprocess.run(
        ["bash", "-euc", SCRIPT, "bash", f"{SOURCE}/packaging/completion/{program}.bash",
         host.programs[program], *words], capture_output=True, text=True, check=True,
        cwd=host.root, timeout=30, env={**os.environ, "FUNCTION": program})
    assert not done.stderr, done.stderr
    return set(done.stdout.split())


def verbs(host, program):
    text = subprocess.run([host.programs[program], "--help"], capture_output=True, text=True,
                          check=True).stdout
    return set(re.findall(r"^  ([a-z][a-z-]*) ", text, re.M))


def read(path):
    with open(f"{SOURCE}/{path}", encoding="utf-8") as file:
        return file.read()


def option_table(path):
    """The names in a file's getopt_long(3) tables, as options."""
    return {f"--{name}" for name in
            re.findall(r'\{"([a-z-]+)",\s+(?:no|required)_argument', read(path))}


def verbs_are_completed(host):
    for program in ("reminderd", "vseectl"):
        assert offered(host, program, "") == verbs(host, program), program
    assert offered(host, "vseectl", "ex") == {v for v in verbs(host, "vseectl") if v[:2] == "ex"}
    assert offered(host, "vseectl", "--root", host.root, "ap") == {"apply"}
    assert offered(host, "vseectl", "--root", "=", host.root, "ap") == {"apply"}


def options_are_completed(host):
    assert offered(host, "reminderd", "scan", "--") == option_table("reminderd/options.c")
    assert offered(host, "vseectl", "--") == option_table("vseectl/main.c")
    for verb in verbs(host, "vseectl"):
        table = option_table(f"vseectl/{verb}.c")
        assert table and offered(host, "vseectl", verb, "--") == table, (verb, table)


def values_are_completed(host):
    services = set(os.listdir("/etc/pam.d")) if os.path.isdir("/etc/pam.d") else set()
    assert "root" in offered(host, "vseectl", "explain", "ro")
    assert "root" in offered(host, "vseectl", "history", "import", "x", "--user", "ro")
    assert "root" in offered(host, "vseectl", "enable", "--group", "=", "ro")
    assert offered(host, "vseectl", "enable", "--mode", "") == {"watch", "remind", "enforce"}
    assert offered(host, "vseectl", "enable", "--mode", "=") == {"watch", "remind", "enforce"}
    assert offered(host, "vseectl", "report", "--format", "j") == {"json"}
    assert offered(host, "reminderd", "report", "--format", "j") == {"json"}
    assert offered(host, "reminderd", "test-mail", "x@y", "--lang", "") == {"en", "de"}
    assert not offered(host, "reminderd", "plan", "--days", "")
    assert offered(host, "vseectl", "explain", "x", "--service", "") == services
    assert offered(host, "vseectl", "lint", "") == services
    assert "root" in offered(host, "vseectl", "lint", "--simulate", "sshd", "ro")
    assert offered(host, "vseectl", "history", "") == {"import", "export", "list", "forget"}
    assert offered(host, "vseectl", "--root", "et") == {"etc"}
    assert offered(host, "reminderd", "scan", "--state", "=", "va") == {"var"}


def all_codes_of_messages_are_completed(host):
    last = int(re.search(r"V01 to V(\d\d)", read("man/vseectl.8"))[1])
    assert offered(host, "vseectl", "explain", "V") == {f"V{i:02}" for i in range(1, last + 1)}


sys.exit(main([
    verbs_are_completed,
    options_are_completed,
    values_are_completed,
    all_codes_of_messages_are_completed,
]))
