/* reminderd without a verb: for small sites, containers with cron, and demonstrations. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"
#include "scan.h"
#include "send.h"

#define ROUNDS 4   /* the first, and three that send asked for */
#define ASKED 0x80 /* in the child's status, beside the exit code: it asked for a scan */

static volatile sig_atomic_t child;

static void pass_on(int number)
{
	const pid_t pid = (pid_t)child;

	if (pid > 0)
		(void)kill(pid, number);
}

static void set_signals(void (*handler)(int))
{
	const struct sigaction action = {.sa_handler = handler};

	(void)sigaction(SIGTERM, &action, NULL); /* these cannot fail */
	(void)sigaction(SIGHUP, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
}

/* The child's status, or negative errno. */
static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	log_error("send ended by signal %d", WTERMSIG(status));
	return EXIT_FILES;
}

/* Whoever sends is another user for good, and the next scan wants to be root: so it is a child. */
static enum exit_code send_in_child(const struct options *options, bool *ret_wants_scan)
{
	pid_t pid;
	int status;

	*ret_wants_scan = false;
	set_signals(pass_on); /* what comes too early for the child is lost, and the run goes on */
	pid = fork();
	if (pid == 0) {
		bool wants_scan;

		set_signals(SIG_DFL);
		status = (int)send_once(options, &wants_scan);
		_exit(wants_scan ? status | ASKED : status);
	}
	child = pid;
	status = pid < 0 ? -errno : wait_for(pid);
	child = 0;
	set_signals(SIG_DFL);
	if (status < 0) {
		log_error("send can't be run: %s", strerror(-status));
		return EXIT_FILES;
	}
	*ret_wants_scan = status & ASKED;
	return (enum exit_code)(status & ~ASKED);
}

static enum exit_code worse(enum exit_code a, enum exit_code b)
{
	return a > b ? a : b;
}

enum exit_code scan_and_send(const struct options *options)
{
	enum exit_code scanned = EXIT_GOOD, sent = EXIT_GOOD;
	bool wants_scan = true;

	if (options->dry_run || options->json || options->config)
		return scan_run(options);
	for (int round = 0; round < ROUNDS && wants_scan; round++) {
		scanned = scan_run(options);
		if (scanned != EXIT_GOOD && scanned != EXIT_SOME && scanned != EXIT_CONFIG)
			break; /* no new snapshot */
		sent = send_in_child(options, &wants_scan);
	}
	return worse(scanned, sent);
}
