#include "policy/clock.h"

#include <stdbool.h>

static bool confirmed(int64_t now, int64_t noted)
{
	if (noted == VSEE_UNSET || now < noted)
		return false;
	return vsee_day_of(now) - vsee_day_of(noted) <= VSEE_CLOCK_AGREE_DAYS &&
	       now - noted >= VSEE_CLOCK_WAIT_SECONDS;
}

enum vsee_clock vsee_clock_judge(int64_t now, vsee_day build_day, vsee_day last_scan, int64_t noted)
{
	const vsee_day today = vsee_day_of(now);

	if (today < build_day)
		return VSEE_CLOCK_REFUSE;
	if (last_scan == VSEE_UNSET)
		return VSEE_CLOCK_GOOD;
	/* Read from a file: no value may overflow. */
	last_scan = vsee_day_max(-VSEE_NEVER, vsee_day_min(last_scan, VSEE_NEVER));
	if (today - last_scan > VSEE_CLOCK_LEAP_DAYS)
		return VSEE_CLOCK_REFUSE;
	if (today >= last_scan && today - last_scan <= VSEE_CLOCK_AGREE_DAYS)
		return VSEE_CLOCK_GOOD;
	return confirmed(now, noted) ? VSEE_CLOCK_GOOD : VSEE_CLOCK_NOTE;
}
