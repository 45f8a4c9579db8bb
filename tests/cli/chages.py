"""Other chages than this host's: what shadow's generations take and keep."""

import os
import shutil
import subprocess

from harness import Skip

# shadow 4.20: no minimum age.
NO_MINIMUM = """
for word; do case $word in -m|--mindays) echo "unrecognized option" >&2; exit 2 ;; esac; done
exec "$CHAGE" "$@"
"""

# What is planned for after it: a last change of 0 or none, no maximum, no warning; what is no
# longer known is refused, or taken and forgotten.
REFUSING = """
echo "$*" >>calls
for word; do
  case $word in -m|--mindays|-M|--maxdays|-W|--warndays) echo "no such option" >&2; exit 2 ;; esac
done
case $* in *"--lastday 0 "*|*"--lastday -1 "*) exec "$CHAGE" "$@" ;; esac
echo "invalid date" >&2
exit 2
"""
DROPPING = """
echo "$*" >>calls
kept= dated=
while [ $# -gt 0 ]; do
  case $1 in
    -m|--mindays|-M|--maxdays|-W|--warndays) shift ;;
    --lastday)
      dated=yes
      [ "$2" = 0 ] && kept="$kept --lastday 0" || kept="$kept --lastday -1"
      shift
      ;;
    *) kept="$kept $1" ;;
  esac
  shift
done
[ -z "$dated" ] || exec "$CHAGE" $kept
"""


def with_chage(host, script, program, *arguments):
    """Run a program while, for it, /usr/bin/chage is a shell script; $CHAGE is the true one."""
    true, fake = host.path("../chage"), host.path("../fake")
    shutil.copy("/usr/bin/chage", true)
    with open(fake, "w", encoding="utf-8") as file:
        file.write(f"#!/bin/sh\nCHAGE={true}\ncd {host.root}/etc || exit 99\n{script}\n")
    os.chmod(fake, 0o755)
    inner = 'mount --bind "$1" /usr/bin/chage || exit 77; shift; exec "$@"'
    done = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-c", inner,
                           "sh", fake, host.programs[program], *host.place(program, arguments)],
                          text=True, capture_output=True, check=False)
    if done.returncode == 77 or "unshare" in done.stderr:
        raise Skip("no private mount namespace")
    return done


def scan_with_chage(host, script):
    """As above; what the scan, which must succeed, said to its administrator."""
    done = with_chage(host, script, "reminderd", "scan")
    assert done.returncode == 0, done
    return done.stderr
