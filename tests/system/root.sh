#!/bin/bash
# A throw-away root for tests that need a real login stack.
#
#   root.sh make               make the root unless it is there, print its folder
#   root.sh run ROOT CMD...    run CMD in a copy of ROOT whose changes vanish
#
# Environment: VSEE_TEST_CACHE (folder that keeps the root), VSEE_TEST_MIRROR (package source),
# VSEE_TEST_SECONDS (time limit of run, 600), VSEE_BUILD (build folder, seen at /mnt/vsee/build),
# VSEE_TEST_SUITE (bookworm, a newer suite of Debian, or Ubuntu's noble), VSEE_TEST_UBUNTU (package
# source of Ubuntu, which nothing here knows by itself).
set -euo pipefail

here=$(dirname "$(realpath "$0")")
source_root=$(realpath "$here/../..")
suite=${VSEE_TEST_SUITE:-bookworm}
prefix=$suite list=packages.generations lock=lock-$suite
source_variable=VSEE_TEST_MIRROR script=$suite options=()
case $suite in
  bookworm) prefix=root list=packages lock=lock ;;
  noble) # newer than Debian 12's debootstrap, which would go on without Ubuntu's key
    source_variable=VSEE_TEST_UBUNTU script=jammy
    options=('--components=main,universe' --force-check-gpg) ;;
esac
cache=${VSEE_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vsee-expire-tests}
# Time is not namespaced: whoever holds CAP_SYS_TIME inside sets the host's clock.
dropped=-sys_time,-sys_module,-sys_boot,-sys_rawio,-mac_admin,-mac_override,-syslog,-wake_alarm
namespaces=(--mount --pid --net --uts --ipc --fork --kill-child --propagation private)

die()
{
  echo "root.sh: $*" >&2
  exit 1
}

known_source()
{
  # shellcheck disable=SC2016 # apt-get expands it
  apt-get indextargets --format '$(REPO_URI)' "Codename: bookworm" 'Created-By: Packages' |
    sort -u | head -n 1
}

# The host's own package source, so that a local mirror or proxy keeps working. All suites of Debian
# are in it.
mirror()
{
  if [ -n "${!source_variable:-}" ]; then
    echo "${!source_variable}"
    return
  fi
  [ "$source_variable" = VSEE_TEST_MIRROR ] || die "$source_variable names no package source"
  local uri
  uri=$(known_source)
  [ -n "$uri" ] || { apt-get update -qq >&2 && uri=$(known_source); }
  [ -n "$uri" ] || die "apt knows no source of Debian: set VSEE_TEST_MIRROR"
  echo "$uri"
}

packages()
{
  grep -v '^#' "$here/$list" | paste -sd, -
}

key()
{
  { echo "$suite 1"; packages; } | sha256sum | cut -c1-12
}

# Devices, proc and the rest of a root, in namespaces of our own. $1: the root.
mount_system()
{
  local root=$1 node
  mount -t proc proc "$root/proc"
  mount --bind "$root/proc/sys" "$root/proc/sys"
  mount -o remount,bind,ro "$root/proc/sys"
  mount -t sysfs -o ro sysfs "$root/sys"
  mount -t tmpfs -o mode=755 dev "$root/dev"
  for node in null zero full random urandom tty; do
    touch "$root/dev/$node"
    mount --bind "/dev/$node" "$root/dev/$node"
  done
  mkdir "$root/dev/pts" "$root/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
  ln -s pts/ptmx "$root/dev/ptmx"
  ln -s /proc/self/fd "$root/dev/fd"
  mount -t tmpfs shm "$root/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$root/run"
}

# Leave the host's file system for good and run the rest in the root. $1: the root.
enter()
{
  local root=$1
  shift
  cd "$root"
  mkdir -p mnt/host
  pivot_root . mnt/host
  exec setpriv "--bounding-set=$dropped" "--inh-caps=$dropped" --ambient-caps=-all \
    chroot . /bin/sh -c 'umount -l /mnt/host && cd / && exec "$@"' sh "$@"
}

