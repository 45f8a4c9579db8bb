#!/usr/bin/env python3
"""The Debian packages from installation to purge, inside root.sh only; see tests/packages.sh.

play.sh BUILD packages.py    the packages are BUILD/deb, a newer version of them BUILD/deb-newer
"""

import glob
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import callers
import people
import profiles
import world
from results import Results
from terminal import Terminal
from watch import MODULE, Watch

NOW = world.DAY_NOW
NAMES = ("libpam-vsee-expire", "vsee-expire", "vsee-expire-web")
TIMER = "reminderd-scan.timer"
DROP_INS = pathlib.Path("/etc/vsee-expire/vsee-expire.conf.d")
DROP_IN = DROP_INS / "99-vseectl.conf"
OLD = callers.OLD
# Whose password was set when, in days from now; what su tells them, and with the module off.
PEOPLE = {"expired": -60, "warned": -57, "valid": -10}
ENFORCED = ("change+V03", "in+V01", "in")
OFF = ("in", "in", "in")
# What belongs to dpkg, debconf and the journal, or changes by itself.
OTHERS_FILES = re.compile(
    r"/(proc|sys|dev|run|tmp|mnt|home|root)(/|$)|/var/(lib/dpkg|lib/pam|cache|log|mail)(/|$)"
    r"|/etc/((passwd|group|shadow|gshadow|subuid|subgid)-?|\.pwd\.lock|ssh/keys/.*)$"
    r"|\.pam-old$|/var/lib/systemd/(catalog|deb-systemd-helper-enabled)(/|$)")


def dpkg(*arguments, codes=(0,)):
    return world.run("dpkg", *arguments, codes=codes, stdin=subprocess.DEVNULL,
                     env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})


def debs(version, *names):
    folder = world.BUILD / version
    return [glob.glob(f"{folder}/{name}_*.deb")[0] for name in names or NAMES]


def install(version="deb", *names):
    return dpkg("--force-confold", "-i", *debs(version, *names))


def status(name):
    return world.run("dpkg-query", "-W", "-f", "${db:Status-Status} ${Version}", name,
                     codes=None).strip()


def module():
    return world.security_folder() / MODULE


def files():
    """Every file of the root that packages and our programs could leave."""
    found = set()
    for folder, names, plain in os.walk("/"):
        names[:] = [name for name in names if not OTHERS_FILES.search(os.path.join(folder, name))]
        found.update(os.path.join(folder, name) for name in names + plain)
    return {name for name in found if not OTHERS_FILES.search(name)}


def state_bytes():
    return {str(file): file.read_bytes() for file in
            [world.STATE / "policy", *sorted((world.STATE / "accounts").iterdir())]}


def state_changed(before):
    """The names of state files that are not what they were; their text holds hashes."""
    now = state_bytes()
    return sorted(name for name in {*before, *now} if before.get(name) != now.get(name))


def accounts():
    return [pathlib.Path(name).read_text() for name in ("/etc/passwd", "/etc/group")]


def installation(results, clock):
    before, users = profiles.bytes_now(), accounts()
    DROP_INS.mkdir(parents=True)
    (DROP_INS / "50-broken.conf").write_text("[policy]\nmode = sometimes\n")
    clock.set(NOW)
    install()
    results.expect("install beside a broken drop-in", ["installed 0.1.0"] * len(NAMES),
                   [status(name) for name in NAMES])
    results.expect("install leaves pam.d alone", [], profiles.changed(before))
    results.expect("install: the sample is the configuration, with everything off", True,
                   "\nmode           = off\n" in world.CONFIG.read_text())
    results.expect("install: a user and a group for the programs without root", True,
                   all("\nvsee-expire:" in new and "\nvsee-expire:" not in old
                       for new, old in zip(accounts(), users)))
    results.expect("install: the state folder", "0o42755 vsee-expire",
                   f"{oct(world.STATE.stat().st_mode & 0o47777)} {world.STATE.group()}")
    results.expect("install: the folder of mail is its user's", "0o2771 vsee-expire vsee-expire",
                   f"{oct(world.MAIL.stat().st_mode & 0o7777)} {world.MAIL.owner()} "
                   f"{world.MAIL.group()}")
    results.expect("install enables no timer", "disabled", world.run(
        "systemctl", "is-enabled", TIMER, codes=None).strip())
    results.expect("install publishes nothing", False, (world.STATE / "policy").exists())
    output = install()
    results.expect("again: the broken line is told, and the package is whole",
                   (True, "installed 0.1.0"),
                   ("50-broken.conf" in output and "sometimes" in output, status("vsee-expire")))
    (DROP_INS / "50-broken.conf").unlink()


