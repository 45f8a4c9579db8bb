#include "chage.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define NUMBER_SIZE 24
#define ARGUMENTS_MAX 12

static const char *const places[] = {"/usr/bin/chage", "/usr/sbin/chage"};

struct command {
	char numbers[3][NUMBER_SIZE];
	const char *arguments[ARGUMENTS_MAX];
	size_t count;
};

static void add(struct command *command, const char *argument)
{
	command->arguments[command->count++] = argument;
}

static void add_field(struct command *command, const char *option, vsee_day value, char *number)
{
	if (value == VSEE_NONE)
		return;
	/* VSEE_UNSET is -1, which is also how chage(1) is told to empty a field. */
	(void)snprintf(number, NUMBER_SIZE, "%lld", (long long)value);
	add(command, option);
	add(command, number);
}

static void compose(const char *root, const char *name, const struct vsee_mirror_plan *plan,
		    struct command *command)
{
	add(command, "chage");
	if (root[0]) {
		add(command, "--root");
		add(command, root);
	}
	add_field(command, "--lastday", plan->last_change, command->numbers[0]);
	add_field(command, "--maxdays", plan->max_days, command->numbers[1]);
	add_field(command, "--warndays", plan->warn_days, command->numbers[2]);
	add(command, "--");
	add(command, name);
	add(command, NULL);
}

/* Whoever stops this run lets a chage that has begun write shadow, and take its locks away. */
static int shield(posix_spawnattr_t *attributes)
{
	sigset_t signals;
	int r;

	(void)sigemptyset(&signals); /* these can't fail: the signals are known */
	(void)sigaddset(&signals, SIGHUP);
	(void)sigaddset(&signals, SIGINT);
	(void)sigaddset(&signals, SIGTERM);
	r = posix_spawnattr_setsigmask(attributes, &signals);
	return r != 0 ? r : posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}

static int spawn(const struct command *command, int output_fd, pid_t *ret_pid)
{
	static const char *const environment[] = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C",
						  NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int r;

	r = posix_spawn_file_actions_init(&actions);
	if (r != 0)
		return -r;
	(void)posix_spawnattr_init(&attributes); /* glibc: cannot fail */
	r = shield(&attributes);
	if (r == 0)
		r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
						     0);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
	if (r == 0)
		r = posix_spawn_file_actions_adddup2(&actions, output_fd, STDERR_FILENO);
	for (size_t i = 0; r == 0 && i < COUNT(places); i++) {
		r = posix_spawn(ret_pid, places[i], &actions, &attributes,
				(char *const *)command->arguments, (char *const *)environment);
		if (r != ENOENT)
			break;
		r = i + 1 < COUNT(places) ? 0 : ENOENT;
	}
	(void)posix_spawnattr_destroy(&attributes); /* nor can these */
	(void)posix_spawn_file_actions_destroy(&actions);
	return -r;
}

/* Keep the beginning, but read all of it: chage must not die of a full pipe in the middle. */
static void read_output(int fd, char *ret_output)
{
	char chunk[CHAGE_OUTPUT_SIZE];
	size_t kept = 0;
	ssize_t size;

	while ((size = read(fd, chunk, sizeof(chunk))) != 0) {
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			break;
		for (ssize_t i = 0; i < size && kept < CHAGE_OUTPUT_SIZE - 1; i++) {
			if (chunk[i] == '\n')
				chunk[i] = ' ';
			ret_output[kept++] = chunk[i];
		}
	}
	while (kept > 0 && ret_output[kept - 1] == ' ')
		kept--;
	ret_output[kept] = '\0';
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int chage_run(const char *root, const char *name, const struct vsee_mirror_plan *plan,
	      char *ret_output)
{
	struct command command = {0};
	autoclose int read_fd = -1;
	int fds[2], r;
	pid_t pid;

	ret_output[0] = '\0';
	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	read_fd = fds[0];
	compose(root, name, plan, &command);
	r = spawn(&command, fds[1], &pid);
	(void)close(fds[1]); /* ours: so that reading ends with chage */
	if (r < 0)
		return r;
	read_output(read_fd, ret_output);
	return wait_for(pid);
}
