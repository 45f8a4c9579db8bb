#!/bin/bash
# The page in a real browser: TAP, or why there is none.
#
#   run.sh FOLDER VSEE-WEB REMINDERD JUDGE [NAME...]
#
# FOLDER (of the build): the npm packages, and shots/, a picture of each state. doc/page holds four
# of them. NAME: a part of the name of a test that is wanted.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/web/browser/ready.sh
. "$here/ready.sh"
folder=$1
shift

be_ready "$folder"
exec timeout 560 node "$here/main.mjs" "$folder" "$folder/shots" "$@" 9>&-
