/*
 * The clock of the throw-away root: /etc/ld.so.preload names this library there, so that every
 * program, setuid ones too, sees the time that the test chose. Time is not namespaced and must
 * never be set. The file holds the seconds to add; a process reads it once, when it starts. Tests
 * of programs on made-up hosts preload it for one program, with the seconds in its environment.
 * systemd keeps the kernel's time, for its timers wait on that; so does who asks for it.
 * tests/simulation names it by LD_PRELOAD instead, and the seconds by an environment variable.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define OFFSET_FILE "/etc/test-clock"

static time_t offset;

static int is_systemd(void)
{
	return getpid() == 1 || strncmp(program_invocation_short_name, "systemd", 7) == 0;
}

__attribute__((constructor)) static void read_offset(void)
{
	const char *given = getenv("TEST_CLOCK_OFFSET");
	char text[32] = {0};

	if (given)
		offset = (time_t)strtoll(given, NULL, 10);
	if (given || is_systemd() || getenv("TEST_REAL_CLOCK"))
		return;

	const char *seconds = getenv("TEST_CLOCK");

	if (seconds) {
		offset = (time_t)strtoll(seconds, NULL, 10);
		return;
	}

	const int fd = open(OFFSET_FILE, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		offset = (time_t)strtoll(text, NULL, 10);
	(void)close(fd); /* read only: nothing to lose */
}

static int is_wall_clock(clockid_t id)
{
	return id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE || id == CLOCK_TAI;
}

__attribute__((visibility("default"))) int clock_gettime(clockid_t id, struct timespec *ret_time)
{
	const long r = syscall(SYS_clock_gettime, id, ret_time);

	if (r == 0 && is_wall_clock(id))
		ret_time->tv_sec += offset;
	return (int)r;
}

__attribute__((visibility("default"))) time_t time(time_t *ret_time)
{
	struct timespec now = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now); /* cannot fail with these arguments */
	if (ret_time)
		*ret_time = now.tv_sec;
	return now.tv_sec;
}

__attribute__((visibility("default"))) int gettimeofday(struct timeval *restrict ret_time,
							void *restrict zone)
{
	struct timespec now = {0};

	(void)zone; /* obsolete: every caller passes NULL */
	(void)clock_gettime(CLOCK_REALTIME, &now);
	ret_time->tv_sec = now.tv_sec;
	ret_time->tv_usec = now.tv_nsec / 1000;
	return 0;
}
