/* The password phase: our line must stop pam_unix from writing, and see what it wrote. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "lint_stack.h"

#define LINE_SIZE 1024
#define BIND "password optional pam_vsee_expire.so bind"

static const char *const strength_modules[] = {"pam_cracklib.so", "pam_passwdqc.so",
					       "pam_pwquality.so", NULL};
/* These ask for the new password where nobody did before. */
static const char *const asking_modules[] = {
	"pam_cracklib.so",  "pam_passwdqc.so", "pam_pwhistory.so",
	"pam_pwquality.so", "pam_winbind.so",  NULL,
};

/* A change in which every module agrees. */
struct change {
	const struct stack *stack;
	const struct stack_line *ours, *bind, *unix_line;
	struct stack_trace trace;
	size_t ours_visit, unix_visit;
};

static void change_clear(struct change *change)
{
	stack_trace_clear(&change->trace);
}

static void print_line(const struct stack_line *line, const char *control, const char *more,
		       char ret_text[LINE_SIZE])
{
	(void)snprintf(ret_text, LINE_SIZE, "%s%s %s %s%s%s%s%s", line->quiet ? "-" : "",
		       stack_type_name(line->type), control, line->module,
		       line->arguments[0] ? " " : "", line->arguments, more[0] ? " " : "", more);
}

static void tell_line(struct lint *lint, const struct stack_line *line, const char *control,
		      const char *more)
{
	char text[LINE_SIZE];

	print_line(line, control, more, text);
	lint_remedy(lint, "Line %u of %s becomes:\n%s", line->number, line->file, text);
}

static bool asks_before(const struct change *change, const struct stack_line *line)
{
	for (size_t i = 0; i < change->trace.count; i++) {
		const struct stack_line *other =
			&change->stack->lines[change->trace.visits[i].line];

		if (other < line && lint_calls_one_of(other, asking_modules))
			return true;
	}
	return false;
}

/* All that the phase needs, where our line is missing or stands in the wrong place. */
static void tell_place(struct lint *lint, const struct change *change)
{
	const struct stack_line *unix_line = change->unix_line;
	const struct stack_line *last = lint_last_line(change->stack, unix_line);
	const char *token = asks_before(change, unix_line) ? " use_authtok" : "";
	char becomes[LINE_SIZE], text[2 * LINE_SIZE] = "", more[LINE_SIZE] = "",
					  removal[LINE_SIZE] = "";

	if (!lint_takes_token(unix_line)) {
		print_line(unix_line, unix_line->control, "use_authtok", becomes);
		(void)snprintf(text, sizeof(text), "\nLine %u of %s becomes:\n%s",
			       unix_line->number, unix_line->file, becomes);
	}
	if (change->ours)
		(void)snprintf(removal, sizeof(removal), "\nRemove line %u of %s.",
			       change->ours->number, change->ours->file);
	if (!change->bind)
		(void)snprintf(more, sizeof(more), "\nPut behind line %u of %s:\n" BIND,
			       last->number, last->file);
	lint_remedy(lint,
		    "Put before line %u of %s:\npassword requisite pam_vsee_expire.so%s%s%s%s",
		    unix_line->number, unix_line->file, token, text, removal, more);
}

static bool run_change(struct lint *lint, struct change *change)
{
	static const struct lint_script good = {STACK_SUCCESS, STACK_IGNORE, STACK_SUCCESS};
	const struct stack *stack = change->stack;

	if (!lint_run(lint, stack, STACK_PASSWORD, &good, &change->trace))
		return false;
	change->ours_visit = lint_visit(stack, &change->trace, LINT_ROLE_OURS);
	change->unix_visit = lint_visit(stack, &change->trace, LINT_ROLE_UNIX);
	return true;
}

/* A password that we refuse must not be written, one that we accept must be. */
static void check_control(struct lint *lint, const struct change *change)
{
	static const struct lint_script bad = {STACK_AUTHTOK_ERR, STACK_IGNORE, STACK_SUCCESS};
	CLEANUP(stack_trace_clear) struct stack_trace refused = {0};
	const struct stack_line *ours = change->ours;
	const char *text = NULL;

	if (!lint_run(lint, change->stack, STACK_PASSWORD, &bad, &refused))
		return;
	if (lint_visit(change->stack, &refused, LINT_ROLE_UNIX) != LINT_NOWHERE)
		text = "pam_unix is called for a new password that our line refuses";
	else if (change->unix_visit == LINT_NOWHERE)
		text = "pam_unix is not called for a new password that our line accepts";
	if (!text)
		return;
	lint_add(lint, LINT_PASSWORD_REQUIRED, ours->file, ours->number, "%s (%s)", text,
		 ours->control);
	tell_line(lint, ours, "requisite", "");
}

static void check_neighbour(struct lint *lint, const struct change *change, size_t visit)
{
	const struct stack_line *line = &change->stack->lines[change->trace.visits[visit].line];
	const struct stack_line *ours = change->ours;

	if (!lint_calls_one_of(line, asking_modules) || visit < change->ours_visit)
		return;
	if (!lint_takes_token(line) && visit < change->unix_visit) {
		lint_add(lint, LINT_PASSWORD_ANEW, line->file, line->number,
			 "%s stands between our line and pam_unix and asks anew", line->module);
		tell_line(lint, line, line->control, "use_authtok");
	} else if (lint_calls_one_of(line, strength_modules)) {
		lint_add(lint, LINT_PASSWORD_STRENGTH, line->file, line->number,
			 "%s stands behind our line", line->module);
		lint_remedy(lint,
			    "Put behind line %u of %s:\npassword requisite pam_vsee_expire.so "
			    "use_authtok\nRemove line %u of %s.",
			    line->number, line->file, ours->number, ours->file);
	}
}

