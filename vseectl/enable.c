/* vseectl enable: one stage further (or back), in the order that harms nobody if it stops. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lint_install.h"
#include "policy/verdict.h"
#include "program.h"
#include "say.h"
#include "turn.h"

static enum exit_code check_effect(const struct turn *turn)
{
	const struct vsee_config *config = &turn->edit.config;
	char name[PATH_MAX];

	if (turn_says(config, turn->section, turn->mode))
		return EXIT_GOOD;
	for (size_t i = 0; i < config->value_count; i++) {
		const struct vsee_config_value *value = &config->values[i];

		if (strcmp(value->section, turn->section) == 0 && strcmp(value->key, "mode") == 0)
			say_error("%s:%u: [%s] mode = %s wins over what would be written "
				  "to " DROPIN_NAME "; nothing was changed: edit that line",
				  edit_file_name(&turn->edit, value->source.file, name),
				  value->source.line, turn->section, value->value);
	}
	return EXIT_CONFIG;
}

static enum exit_code plan_edit(struct turn *turn)
{
	enum exit_code code = edit_try(&turn->edit);
	int r = 0;

	if (code == EXIT_GOOD && !turn_says(&turn->edit.config, turn->section, turn->mode)) {
		r = dropin_set(&turn->edit.dropin, turn->section, turn->mode);
		turn->edit.present = true;
		code = r < 0 ? EXIT_FILES : edit_try(&turn->edit);
	}
	if (r < 0)
		say_error("[%s]: %s", turn->section, strerror(-r));
	if (code == EXIT_GOOD)
		code = check_effect(turn);
	return code;
}

static enum exit_code plan(struct turn *turn)
{
	enum exit_code code;

	if (!lint_has_module(turn->context->root)) {
		say_error("pam_vsee_expire.so is in no security folder below %s/usr/lib: install "
			  "libpam-vsee-expire",
			  turn->context->root);
		return EXIT_FILES;
	}
	code = plan_edit(turn);
	if (code == EXIT_GOOD)
		code = turn_plan(turn);
	turn->to_profiles = !turn->context->root[0] && turn->profile.state != PROFILE_WHOLE;
	turn->to_timer = turn->timer == TIMER_OFF || turn->timer == TIMER_PARTLY;
	return code;
}

static enum exit_code apply(const struct turn *turn)
{
	int status;

	(void)fflush(stdout);
	status = program_run(turn->context, (const char *const[]){"scan", NULL});
	if (status == TURN_SCAN_SOME)
		say_warning("some accounts could not be handled, see above; the next scan tries "
			    "again");
	if (status == EXIT_GOOD || status == TURN_SCAN_SOME)
		return EXIT_GOOD;
	say_error("reminderd scan ended with status %d, see above and reminderd(8)", status);
	if (turn->to_profiles)
		say_error("our lines stay in /etc/pam.d: they do nothing but for what was in force "
			  "before");
	return (enum exit_code)status;
}

/*
 * The order: our lines in pam.d come before the policy, the timer comes last.
 *
 * Lines without a policy do nothing: the module is off. A policy without lines is worse than
 * neither: scan mirrors dates into shadow, and where our line does not stand in for pam_unix, that
 * stops the cron jobs, user managers and sudo of people whose date has come. The drop-in alone does
 * nothing until a scan has published it, so it goes first and is taken back when a step fails. A
 * policy without a timer enforces dates for two more days, then none; and a timer that started
 * before our scan could run one of its own beside it, which would make ours give up.
 */
static enum exit_code carry_out(const struct turn *turn)
{
	enum exit_code code = EXIT_GOOD;

	if (edit_changes(&turn->edit))
		code = edit_make(&turn->edit);
	if (code != EXIT_GOOD)
		return code;
	if (!turn->context->root[0]) /* a disable may have come between the look and the lock */
		code = profile_switch_on();
	if (code == EXIT_GOOD && turn->to_apply)
		code = apply(turn);
	if (code != EXIT_GOOD) {
		edit_take_back(&turn->edit);
		return code;
	}
	if (turn->to_timer && timer_switch(true) != EXIT_GOOD) {
		say_error(
			"all else is done; without the timer, dates are enforced for two days and "
			"then no longer");
		return EXIT_FILES;
	}
	return EXIT_GOOD;
}

/* A port is opened by whoever says so, not as a side effect; but nobody is to be sent to a dead
 * end. */
static void warn_of_dead_link(const struct turn *turn)
{
	const char *const url = turn->edit.config.policy.base_url;

	if (url && url[0] != '\0' && lint_has_page(turn->context->root) &&
	    !lint_has_page_socket(turn->context->root))
		say_warning("messages lead to %s, and nothing listens there yet: systemctl enable "
			    "--now vsee-web.socket",
			    url);
}

static int parse_options(int argc, char **argv, struct turn *turn)
{
	static const struct option options[] = {
		{"detailed-exitcodes", no_argument, NULL, 'd'},
		{"dry-run", no_argument, NULL, 'n'},
		{"group", required_argument, NULL, 'g'},
		{"mode", required_argument, NULL, 'm'},
		{"yes", no_argument, NULL, 'y'},
		{NULL, 0, NULL, 0},
	};

	return turn_options(argc, argv, options, turn);
}

enum exit_code verb_enable(const struct context *context, int argc, char **argv)
{
	autoturn struct turn turn = {
		.context = context, .mode = VSEE_MODE_WATCH, .edit.folder_fd = -1};
	enum exit_code code;

	if (parse_options(argc, argv, &turn) < 0) {
		say_error("usage: vseectl enable [--mode watch|remind|enforce] [--group GROUP] "
			  "[--dry-run] [--yes] [--detailed-exitcodes]; without --mode: watch");
		return EXIT_USAGE;
	}
	code = turn_run(&turn, plan, carry_out);
	if (code == EXIT_GOOD || code == EXIT_CHANGED)
		warn_of_dead_link(&turn);
	return code;
}
