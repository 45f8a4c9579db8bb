/* vseectl status: what is amiss; reminderd, which knows, is run as a part of ours. */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "program.h"
#include "say.h"
#include "verb.h"

#define STATUS_UNKNOWN 3 /* Source: the plug-in rules of Nagios; 1 and 2 are their own findings */

static int parse_options(int argc, char **argv, const char **ret_format)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"nagios", no_argument, NULL, 'n'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter == '?' || *ret_format)
			return -EINVAL;
		*ret_format = letter == 'n' ? "--nagios" : "--json";
	}
	return optind == argc ? 0 : -EINVAL;
}

static enum exit_code wrong_usage(char **argv)
{
	say_error("usage: vseectl status [--nagios | --json]");
	while (*argv && strcmp(*argv, "--nagios") != 0)
		argv++;
	if (!*argv)
		return EXIT_USAGE;
	(void)printf("VSEE-EXPIRE UNKNOWN - wrong usage\n");
	return (enum exit_code)STATUS_UNKNOWN;
}

enum exit_code verb_status(const struct context *context, int argc, char **argv)
{
	const char *format = NULL;

	if (parse_options(argc, argv, &format) < 0)
		return wrong_usage(argv);
	return (enum exit_code)program_run(context, (const char *const[]){"status", format, NULL});
}
