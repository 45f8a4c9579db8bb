/* The subcommands, and what each is given. */
#pragma once

#include <sys/types.h>

#include "base/day.h"
#include "exit.h"
#include "store/paths.h"

struct context {
	const char *root;  /* as given; "" for the host itself */
	const char *state; /* as given; NULL for the usual folder */
	struct vsee_paths paths;
	uid_t owner;
	int64_t now; /* seconds since the epoch, read once */
	vsee_day today;
};

/* argv[0] is the verb; each says on standard error what is wrong. */
enum exit_code verb_apply(const struct context *context, int argc, char **argv);
enum exit_code verb_config(const struct context *context, int argc, char **argv);
enum exit_code verb_disable(const struct context *context, int argc, char **argv);
enum exit_code verb_enable(const struct context *context, int argc, char **argv);
enum exit_code verb_explain(const struct context *context, int argc, char **argv);
enum exit_code verb_extend(const struct context *context, int argc, char **argv);
enum exit_code verb_history(const struct context *context, int argc, char **argv);
enum exit_code verb_hold(const struct context *context, int argc, char **argv);
enum exit_code verb_link(const struct context *context, int argc, char **argv);
enum exit_code verb_lint(const struct context *context, int argc, char **argv);
enum exit_code verb_reminders(const struct context *context, int argc, char **argv);
enum exit_code verb_plan(const struct context *context, int argc, char **argv);
enum exit_code verb_report(const struct context *context, int argc, char **argv);
enum exit_code verb_status(const struct context *context, int argc, char **argv);
