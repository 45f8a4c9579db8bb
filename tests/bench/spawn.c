/*
 * Runs a program and prints microseconds, those of them on a CPU, and peak memory in KiB. Small by
 * itself: a child's peak counts from before exec(2), so a large parent would hide it. spawn PROGRAM
 * [ARGUMENT...]
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double microseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can't fail for this clock */
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double of_timeval(const struct timeval *time)
{
	return (double)time->tv_sec * 1e6 + (double)time->tv_usec;
}

static int start(char **argv, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	int r = posix_spawn_file_actions_init(&actions);

	if (r != 0)
		return r;
	r = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	if (r == 0)
		r = posix_spawn(ret_pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions); /* the end is near */
	return r;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	double begin, end;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	begin = microseconds();
	if (start(argv + 1, &pid) != 0 || wait4(pid, &status, 0, &usage) != pid)
		return 125;
	end = microseconds();
	(void)printf("%.0f %.0f %ld\n", end - begin,
		     of_timeval(&usage.ru_utime) + of_timeval(&usage.ru_stime), usage.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 126;
}
