#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

static const char *const folders[] = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};

static bool find(const char *name, char *ret_path)
{
	for (size_t i = 0; i < COUNT(folders); i++) {
		if (snprintf(ret_path, PATH_MAX, "%s/%s", folders[i], name) >= PATH_MAX)
			continue;
		if (access(ret_path, X_OK) == 0)
			return true;
	}
	return false;
}

bool command_exists(const char *name)
{
	char path[PATH_MAX];

	return find(name, path);
}

static int redirect(posix_spawn_file_actions_t *actions, bool quiet)
{
	int r = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);

	if (r == 0 && quiet)
		r = posix_spawn_file_actions_addopen(actions, STDERR_FILENO, "/dev/null", O_WRONLY,
						     0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(actions, STDERR_FILENO, STDOUT_FILENO);
	return r;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int command_run(const char *const *arguments, bool quiet)
{
	/* noninteractive: debconf, which pam-auth-update asks its questions through. */
	static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
						  "DEBIAN_FRONTEND=noninteractive", NULL};
	posix_spawn_file_actions_t actions;
	char path[PATH_MAX];
	pid_t pid;
	int r;

	if (!find(arguments[0], path))
		return -ENOENT;
	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	r = redirect(&actions, quiet);
	if (r == 0)
		r = posix_spawn(&pid, path, &actions, NULL, (char *const *)arguments,
				(char *const *)environment);
	(void)posix_spawn_file_actions_destroy(&actions); /* glibc: cannot fail */
	return r == 0 ? wait_for(pid) : -r;
}
