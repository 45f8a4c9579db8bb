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

int pwdlock_wait(const char *path, unsigned timeout_ms)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	for (unsigned waited = 0;; waited += STEP_MS) {
		struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

		if (fcntl(fd, F_GETLK, &lock) < 0)
			return -errno;
		if (lock.l_type == F_UNLCK)
			return 0;
		if (waited >= timeout_ms)
			return -EBUSY;
		pause_step();
	}
}
