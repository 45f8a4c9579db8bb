/* One turn of the switch, for enable and disable: what was asked for, and what is to be done. */
#pragma once

#include <getopt.h>
#include <stdbool.h>

#include "edit.h"
#include "profile.h"
#include "timer.h"
#include "verb.h"

/* reminderd's own code for "some accounts could not be handled"; the rest is done. */
#define TURN_SCAN_SOME 3

struct turn {
	const struct context *context;
	const char *group; /* NULL: everybody */
	char section[VSEE_SECTION_TEXT_SIZE];
	enum vsee_mode mode;
	bool dry_run, detailed, yes;
	struct edit edit;
	struct profile profile;
	enum timer_state timer;
	/* what is to be done: the drop-in (see edit_changes()), and */
	bool to_apply, to_profiles, to_timer;
};

/*
 * Parse the options of either verb by their letters: d --detailed-exitcodes, g --group, m --mode,
 * n --dry-run, y --yes. 0 or -EINVAL.
 */
int turn_options(int argc, char **argv, const struct option *options, struct turn *turn);

/* Whether [section] itself says this mode, by a line of a file. */
bool turn_says(const struct vsee_config *config, const char *section, enum vsee_mode mode);

/* Find out whether the configuration, as it will be, is what logins already go by. */
enum exit_code turn_plan(struct turn *turn);

/* Show what will be done, and what `reminderd preview` says of the configuration to be. */
enum exit_code turn_preview(const struct turn *turn);

/* Fill the turn's edit and what is to be done; or do it. EXIT_GOOD, or after a message. */
typedef enum exit_code (*turn_plan_function)(struct turn *turn);
typedef enum exit_code (*turn_step_function)(const struct turn *turn);

/*
 * The whole verb. First what must hold before anything: root, a configuration without errors, a
 * group that exists. Then plan, preview, question, carry_out, and the last line of standard output.
 */
enum exit_code turn_run(struct turn *turn, turn_plan_function plan, turn_step_function carry_out);

void turn_clear(struct turn *turn);
#define autoturn CLEANUP(turn_clear)
