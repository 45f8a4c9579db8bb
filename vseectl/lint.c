/* vseectl lint: what is wrong on this host, why it matters, and which line mends it. */
#include <errno.h>
#include <getopt.h>
#include <string.h>

#include "base/cleanup.h"
#include "lint_checks.h"
#include "lint_print.h"
#include "say.h"
#include "simulate.h"
#include "verb.h"

struct options {
	bool json, simulate;
	char **operands;
	size_t count;
};

static int parse_options(int argc, char **argv, struct options *ret_options)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'},
		{"simulate", no_argument, NULL, 's'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (letter) {
		case 'j':
			ret_options->json = true;
			break;
		case 's':
			ret_options->simulate = true;
			break;
		default:
			return -EINVAL;
		}
	}
	ret_options->operands = argv + optind;
	ret_options->count = (size_t)(argc - optind);
	if (!ret_options->simulate)
		return 0;
	return ret_options->count == 2 && !ret_options->json ? 0 : -EINVAL;
}

/* Warnings and errors count, notes don't. */
static bool has_faults(const struct lint *lint)
{
	for (size_t i = 0; i < lint->count; i++)
		if (lint_kind_of(lint->findings[i].code)->severity > LINT_NOTE)
			return true;
	return false;
}

static enum exit_code run_checks(const struct context *context, const struct options *options)
{
	static void (*const checks[])(struct lint * lint) = {
		lint_check_config,   lint_check_page,	lint_check_members, lint_check_trust,
		lint_check_accounts, lint_check_states, lint_check_scan,
	};
	autolint struct lint lint;
	enum exit_code code;

	lint_load(context, &lint);
	code = lint_check_services(&lint, options->operands, options->count);
	if (code != EXIT_GOOD && code != EXIT_FILES)
		return code;
	for (size_t i = 0; i < COUNT(checks) && code == EXIT_GOOD; i++)
		checks[i](&lint);
	if (lint.no_memory || code != EXIT_GOOD) {
		say_error("%s", strerror(ENOMEM));
		return EXIT_FILES;
	}
	lint_sort(&lint);
	if (options->json)
		lint_print_json(&lint);
	else
		lint_print_text(&lint);
	return has_faults(&lint) ? EXIT_FOUND : EXIT_GOOD;
}

enum exit_code verb_lint(const struct context *context, int argc, char **argv)
{
	struct options options = {0};

	if (parse_options(argc, argv, &options) < 0) {
		say_error("usage: vseectl lint [--json] [SERVICE ...]; vseectl lint --simulate "
			  "SERVICE USER");
		return EXIT_USAGE;
	}
	if (options.simulate)
		return simulate_run(context, options.operands[0], options.operands[1]);
	return run_checks(context, &options);
}
