#include "confine.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>

/*
 * Under a real uid with more processes than its limit, pam_unix's helper would not start. The unit
 * has no limit; where we may not raise ours ourselves, as far as we may.
 */
static int lift_processes(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	if (setrlimit(RLIMIT_NPROC, &limit) == 0)
		return 0;
	if (getrlimit(RLIMIT_NPROC, &limit) < 0)
		return -errno;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NPROC, &limit) < 0 ? -errno : 0;
}

/* A core would hold passwords. */
static int forbid_core(void)
{
	static const struct rlimit none = {0, 0};

	return setrlimit(RLIMIT_CORE, &none) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 ? -errno : 0;
}

/*
 * Not alarm(2): lckpwdf(3), which pam_unix calls, sets that for itself and switches it off. SIGKILL
 * also ends a process that was stopped, and can't be blocked.
 */
static int set_end(void)
{
	const struct itimerspec end = {.it_value.tv_sec = CONFINE_SECONDS};
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) < 0 ||
	    timer_settime(timer, 0, &end, NULL) < 0)
		return -errno;
	return 0;
}

int confine_set(void)
{
	int r = set_end();

	if (r == 0)
		r = forbid_core();
	if (r == 0)
		r = lift_processes();
	if (r < 0)
		return r;
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR)
		return -errno;
	(void)umask(077); /* can't fail */
	return clearenv() == 0 ? 0 : -ENOMEM;
}

void confine_block_signals(void)
{
	sigset_t all;

	(void)sigfillset(&all); /* neither can fail with good arguments */
	(void)sigprocmask(SIG_BLOCK, &all, NULL);
}
