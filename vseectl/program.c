#include "program.h"

#include <errno.h>
#include <limits.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "say.h"

#define REMINDERD "reminderd"

extern char **environ;

/* Ours is the one beside us: what was built together runs together. */
static const char *find_reminderd(char *path, size_t size)
{
	const ssize_t length = readlink("/proc/self/exe", path, size - 1);
	struct stat stat;
	char *slash;

	if (length <= 0)
		return REMINDERD_PATH;
	path[length] = '\0';
	slash = strrchr(path, '/');
	if (!slash || (size_t)(slash + 1 - path) + sizeof(REMINDERD) > size)
		return REMINDERD_PATH;
	memcpy(slash + 1, REMINDERD, sizeof(REMINDERD));
	if (lstat(path, &stat) == 0 && S_ISREG(stat.st_mode) && access(path, X_OK) == 0)
		return path;
	return REMINDERD_PATH;
}

static int wait_for(const char *program, pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return EXIT_FILES;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	say_error("%s ended by signal %d; run this once more", program, WTERMSIG(status));
	return EXIT_FILES;
}

int program_run(const struct context *context, const char *const *arguments)
{
	const char *all[PROGRAM_ARGUMENTS_MAX + 6] = {REMINDERD};
	char path[PATH_MAX];
	const char *program = find_reminderd(path, sizeof(path));
	size_t count = 1;
	pid_t pid;
	int r;

	for (; *arguments && count < PROGRAM_ARGUMENTS_MAX; arguments++)
		all[count++] = *arguments;
	if (context->root[0]) {
		all[count++] = "--root";
		all[count++] = context->root;
	}
	if (context->state) {
		all[count++] = "--state";
		all[count++] = context->state;
	}
	r = posix_spawn(&pid, program, NULL, NULL, (char *const *)all, environ);
	if (r == 0)
		return wait_for(program, pid);
	say_error("%s: %s", program, strerror(r));
	return EXIT_FILES;
}
