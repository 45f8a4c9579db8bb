#!/bin/bash
# journey.sh BUILD: journey.mjs as TAP, and the line that tests/run counts; why, where it can't be.
set -euo pipefail

here=$(dirname "$(realpath "$0")")
# shellcheck source=tests/web/browser/ready.sh
. "$here/../web/browser/ready.sh"
build=$(realpath "$1")
modules=$build/tests/web/browser

# A run that breaks off has fewer results than it planned; that is a failure.
count()
{
  awk '{ print; fflush() }
    /^1\.\.[0-9]+/ { planned = substr($1, 4); skipped += /SKIP/ }
    /^ok / { good++ }
    /^not ok / { bad++ }
    END {
      if (!skipped && good + bad < planned + !planned)
        bad += planned + !planned - good - bad
      printf "system total ok=%d not-ok=%d skipped=%d\n", good, bad, skipped
      exit bad > 0
    }'
}

journey()
{
  be_ready "$modules"
  timeout 280 node "$here/journey.mjs" "$modules" "$modules/shots" "$build" 9>&- || true
}

journey | count
