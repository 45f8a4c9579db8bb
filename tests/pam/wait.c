/* These stand in for libc's: a symbol of the program comes before that of any library. */
#include "wait.h"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
/* A sanitizer's own start may come through here, before it is ready for instrumented code. */
#define PLAIN __attribute__((no_sanitize("address", "undefined")))

static int64_t slept_ns, told_ns;

int64_t wait_slept_ms(void)
{
	const int64_t fresh_ns = slept_ns - told_ns;

	told_ns = slept_ns;
	return fresh_ns / 1000000;
}

EXPORT PLAIN int clock_gettime(clockid_t clock, struct timespec *ret_time)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, ret_time);
	ret_time->tv_sec = (time_t)(slept_ns / 1000000000);
	ret_time->tv_nsec = (long)(slept_ns % 1000000000);
	return 0;
}

EXPORT PLAIN int nanosleep(const struct timespec *time, struct timespec *ret_left)
{
	(void)ret_left;
	slept_ns += (int64_t)time->tv_sec * 1000000000 + time->tv_nsec;
	return 0;
}
