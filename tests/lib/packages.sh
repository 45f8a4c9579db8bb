# Installs what is missing, for tests/run and packaging/demo. Sourced, not run.
# shellcheck shell=bash

# Debian 12's own Node is too old for the driver of the browser.
has_node()
{
  local version
  version=$(node --version 2>/dev/null) && version=${version#v} && [ "${version%%.*}" -ge 20 ]
}

# What a build needs, what the tests need on top, what building and judging the Debian packages
# needs, what the throw-away root needs on the host, what the virtual machines of tests/run --all
# need, and what the browser tests need.
# shellcheck disable=SC2034 # used by those who source this
{
  build_packages=(gcc libc6-dev meson ninja-build pkg-config libpam0g-dev libcrypt-dev libcurl4-openssl-dev
    libgmime-3.0-dev libgnutls28-dev libinih-dev libjansson-dev libmicrohttpd-dev libpwquality-dev
    libsqlite3-dev libsystemd-dev)
  test_packages=(binutils clang clang-format clang-tidy cppcheck git libclang-rt-dev libcmocka-dev
    libemail-mime-perl mandoc openssl python3 python3-aiosmtpd shellcheck strace systemd tzdata
    valgrind)
  deb_packages=(build-essential debhelper devscripts dpkg-dev lintian systemd)
  root_packages=(debootstrap iproute2 python3 systemd-container util-linux)
  guest_packages=(e2fsprogs qemu-system-x86)
  browser_packages=()
  ! has_node || browser_packages=(chromium fonts-dejavu-core)
}

install_missing()
{
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed ||
      missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "installing ${missing[*]}"
  DEBIAN_FRONTEND=noninteractive apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
