#!/bin/bash
# Suites on another generation's login stack, with the programs of a build folder.
#
#   generation.sh BUILD SUITE
#
# SUITE: a name that root.sh knows. The last line counts, as that of run.py does; a root that can't
# be had is a skip.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
[ $# = 2 ] || { echo "usage: generation.sh BUILD SUITE" >&2; exit 2; }
build=$(realpath "$1") passed=0 failed=0 skipped=0
export VSEE_TEST_SUITE=$2
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT

# $1: a name, then what play.sh plays. Cases that are not ok are shown with what follows them.
play()
{
  local name=$1 log=$logs/$1 numbers
  shift
  "$here/play.sh" "$build" "$@" >"$log" 2>&1 </dev/null || true
  numbers=$(sed -n 's/^system total ok=\([0-9]*\) not-ok=\([0-9]*\) skipped=\([0-9]*\)$/\1 \2 \3/p' \
    "$log")
  [ -n "$numbers" ] || { echo "not ok $name did not end" && tail -n 20 "$log"; }
  # shellcheck disable=SC2086 # three numbers
  set -- ${numbers:-0 1 0}
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
  echo "$VSEE_TEST_SUITE $name: $1 ok, $2 not ok, $3 skipped"
  sed -n '/^not ok/,/^ok/{/^ok/!p}' "$log"
}

if root=$("$here/root.sh" make 2>"$logs/root"); then
  echo "$VSEE_TEST_SUITE: $(dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Package} ${Version}, ' \
    libpam-modules passwd login openssh-server util-linux sudo systemd)"
  for name in table stacks strict undated; do play "$name" run.py "$name"; done
  play switch switch.py
else
  skipped=1
  echo "1..0 # SKIP $VSEE_TEST_SUITE: $(tail -n 1 "$logs/root")"
fi
echo "system total ok=$passed not-ok=$failed skipped=$skipped"
[ "$failed" = 0 ]
