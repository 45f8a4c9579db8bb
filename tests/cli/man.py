"""
What the documents say is what the programs do: every option, argument, verb and exit code has its
entry and no other has; examples are run; texts that are shown are the real ones.
"""

import os
import re
import shlex
import stat
import subprocess
import sys

from harness import CONF, GROUP_REMIND, HASH_B, main

SOURCE = os.environ["VSEE_SOURCE"]
PROGRAMS = ("reminderd", "vseectl")


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def section(page, title):
    return re.search(rf"^\.Sh {title}\n(.*?)(?=^\.Sh |\Z)", read(f"man/{page}"), re.M | re.S)[1]


def help_text(host, program):
    return subprocess.run([host.programs[program], "--help"], capture_output=True, text=True,
                          check=True).stdout


def option_table(path):
    """The names in a file's getopt_long(3) tables."""
    return set(re.findall(r'\{"([a-z-]+)",\s+(?:no|required)_argument', read(path)))


def named(text):
    return set(re.findall(r"\bFl -([a-z-]+)", text))


def reminderd_and_its_page_have_the_same_options(host):
    table = option_table("reminderd/options.c")
    entries = re.findall(r"^\.It Fl -([a-z-]+)", section("reminderd.8", "DESCRIPTION"), re.M)
    assert sorted(entries) == sorted(table), (entries, table)
    assert named(section("reminderd.8", "SYNOPSIS")) == table
    assert set(re.findall(r"^  --([a-z-]+)", help_text(host, "reminderd"), re.M)) == table


def vseectl_and_its_page_have_the_same_options(host):
    general = option_table("vseectl/main.c")
    description = section("vseectl.8", "DESCRIPTION")
    assert set(re.findall(r"^\.It Fl -([a-z-]+)", description, re.M)) == general
    synopsis = re.split(r"^\.Nm\n", section("vseectl.8", "SYNOPSIS"), flags=re.M)[1:]
    assert named("".join(synopsis)) >= general
    for verb in re.findall(r"^  ([a-z]+) ", help_text(host, "vseectl"), re.M):
        table = option_table(f"vseectl/{verb}.c")
        entries = "".join(re.findall(rf"^\.It Cm {verb}\b.*", description, re.M))
        lines = "".join(line for line in synopsis if re.search(rf"^\.Cm {verb}\b", line, re.M))
        assert entries and named(entries) == table, (verb, named(entries), table)
        assert named(lines) - general == table, (verb, named(lines), table)
        usage = host.ctl(verb, "--nonsense", code=1)[1]
        assert set(re.findall(r"[\[ ]--([a-z-]+)", usage)) == table, usage


def the_module_and_its_page_have_the_same_arguments(_host):
    code = read("pam_vsee_expire/options.c")
    flags = re.findall(r'\{"([a-z_]+)",\s*&options->', code)
    flags += re.findall(r'strcmp\(argument, "([a-z_]+)"\) == 0', code)
    values = re.findall(r'value_of\(argument, "([a-z_]+)"\)', code)
    assert len(flags) >= 7 and len(values) >= 4, (flags, values)
    wanted = sorted(flags + [f"{name}=" for name in values])
    entries = " , ".join(re.findall(r"^\.It Cm (.*)",
                                    section("pam_vsee_expire.8", "OPTIONS"), re.M))
    found = [re.sub(r" Ns = .*", "=", entry) for entry in entries.split(" , ")]
    assert sorted(found) == wanted, (found, wanted)
    found = re.findall(r"^\.Op Cm (\S+)( Ns =)?", section("pam_vsee_expire.8", "SYNOPSIS"), re.M)
    assert sorted(name + value[-1:] for name, value in found) == wanted, found


def every_pam_code_has_an_entry(_host):
    page = section("pam_vsee_expire.8", "RETURN CODES")
    account, password = page.split(".Ss password")
    for path, text in (("codes", account), ("account", account), ("password", password),
                       ("token", password), ("bind", password)):
        code = read(f"pam_vsee_expire/{path}.c")
        codes = re.findall(r"(?:return|[?:,=(]) ?(PAM_[A-Z_]+)\b(?= ?[;:,)])", code)
        for name in set(codes) - {"PAM_AUTHTOK", "PAM_SILENT", "PAM_TRY_AGAIN", "PAM_CONV_AGAIN"}:
            assert re.search(rf"^\.It Dv .*\b{name}\b", text, re.M), (path, name)


def every_exit_code_has_an_entry(_host):
    for program in PROGRAMS:
        codes = re.findall(r"EXIT_[A-Z_]+ = (\d+)", read(f"{program}/exit.h"))
        entries = re.findall(r"^\.It (\d+)$", section(f"{program}.8", "EXIT STATUS"), re.M)
        assert len(codes) >= 5 and entries == codes, program


