#!/bin/bash
# check-man.sh PAGE...: every man page passes mandoc's lint without a warning.
set -euo pipefail

if ! command -v mandoc >/dev/null; then
  echo "mandoc is not installed" >&2
  exit 77
fi
for page in "$@"; do
  mandoc -T lint -W warning "$page"
done
