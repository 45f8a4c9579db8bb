#!/bin/bash
# Proves that the layers hold: base <- policy <- store <- programs, and what lib/ may not call.
#
#   check-layers.sh [SOURCE [BUILD]]   check a tree, and the objects of a build folder if one is given
#   check-layers.sh --self-test        plant violations in a copy; each must be found
set -euo pipefail

here=$(dirname "$(realpath "$0")")

# Folder, then whose headers it may include by "x/y.h". Programs see lib/ and themselves.
layers="
lib/base           base
lib/policy         base policy
lib/store          base policy store
pam_vsee_expire    base policy store pam_vsee_expire
reminderd          base policy store reminderd
vseectl            base policy store vseectl
web/wire           base policy wire
web/front          base policy store wire
web/worker         base policy store wire
"

# What nothing in lib/ may call: it never logs, prints, exits, forks, sleeps, or reads clock,
# locale or environment. snprintf and assert are no output.
forbidden_calls="
printf vprintf fprintf vfprintf dprintf puts fputs putchar putc fputc perror psignal err errx warn warnx
syslog vsyslog openlog pam_syslog
exit _exit _Exit quick_exit abort atexit on_exit
fork vfork clone posix_spawn posix_spawnp system popen execl execlp execle execv execve execvp execvpe
getenv secure_getenv setenv putenv setlocale newlocale uselocale localtime localtime_r tzset
time gettimeofday clock_gettime timespec_get ftime
sleep usleep nanosleep clock_nanosleep alarm setitimer
signal sigaction umask chdir setuid seteuid setreuid setresuid
strtok strtok_r atoi atol atoll sscanf __isoc99_sscanf scanf gets
"
# A lock waits with a time limit, so it must sleep and measure.
lock_calls="clock_gettime nanosleep clock_nanosleep"

forbidden_headers="security/ systemd/ sqlite3.h curl/ gmime/ microhttpd.h gnutls/ syslog.h err.h locale.h libintl.h"

failures=0

fail()
{
  echo "check-layers: $*"
  failures=$((failures + 1))
}

in_list()
{
  case " $2 " in *" $1 "*) true ;; *) false ;; esac
}

# Prints FILE:LINE:NAME of each quoted include below a folder.
quoted_includes()
{
  grep -rEno --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]+"' "$1" |
    sed -E 's/:([0-9]+):[^"]*"([^"]+)"/:\1:\2/' || true
}

system_includes()
{
  grep -rEno --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*<[^>]+>' "$1" |
    sed -E 's/:([0-9]+):[^<]*<([^>]+)>/:\1:\2/' || true
}

# A program's files name each other without a folder; those of lib/ never do.
own_header()
{
  [ "${1#lib/}" = "$1" ] && [ -e "$1/$2" ]
}

# What fuzz targets share lies with the tests.
fuzz_header()
{
  case $1 in
    */fuzz_*.c:*) [ -e "tests/lib/$2" ] || [ -e "tests/web/$2" ] ;;
    *) false ;;
  esac
}

check_quoted()
{
  local folder=$1 allowed=$2 line name
  while IFS= read -r line; do
    name=${line##*:}
    case $name in
      *..*) fail "${line%:*} includes \"$name\": no .." ;;
      */*) in_list "${name%%/*}" "$allowed" || fail "${line%:*} includes \"$name\"; it may see: $allowed" ;;
      *) own_header "$folder" "$name" || fuzz_header "$line" "$name" ||
        fail "${line%:*} includes \"$name\": write it with its folder" ;;
    esac
  done < <(quoted_includes "$folder")
}

check_system()
{
  local folder=$1 line name header
  while IFS= read -r line; do
    name=${line##*:}
    for header in $forbidden_headers; do
      [ "${name#"$header"}" = "$name" ] || fail "${line%:*} includes <$name>: not in lib/"
    done
    # Nothing a login loads may come to need inih.
    case "$name $line" in
      "ini.h lib/store/config"* | "ini.h lib/store/texts"*) ;;
      "ini.h "*) fail "${line%:*} includes <ini.h>: only lib/store/config*.c and texts*.c may" ;;
    esac
  done < <(system_includes "$folder")
}

check_includes()
{
  local folder allowed
  while read -r folder allowed; do
    if [ -n "$folder" ] && [ -d "$folder" ]; then
      check_quoted "$folder" "$allowed"
      [ "${folder#lib/}" = "$folder" ] || check_system "$folder"
    fi
  done <<<"$layers"
}

# Prints "MEMBER SYMBOL" of what the objects of an archive want from elsewhere, fortified or not.
wanted_symbols()
{
  nm --undefined-only --print-file-name "$1" 2>/dev/null |
    sed -E 's/^[^:]*:([^:]+):.* U ([^@ ]+).*$/\1 \2/; s/ __(.*)_chk$/ \1/'
}

check_calls()
{
  local archive=$1 member symbol
  while read -r member symbol; do
    in_list "$symbol" "${forbidden_calls//$'\n'/ }" || continue
    case $member in
      *lock.c.o) in_list "$symbol" "$lock_calls" || fail "${archive##*/}: $member calls $symbol" ;;
      *) fail "${archive##*/}: $member calls $symbol" ;;
    esac
  done < <(wanted_symbols "$archive")
}

