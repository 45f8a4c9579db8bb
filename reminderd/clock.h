/* May this run trust today's date? */
#pragma once

#include "scan.h"

/*
 * Read the clock, once for the run, and the day of the last one. EXIT_GOOD, or after a message why
 * this run does nothing; a date that must be seen twice is noted.
 */
enum exit_code clock_check(struct scan *scan);
