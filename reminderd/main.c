/* reminderd: the table of verbs. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "exit.h"
#include "log.h"
#include "options.h"
#include "preview.h"
#include "report.h"
#include "scan.h"
#include "status.h"
#include "undo.h"

static const struct verb {
	const char *name, *meaning;
	const char *options; /* its own, by their letters */
	enum exit_code (*run)(const struct options *options);
} verbs[] = {
	{"scan",	 "judge every account, enrol it, bring shadow in line (the default)", "anjcv",
	 scan_run											    },
	{"preview", "what the configuration would do: counts, days, mails",		    "acj",   preview_run},
	{"report",  "all local accounts as evidence for an auditor",			    "f",	 report_run },
	{"restore", "take back what is ours in shadow, publish no policy any more",	    "",	undo_run	},
	{"status",  "what is amiss, and what helps",					    "jN",	  status_run },
};

static void print_usage(FILE *stream)
{
	(void)fprintf(stream, "usage: reminderd [VERB] [OPTION...]\n\n");
	for (size_t i = 0; i < COUNT(verbs); i++)
		(void)fprintf(stream, "  %-16s %s\n", verbs[i].name, verbs[i].meaning);
	(void)fputc('\n', stream);
	options_print(stream);
	(void)fprintf(stream, "\nSee reminderd(8).\n");
}

static enum exit_code dispatch(const struct options *options, char **argv)
{
	const char *name = options->verb ? options->verb : verbs[0].name; /* scan */

	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, name) != 0)
			continue;
		if (options_allowed(options, name, verbs[i].options) < 0)
			return status_usage(argv);
		return verbs[i].run(options);
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
	(void)umask(022);		/* never depend on the caller's */
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, it would take a child's status from us */
	return (int)dispatch(&options, argv);
}
