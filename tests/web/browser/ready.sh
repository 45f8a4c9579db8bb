# What a test in Chromium needs. Sourced, not run.
# shellcheck shell=bash

browser_here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")

# A TAP plan without a test.
skip()
{
  echo "1..0 # SKIP $1"
  exit 0
}

# Installed again only when the versions change; never into the source tree.
have_packages()
{
  mkdir -p "$1"
  exec 9>"$1/lock"
  flock 9
  if [ -e "$1/installed" ] && cmp -s "$browser_here/package-lock.json" "$1/installed"; then
    return 0
  fi
  cp "$browser_here/package.json" "$browser_here/package-lock.json" "$1"
  (cd "$1" && timeout 120 npm ci --ignore-scripts --no-audit --no-fund) >"$1/npm.log" 2>&1 ||
    return 1
  cp "$browser_here/package-lock.json" "$1/installed"
}

# $1: a folder of the build for the npm packages. Says why, where there can be no test.
be_ready()
{
  local version
  version=$(node --version 2>/dev/null) || skip "Node 20 or newer is not here"
  version=${version#v}
  [ "${version%%.*}" -ge 20 ] || skip "Node 20 or newer is wanted, here is $version"
  command -v npm >/dev/null || skip "npm is not here"
  [ -x /usr/bin/chromium ] || skip "/usr/bin/chromium is not here"
  unshare --mount --uts true 2>/dev/null || skip "a mount namespace takes root"
  have_packages "$1" || skip "the npm packages can't be had: see $1/npm.log"
}
