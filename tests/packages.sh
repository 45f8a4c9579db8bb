#!/bin/bash
# Builds the Debian packages and looks at them; the lifecycle is tests/system/packages.py.
#
#   packages.sh BUILD    leaves them in BUILD/deb, and a newer version of them in BUILD/deb-newer
#
# The last line counts, as that of tests/system/run.py does.
set -euo pipefail

cd "$(dirname "$(realpath "$0")")/.."
[ $# = 1 ] || { echo "usage: tests/packages.sh BUILD" >&2; exit 2; }
mkdir -p "$1"
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
log=$build/deb.log
triplet=$(dpkg-architecture -qDEB_HOST_MULTIARCH)
passed=0 failed=0

# $1: name, then a command that must succeed; what it says follows a failure.
check()
{
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then
    passed=$((passed + 1))
    echo "ok packages $name"
  else
    failed=$((failed + 1))
    echo "not ok packages $name"
    printf '%s\n' "$said" | sed 's/^/  # /'
  fi
}

same()
{
  diff <(echo "$1") <(echo "$2")
}

# The tree as it is now: all builds are of the same one, also while somebody works on it.
copy_tree()
{
  mkdir "$work/tree"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
  done | tar --create --null --no-recursion --files-from=- | tar --extract --directory="$work/tree"
}

# As somebody else builds it: another folder, other times, locale, zone, umask, one job.
build_elsewhere()
(
  local copy="$work/another place/vsee"
  umask 077
  mkdir -p "${copy%/*}"
  cp -R "$work/tree" "$copy"
  cd "$copy"
  env -i PATH="$PATH" HOME=/nonexistent USER=nobody TZ=Pacific/Kiritimati LC_ALL=C \
    LANG=tr_TR.UTF-8 TMPDIR="$work" DEB_BUILD_OPTIONS="noautodbgsym parallel=1" \
    packaging/build-deb "$work/second"
)

sums()
{
  (cd "$1" && sha256sum ./*.deb)
}

# $1: a package's name. Its files and folders with their modes, below ./ and without times.
contents()
{
  dpkg-deb -c "$build/deb/$1"_*.deb | awk '{ print $1, $2, $6 }'
}

conffiles()
{
  local package
  for package in "$build"/deb/*.deb; do
    dpkg-deb -I "$package" conffiles 2>/dev/null || true
  done
}

# What $1 holds at a place must be there with this mode, and root's.
holds()
{
  contents "$1" | grep -xF -e "$2 root/root ./$3"
}

# Files of two packages, which dpkg would refuse to install beside each other.
overlap()
{
  local package
  for package in libpam-vsee-expire vsee-expire vsee-expire-web; do
    contents "$package" | awk '!/\/$/ { print $3 }'
  done | sort | uniq -d
}

# The words of hardening-check that are not good. Control flow integrity is no flag of this release,
# and stack clash protection shows only in programs with large frames: see check_flags.
hardening()
{
  hardening-check --nocfprotection "$1" | grep -vE ': (yes|unknown, no -fst|no.*\(ignored\)$)|:$'
}

# Every file was compiled with every flag.
check_flags()
{
  local flag
  [ "$(grep -cE '^\[.* -c ' "$log")" -ge 50 ] || return 1
  for flag in -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection; do
    if grep -E '^\[.* -c ' "$log" | grep -v -e "$flag"; then
      return 1
    fi
  done
  ! grep -E '^\[.* -D_FORTIFY_SOURCE=[012]' "$log"
}

# No script starts or enables anything.
starts()
{
  local package
  for package in "$build"/deb/*.deb; do
    dpkg-deb -I "$package" postinst
  done | grep -E '(systemctl|deb-systemd-invoke).* (start|restart|enable)|^ *vseectl enable'
}

copy_tree
"$work/tree/packaging/build-deb" "$build/deb" >"$log" 2>&1 || { tail -n 40 "$log"; exit 1; }
"$work/tree/packaging/build-deb" --version 0.1.1 "$build/deb-newer" >"$log.newer" 2>&1 ||
  { tail -n 40 "$log.newer"; exit 1; }
build_elsewhere >"$log.second" 2>&1 || { tail -n 40 "$log.second"; exit 1; }

check "two builds give the same bytes" same "$(sums "$build/deb")" "$(sums "$work/second")"
check "lintian finds no error and no warning" \
  lintian --allow-root --fail-on error,warning "$build"/deb/*.deb
check "every file is compiled with every hardening flag" check_flags
for package in "$build"/deb/*.deb; do dpkg-deb -x "$package" "$work/root"; done
security=usr/lib/$triplet/security
for file in "$work"/root/usr/sbin/* "$work"/root/usr/libexec/vsee-expire/vsee-* \
  "$work/root/$security"/*; do
  check "hardening of ${file##*/}" same "" "$(hardening "$file" || true)"
done
check "the packages share no file" same "" "$(overlap)"
check "three configuration files" same \
  "$(printf '%s\n' /etc/pam.d/vsee-reset{,-token} /etc/vsee-expire/vsee-expire.conf)" "$(conffiles)"
check "it is the sample" \
  cmp packaging/vsee-expire.conf "$work/root/etc/vsee-expire/vsee-expire.conf"
for file in "$security/pam_vsee_expire.so" usr/share/pam-configs/vsee-expire{,-bind} \
  usr/share/man/man8/pam_vsee_expire.8.gz; do
  check "$file" holds libpam-vsee-expire -rw-r--r-- "$file"
done
for file in lib/systemd/system/reminderd-{scan.{path,service,timer},send.{service,timer}} \
  lib/systemd/system-preset/90-vsee-expire.preset usr/lib/{sysusers,tmpfiles}.d/vsee-expire.conf \
  usr/lib/systemd/catalog/vsee-expire.catalog \
  usr/share/bash-completion/completions/{vseectl,reminderd} usr/share/vsee-expire/texts/{de,en}.ini \
  usr/share/man/man5/vsee-expire.conf.5.gz usr/share/man/man8/{vseectl,reminderd}.8.gz; do
  check "$file" holds vsee-expire -rw-r--r-- "$file"
done
for file in lib/systemd/system/vsee-{web,resetd}.socket \
  lib/systemd/system/vsee-{web,resetd@}.service lib/systemd/system-preset/91-vsee-expire-web.preset \
  usr/lib/{sysusers,tmpfiles}.d/vsee-expire-web.conf etc/pam.d/vsee-reset{,-token} \
  usr/share/man/man8/vsee-{web,resetd}.8.gz; do
  check "$file" holds vsee-expire-web -rw-r--r-- "$file"
done
check "nothing is started or enabled" same "" "$(starts || true)"

echo "system total ok=$passed not-ok=$failed skipped=0"
[ "$failed" = 0 ]
