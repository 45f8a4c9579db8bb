/* vseectl disable: off for a group, or off for everybody and out of pam.d. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "program.h"
#include "say.h"
#include "turn.h"

static bool is_off(const struct turn *turn, const struct vsee_section *section)
{
	char name[VSEE_SECTION_TEXT_SIZE];

	if (turn->group && strcmp(vsee_section_text(section, name), turn->section) != 0)
		return true;
	return section->rules.mode == VSEE_MODE_OFF;
}

/* Say off in the drop-in for each section that another file switches on. ret_count: how many. */
static int say_off(struct turn *turn, size_t *ret_count)
{
	const struct vsee_policy *policy = &turn->edit.config.policy;
	char name[VSEE_SECTION_TEXT_SIZE];
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < policy->section_count; i++) {
		if (is_off(turn, &policy->sections[i]))
			continue;
		r = dropin_set(&turn->edit.dropin, vsee_section_text(&policy->sections[i], name),
			       VSEE_MODE_OFF);
		count++;
	}
	*ret_count = count;
	return r;
}

static enum exit_code check_effect(const struct turn *turn)
{
	const struct vsee_config *config = &turn->edit.config;
	enum exit_code code = EXIT_GOOD;
	char name[PATH_MAX];

	for (size_t i = 0; i < config->value_count; i++) {
		const struct vsee_config_value *value = &config->values[i];

		if (strcmp(value->key, "mode") != 0 || strcmp(value->value, "off") == 0 ||
		    (turn->group && strcmp(value->section, turn->section) != 0))
			continue;
		say_error("%s:%u: [%s] mode = %s wins over what would be written to " DROPIN_NAME
			  "; nothing was changed: edit that line",
			  edit_file_name(&turn->edit, value->source.file, name), value->source.line,
			  value->section, value->value);
		code = EXIT_CONFIG;
	}
	return code;
}

/* Without the drop-in; [policy] first, for what inherits from it needs no word of its own then. */
static enum exit_code try_without(struct turn *turn)
{
	struct edit *edit = &turn->edit;
	enum exit_code code;

	dropin_clear(&edit->dropin);
	edit->present = false;
	code = edit_try(edit);
	if (code != EXIT_GOOD || is_off(turn, &edit->config.policy.sections[0]))
		return code;
	edit->present = true;
	if (dropin_set(&edit->dropin, "policy", VSEE_MODE_OFF) < 0) {
		say_error("out of memory");
		return EXIT_FILES;
	}
	return edit_try(edit);
}

/*
 * The least that switches off: for everybody, the drop-in goes if that is enough, else it says off
 * where other files say something else. A group needs a section, or [policy] would cover it.
 */
static enum exit_code plan_edit(struct turn *turn)
{
	struct edit *edit = &turn->edit;
	enum exit_code code = turn->group ? edit_try(edit) : try_without(turn);
	size_t count = 0;
	int r;

	if (code != EXIT_GOOD)
		return code;
	if (turn->group && !turn_says(&edit->config, turn->section, VSEE_MODE_OFF)) {
		r = dropin_set(&edit->dropin, turn->section, VSEE_MODE_OFF);
		count = 1;
	} else {
		r = say_off(turn, &count);
	}
	if (r < 0) {
		say_error(DROPIN_NAME ": %s", strerror(-r));
		return EXIT_FILES;
	}
	if (count > 0) {
		edit->present = true;
		code = edit_try(edit);
	}
	return code != EXIT_GOOD ? code : check_effect(turn);
}

static enum exit_code plan(struct turn *turn)
{
	enum exit_code code = plan_edit(turn);
	const bool whole = !turn->group && !turn->context->root[0];

	if (code == EXIT_GOOD)
		code = turn_plan(turn);
	turn->to_profiles = whole && turn->profile.managed;
	turn->to_timer = whole && (turn->timer == TIMER_ON || turn->timer == TIMER_PARTLY);
	return code;
}

/* A scan puts shadow's fields back; where it can't run, restore does just that. */
static enum exit_code apply(const struct turn *turn)
{
	int status;

	(void)fflush(stdout);
	status = program_run(turn->context, (const char *const[]){"scan", NULL});
	if (status == EXIT_GOOD)
		return EXIT_GOOD;
	if (turn->group) {
		say_error("reminderd scan ended with status %d, see above and reminderd(8)",
			  status);
		return status == TURN_SCAN_SOME ? EXIT_GOOD : (enum exit_code)status;
	}
	say_warning("reminderd scan ended with status %d, see above: shadow is put back by "
		    "reminderd restore",
		    status);
	status = program_run(turn->context, (const char *const[]){"restore", NULL});
	if (status == EXIT_GOOD)
		return EXIT_GOOD;
	say_error("reminderd restore ended with status %d, see above", status);
	return (enum exit_code)status;
}

/*
 * The other way round: as long as dates of ours stand in shadow, our lines stay in front of
 * pam_unix. Off is never taken back.
 */
static enum exit_code carry_out(const struct turn *turn)
{
	enum exit_code code = EXIT_GOOD, last;

	if (edit_changes(&turn->edit))
		code = edit_make(&turn->edit);
	if (code == EXIT_GOOD && turn->to_apply)
		code = apply(turn);
	if (code != EXIT_GOOD) {
		if (turn->to_profiles)
			say_error("our lines stay in pam.d, because dates of ours may stand in "
				  "shadow: mend the cause and run this again");
		return code;
	}
	if (turn->to_profiles)
		code = profile_switch_off();
	if (turn->to_timer) {
		last = timer_switch(false);
		code = code != EXIT_GOOD ? code : last;
	}
	return code;
}

/* Lines written by hand stay: with mode off they do nothing, and whoever wrote them knows them. */
static void name_what_stays(const struct turn *turn)
{
	struct profile profile;

	if (turn->group || turn->dry_run || profile_look(turn->context->root, &profile) < 0)
		return;
	if (!profile.managed)
		profile_name_lines(&profile);
}

static int parse_options(int argc, char **argv, struct turn *turn)
{
	static const struct option options[] = {
		{"detailed-exitcodes", no_argument, NULL, 'd'},
		{"dry-run", no_argument, NULL, 'n'},
		{"group", required_argument, NULL, 'g'},
		{"yes", no_argument, NULL, 'y'},
		{NULL, 0, NULL, 0},
	};

	return turn_options(argc, argv, options, turn);
}

enum exit_code verb_disable(const struct context *context, int argc, char **argv)
{
	autoturn struct turn turn = {
		.context = context, .mode = VSEE_MODE_OFF, .edit.folder_fd = -1};
	enum exit_code code;

	if (parse_options(argc, argv, &turn) < 0) {
		say_error("usage: vseectl disable [--group GROUP] [--dry-run] [--yes] "
			  "[--detailed-exitcodes]");
		return EXIT_USAGE;
	}
	code = turn_run(&turn, plan, carry_out);
	if (code == EXIT_GOOD || code == EXIT_CHANGED)
		name_what_stays(&turn);
	return code;
}
