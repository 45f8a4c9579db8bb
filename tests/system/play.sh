#!/bin/bash
# play.sh BUILD SCRIPT [ARGUMENT...]: a script of this folder in a fresh copy of the throw-away
# root, with the programs of a build folder.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
script=$2
shift 2

mkdir -p "$build/tests/system"
${CC:-cc} -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
  -o "$build/tests/system/clock.so" "$here/clock.c"
root=$("$here/root.sh" make)
export VSEE_BUILD=$build VSEE_TEST_SECONDS=${VSEE_TEST_SECONDS:-900}
exec "$here/root.sh" run "$root" python3 "/mnt/vsee/source/tests/system/$script" "$@"
