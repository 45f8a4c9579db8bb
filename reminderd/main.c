/* reminderd: the table of verbs. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "decode.h"
#include "exit.h"
#include "log.h"
#include "options.h"
#include "plan.h"
#include "preview.h"
#include "reminders.h"
#include "report.h"
#include "salvage.h"
#include "scan.h"
#include "send.h"
#include "status.h"
#include "undo.h"

static const struct verb {
	const char *name, *meaning;
	const char *options; /* its own, by their letters */
	enum exit_code (*run)(const struct options *options);
} verbs[] = {
	/* clang-format off */
	{"scan", "judge every account, enrol it, bring shadow in line", "anjcv", scan_run},
	{"plan", "mails of the coming days against max_per_run and a quota", "acjDq", plan_run},
	{"preview", "what the configuration would do: counts, days, mails", "acj", preview_run},
	{"reminders", "which mail went to whom, what waits and why, who gets none", "*jC",
	 reminders_run},
	{"report", "all local accounts as evidence for an auditor", "f", report_run},
	{"restore", "take back what is ours in shadow, publish no policy any more", "", undo_run},
	{"salvage", "a new ledger out of what can be read of a damaged one", "", salvage_run},
	{"send", "mail the reminders that are due, by the last scan", "njCv", send_run},
	{"status", "what is amiss, and what helps", "jN", status_run},
	{"test-mail", "one mail to an address, marked as a test", "*Sl", test_mail_run},
	/* clang-format on */
};

static void print_usage(FILE *stream)
{
	(void)fprintf(stream, "usage: reminderd [VERB] [OPTION...]\n"
			      "Without a verb it does scan, then send.\n\n");
	for (size_t i = 0; i < COUNT(verbs); i++)
		(void)fprintf(stream, "  %-16s %s\n", verbs[i].name, verbs[i].meaning);
	(void)fputc('\n', stream);
	options_print(stream);
	(void)fprintf(stream, "\nSee reminderd(8).\n");
}

static enum exit_code dispatch(const struct options *options, char **argv)
{
	const char *name = options->verb ? options->verb : verbs[0].name; /* its options */

	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		if (options_allowed(options, name, verbs[i].options) < 0)
			return status_usage(argv);
		return options->verb ? verbs[i].run(options) : scan_and_send(options);
	}
	log_error("unknown verb: %s", name);
	print_usage(stderr);
	return status_usage(argv);
}

int main(int argc, char **argv)
{
	CLEANUP(options_clear) struct options options = {0};

	if (options_parse(argc, argv, &options) < 0) {
		print_usage(stderr);
		return (int)status_usage(argv);
	}
	if (options.help) {
		print_usage(stdout);
		return EXIT_GOOD;
	}
	if (options.version) {
		(void)printf("reminderd %s\n", VSEE_VERSION);
		return EXIT_GOOD;
	}
	decode_begin();
	(void)umask(022);		/* never depend on the caller's */
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, it would take a child's status from us */
	return (int)dispatch(&options, argv);
}