static void check_tokens(struct lint *lint, const struct change *change)
{
	const struct stack_line *ours = change->ours, *unix_line = change->unix_line;

	if (change->unix_visit != LINT_NOWHERE && !lint_takes_token(unix_line)) {
		lint_add(lint, LINT_PASSWORD_TOKEN, unix_line->file, unix_line->number,
			 "pam_unix has no use_authtok");
		tell_line(lint, unix_line, unix_line->control, "use_authtok");
	}
	if (!lint_takes_token(ours) && asks_before(change, ours)) {
		lint_add(lint, LINT_PASSWORD_TWICE, ours->file, ours->number,
			 "our password line has no use_authtok, and a module before it asks");
		tell_line(lint, ours, ours->control, "use_authtok");
	}
	for (size_t i = 0; i < change->trace.count; i++)
		check_neighbour(lint, change, i);
}

/* pam_unix ends the phase or jumps too far: let it jump to a line that agrees, then to bind. */
static void tell_jump(struct lint *lint, const struct change *change)
{
	const struct stack_line *bind = change->bind, *unix_line = change->unix_line;
	char control[64], text[LINE_SIZE];
	unsigned between = 0;

	for (const struct stack_line *line = unix_line + 1; line < bind; line++)
		if (line->type == STACK_PASSWORD && line->level == unix_line->level)
			between++;
	(void)snprintf(control, sizeof(control), "[success=%u default=ignore]", between);
	print_line(unix_line, between > 0 ? control : "required", "", text);
	lint_remedy(lint,
		    "Line %u of %s becomes:\n%s\nPut before line %u of %s:\npassword required "
		    "pam_permit.so",
		    unix_line->number, unix_line->file, text, bind->number, bind->file);
}

static void check_bind(struct lint *lint, const struct change *change)
{
	const struct stack_line *bind = change->bind, *unix_line = change->unix_line;
	const struct stack_line *last = lint_last_line(change->stack, unix_line);
	const size_t visit = lint_visit(change->stack, &change->trace, LINT_ROLE_BIND);

	if (change->unix_visit == LINT_NOWHERE)
		return;
	if (!bind) {
		lint_add(lint, LINT_BIND_MISSING, unix_line->file, unix_line->number,
			 "no line of pam_vsee_expire.so with bind stands behind pam_unix");
		lint_remedy(lint, "Put behind line %u of %s:\n" BIND, last->number, last->file);
		return;
	}
	if (visit != LINT_NOWHERE && visit > change->unix_visit)
		return;
	lint_add(lint, LINT_BIND_UNREACHED, bind->file, bind->number,
		 "our bind line is not reached after pam_unix in %s:%u has written",
		 unix_line->file, unix_line->number);
	if (bind < unix_line)
		lint_remedy(lint, "Put behind line %u of %s:\n" BIND "\nRemove line %u of %s.",
			    last->number, last->file, bind->number, bind->file);
	else
		tell_jump(lint, change);
}

static void check_history(struct lint *lint, const struct change *change)
{
	for (size_t i = 0; i < change->trace.count; i++) {
		const struct stack_line *line = &change->stack->lines[change->trace.visits[i].line];
		const bool pwhistory = stack_line_calls(line, "pam_pwhistory.so", NULL);
		const bool own = lint_role_of(line) == LINT_ROLE_UNIX &&
				 strstr(line->arguments, "remember=");

		if (!pwhistory && !own)
			continue;
		lint_add(lint, LINT_OTHER_HISTORY, line->file, line->number,
			 "%s remembers passwords, too",
			 pwhistory ? line->module : "pam_unix (remember=)");
		lint_remedy(lint,
			    "vseectl history import /etc/security/opasswd\n%s line %u of %s%s.",
			    pwhistory ? "Remove" : "In", line->number, line->file,
			    pwhistory ? "" : " remove remember=");
	}
}

static void check_ours(struct lint *lint, const struct change *change)
{
	if (!change->ours || change->ours_visit == LINT_NOWHERE) {
		const struct stack_line *line = change->ours ? change->ours : change->unix_line;

		lint_add(lint, LINT_PASSWORD_MISSING, line->file, line->number, "%s",
			 change->ours ? "our password line is not reached"
				      : "the password phase has no line of pam_vsee_expire.so "
					"before pam_unix");
		tell_place(lint, change);
		return;
	}
	if (change->ours_visit > change->unix_visit) {
		lint_add(lint, LINT_PASSWORD_BEHIND, change->ours->file, change->ours->number,
			 "our password line stands behind pam_unix in %s:%u",
			 change->unix_line->file, change->unix_line->number);
		tell_place(lint, change);
		return;
	}
	check_control(lint, change);
	check_tokens(lint, change);
	check_bind(lint, change);
	check_history(lint, change);
}

void lint_check_password(struct lint *lint, const struct stack *stack)
{
	CLEANUP(change_clear)
	struct change change = {
		.stack = stack,
		.ours = lint_line(stack, STACK_PASSWORD, LINT_ROLE_OURS),
		.bind = lint_line(stack, STACK_PASSWORD, LINT_ROLE_BIND),
		.unix_line = lint_line(stack, STACK_PASSWORD, LINT_ROLE_UNIX),
	};

	if (stack->other[STACK_PASSWORD])
		return; /* "other" is looked at by itself */
	if (!change.unix_line || (!change.ours && !lint->on))
		return; /* no local password is changed, or nothing was asked of us */
	if (run_change(lint, &change))
		check_ours(lint, &change);
}