def half_installed(results):
    """Unpacked and not configured, first as new packages, then over enabled ones."""
    dpkg("--unpack", *debs("deb"))
    results.expect("unpacked only: logins go on", "in", callers.su_user("runner")[0])
    dpkg("--configure", "-a")
    dpkg("--purge", *NAMES)


def logins():
    """What three people meet at su, from the same state of the world each time."""
    snapshot = world.Snapshot()
    words = tuple(callers.su_user(name)[0] for name in PEOPLE)
    snapshot.restore()
    return words


def switch_on(results, clock):
    """People whose passwords are too old, old and young; then the profiles and a policy."""
    world.run("groupadd", "-f", "providers")
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    DROP_IN.write_text("[group providers]\nmode = enforce\n")
    for name, day in PEOPLE.items():
        clock.set(NOW + day)
        people.add(name, "providers")
        world.scan(clock)
    clock.set(NOW)
    world.scan(clock)
    clock.set(NOW, clock.second)
    results.expect("profiles off: only pam_unix speaks", ("in+unix-warns", "in"), logins()[1:])
    profiles.enable()
    results.expect("switched on", ENFORCED, logins())
    results.expect("switched on: passwd", "changed", callers.passwd_user("valid")[0])
    outcome = Terminal(["passwd"], "valid").converse(callers.answers("valid", callers.NEW, OLD))
    results.expect("switched on: an old password is refused", ["V11"], callers.tags(outcome.text))
    world.set_password("valid", OLD)
    world.scan(clock)


def exchange(results, version, title):
    """Another version over this one, while people log in and one is at a prompt."""
    state, stack = state_bytes(), profiles.bytes_now()
    waiting = Terminal(["passwd"], "warned")
    waiting.expect(r"(?i)current password: ?$")
    results.journal.take()
    with Watch() as watch:
        install(version)
    results.expect(f"{title}: no login fails, and the module is never missing", (0, 0, True),
                   watch.result())
    results.expect(f"{title}: PAM never complains", [], complaints(results))
    results.expect(f"{title}: state and policy are kept", [], state_changed(state))
    results.expect(f"{title}: pam.d is kept", [], profiles.changed(stack))
    snapshot = world.Snapshot()
    waiting.send(OLD)
    outcome = waiting.converse(callers.answers("warned"))
    results.expect(f"{title}: who was at the prompt goes on with the old module", 0,
                   outcome.status, outcome)
    snapshot.restore()
    results.expect(f"{title}: logins", ENFORCED, logins())


def older_policy(results):
    """What an older version published can't be read any more: an upgrade publishes it anew."""
    policy = world.STATE / "policy"
    text = policy.read_text()
    policy.write_text(text.replace("\nsource=", "\nmail=no\nsource=", 1))
    results.expect("a policy of an older form is not enforced", False, logins() == ENFORCED)
    output = install("deb-newer")
    results.expect("the upgrade publishes it anew, without a word", (True, False),
                   (policy.read_text() == text, "vsee-expire:" in output))
    results.expect("and it is enforced", ENFORCED, logins())
    install("deb")


def complaints(results):
    return [line for line in results.journal.take() if MODULE in line and "load" in line]


