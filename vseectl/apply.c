/* vseectl apply: check, then let a scan enrol and publish; then say what is in force. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "check.h"
#include "policy/verdict.h"
#include "program.h"
#include "say.h"
#include "store/section.h"
#include "verb.h"

static enum exit_code print_in_force(const struct context *context)
{
	CLEANUP(vsee_policy_clear) struct vsee_policy policy = {0};
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	char name[VSEE_SECTION_TEXT_SIZE];
	int r = state_fd < 0 ? state_fd : 0;

	if (r == 0)
		r = vsee_policy_load(state_fd, context->owner, &policy);
	if (r == -ENOENT) {
		(void)printf("No policy is published: nothing is enforced.\n");
		return EXIT_GOOD;
	}
	if (r < 0) {
		say_error("%s/policy: %s", context->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	(void)printf("In force (policy %s), %zu section%s:\n", policy.digest, policy.section_count,
		     policy.section_count == 1 ? "" : "s");
	for (size_t i = 0; i < policy.section_count; i++)
		(void)printf("  %-24s mode = %s\n", vsee_section_text(&policy.sections[i], name),
			     vsee_mode_name(policy.sections[i].rules.mode));
	return EXIT_GOOD;
}

static int parse_options(int argc, char **argv, bool *ret_check)
{
	static const struct option options[] = {
		{"check", no_argument, NULL, 'c'},
		{NULL, 0, NULL, 0},
	};
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter != 'c')
			return -EINVAL;
		*ret_check = true;
	}
	return optind == argc ? 0 : -EINVAL;
}

enum exit_code verb_apply(const struct context *context, int argc, char **argv)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	bool check = false;
	enum exit_code code;
	int status;

	if (parse_options(argc, argv, &check) < 0) {
		say_error("usage: vseectl apply [--check]");
		return EXIT_USAGE;
	}
	code = check_config(context, &config);
	if (code == EXIT_CONFIG)
		say_error("nothing was changed: the policy published last stays in force");
	if (code != EXIT_GOOD)
		return code;
	if (check) {
		(void)printf("The configuration is good: %zu section%s.\n",
			     config.policy.section_count,
			     config.policy.section_count == 1 ? "" : "s");
		return EXIT_GOOD;
	}
	status = program_run(context, (const char *const[]){"scan", NULL});
	if (status != EXIT_GOOD && status != EXIT_UNKNOWN)
		say_error("reminderd scan ended with status %d, see above and reminderd(8)",
			  status);
	code = print_in_force(context);
	return status != EXIT_GOOD ? (enum exit_code)status : code;
}