def every_code_of_a_message_is_known(host):
    last = re.search(r"V01 to (V\d\d)", read("man/vseectl.8"))[1]
    host.ctl("explain", last)
    host.ctl("explain", f"V{int(last[1:]) + 1:02}", code=3)


def examples_of_the_pages_run(host):
    """Where an example names a file of the host, the one below the made-up root is meant."""
    os.makedirs(host.path("etc/security"))
    os.makedirs(host.path("root"))
    host.write("etc/security/opasswd", f"alice:1001:1:{HASH_B}\n", 0o600)
    os.makedirs(host.path("var/log"))
    os.makedirs(host.path("etc/pam.d"))
    host.write("etc/pam.d/sshd", "auth required pam_unix.so\naccount required pam_unix.so\n")
    host.write("var/log/auth.log", "")
    host.write(CONF, GROUP_REMIND + "[web]\nbase_url = https://%H:9443\n")
    host.ctl("apply")
    install_module(host)
    count = 0
    for program in PROGRAMS:
        for line in re.findall(r"^\.Dl [#$] (.*)", section(f"{program}.8", "EXAMPLES"), re.M):
            words = shlex.split(line.split(" | ")[0])
            assert words[0] == program, line
            words = [host.path(word[1:]) if word.startswith("/") else word for word in words[1:]]
            words = [host.root if word.startswith("~") else word for word in words]
            found = words == ["lint"]  # this host has no timer
            host.run(program, *words, code=5 if found else 0)
            count += 1
    assert count >= 12, count


def install_module(host):
    """What vseectl enable wants to find on a host."""
    folder = host.path("usr/lib/x86_64-linux-gnu/security")
    os.makedirs(folder, exist_ok=True)
    host.write(f"{folder}/pam_vsee_expire.so", "")


def the_error_in_the_page_is_the_real_one(host):
    lines = section("vsee-expire.conf.5", "DIAGNOSTICS").split(".Bd -literal -offset indent\n")[1]
    shown = " ".join(lines.split("\n.Ed")[0].split())
    host.write(CONF, "\n[policy]\nmax_days = 0\n")
    stderr = host.ctl("apply", "--check", code=2)[1].splitlines()[0]
    assert stderr == f"vseectl: error: {host.root}{shown}", stderr


def messages_in_the_readme_are_the_real_ones(host):
    shown = re.findall(r"^    (.*) \[(V\d\d)\]$", read("README.md"), re.M)
    assert len(shown) >= 4, shown
    for line, code in shown:
        text = re.search(r"text: +(.*) \[V", host.ctl("explain", code)[0])[1]
        pattern = re.escape(text).replace("PRODUCT", "VSee Messenger").replace("LINK", r"https://\S+")
        pattern = pattern.replace("DATE", r"\d{4}-\d\d-\d\d \d\d:\d\d [A-Z]+")
        pattern = re.sub(r"2(\\ |\s)days", r"\\d+ days", pattern)
        assert re.fullmatch(pattern, line), (line, pattern)


def the_stack_in_the_page_is_that_of_the_samples(_host):
    """Same lines of ours, in the same order, with `end` where a sample counts."""
    block = re.search(r"\.Bd -literal\n(.*?)\.Ed", read("man/pam_vsee_expire.8"), re.S)[1]
    page = [" ".join(line.split()) for line in re.sub(r"\n +", " ", block).splitlines()]
    samples = []
    for name in ("auth", "account", "password"):
        samples += read(f"packaging/pam.d/common-{name}").splitlines()
    ours = [re.sub(r"=\d", "=end", " ".join(line.split())) for line in samples
            if "pam_vsee_expire.so" in line and not line.startswith("#")]
    assert [line for line in page if "pam_vsee_expire.so" in line] == ours, (page, ours)


def modes_in_the_page_are_the_real_ones(host):
    """Of the files that a run makes, those for root alone are for root alone."""
    host.scan()
    state = host.path("var/lib/vsee-expire")
    for name in ("accounts", "accounts/alice"):
        assert stat.S_IMODE(os.lstat(f"{state}/{name}").st_mode) & 0o077 == 0, name
    page = read("man/reminderd.8")
    for name in sorted(os.listdir(state)):
        assert f".It Pa /var/lib/vsee-expire/{name}" in page, name


sys.exit(main([
    reminderd_and_its_page_have_the_same_options,
    vseectl_and_its_page_have_the_same_options,
    the_module_and_its_page_have_the_same_arguments,
    every_pam_code_has_an_entry,
    every_exit_code_has_an_entry,
    every_code_of_a_message_is_known,
    examples_of_the_pages_run,
    the_error_in_the_page_is_the_real_one,
    messages_in_the_readme_are_the_real_ones,
    the_stack_in_the_page_is_that_of_the_samples,
    modes_in_the_page_are_the_real_ones,
]))
