/* What a process does with little memory, in a child of its own. */
#pragma once

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

/* 32 MiB more than it has now, and cost 9 of yescrypt takes 256. 0 or an errno. */
static inline int memory_limit(void)
{
	autofile FILE *file = fopen("/proc/self/statm", "re");
	struct rlimit limit;
	char pages[64];

	if (!file || !fgets(pages, sizeof(pages), file))
		return EIO;
	limit.rlim_cur = strtoul(pages, NULL, 10) * (rlim_t)sysconf(_SC_PAGESIZE) + (32 << 20);
	limit.rlim_max = limit.rlim_cur;
	return setrlimit(RLIMIT_AS, &limit) < 0 ? errno : 0;
}

/* What function returns there, its sign aside. */
static inline int memory_short_of(int (*function)(const void *context), const void *context)
{
	const pid_t pid = fork();
	int status, r;

	if (pid == 0) {
		r = memory_limit();
		_exit(r ? r : abs(function(context)));
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status)
									       : -1;
}
