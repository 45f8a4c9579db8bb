#include "pace.h"

#define MINUTE_US INT64_C(60000000)

struct pace pace_new(unsigned per_minute)
{
	if (per_minute == 0)
		return (struct pace){0};
	/* Rounded up: never one too many. */
	return (struct pace){.interval_us = (MINUTE_US + per_minute - 1) / per_minute};
}

int64_t pace_wait(const struct pace *pace, int64_t now_us)
{
	return pace->interval_us > 0 && pace->next_us > now_us ? pace->next_us - now_us : 0;
}

void pace_take(struct pace *pace, int64_t now_us)
{
	pace->next_us = now_us + pace->interval_us;
}
