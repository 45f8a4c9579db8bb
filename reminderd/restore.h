/* Accounts that are no longer covered, but whose shadow line still says what we wrote there. */
#pragma once

#include "scan.h"

/* Walk our own states after the pass, and queue what is to be taken back. 0 or negative errno. */
int restore_run(struct scan *scan);