def upgrades(results, _clock):
    exchange(results, "deb-newer", "upgrade")
    results.expect("upgrade: the new programs", "vseectl 0.1.1",
                   world.run("vseectl", "--version").strip())
    exchange(results, "deb", "downgrade")
    older_policy(results)
    dpkg("--unpack", *debs("deb-newer", "libpam-vsee-expire"), codes=(0, 1))
    results.expect("a new module beside old programs", ENFORCED, logins())
    install("deb")
    newer = world.STATE / "accounts/expired"
    text = newer.read_text()
    newer.write_text(text.replace("vsee-account 1\n", "vsee-account 99\n", 1))
    results.expect("state of a newer version lets in", "in+V08", callers.su_user("expired")[0])
    newer.write_text(text)


def full_disk(results, _clock):
    """No room beside the module: dpkg gives up, and everything is as before."""
    folder, state = world.security_folder(), state_bytes()
    kept = world.run("mktemp", "-d").strip()
    world.run("cp", "-a", f"{folder}/.", kept)
    size = sum(file.stat().st_size + 8192 for file in folder.iterdir())
    world.run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder))
    world.run("cp", "-a", f"{kept}/.", str(folder))
    world.run("dd", "if=/dev/zero", f"of={folder}/filler", "bs=4096", codes=(1,))
    output = dpkg("-i", *debs("deb-newer"), codes=None)
    results.expect("full disk: dpkg says so", True, "No space left on device" in output)
    results.expect("full disk: the old module stays", True,
                   module().read_bytes() == (pathlib.Path(kept) / MODULE).read_bytes())
    results.expect("full disk: state stays", [], state_changed(state))
    results.expect("full disk: logins go on", ENFORCED, logins())
    (folder / "filler").unlink()
    install("deb-newer")
    results.expect("room again: the upgrade is made up for", ["installed 0.1.1"] * len(NAMES),
                   [status(name) for name in NAMES])
    world.run("umount", str(folder))
    install("deb")


def killed(results, _clock):
    """dpkg dies at some moment of an upgrade, from its first steps to its last."""
    begin = time.monotonic()
    install("deb-newer")
    seconds = time.monotonic() - begin
    install()
    words, cut, faults = set(), 0, 0
    for share in (0.1, 0.25, 0.4, 0.55, 0.7, 0.85):
        process = subprocess.Popen(["dpkg", "-i", *debs("deb-newer")], stdin=subprocess.DEVNULL,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True)
        time.sleep(seconds * share)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        cut += any(not status(name).startswith("installed ") for name in NAMES)
        words.add((module().exists(), logins()))
        said = dpkg("--configure", "-a", codes=None)
        faults += said.count("error processing") - said.count("very bad inconsistent state")
        install()
    results.expect("upgrade killed: the module is there, and logins go on", {(True, ENFORCED)},
                   words)
    results.expect("upgrade killed: dpkg asks for a package again at most", 0, faults)
    results.expect("upgrade killed: some kills left it half done", True, cut > 0)


def edited(results, stack):
    """Our lines in files that pam-auth-update leaves alone: the package does not go."""
    profiles.insert("account", "account\trequired\tpam_permit.so")
    held = profiles.bytes_now()
    results.expect("edited: reinstalling works and leaves the edit alone", ("installed 0.1.0", []),
                   (install() and status(NAMES[0]), profiles.changed(held)))
    output = dpkg("--remove", *NAMES, codes=None)
    text = profiles.file_of("account").read_text()
    place = text[:text.index(MODULE)].count("\n") + 1
    results.expect("edited: removal is refused, with file and line", (True, True),
                   ("not removed" in output, f"/etc/pam.d/common-account:{place}:" in output))
    results.expect("edited: the module stays, its package whole", (True, "installed 0.1.0"),
                   (module().exists(), status(NAMES[0])))
    results.expect("edited: logins go on, with the module off", OFF, logins())
    command = next(line.split() for line in output.splitlines() if "--force --disable" in line)
    profiles.update(*command[1:])
    dpkg("--remove", NAMES[0])
    results.expect("edited: after the command that is told, the package goes", ([], False),
                   (profiles.changed(stack), module().exists()))
    install()
    service = pathlib.Path("/etc/pam.d/su")
    text = service.read_text()
    service.write_text(f"{text}account optional {MODULE}\n")
    output = dpkg("--remove", *NAMES, codes=None)
    results.expect("a line in a service's own file: refused", (True, True),
                   ("/etc/pam.d/su:" in output, module().exists()))
    service.write_text(text)
    install()
    profiles.enable()
    world.run("vseectl", "apply")


