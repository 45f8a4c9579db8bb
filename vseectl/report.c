/* vseectl report: evidence for auditors by reminderd; or what mode watch would have refused. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lines.h"
#include "program.h"
#include "say.h"
#include "verb.h"
#include "watched_sum.h"

#define LINE_MAX_SIZE 8192
#define SINCE_DEFAULT "30 days ago"
#define JOURNALCTL "/usr/bin/journalctl"

struct wanted {
	const char *format, *since, *log;
	bool watched;
};

static int read_lines(int fd, struct watched_sum *sum)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	struct watched_line watched;
	struct vsee_line line;
	int r = vsee_lines_open(fd, LINE_MAX_SIZE, &lines);

	while (r >= 0 && (r = vsee_lines_next(&lines, &line)) > 0)
		if ((line.fault == VSEE_LINE_OK || line.fault == VSEE_LINE_UNTERMINATED) &&
		    watched_parse(line.text, line.size, &watched))
			watched_sum_add(sum, &watched);
	return r;
}

static enum exit_code read_log(const char *path, struct watched_sum *sum)
{
	const bool standard = strcmp(path, "-") == 0;
	autoclose int file_fd = standard ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	const int fd = standard ? STDIN_FILENO : file_fd;
	const int r = fd < 0 ? -errno : read_lines(fd, sum);

	if (r >= 0)
		return EXIT_GOOD;
	say_error("%s: %s", standard ? "standard input" : path, strerror(-r));
	return EXIT_FILES;
}

/* journalctl with its output on a pipe. 0 with ret_fd (the caller closes it), or negative errno. */
static int start_journalctl(const char *since, pid_t *ret_pid, int *ret_fd)
{
	/* What programs log of logins: auth (4) and authpriv (10). */
	const char *const arguments[] = {
		"journalctl",
		"-q",
		"--no-pager",
		"-o",
		"short-iso",
		"SYSLOG_FACILITY=4",
		"SYSLOG_FACILITY=10",
		"--since",
		since,
		NULL,
	};
	static char locale[] = "LC_ALL=C.UTF-8";
	static char *const environment[] = {locale, NULL};
	posix_spawn_file_actions_t actions;
	int ends[2], r;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	r = posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		r = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		if (r == 0)
			r = posix_spawn(ret_pid, JOURNALCTL, &actions, NULL,
					(char *const *)arguments, environment);
		(void)posix_spawn_file_actions_destroy(&actions); /* always 0 in glibc */
	}
	(void)close(ends[1]); /* the child has its own */
	if (r == 0)
		*ret_fd = ends[0];
	else
		(void)close(ends[0]); /* nothing was read */
	return -r;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static enum exit_code read_journal(const char *since, struct watched_sum *sum)
{
	autoclose int fd = -1;
	int status, r;
	pid_t pid;

	if (geteuid() != 0)
		say_warning("only root and the group adm see all of the journal");
	r = start_journalctl(since, &pid, &fd);
	if (r < 0) {
		say_error("%s: %s; give a log file: --log /var/log/auth.log", JOURNALCTL,
			  strerror(-r));
		return EXIT_FILES;
	}
	r = read_lines(fd, sum);
	vsee_cleanup_close(&fd); /* before the wait: a writer would wait for us */
	fd = -1;
	status = wait_for(pid);
	if (r < 0)
		say_error("the journal could not be read: %s", strerror(-r));
	else if (status != 0)
		say_error("journalctl ended with status %d, see above; is --since \"%s\" a time as "
			  "systemd.time(7) has it?",
			  status, since);
	return r < 0 || status != 0 ? EXIT_FILES : EXIT_GOOD;
}

static void clear(struct watched_sum *sum)
{
	watched_sum_clear(sum);
}

static enum exit_code sum_up(const struct wanted *wanted)
{
	CLEANUP(clear) struct watched_sum sum = {0};
	enum exit_code code;

	if (watched_sum_init(&sum) < 0) {
		say_error("%s", strerror(ENOMEM));
		return EXIT_FILES;
	}
	code = wanted->log ? read_log(wanted->log, &sum)
			   : read_journal(wanted->since ? wanted->since : SINCE_DEFAULT, &sum);
	if (code == EXIT_GOOD)
		watched_sum_print(&sum);
	return code;
}

static int parse_options(int argc, char **argv, struct wanted *ret_wanted)
{
	static const struct option options[] = {
		{"format", required_argument, NULL, 'f'},
		{"log", required_argument, NULL, 'l'},
		{"since", required_argument, NULL, 's'},
		{"watched", no_argument, NULL, 'w'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter == 'f')
			ret_wanted->format = optarg;
		else if (letter == 'l')
			ret_wanted->log = optarg;
		else if (letter == 's')
			ret_wanted->since = optarg;
		else if (letter == 'w')
			ret_wanted->watched = true;
		else
			return -EINVAL;
	}
	if (ret_wanted->watched ? !!ret_wanted->format : ret_wanted->log || ret_wanted->since)
		return -EINVAL;
	/* A file says in its lines when they were written, and who has it can cut it. */
	return optind == argc && !(ret_wanted->log && ret_wanted->since) ? 0 : -EINVAL;
}

enum exit_code verb_report(const struct context *context, int argc, char **argv)
{
	struct wanted wanted = {0};

	if (parse_options(argc, argv, &wanted) < 0) {
		say_error("usage: vseectl report [--format table|csv|json|html], or vseectl report "
			  "[--watched] [--since TIME] [--log FILE] with --watched");
		return EXIT_USAGE;
	}
	if (wanted.watched)
		return sum_up(&wanted);
	return (enum exit_code)program_run(
		context, wanted.format
				 ? (const char *const[]){"report", "--format", wanted.format, NULL}
				 : (const char *const[]){"report", NULL});
}
