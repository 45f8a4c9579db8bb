/* vseectl plan: mails of the coming days; reminderd, which counts them, is run as a part of ours.
 */
#include <errno.h>
#include <getopt.h>
#include <stddef.h>

#include "program.h"
#include "say.h"
#include "verb.h"

/* reminderd judges the values. */
static int parse_options(int argc, char **argv, const char **arguments)
{
	static const struct option options[] = {
		{"days", required_argument, NULL, 'd'},
		{"json", no_argument, NULL, 'j'},
		{"quota", required_argument, NULL, 'q'},
		{NULL, 0, NULL, 0},
	};
	size_t count = 1;
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter == '?' || count + 2 >= PROGRAM_ARGUMENTS_MAX)
			return -EINVAL;
		arguments[count++] = letter == 'd'   ? "--days"
				     : letter == 'q' ? "--quota"
						     : "--json";
		if (letter != 'j')
			arguments[count++] = optarg;
	}
	return optind == argc ? 0 : -EINVAL;
}

enum exit_code verb_plan(const struct context *context, int argc, char **argv)
{
	const char *arguments[PROGRAM_ARGUMENTS_MAX + 1] = {"plan"};

	if (parse_options(argc, argv, arguments) < 0) {
		say_error("usage: vseectl plan [--days N] [--quota N] [--json]");
		return EXIT_USAGE;
	}
	return (enum exit_code)program_run(context, arguments);
}