check_names()
{
  local symbol
  while read -r symbol; do
    fail "${1##*/} defines $symbol: shared symbols are called vsee_..."
  done < <(nm --defined-only --extern-only --format=posix "$1" 2>/dev/null |
    awk 'NF > 1 && $1 !~ /^(vsee_|__|_?asan|_?ubsan)/ { print $1 }')
}

check_module()
{
  local module=$1 symbol library
  while read -r symbol; do
    fail "the module exports $symbol"
  done < <(nm --dynamic --defined-only --format=posix "$module" |
    awk '$1 !~ /^pam_sm_(authenticate|setcred|acct_mgmt|chauthtok)(@|$)/ { print $1 }')
  while read -r library; do
    fail "the module links $library"
  done < <(readelf --dynamic "$module" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
    grep -Ev '^(libpam|libcrypt|libc|ld-linux[^.]*)\.so\.[0-9]+$' || true)
}

check_objects()
{
  local build=$1 archive module=$1/pam_vsee_expire/pam_vsee_expire.so
  for archive in "$build"/lib/libvsee-*.a; do
    [ -e "$archive" ] || { fail "no archives in $build/lib"; return; }
    check_calls "$archive"
    check_names "$archive"
    [ "${archive##*/}" = libvsee-config.a ] || ! wanted_symbols "$archive" | grep -q ' ini_' ||
      fail "${archive##*/} needs inih: only libvsee-config.a may"
  done
  [ ! -e "$module" ] || check_module "$module"
}

# $1: what is planted, $2: the file, $3: its text. The copy must fail, and name the file.
expect_found()
{
  local copy output
  copy=$(mktemp -d)
  mkdir -p "$copy/lib" "$copy/$(dirname "$2")"
  printf '%b\n' "$3" >"$copy/$2"
  if output=$("$0" "$copy") || ! grep -qF "$2" <<<"$output"; then
    echo "check-layers: self-test: not found: $1"
    failures=$((failures + 1))
  fi
  rm -rf "$copy"
}

expect_call_found()
{
  local copy
  copy=$(mktemp -d)
  mkdir -p "$copy/lib"
  printf '%b\n' "$2" | ${CC:-cc} -O2 -D_FORTIFY_SOURCE=2 -x c -c -o "$copy/lib/$1.c.o" -
  ar rc "$copy/lib/libvsee-base.a" "$copy/lib/$1.c.o"
  if "$0" "$copy" "$copy" >/dev/null; then
    echo "check-layers: self-test: not found: $2"
    failures=$((failures + 1))
  fi
  rm -rf "$copy"
}

self_test()
{
  expect_found "base sees policy" lib/base/x.c '#include "policy/x.h"'
  expect_found "policy sees store" lib/policy/x.h '  #  include  "store/x.h"'
  expect_found "lib sees a program" lib/store/x.c '#include "vseectl/x.h"'
  expect_found "a program sees another" reminderd/x.c '#include "vseectl/x.h"'
  expect_found "a bare name in lib" lib/store/y.c '#include "x.h"'
  expect_found "a bare name of another's" vseectl/x.c '#include "y.h"'
  expect_found "a way around" lib/base/x.c '#include "base/../store/x.h"'
  expect_found "lib sees PAM" lib/store/x.c '#include <security/pam_modules.h>'
  expect_found "inih beside config.c" lib/store/policy.c '#include <ini.h>'
  expect_call_found x 'extern int printf(const char *, ...);\nvoid vsee_x(int i);\nvoid vsee_x(int i) { printf("%d", i); }'
  expect_call_found x '#include <time.h>\nlong vsee_x(void);\nlong vsee_x(void) { return time(0); }'
  expect_call_found x '#include <stdlib.h>\nchar *vsee_x(void);\nchar *vsee_x(void) { return getenv("A"); }'
  expect_call_found lock '#include <time.h>\nlong vsee_x(void);\nlong vsee_x(void) { return time(0); }'
  expect_call_found x 'int helper(void);\nint helper(void) { return 1; }'
}

if [ "${1:-}" = --self-test ]; then
  self_test
else
  build=${2:+$(realpath "$2")}
  cd "${1:-$here/..}"
  check_includes
  [ -z "$build" ] || check_objects "$build"
fi
[ "$failures" = 0 ] || { echo "check-layers: $failures found"; exit 1; }
echo "check-layers: good"
