#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/digest.h"

#define FIRST_WAIT_MS 1
#define LONGEST_WAIT_MS 20

/* Byte 0 is the host's. Two names that share a byte only wait for each other. */
static off_t offset_of(const char *name)
{
	if (!name)
		return 0;

	const uint64_t offset = vsee_digest(name, strlen(name)) >> 2; /* below 2^62 */

	return (off_t)(offset > 0 ? offset : 1);
}

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail on Linux */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Polled: F_OFD_SETLKW could only be ended by a signal, and those belong to the program. */
static int wait_for_lock(int fd, off_t offset, unsigned timeout_ms)
{
	const int64_t end_ms = now_ms() + timeout_ms;
	int64_t wait_ms = FIRST_WAIT_MS;

	for (;;) {
		struct flock lock = {
			.l_type = F_WRLCK,
			.l_whence = SEEK_SET,
			.l_start = offset,
			.l_len = 1,
		};

		if (fcntl(fd, F_OFD_SETLK, &lock) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES)
			return -errno;

		const int64_t left_ms = end_ms - now_ms();

		if (left_ms <= 0)
			return -EBUSY;
		if (wait_ms > left_ms)
			wait_ms = left_ms;
		(void)nanosleep(&(struct timespec){.tv_nsec = (long)wait_ms * 1000000}, NULL);
		wait_ms = wait_ms * 2 > LONGEST_WAIT_MS ? LONGEST_WAIT_MS : wait_ms * 2;
	}
}

int vsee_lock_take(int state_fd, const char *name, unsigned timeout_ms)
{
	autoclose int fd = -1;
	int r;

	fd = openat(state_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = wait_for_lock(fd, offset_of(name), timeout_ms);
	if (r < 0)
		return r;

	const int result = fd;

	fd = -1;
	return result;
}
