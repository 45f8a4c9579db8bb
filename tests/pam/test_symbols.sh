#!/bin/sh
# What the built module shows to the programs that load it. Usage: test_symbols.sh MODULE SANITIZER
set -eu
module=$1
failed=0

if [ "$2" != none ]; then
  echo "skipped: a sanitizer adds symbols and libraries of its own"
  exit 77
fi
for tool in nm readelf python3; do
  if ! command -v "$tool" >/dev/null; then
    echo "skipped: $tool is missing"
    exit 77
  fi
done

# is WHAT FOUND EXPECTED
is() {
  if [ "$2" = "$3" ]; then
    echo "ok: $1"
  else
    echo "FAILED: $1: found '$2', expected '$3'"
    failed=1
  fi
}

# One line, sorted, blanks between.
line() {
  sort | tr '\n' ' ' | sed 's/ $//'
}

is "exported symbols" "$(nm -D --defined-only "$module" | awk '{print $3}' | line)" \
  "pam_sm_acct_mgmt pam_sm_authenticate pam_sm_chauthtok pam_sm_setcred"
is "libraries" "$(readelf -dW "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | line)" \
  "libc.so.6 libcrypt.so.1 libpam.so.0"
is "stack" "$(readelf -lW "$module" | awk '$1 == "GNU_STACK" {print $7}')" "RW"
is "relocations read-only" "$(readelf -lW "$module" | grep -c GNU_RELRO)" "1"
is "bound at load" "$(readelf -dW "$module" | grep -cE '\<(BIND_)?NOW\>' | sed 's/2/1/')" "1"
is "can be loaded and unloaded" \
  "$(readelf -dW "$module" | grep -cE 'NODLOPEN|NODELETE|INITFIRST|TEXTREL')" "0"
is "no search path" "$(readelf -dW "$module" | grep -cE 'R(UN)?PATH')" "0"
# They would be shared by all handles of a threaded program. What begins with __ is the compiler's.
is "writable variables" "$(nm -f sysv "$module" |
  awk -F '|' '$7 ~ /^\.t?(data|bss) *$/ && $1 !~ /^(__|completed\.)/ {print $1}' | line)" ""
is "all symbols are found" "$(python3 -c '
import ctypes, os, sys
ctypes.CDLL(sys.argv[1], mode=os.RTLD_NOW)
print("yes")' "$module" 2>&1)" "yes"
exit $failed