def max_days():
    return [world.shadow_fields(name)[4] for name in PEOPLE]


def removal_in_vain(results):
    """chage fails: it is told, and the package goes all the same, with the module off."""
    chage = pathlib.Path("/usr/bin/chage")
    chage.rename("/usr/bin/chage.kept")
    chage.symlink_to("false")
    output = dpkg("--remove", *NAMES[1:])
    chage.unlink()
    pathlib.Path("/usr/bin/chage.kept").rename(chage)
    results.expect("tools removed, chage failing: told", True, "not every field" in output)
    results.expect("tools removed, chage failing: no policy", False,
                   (world.STATE / "policy").exists())
    install()
    world.run("vseectl", "apply")


def removal(results, clock):
    """First the tools alone, then again, then both."""
    install()
    world.scan(clock)
    clock.set(NOW, clock.second)
    removal_in_vain(results)
    results.expect("before: shadow holds what we mirrored", False, "99999" in max_days())
    world.run("systemctl", "enable", TIMER)
    with Watch() as watch:
        dpkg("--remove", *NAMES[1:])
    results.expect("tools removed: no login fails", (0, 0), watch.result()[:2])
    results.expect("tools removed: shadow has its own fields back", ["99999"] * 3, max_days())
    results.expect("tools removed: the module is off", OFF, logins())
    results.expect("tools removed: what is remembered stays", True,
                   (world.STATE / "accounts/valid").exists())
    output = install("deb", *NAMES[1:])
    results.expect("installed again: settings kept and told, nothing enforced", (True, True, OFF),
                   ("vseectl enable" in output, DROP_IN.exists(), logins()))
    results.expect("installed again: no timer publishes it", "disabled", world.run(
        "systemctl", "is-enabled", TIMER, codes=None).strip())
    world.run("vseectl", "apply")
    results.expect("applied again: enforced", "in", callers.su_user("valid")[0])
    with Watch() as watch:
        dpkg("--remove", *NAMES)
    results.expect("both removed: no login fails", 0, watch.failed)
    results.expect("both removed: no line names the module", [], [
        name for name in profiles.COMMON if profiles.ours(name)])
    results.expect("both removed: logins", OFF, logins())


def purge(results, found, stack):
    for name in ("ledger.sqlite", "lock", "due", "mail.prom"):
        (world.MAIL / name).touch()
    dpkg("--purge", *NAMES)
    results.expect("purge leaves no file", [], sorted(files() - found))
    results.expect("purge takes no file of others", [], sorted(found - files()))
    results.expect("purge leaves no user or group", False,
                   any(name in "".join(accounts()) for name in ("vsee-expire", "vsee-web")))
    results.expect("purge: the common files as before", [], profiles.changed(stack))


def wrong_clock(results, clock):
    """Installed in 1980: nothing is refused, nothing is published, and it can go again."""
    clock.set(3650)
    install()
    output = world.run("reminderd", "scan", codes=None)
    results.expect("wrong clock: the package is there, a scan refuses", (True, True),
                   (status("vsee-expire") == "installed 0.1.0", "accept-clock" in output))
    dpkg("--purge", *NAMES)
    clock.set(NOW)


def main():
    if not pathlib.Path("/mnt/vsee/source").is_dir():
        sys.exit("packages.py installs packages: it runs inside tests/system/root.sh only")
    results = Results(world.Journal())
    clock = world.Clock()
    world.make_shell()
    world.make_surroundings()
    people.add("runner")
    profiles.update("--package")
    found, stack = files(), profiles.bytes_now()
    wrong_clock(results, clock)
    half_installed(results)
    installation(results, clock)
    profiles.check(results)
    for part in (switch_on, upgrades, full_disk, killed):
        part(results, clock)
    edited(results, stack)
    removal(results, clock)
    purge(results, found, stack)
    return results.finish()


if __name__ == "__main__":
    sys.exit(main())
