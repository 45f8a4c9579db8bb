/* vsee-web: the page where people set a new password. It holds no privilege and no account. */
#include <limits.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

#include "listen.h"
#include "log.h"
#include "options.h"
#include "server.h"
#include "site.h"
#include "watch.h"

enum exit_code { EXIT_GOOD = 0, EXIT_FAULT = 1, EXIT_USAGE = 2 };

/*
 * Passwords pass through: no core, no debugger of the same user, and memory that the libraries
 * free is overwritten, for GnuTLS and the HTTP library wipe no buffer of theirs.
 */
static int keep_secrets(void)
{
	const struct rlimit none = {0, 0};

	if (prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0) {
		log_error("core dumps can't be turned off: %s", strerror(errno));
		return -errno;
	}
	(void)mallopt(M_PERTURB, 0x5a); /* not every malloc(3) knows it */
	return 0;
}

static int credential(const char *name, char *ret_path)
{
	const char *const folder = getenv("CREDENTIALS_DIRECTORY");

	if (!folder) {
		log_error("neither --cert and --key nor credentials are given: vsee-web.service "
			  "has LoadCredential=tls-cert: and tls-key:");
		return -ENOENT;
	}
	if (snprintf(ret_path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
		return -ENAMETOOLONG;
	return 0;
}

static int load_tls(const struct options *options, struct tls *ret_tls)
{
	char certificate[PATH_MAX], key[PATH_MAX];
	int r;

	if (options->certificate)
		return tls_load(options->certificate, options->key, time(NULL), ret_tls);
	r = credential("tls-cert", certificate);
	if (r == 0)
		r = credential("tls-key", key);
	return r < 0 ? r : tls_load(certificate, key, time(NULL), ret_tls);
}

/* Before the first thread, so that all have the mask and only sigwait(3) gets them. */
static void block_signals(sigset_t *ret_signals)
{
	(void)sigemptyset(ret_signals);
	(void)sigaddset(ret_signals, SIGTERM);
	(void)sigaddset(ret_signals, SIGINT);
	(void)sigprocmask(SIG_BLOCK, ret_signals, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

static int serve(int fd, const struct tls *tls, const struct options *options)
{
	struct client client;
	struct server server;
	sigset_t signals;
	int number, r;

	r = client_begin(options->worker, &client);
	if (r < 0) {
		log_error("--worker %s: %s", options->worker, strerror(-r));
		return r;
	}
	block_signals(&signals);
	r = watch_begin();
	if (r < 0) {
		log_error("no thread can be started: %s", strerror(-r));
		return r;
	}
	r = server_begin(fd, tls, &client, &server);
	if (r < 0)
		return r;
	(void)sd_notify(0, "READY=1"); /* whether somebody listens or not */
	(void)sigwait(&signals, &number);
	(void)sd_notify(0, "STOPPING=1");
	if (server_end(&server) < 0) {
		log_error("the worker has not answered all in %d s: their connections end",
			  SERVER_DRAIN_SECONDS);
		_exit(EXIT_GOOD); /* threads are at work: nothing may be taken down */
	}
	watch_end();
	return 0;
}

static int run(const struct options *options)
{
	autotls struct tls tls = {0};
	struct site_error error;
	bool is_unix;
	int fd, r;

	r = keep_secrets();
	if (r < 0)
		return r;
	fd = listen_take(&is_unix);
	if (fd < 0)
		return fd;
	r = site_begin(options->root, options->state, &error);
	if (r < 0) {
		log_error("%s", error.text);
		return r;
	}
	if (!is_unix)
		r = load_tls(options, &tls);
	return r < 0 ? r : serve(fd, is_unix ? NULL : &tls, options);
}

int main(int argc, char **argv)
{
	struct options options;

	if (options_parse(argc, argv, &options) < 0) {
		options_print(stderr);
		return EXIT_USAGE;
	}
	if (options.help) {
		options_print(stdout);
		return EXIT_GOOD;
	}
	if (options.version) {
		(void)printf("vsee-web %s\n", VSEE_VERSION);
		return EXIT_GOOD;
	}
	return run(&options) < 0 ? EXIT_FAULT : EXIT_GOOD;
}
