#!/bin/bash
# What a guest is booted from.
#
#   image.sh make BUILD FOLDER    fill FOLDER with kernel, initrd, disk.img (the throw-away root of
#                                 tests/system/root.sh) and programs.img (BUILD as it installs, and
#                                 the source)
#
# The kernel is the package of the host's own source, unpacked and never installed. Kernel and disk
# are kept beside the root. Environment: VSEE_TEST_CACHE as in root.sh.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
source_root=$(realpath "$here/../..")
cache=${VSEE_TEST_CACHE:-${XDG_CACHE_HOME:-/var/cache}/vsee-expire-tests}
kernel=linux-image-cloud-amd64
# In this order: each needs those before it.
modules=(virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_mmio
  virtio_blk virtio_console)
disk_size=1200M

die()
{
  echo "image.sh: $*" >&2
  exit 1
}

# The package that the meta package of this name depends on.
kernel_package()
{
  local name
  name=$(apt-cache depends "$kernel" | sed -n 's/^  Depends: \(linux-image-.*\)/\1/p' | head -n 1)
  echo "${name:-$kernel}"
}

fetch()
{
  (cd "$1" && apt-get download -qq -o APT::Sandbox::User=root "$2" >&2)
}

download_kernel()
{
  local name
  name=$(kernel_package)
  fetch "$1" "$name" || { apt-get update -qq >&2 && fetch "$1" "$(kernel_package)"; }
}

# A kernel that is there stays: a newer one of the source is no reason to download.
make_kernel()
{
  local folder=$cache/kernel-$kernel
  if [ ! -d "$folder" ]; then
    rm -rf "$folder.tmp"
    mkdir -p "$folder.tmp"
    download_kernel "$folder.tmp" || die "no kernel: apt can't download $kernel"
    dpkg-deb -x "$folder.tmp"/*.deb "$folder.tmp"
    rm "$folder.tmp"/*.deb
    mv "$folder.tmp" "$folder"
  fi
  echo "$folder"
}

make_initrd()
{
  local unpacked=$1 target=$2 name file number=10
  mkdir -p "$target.root/modules"
  "${CC:-cc}" -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Werror -static \
    -o "$target.root/init" "$here/init.c"
  for name in "${modules[@]}"; do
    file=$(find "$unpacked" -name "$name.ko")
    [ -n "$file" ] || die "the kernel has no module $name"
    cp "$file" "$target.root/modules/$((number++))-$name.ko"
  done
  python3 "$here/cpio.py" "$target.root" "$target"
  rm -rf "$target.root"
}

# $1: a folder, $2: the image to make of it, $3: its size.
make_file_system()
{
  rm -f "$2.tmp"
  mke2fs -q -t ext4 -m 0 -E root_owner=0:0 -d "$1" "$2.tmp" "$3" >&2
  mv "$2.tmp" "$2"
}

# $1: the image to fill.
make_disk()
{
  local root kept
  root=$("$source_root/tests/system/root.sh" make)
  [ -d "$root/etc" ] || die "root.sh has made no root"
  kept=$cache/disk-${root##*/root-}.img
  if [ ! -e "$kept" ]; then
    find "$cache" -maxdepth 1 -name 'disk-*.img*' -delete
    make_file_system "$root" "$kept" "$disk_size"
  fi
  cp --sparse=always --reflink=auto "$kept" "$1"
}

make_programs()
{
  local build=$1 target=$2 folder=$2.root
  mkdir -p "$folder/source"
  DESTDIR=$folder/installed meson install -C "$build" --no-rebuild --quiet >&2
  strip --strip-unneeded "$folder"/installed/usr/sbin/* 2>/dev/null || true
  tar -C "$source_root" --exclude=./.git --exclude=./build --exclude=__pycache__ \
    --exclude=node_modules -c . | tar -C "$folder/source" -x
  make_file_system "$folder" "$target" "$(($(du -sm "$folder" | cut -f1) * 3 / 2 + 16))M"
  rm -rf "$folder"
}

make()
{
  local build folder unpacked
  build=$(realpath "$1")
  folder=$(realpath "$2")
  mkdir -p "$cache"
  exec 9>"$cache/lock-guest"
  flock 9
  unpacked=$(make_kernel)
  cp "$unpacked"/boot/vmlinuz-* "$folder/kernel"
  make_initrd "$unpacked" "$folder/initrd"
  make_disk "$folder/disk.img"
  make_programs "$build" "$folder/programs.img"
}

[ "$(id -u)" = 0 ] || die "must run as root"
case ${1:-} in
  make) [ $# = 3 ] || die "usage: image.sh make BUILD FOLDER"; make "$2" "$3" ;;
  *) die "usage: image.sh make BUILD FOLDER" ;;
esac
