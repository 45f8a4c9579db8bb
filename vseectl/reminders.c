/* vseectl reminders: what the ledger of mails knows, by reminderd. */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>

#include "program.h"
#include "say.h"
#include "verb.h"

struct wanted {
	const char *format, *user;
};

static int parse_options(int argc, char **argv, struct wanted *ret_wanted)
{
	static const struct option options[] = {
		{"csv", no_argument, NULL, 'c'},
		{"json", no_argument, NULL, 'j'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if ((letter != 'c' && letter != 'j') || ret_wanted->format)
			return -EINVAL;
		ret_wanted->format = letter == 'c' ? "--csv" : "--json";
	}
	if (optind < argc)
		ret_wanted->user = argv[optind++];
	return optind == argc ? 0 : -EINVAL;
}

enum exit_code verb_reminders(const struct context *context, int argc, char **argv)
{
	const char *arguments[PROGRAM_ARGUMENTS_MAX] = {"reminders"};
	struct wanted wanted = {0};
	size_t count = 1;

	if (parse_options(argc, argv, &wanted) < 0) {
		say_error("usage: vseectl reminders [USER] [--csv] [--json]");
		return EXIT_USAGE;
	}
	if (wanted.user)
		arguments[count++] = wanted.user;
	if (wanted.format)
		arguments[count++] = wanted.format;
	return (enum exit_code)program_run(context, arguments);
}
