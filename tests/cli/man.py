"""The man pages name every option, verb and exit code that the programs have."""

import re
import subprocess
import sys

from harness import main

PAGES = {page.rsplit("/", 1)[1]: page for page in sys.argv[3:]}


def page_text(name):
    with open(PAGES[name], encoding="utf-8") as file:
        return file.read()


def help_text(host, program):
    return subprocess.run([host.programs[program], "--help"], capture_output=True, text=True,
                          check=True).stdout


def every_option_has_an_entry(host):
    for program in ("reminderd", "vseectl"):
        text = page_text(f"{program}.8")
        options = set(re.findall(r"--([a-z-]+)", help_text(host, program)))
        assert options, program
        for option in options:
            assert re.search(rf"^\.(It )?.*Fl -{option}\b", text, re.M), (program, option)


def every_verb_has_an_entry(host):
    verbs = re.findall(r"^  ([a-z]+) ", help_text(host, "vseectl"), re.M)
    assert len(verbs) >= 4
    for verb in verbs:
        assert re.search(rf"^\.It Cm {verb}\b", page_text("vseectl.8"), re.M), verb


def every_exit_code_has_an_entry(host):
    for page, codes in (("reminderd.8", (0, 1, 2, 3, 4, 75, 78)), ("vseectl.8", (0, 1, 2, 3, 4))):
        status = page_text(page).split(".Sh EXIT STATUS")[1].split(".Sh ")[0]
        assert re.findall(r"^\.It (\d+)$", status, re.M) == [str(code) for code in codes], page


sys.exit(main([
    every_option_has_an_entry,
    every_verb_has_an_entry,
    every_exit_code_has_an_entry,
]))
