/* vseectl: the table of subcommands. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "say.h"
#include "verb.h"

static const struct verb {
	const char *name, *arguments;
	enum exit_code (*run)(const struct context *context, int argc, char **argv);
	const char *meaning;
} verbs[] = {
	/* clang-format off */
	{"apply", "[--check]", verb_apply,
	 "check the configuration, enrol, publish the policy"},
	{"config", "[--section S]", verb_config,
	 "every value in effect, and where it is written"},
	{"disable", "[--group G] ...", verb_disable,
	 "switch off, for a group or altogether"},
	{"enable", "[--mode M] [--group G] ...", verb_enable,
	 "switch on: watch, remind or enforce"},
	{"explain", "USER|CODE [--service S]", verb_explain,
	 "why somebody is (not) expired; what a code means"},
	{"extend", "USER --days N --reason T", verb_extend,
	 "more days for one person"},
	{"history", "import|export|list|forget ...", verb_history,
	 "remembered passwords of accounts"},
	{"hold", "[--until TIME] [--release] ...", verb_hold,
	 "break glass: enforce nothing for a time"},
	{"link", "USER [--hours N|--revoke]", verb_link,
	 "a one-time link for somebody who lost the password"},
	{"lint", "[--json|--simulate] ...", verb_lint,
	 "what is wrong on this host, and what mends it"},
	{"reminders", "[USER] [--json|--csv]", verb_reminders,
	 "which mail went to whom, who gets none"},
	{"plan", "[--days N] [--quota N] [--json]", verb_plan,
	 "mails of the coming days, and what limits them"},
	{"report", "[--format F|--watched]", verb_report,
	 "evidence for auditors; what mode watch would refuse"},
	{"status", "[--nagios|--json]", verb_status,
	 "what is amiss, and what helps"},
	/* clang-format on */
};

static const struct option long_options[] = {
	{"help", no_argument, NULL, 'h'},
	{"root", required_argument, NULL, 'r'},
	{"state", required_argument, NULL, 's'},
	{"version", no_argument, NULL, 'V'},
	{NULL, 0, NULL, 0},
};

static void print_usage(FILE *stream)
{
	(void)fprintf(stream, "usage: vseectl [--root DIR] [--state DIR] VERB ...\n\n");
	for (size_t i = 0; i < COUNT(verbs); i++)
		(void)fprintf(stream, "  %-9s %-36s %s\n", verbs[i].name, verbs[i].arguments,
			      verbs[i].meaning);
	(void)fprintf(stream, "\nSee vseectl(8).\n");
}

static enum exit_code dispatch(const struct context *context, int argc, char **argv)
{
	for (size_t i = 0; i < COUNT(verbs); i++) {
		if (strcmp(verbs[i].name, argv[0]) != 0)
			continue;
		optind = 0; /* the verb has options of its own */
		return verbs[i].run(context, argc, argv);
	}
	say_error("unknown verb: %s", argv[0]);
	print_usage(stderr);
	return EXIT_USAGE;
}

static enum exit_code run(struct context *context, int argc, char **argv)
{
	context->owner = geteuid();
	context->now = (int64_t)time(NULL);
	context->today = vsee_day_of(context->now);
	if (vsee_paths_init(context->root, context->state, &context->paths) < 0) {
		say_error("--root or --state is too long");
		return EXIT_USAGE;
	}

	const enum exit_code code = dispatch(context, argc, argv);

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	say_error("standard output: %s", strerror(errno));
	return EXIT_FILES;
}

int main(int argc, char **argv)
{
	struct context context = {.root = ""};
	int letter;

	(void)umask(022);		/* never depend on the caller's */
	(void)signal(SIGCHLD, SIG_DFL); /* ignored, it would take a child's status from us */
	while ((letter = getopt_long(argc, argv, "+", long_options, NULL)) != -1) {
		switch (letter) {
		case 'r':
			context.root = strcmp(optarg, "/") == 0 ? "" : optarg;
			break;
		case 's':
			context.state = optarg;
			break;
		case 'h':
			print_usage(stdout);
			return EXIT_GOOD;
		case 'V':
			(void)printf("vseectl %s\n", VSEE_VERSION);
			return EXIT_GOOD;
		default:
			print_usage(stderr);
			return EXIT_USAGE;
		}
	}
	if (optind == argc) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	return (int)run(&context, argc - optind, argv + optind);
}
