/* At most so many mails a minute: a bucket that holds one token. */
#pragma once

#include <stdint.h>

struct pace {
	int64_t interval_us; /* 0: no limit */
	int64_t next_us;     /* when the next mail may leave */
};

/* per_minute: 0 for no limit. */
struct pace pace_new(unsigned per_minute);

/*
 * How long the next mail has to wait, in microseconds; 0: not at all. now_us: of a clock that
 * nobody sets. What was not used is not saved up: in any minute no more than per_minute leave.
 */
int64_t pace_wait(const struct pace *pace, int64_t now_us);

/* One leaves now. */
void pace_take(struct pace *pace, int64_t now_us);
