/* time() stands in for libc's: a symbol of the program comes before that of any library. */
#include "clock.h"

#include <time.h>

static time_t now = 0;

void clock_set(vsee_day today)
{
	now = (time_t)(today * VSEE_SECONDS_PER_DAY + VSEE_SECONDS_PER_DAY / 2);
}

__attribute__((visibility("default"))) time_t time(time_t *ret_now)
{
	if (ret_now)
		*ret_now = now;
	return now;
}
