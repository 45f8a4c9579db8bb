/* Days as shadow(5) counts them: whole days since 1970-01-01 UTC. */
#pragma once

#include <stdint.h>

typedef int64_t vsee_day;

#define VSEE_UNSET INT64_C(-1)	      /* an empty field */
#define VSEE_NONE INT64_C(-2)	      /* no value at all, where an empty field is one */
#define VSEE_DAY_MAX INT64_C(4000000) /* year 12921; readers saturate here */
#define VSEE_NEVER (INT64_C(1) << 40) /* a deadline later than any sum of two days */
#define VSEE_SECONDS_PER_DAY INT64_C(86400)

/* The day of a time in seconds since the epoch; times before it count as negative days. */
static inline vsee_day vsee_day_of(int64_t seconds)
{
	vsee_day day = seconds / VSEE_SECONDS_PER_DAY;

	return seconds % VSEE_SECONDS_PER_DAY < 0 ? day - 1 : day;
}

static inline vsee_day vsee_day_max(vsee_day a, vsee_day b)
{
	return a > b ? a : b;
}

static inline vsee_day vsee_day_min(vsee_day a, vsee_day b)
{
	return a < b ? a : b;
}