bind_read_only()
{
  mkdir -p "$2"
  mount --bind "$1" "$2"
  mount -o remount,bind,ro "$2"
}

# Runs in fresh namespaces: a copy of the root, then the command.
inner_run()
{
  local lower=$1 layer=$2
  shift 2
  mount -t tmpfs -o size=2g tmpfs "$layer"
  mkdir "$layer/upper" "$layer/work" "$layer/root"
  mount -t overlay overlay -o "lowerdir=$lower,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
  ip link set lo up
  hostname testroot
  mount_system "$layer/root"
  dropped+=,-mknod
  bind_read_only "$source_root" "$layer/root/mnt/vsee/source"
  [ -z "${VSEE_BUILD:-}" ] || bind_read_only "$VSEE_BUILD" "$layer/root/mnt/vsee/build"
  enter "$layer/root" env -i HOME=/root LANG=C.UTF-8 TERM=dumb PYTHONDONTWRITEBYTECODE=1 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

inner_second_stage()
{
  ip link set lo up
  mount --bind "$1" "$1"
  mount_system "$1"
  enter "$1" env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin /debootstrap/debootstrap --second-stage
}

# $1: folder to fill. Package scripts run without network and start no daemon.
build()
{
  local log=$1.log uri
  uri=$(mirror)
  rm -rf --one-file-system "$1"
  debootstrap --foreign --variant=minbase --include="$(packages)" "${options[@]}" "$suite" "$1" "$uri" \
    "$script" >"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; die "debootstrap: $(grep '^[EW]: ' "$log" | tail -n 2 | paste -sd ' ')"; }
  # debootstrap makes it a link where it thinks to be in a container.
  [ ! -L "$1/proc" ] || { rm "$1/proc" && mkdir "$1/proc"; }
  printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d"
  chmod 755 "$1/usr/sbin/policy-rc.d"
  echo force-unsafe-io >"$1/etc/dpkg/dpkg.cfg.d/unsafe" # who loses power makes it anew
  unshare "${namespaces[@]}" "$here/root.sh" inner-second-stage "$1" >>"$log" 2>&1 ||
    { tail -n 20 "$log" >&2; die "the second stage failed"; }
  rm "$1/etc/dpkg/dpkg.cfg.d/unsafe"
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/lib/apt/lists/* "$1/mnt/host"
  rm -f "$log"
}

make_root()
{
  local root
  root=$cache/$prefix-$(key)
  mkdir -p "$cache"
  exec 9>"$cache/$lock"
  flock 9
  if [ ! -d "$root" ]; then
    build "$root.tmp"
    mv "$root.tmp" "$root"
    find "$cache" -mindepth 1 -maxdepth 1 -name "$prefix-*" ! -name "${root##*/}" \
      -exec rm -rf --one-file-system {} +
  fi
  echo "$root"
}

run_in_root()
{
  [ $# -ge 2 ] || die "usage: root.sh run ROOT CMD..."
  local root
  root=$(realpath "$1")
  shift
  [ -d "$root/etc" ] || die "$root is no root"
  export VSEE_BUILD=${VSEE_BUILD:+$(realpath "$VSEE_BUILD")}
  scratch=$(mktemp -d)
  trap 'rmdir "$scratch"' EXIT
  timeout --foreground --signal=KILL "${VSEE_TEST_SECONDS:-600}" \
    unshare "${namespaces[@]}" "$here/root.sh" inner-run "$root" "$scratch" "$@"
}

[ "$(id -u)" = 0 ] || die "must run as root"
verb=${1:-}
shift || true
case $verb in
  make) make_root ;;
  run) run_in_root "$@" ;;
  inner-run) inner_run "$@" ;;
  inner-second-stage) inner_second_stage "$@" ;;
  *) die "usage: root.sh make | run ROOT CMD..." ;;
esac
