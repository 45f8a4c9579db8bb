#include "deadline.h"

#include <errno.h>
#include <stdbool.h>
#include <time.h>

#define NS_PER_MS INT64_C(1000000)
#define NS_PER_SECOND INT64_C(1000000000)

static bool failed(enum wire_status status)
{
	return status == WIRE_WRONG || status == WIRE_LINK_BAD;
}

int64_t deadline_of(enum wire_status status, int64_t spent_ms)
{
	if (failed(status) && spent_ms <= DEADLINE_FAILURE_MS)
		return DEADLINE_FAILURE_MS;
	return (spent_ms + DEADLINE_STEP_MS - 1) / DEADLINE_STEP_MS * DEADLINE_STEP_MS;
}

int64_t deadline_begin(void)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail for this clock */
	return now.tv_sec * NS_PER_SECOND + now.tv_nsec;
}

void deadline_wait(enum wire_status status, int64_t began_ns)
{
	const int64_t spent_ms = (deadline_begin() - began_ns + NS_PER_MS - 1) / NS_PER_MS;
	const int64_t end_ns = began_ns + deadline_of(status, spent_ms) * NS_PER_MS;
	const struct timespec end = {.tv_sec = end_ns / NS_PER_SECOND,
				     .tv_nsec = end_ns % NS_PER_SECOND};

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) == EINTR)
		;
}
