#include "turn.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lines.h"
#include "ask.h"
#include "check.h"
#include "edit_copy.h"
#include "policy/verdict.h"
#include "say.h"

#define GROUP_LINE_MAX ((size_t)4 * 1024 * 1024) /* as store/members.h */

static int take_mode(const char *word, enum vsee_mode *ret_mode)
{
	for (enum vsee_mode mode = VSEE_MODE_WATCH; mode <= VSEE_MODE_ENFORCE; mode++) {
		if (strcmp(vsee_mode_name(mode), word) != 0)
			continue;
		*ret_mode = mode;
		return 0;
	}
	return -EINVAL;
}

int turn_options(int argc, char **argv, const struct option *options, struct turn *turn)
{
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (letter) {
		case 'd':
			turn->detailed = true;
			break;
		case 'g':
			turn->group = optarg;
			break;
		case 'm':
			if (take_mode(optarg, &turn->mode) < 0) {
				say_error("--mode %s: it is watch, remind or enforce; vseectl "
					  "disable switches off",
					  optarg);
				return -EINVAL;
			}
			break;
		case 'n':
			turn->dry_run = true;
			break;
		case 'y':
			turn->yes = true;
			break;
		default:
			return -EINVAL;
		}
	}
	return optind == argc ? 0 : -EINVAL;
}

/* Only the host's own file counts, as for logins. */
static int find_group(const char *path, const char *group)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	autoclose int fd = vsee_file_open(path);
	char prefix[VSEE_NAME_SIZE + 1];
	struct vsee_line line;
	int r = fd < 0 ? fd : vsee_lines_open(fd, GROUP_LINE_MAX, &lines);

	if (r < 0)
		return r;
	(void)snprintf(prefix, sizeof(prefix), "%s:", group);
	r = vsee_lines_find(&lines, prefix, strlen(prefix), &line);
	if (r == 0)
		return -ENOENT;
	return r < 0 ? r : 0;
}

static enum exit_code name_section(struct turn *turn)
{
	const char *path = turn->context->paths.group;
	int r;

	if (!turn->group) {
		(void)snprintf(turn->section, sizeof(turn->section), "policy");
		return EXIT_GOOD;
	}
	r = vsee_name_valid(turn->group) ? find_group(path, turn->group) : -ENOENT;
	if (r == 0) {
		(void)snprintf(turn->section, sizeof(turn->section), "group %s", turn->group);
		return EXIT_GOOD;
	}
	if (r == -ENOENT)
		say_error("no group is called \"%s\" in %s", turn->group, path);
	else
		say_error("%s: %s", path, strerror(-r));
	return r == -ENOENT ? EXIT_UNKNOWN : EXIT_FILES;
}

static enum exit_code begin(struct turn *turn)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	enum exit_code code;

	if (!turn->context->root[0] && geteuid() != 0) {
		say_error("run this as root");
		return EXIT_FILES;
	}
	code = check_config(turn->context, &config);
	if (code == EXIT_CONFIG)
		say_error("nothing was changed: mend the configuration first%s",
			  turn->mode == VSEE_MODE_OFF
				  ? "; reminderd restore switches off without one"
				  : "");
	if (code == EXIT_GOOD)
		code = name_section(turn);
	if (code == EXIT_GOOD)
		code = edit_open(turn->context, &turn->edit);
	if (code != EXIT_GOOD)
		return code;
	turn->timer = timer_look(turn->context->root);
	return profile_look(turn->context->root, &turn->profile) < 0 ? EXIT_FILES : EXIT_GOOD;
}

bool turn_says(const struct vsee_config *config, const char *section, enum vsee_mode mode)
{
	for (size_t i = 0; i < config->value_count; i++) {
		const struct vsee_config_value *value = &config->values[i];

		if (strcmp(value->section, section) == 0 && strcmp(value->key, "mode") == 0)
			return value->source.line > 0 &&
			       strcmp(value->value, vsee_mode_name(mode)) == 0;
	}
	return false;
}

/* Whether policy is another one than logins go by; none published is mode off for everybody. */
static enum exit_code compare(const struct turn *turn, const struct vsee_policy *policy,
			      bool *ret_other)
{
	autopolicy struct vsee_policy published = {0}, wanted = {0};
	autosecret struct vsee_secret text = {0};
	autoclose int fd =
		vsee_dir_open(AT_FDCWD, turn->context->paths.state, turn->context->owner);
	unsigned line;
	int r = fd < 0 ? fd : vsee_policy_load(fd, turn->context->owner, &published);

	*ret_other = true;
	if (r == -ENOENT) {
		for (size_t i = 0; *ret_other && i < policy->section_count; i++)
			*ret_other = policy->sections[i].rules.mode == VSEE_MODE_OFF;
		*ret_other = !*ret_other;
		return EXIT_GOOD;
	}
	if (r == -EBADMSG)
		return EXIT_GOOD; /* a scan writes it anew */
	if (r == 0)
		r = vsee_policy_print(policy, &text);
	if (r == 0)
		r = vsee_policy_parse(text.text, text.length, &wanted, &line);
	if (r < 0) {
		say_error("%s/policy: %s", turn->context->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	*ret_other = strcmp(published.digest, wanted.digest) != 0;
	return EXIT_GOOD;
}

enum exit_code turn_plan(struct turn *turn)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	enum exit_code code;

	if (edit_changes(&turn->edit)) {
		turn->to_apply = true;
		return EXIT_GOOD;
	}
	/* The copy's policy names other files: only the real one can be compared. */
	code = check_config(turn->context, &config);
	return code != EXIT_GOOD ? code : compare(turn, &config.policy, &turn->to_apply);
}

static bool is_needed(const struct turn *turn)
{
	return turn->to_apply || turn->to_profiles || turn->to_timer;
}

static enum exit_code end(const struct turn *turn, bool changed)
{
	(void)printf("%s: [%s] mode = %s\n",
		     !changed	     ? "unchanged"
		     : turn->dry_run ? "would be changed"
				     : "changed",
		     turn->section, vsee_mode_name(turn->mode));
	return changed && turn->detailed ? EXIT_CHANGED : EXIT_GOOD;
}

enum exit_code turn_run(struct turn *turn, turn_plan_function plan, turn_step_function carry_out)
{
	enum exit_code code = begin(turn);

	if (code == EXIT_GOOD)
		code = plan(turn);
	if (code != EXIT_GOOD)
		return code;
	if (!is_needed(turn))
		return end(turn, false);
	code = turn_preview(turn);
	edit_copy_remove(turn->edit.copy); /* whoever ends us at the question leaves nothing */
	if (code != EXIT_GOOD || turn->dry_run)
		return code != EXIT_GOOD ? code : end(turn, true);
	if (!turn->yes && !ask_go_on()) {
		say_error("nothing was changed");
		return EXIT_USAGE;
	}
	code = edit_lock(&turn->edit);
	if (code == EXIT_GOOD)
		code = carry_out(turn);
	return code != EXIT_GOOD ? code : end(turn, true);
}

void turn_clear(struct turn *turn)
{
	edit_clear(&turn->edit);
}
