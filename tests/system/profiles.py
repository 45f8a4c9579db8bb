"""What pam-auth-update makes of our two profiles, beside others and beside hand edits."""

import os
import pathlib

import world

COMMON = ("auth", "account", "password", "session", "session-noninteractive")
OURS = ("vsee-expire", "vsee-expire-bind")
PROFILES = pathlib.Path("/usr/share/pam-configs")
SAMPLES = world.SOURCE / "packaging/pam.d"

# As other packages ship them: before and behind ours in priority, jumping and not.
OTHERS = {
    "krb5": """\
Name: Kerberos authentication
Default: no
Priority: 704
Auth-Type: Primary
Auth:
	[success=end default=ignore]	pam_krb5.so minimum_uid=1000 try_first_pass
Auth-Initial:
	[success=end default=ignore]	pam_krb5.so minimum_uid=1000
Account-Type: Additional
Account:
	required	pam_krb5.so minimum_uid=1000
Password-Type: Primary
Password:
	[success=end default=ignore]	pam_krb5.so minimum_uid=1000 try_first_pass use_authtok
Password-Initial:
	[success=end default=ignore]	pam_krb5.so minimum_uid=1000
""",
    "sss": """\
Name: SSS authentication
Default: no
Priority: 128
Auth-Type: Primary
Auth:
	[success=end default=ignore]	pam_sss.so use_first_pass
Account-Type: Additional
Account:
	sufficient	pam_localuser.so
	[default=bad success=ok user_unknown=ignore]	pam_sss.so
Password-Type: Primary
Password:
	sufficient	pam_sss.so use_authtok
""",
    "systemd": """\
Name: Register user sessions
Default: no
Priority: 0
Session-Interactive-Only: yes
Session-Type: Additional
Session:
	optional	pam_systemd.so
""",
}


