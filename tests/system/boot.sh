#!/bin/bash
# Boots systemd in a copy of the throw-away root and runs a command in it, as a service of its own.
#
#   boot.sh ROOT FOLDER COMMAND...
#
# ROOT is what root.sh make prints; the copy and all that is written to it vanish. FOLDER (a build
# folder, or one with packages) is seen read-only at /mnt/vsee/build, the source at /mnt/vsee/source.
# COMMAND runs as root when multi-user.target is reached, without a terminal, and boot.sh ends with
# its exit status and output. There is a network namespace with lo and nothing else.
#
# A COMMAND that ends with 100 has the copy rebooted and is run again: VSEE_BOOT counts from 1. What
# was written to files stays, /run and /tmp do not.
#
# Exit status: COMMAND's; 97 if nothing could be booted, 98 if time ran out.
# Environment: VSEE_TEST_SECONDS, the time limit for everything (300).
#
# The clock is the host's and can't be set inside. Without it, for a timer with Persistent=:
# touch -d '-2 days' /var/lib/systemd/timers/stamp-X.timer and start the timer.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
source_root=$(realpath "$here/../..")
# Time is not namespaced: whoever holds CAP_SYS_TIME inside sets the host's clock.
dropped=-sys_time,-sys_module,-sys_rawio,-mac_admin,-mac_override,-syslog,-wake_alarm

die()
{
  echo "boot.sh: $*" >&2
  exit 97
}

# systemd-nspawn needs a cgroup of its own in the unified hierarchy, whatever the host has.
enter_cgroup()
{
  umount --lazy /sys/fs/cgroup
  mount -t cgroup2 cgroup2 /sys/fs/cgroup
  cgroup=/sys/fs/cgroup/vsee-boot-$$
  mkdir "$cgroup"
  trap leave_cgroup EXIT
}

leave_cgroup()
{
  echo $$ >/sys/fs/cgroup/cgroup.procs
  [ ! -e "$cgroup/cgroup.kill" ] || echo 1 >"$cgroup/cgroup.kill"
  for _ in $(seq 50); do
    find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
    sleep 0.1
  done
}

make_copy()
{
  mount -t tmpfs -o size=2g tmpfs "$layer"
  mkdir "$layer/upper" "$layer/work" "$layer/root" "$layer/out"
  mount -t tmpfs -o mode=755 tmpfs /run # systemd-nspawn leaves folders in it
  mount -t overlay overlay \
    -o "lowerdir=$1,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
}

# The command as a service. A known machine-id: this is no first boot, at which presets apply.
add_service()
{
  local etc=$layer/root/etc
  tr -d - </proc/sys/kernel/random/uuid >"$etc/machine-id"
  {
    printf '#!/bin/bash\n'
    printf '%q ' "$@"
  } >"$layer/out/command"
  chmod 755 "$layer/out/command"
  cat >"$etc/systemd/system/vsee-boot.service" <<'EOF'
[Unit]
After=multi-user.target

[Service]
Type=exec
ExecStart=/mnt/vsee/source/tests/system/boot.sh inner
Environment=HOME=/root LANG=C.UTF-8 TERM=dumb PYTHONDONTWRITEBYTECODE=1
StandardOutput=append:/mnt/vsee/out/output
StandardError=inherit
SendSIGHUP=no
EOF
  mkdir -p "$etc/systemd/system/multi-user.target.wants"
  ln -s ../vsee-boot.service "$etc/systemd/system/multi-user.target.wants/"
}

# Runs as that service.
inner()
{
  local out=/mnt/vsee/out code=0
  if [ $((0x$(sed -n 's/^CapBnd:\t//p' /proc/self/status) >> 25 & 1)) = 1 ]; then
    echo "CAP_SYS_TIME is here: nothing is run"
    echo 97 >"$out/code"
  else
    echo . >>"$out/boots"
    VSEE_BOOT=$(wc -l <"$out/boots") "$out/command" </dev/null || code=$?
    [ "$code" != 100 ] || { systemctl reboot 2>/dev/null && exit; }
    echo "$code" >"$out/code"
  fi
  systemctl poweroff 2>/dev/null # without dbus they say so, and do it
}

boot()
{
  local code=133 # says systemd-nspawn of a reboot
  while [ "$code" = 133 ]; do
    code=0
    boot_once "$1" || code=$?
  done
  return "$code"
}

boot_once()
{
  local left=$((${VSEE_TEST_SECONDS:-300} - SECONDS))
  timeout --foreground --kill-after=5 "$((left > 1 ? left : 1))" \
    setpriv "--bounding-set=$dropped" "--inh-caps=$dropped" --ambient-caps=-all \
    systemd-nspawn --quiet --boot --directory="$layer/root" --register=no --keep-unit \
    --private-network --console=pipe --machine="vsee-boot-$$" \
    --drop-capability=CAP_SYS_TIME --bind="$layer/out:/mnt/vsee/out" \
    --bind-ro="$source_root:/mnt/vsee/source" --bind-ro="$1:/mnt/vsee/build" \
    systemd.show_status=0 </dev/null >>"$layer/console" 2>&1
}

# Runs in a mount namespace of its own. $1: ROOT, $2: FOLDER, $3: an empty folder for the copy.
outer()
{
  local root=$1 folder=$2 code=0 nspawn
  layer=$3
  shift 3
  enter_cgroup
  make_copy "$root"
  add_service "$@"
  touch "$layer/out/output"
  { echo "$BASHPID" >"$cgroup/cgroup.procs" && boot "$folder"; } &
  nspawn=$!
  tail --lines=+1 --follow --sleep-interval=0.2 --pid=$nspawn "$layer/out/output"
  wait $nspawn || code=$?
  [ ! -s "$layer/out/code" ] || exit "$(<"$layer/out/code")"
  tail --lines=20 "$layer/console" >&2
  case $code in
    124 | 137)
      echo "boot.sh: time ran out" >&2
      exit 98
      ;;
  esac
  die "the copy ended with $code before the command did"
}

main()
{
  [ $# -ge 3 ] || die "usage: boot.sh ROOT FOLDER COMMAND..."
  [ "$(id -u)" = 0 ] || die "must run as root"
  command -v systemd-nspawn >/dev/null || die "systemd-nspawn is missing: install systemd-container"
  local root folder
  root=$(realpath "$1")
  folder=$(realpath "$2")
  shift 2
  [ -d "$root/etc" ] || die "$root is no root"
  [ -d "$folder" ] || die "$folder is no folder"
  scratch=$(mktemp -d)
  trap 'rmdir "$scratch"' EXIT
  unshare --mount --propagation private "$here/boot.sh" outer "$root" "$folder" "$scratch" "$@"
}

case ${1:-} in
  inner) inner ;;
  outer) shift && outer "$@" ;;
  *) main "$@" ;;
esac
