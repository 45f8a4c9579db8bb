#include "pwdlock.h"

#include <errno.h>
#include <fcntl.h>
#include <time.h>

#include "base/cleanup.h"

#define STEP_MS 100

static void pause_step(void)
{
	const struct timespec step = {.tv_nsec = STEP_MS * 1000000L};

	(void)nanosleep(&step, NULL); /* ended early, it is looked at early */
}

/* The process's lock, not the descriptor's: else pam_unix would wait for us. */
static int wait_for_lock(int fd, unsigned timeout_ms)
{
	for (unsigned waited = 0;; waited += STEP_MS) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		if (fcntl(fd, F_SETLK, &lock) == 0)
			return 0;
		if (errno != EAGAIN && errno != EACCES)
			return -errno;
		if (waited >= timeout_ms)
			return -EBUSY;
		pause_step();
	}
}

int pwdlock_take(const char *path, unsigned timeout_ms)
{
	autoclose int fd = open(
		path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK, 0600);
	int r = fd < 0 ? -errno : wait_for_lock(fd, timeout_ms);

	if (r < 0)
		return r;
	r = fd;
	fd = -1;
	return r;
}
