/* Whether scan may trust today's date. Nobody else judges the clock. */
#pragma once

#include <stdint.h>

#include "base/day.h"

#define VSEE_CLOCK_AGREE_DAYS 2
#define VSEE_CLOCK_LEAP_DAYS 400
#define VSEE_CLOCK_WAIT_SECONDS 3600

enum vsee_clock {
	VSEE_CLOCK_GOOD,
	VSEE_CLOCK_NOTE,   /* do nothing but note the time, run again an hour later */
	VSEE_CLOCK_REFUSE, /* do nothing until an administrator accepts the date */
};

/*
 * now: seconds since the epoch. build_day: the day this program was built.
 * last_scan: day of the last scan that acted, VSEE_UNSET if none did.
 * noted: seconds of the run that only noted them, VSEE_UNSET if the last run acted.
 *
 * REFUSE: today is before build_day, or more than 400 days after last_scan. NOTE: today is before
 * last_scan or more than 2 days after it, unless noted lies at least an hour back and at most
 * 2 days: two runs that agree are believed.
 */
enum vsee_clock vsee_clock_judge(int64_t now, vsee_day build_day, vsee_day last_scan,
				 int64_t noted);