def update(*arguments):
    """Run pam-auth-update as a package would; what it said."""
    return world.run("pam-auth-update", *arguments,
                     env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def enable(*names):
    return update("--enable", *(names or OURS))


def disable(*names):
    return update("--disable", *(names or OURS))


def file_of(name):
    return pathlib.Path("/etc/pam.d") / f"common-{name}"


def bytes_now():
    return {name: file_of(name).read_bytes() for name in COMMON}


def changed(before):
    """Which of the common files are not what they were."""
    return sorted(name for name, data in bytes_now().items() if data != before[name])


def lines(path):
    """A file's lines without comments, and with one space between words."""
    rows = (" ".join(line.split()) for line in path.read_text().splitlines())
    return [row for row in rows if row and not row.startswith("#")]


def ours(name):
    return [line for line in lines(file_of(name)) if "pam_vsee_expire.so" in line]


def as_samples(variant=""):
    """The common files whose lines are not those of the samples."""
    samples = {name: SAMPLES / f"common-{name}" for name in ("auth", "account", "password")}
    samples["password"] = SAMPLES / f"common-password{variant}"
    return [name for name, sample in samples.items() if lines(sample) != lines(file_of(name))]


def where(name, text):
    """The place of the first line of a common file that holds text."""
    return next(place for place, line in enumerate(lines(file_of(name))) if text in line)


def wild_jumps(name):
    """Lines whose jump does not end right behind pam_deny."""
    rows = lines(file_of(name))
    target = next(place for place, row in enumerate(rows) if "pam_deny.so" in row) + 1
    return [row for place, row in enumerate(rows[:target - 1]) for word in row.strip().split()
            if word.strip("[]").split("=")[-1].isdigit() and word.strip("[]").split("=")[0] in
            ("success", "new_authtok_reqd")
            and place + int(word.strip("[]").split("=")[-1]) + 1 != target]


def check_plain(results):
    """On and off again, with pam_pwquality and without it."""
    for variant in (".pwquality", ""):
        title = "profiles with pwquality" if variant else "profiles without pwquality"
        if not variant:
            disable("pwquality")
        before = bytes_now()
        enable()
        results.expect(f"{title}: the samples' lines", [], as_samples(variant))
        on = bytes_now()
        for arguments in (("--enable", *OURS), ("--package",), ("--force", "--package")):
            update(*arguments)
            results.expect(f"{title}: again with {' '.join(arguments)}", [], changed(on))
        disable()
        results.expect(f"{title}: off as before", [], changed(before))
    enable("pwquality")


def check_later(results):
    """Another profile that comes or goes while ours are on."""
    enable()
    disable("pwquality")
    results.expect("profiles: pwquality goes while ours are on", [], as_samples())
    enable("pwquality")
    results.expect("profiles: pwquality comes while ours are on", [], as_samples(".pwquality"))
    disable()


def check_one(results):
    """One without the other: allowed, said by lint; nothing breaks."""
    before = bytes_now()
    enable("vsee-expire")
    results.expect("profiles: the first alone", (1, 2, 1),
                   tuple(len(ours(name)) for name in ("auth", "account", "password")))
    results.expect("profiles: no wild jump with the first alone", [],
                   wild_jumps("account") + wild_jumps("password"))
    disable("vsee-expire")
    enable("vsee-expire-bind")
    results.expect("profiles: the second alone", (0, 0, 1),
                   tuple(len(ours(name)) for name in ("auth", "account", "password")))
    disable("vsee-expire-bind")
    results.expect("profiles: one by one leaves nothing", [], changed(before))


def check_others(results):
    for name, text in OTHERS.items():
        (PROFILES / name).write_text(text)
    before = bytes_now()
    enable(*OURS, *OTHERS)
    unix = {name: where(name, "pam_unix.so") for name in ("auth", "account", "password")}
    results.expect("profiles with others: account lines before pam_unix", True,
                   [where("account", "vsee_expire.so"), where("account", "vsee_expire.so again")] ==
                   [unix["account"] - 2, unix["account"] - 1])
    results.expect("profiles with others: behind pwquality, before Kerberos and pam_unix", True,
                   where("password", "pam_pwquality.so") < where("password", "vsee_expire.so")
                   < where("password", "pam_krb5.so") < unix["password"])
    results.expect("profiles with others: auth behind pam_unix, bind behind pam_permit", True,
                   where("auth", "vsee_expire.so") > unix["auth"] and
                   where("password", "bind") > where("password", "pam_permit.so"))
    results.expect("profiles with others: no wild jump", [],
                   [row for name in unix for row in wild_jumps(name)])
    disable(*OURS, *OTHERS)
    for name in OTHERS:
        (PROFILES / name).unlink()
    update("--package")
    results.expect("profiles with others: off as before", [], changed(before))


def insert(name, line):
    """Put a line in front of the managed ones, where it shifts no jump; the text before."""
    text = file_of(name).read_text()
    marker = "(the \"Primary\" block)\n"
    if marker not in text:
        raise world.Fault(f"common-{name} has no {marker!r}")
    file_of(name).write_text(text.replace(marker, f"{marker}{line}\n", 1))
    return text


def check_edits(results):
    """A line of one's own inside the managed block is kept, and nothing is written any more."""
    text = insert("account", "account\trequired\tpam_access.so")
    before = bytes_now()
    output = enable()
    results.expect("profiles, edited: refused", True, "Local modifications" in output)
    results.expect("profiles, edited: nothing written", [], changed(before))
    file_of("account").write_text(text)
    before = bytes_now()
    enable()
    file_of("password").write_text(file_of("password").read_text().replace(
        "pam_vsee_expire.so use_authtok", "pam_vsee_expire.so use_authtok retry=2"))
    update("--package")
    results.expect("profiles: an option of one's own is kept", True,
                   "retry=2" in ours("password")[0])
    disable()
    results.expect("profiles: and goes with the line", [], changed(before))


def check(results):
    for part in (check_plain, check_later, check_one, check_others, check_edits):
        part(results)
