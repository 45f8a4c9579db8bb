/* Bring shadow in line: for each queued account note the intent, run chage, note that it is done.
 */
#pragma once

#include "scan.h"

/*
 * Failures are warned and counted in scan->failed; the run goes on. 0, or negative errno after a
 * message where chage can't be run at all.
 */
int mirror_run(struct scan *scan);
