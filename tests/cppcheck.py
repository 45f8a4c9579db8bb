#!/usr/bin/env python3
"""cppcheck over the product's C files; every finding left is printed, and the run fails.

cppcheck knows nothing of release by declaration (lib/base/cleanup.h), and takes what is released
so for a leak or a value never read. Such a finding is dropped where the very variable that it
names is declared so in that function; other reasons stand in cppcheck-suppressions.
"""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PRODUCT = ("lib", "pam_vsee_expire", "reminderd", "vseectl", "web")
OPTIONS = [
    "--quiet", "--std=c11", "--platform=unix64", "--library=posix,gnu",
    "--enable=warning,style,performance,portability,information",
    "-D_GNU_SOURCE", "-DVSEE_SYSTEMD=1", "-DVSEE_BUILD_DAY=20779", '-DVSEE_VERSION="0"',
    "-Ilib", "-Iweb", "--template={file}:{line}:{id}:{message}",
    f"--suppressions-list={HERE / 'cppcheck-suppressions'}",
]  # not -j: which suppression is no longer wanted is said by a single process only
BLIND = {
    "memleak": r"Memory leak: (\w+)",
    "resourceLeak": r"Resource leak: (\w+)",
    "unreadVariable": r"Variable '(\w+)",
}


def released_by_declaration(place, line, name):
    """Whether the function around a line declares name with a release, on that line or above."""
    above = "\n".join((ROOT / place).read_text().split("\n")[:line])
    function = above[above.rfind("\n{\n"):]
    return bool(re.search(rf"\t(auto\w+|CLEANUP\(\w+\))\s[^;=]*\b{name}\b", function))


def explained(finding):
    parts = re.match(r"([^:]+):(\d+):(\w+):(.*)", finding)
    blind = parts and parts[3] in BLIND and re.match(BLIND[parts[3]], parts[4])
    return bool(blind) and released_by_declaration(parts[1], int(parts[2]), blind[1])


def main():
    files = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.c"))
             if not path.name.startswith("fuzz_")]
    names = "\n".join(str(path.relative_to(ROOT)) for path in files)
    run = subprocess.run(["cppcheck", *OPTIONS, "--file-list=-"], cwd=ROOT, input=names, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True)
    findings = sorted(set(filter(None, run.stdout.split("\n"))))
    left = [finding for finding in findings if not explained(finding)]
    print(*left, sep="\n", end="\n" if left else "")
    print(f"{len(files)} files, {len(findings) - len(left)} findings for want of cleanup, "
          f"{len(left)} left")
    return 1 if left or not files else 0


sys.exit(main())
