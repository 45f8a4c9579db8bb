#!/bin/bash
# memcheck.sh BUILD: memcheck.py in the throw-away root, with this machine's valgrind.
#
# The root holds none (it would be made anew on every machine for this one test); it is the same
# Debian, so what is installed here runs there too.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
kept=$build/tests/system/valgrind

# memcheck must know the names inside ld.so, which stand in a file of libc6-dbg's.
linker_names()
{
  local root=$1 id
  id=$(readelf -n "$(realpath "$root/lib64/ld-linux-x86-64.so.2")" | sed -n 's/.*Build ID: //p')
  echo "/usr/lib/debug/.build-id/${id:0:2}/${id:2}.debug"
}

root=$("$here/root.sh" make)
names=$(linker_names "$root")
[ -e "$names" ] || { echo "memcheck.sh: the root's libc is not this machine's: make it anew" >&2; exit 1; }
mkdir -p "$kept"
cp --parents /usr/bin/valgrind.bin /usr/libexec/valgrind/{default.supp,memcheck-*-linux} \
  /usr/libexec/valgrind/vgpreload_{core,memcheck}-*-linux.so "$names" "$kept"
exec "$here/play.sh" "$build" memcheck.py
