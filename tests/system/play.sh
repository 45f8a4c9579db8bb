#!/bin/bash
# play.sh [--boot] BUILD SCRIPT [ARGUMENT...]: a script of this folder in a fresh copy of the
# throw-away root, with the programs of a build folder; --boot: with systemd running in it.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
boot=no
[ "$1" != --boot ] || { boot=yes && shift; }
build=$(realpath "$1")
script=/mnt/vsee/source/tests/system/$2
shift 2

mkdir -p "$build/tests/system"
${CC:-cc} -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
  -o "$build/tests/system/clock.so.$$" "$here/clock.c"
mv "$build/tests/system/clock.so.$$" "$build/tests/system/clock.so" # others may be playing
root=$("$here/root.sh" make)
export VSEE_BUILD=$build VSEE_TEST_SECONDS=${VSEE_TEST_SECONDS:-900}
[ "$boot" = no ] || exec "$here/boot.sh" "$root" "$build" python3 "$script" "$@"
exec "$here/root.sh" run "$root" python3 "$script" "$@"
