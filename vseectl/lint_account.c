/* The account phase: who decides first, and what becomes of our answer. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "lint_stack.h"
#include "simulate_model.h"

#define LINES_SIZE 512
#define REMOVAL_SIZE 512

/* Our two lines as they must stand directly before anchor, a line of pam_unix or any other. */
static void print_lines(const struct stack_line *anchor, char ret_text[LINES_SIZE])
{
	const int jump = lint_role_of(anchor) == LINT_ROLE_UNIX ? lint_unix_jump(anchor) : -1;
	char success[16] = "ok", again[16] = "ok";

	if (jump >= 0) {
		(void)snprintf(success, sizeof(success), "%d", jump + 2);
		(void)snprintf(again, sizeof(again), "%d", jump + 1);
	} else if (lint_role_of(anchor) == LINT_ROLE_UNIX) {
		memcpy(success, "done", 5); /* as pam_unix, which is not to be called, would */
		memcpy(again, "done", 5);
	}
	(void)snprintf(ret_text, LINES_SIZE,
		       "account [success=%s new_authtok_reqd=ok acct_expired=die "
		       "authtok_expired=die default=ignore] pam_vsee_expire.so\n"
		       "account [new_authtok_reqd=%s default=ignore] pam_vsee_expire.so again",
		       success, again);
}

/* A jump is no answer: where no line behind it says yes, libpam says no. */
static bool has_permit(const struct stack *stack, const struct stack_line *anchor)
{
	for (const struct stack_line *line = anchor; line < stack->lines + stack->count; line++)
		if (line->type == anchor->type && stack_line_calls(line, "pam_permit.so", NULL))
			return true;
	return lint_unix_jump(anchor) < 0;
}

/* Put our lines before anchor, and take away those that stand elsewhere. */
static void tell_place(struct lint *lint, const struct stack *stack,
		       const struct stack_line *anchor)
{
	const struct stack_line *ours = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_OURS);
	const struct stack_line *again = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_AGAIN);
	char lines[LINES_SIZE], removals[2][REMOVAL_SIZE] = {"", ""};
	char permit[REMOVAL_SIZE] = "";

	print_lines(anchor, lines);
	if (ours)
		(void)snprintf(removals[0], REMOVAL_SIZE, "\nRemove line %u of %s.", ours->number,
			       ours->file);
	if (again)
		(void)snprintf(removals[1], REMOVAL_SIZE, "\nRemove line %u of %s.", again->number,
			       again->file);
	if (lint_role_of(anchor) == LINT_ROLE_UNIX && !has_permit(stack, anchor))
		(void)snprintf(permit, sizeof(permit),
			       "\nPut behind line %u of %s:\naccount required pam_permit.so",
			       anchor->number, anchor->file);
	lint_remedy(lint, "Put before line %u of %s:\n%s%s%s%s", anchor->number, anchor->file,
		    lines, removals[0], removals[1], permit);
}

static void check_missing(struct lint *lint, const struct stack *stack)
{
	const struct stack_line *line = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_UNIX);

	for (size_t i = 0; !line && i < stack->count; i++)
		if (stack->lines[i].type == STACK_ACCOUNT)
			line = &stack->lines[i];
	if (!line)
		return;
	if (lint_role_of(line) != LINT_ROLE_UNIX && !lint_line(stack, STACK_AUTH, LINT_ROLE_UNIX))
		return; /* not a service for people with a password */
	lint_add(lint, LINT_ACCOUNT_MISSING, line->file, line->number,
		 "the account phase has no line of pam_vsee_expire.so");
	tell_place(lint, stack, line);
}

/* The line that ends the phase, or jumps, before ours has its turn. */
static void report_unreached(struct lint *lint, const struct stack *stack,
			     const struct stack_trace *trace, const struct stack_line *ours)
{
	const struct stack_line *unix_line = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_UNIX);
	const struct stack_line *culprit = NULL;

	for (size_t i = 0; i < trace->count; i++)
		if (&stack->lines[trace->visits[i].line] < ours)
			culprit = &stack->lines[trace->visits[i].line];
	lint_add(lint, LINT_ACCOUNT_UNREACHED, ours->file, ours->number,
		 "our account line is not reached for local users: %s:%u (%s %s) skips it",
		 culprit ? culprit->file : ours->file, culprit ? culprit->number : ours->number,
		 culprit ? culprit->control : "", culprit ? culprit->module : "");
	if (unix_line && (!culprit || unix_line < culprit))
		culprit = unix_line;
	if (culprit)
		tell_place(lint, stack, culprit);
}

struct check {
	enum lint_code code;
	int ours, unix_answer, expected;
	bool anything_but; /* expected is what must not come out */
};

static const struct check checks[] = {
	{LINT_ACCOUNT_DEMAND, STACK_NEW_AUTHTOK_REQD, STACK_NEW_AUTHTOK_REQD,
	 STACK_NEW_AUTHTOK_REQD, false},
	{LINT_ACCOUNT_REFUSAL, STACK_AUTHTOK_EXPIRED, STACK_SUCCESS, STACK_SUCCESS, true},
	{LINT_ACCOUNT_REFUSAL, STACK_ACCT_EXPIRED, STACK_SUCCESS, STACK_SUCCESS, true},
	{LINT_ACCOUNT_FAULT, STACK_SERVICE_ERR, STACK_SUCCESS, STACK_SUCCESS, false},
};

static void check_answers(struct lint *lint, const struct stack *stack,
			  const struct stack_line *ours, const struct stack_line *anchor)
{
	for (size_t i = 0; i < COUNT(checks); i++) {
		const struct check *check = &checks[i];
		const struct lint_script script = {
			.ours = check->ours,
			.again = check->ours == STACK_NEW_AUTHTOK_REQD ? check->ours : STACK_IGNORE,
			.unix_answer = check->unix_answer,
		};
		const int code = lint_result(lint, stack, STACK_ACCOUNT, &script);

		if (code == STACK_CODE_COUNT || (code == check->expected) != check->anything_but)
			continue;
		lint_add(lint, check->code, ours->file, ours->number,
			 "our account line (%s) answers %s, and the application gets %s",
			 ours->control, stack_code_name(check->ours), stack_code_name(code));
		tell_place(lint, stack, anchor);
	}
}

/* Shadow holds our date: pam_unix must not be asked once we have let somebody in. */
static void check_unix(struct lint *lint, const struct stack *stack, const struct stack_line *ours,
		       const struct stack_line *anchor)
{
	const struct lint_script script = {STACK_SUCCESS, STACK_IGNORE, STACK_NEW_AUTHTOK_REQD};
	const int code = lint_result(lint, stack, STACK_ACCOUNT, &script);
	const bool jobs = lint->policy && vsee_policy_reports_only(lint->policy, lint->service);

	if (code == STACK_SUCCESS || code == STACK_CODE_COUNT)
		return;
	lint_add(lint, jobs ? LINT_ACCOUNT_REPORT_ONLY : LINT_ACCOUNT_UNIX, ours->file,
		 ours->number, "our account line lets in, and pam_unix in %s:%u still answers: %s",
		 anchor->file, anchor->number, stack_code_name(code));
	tell_place(lint, stack, anchor);
}

/* What is visited for those that we have no say on, and is not where we answer as in script. */
static void check_access(struct lint *lint, const struct stack *stack,
			 const struct lint_script *script, const char *whom,
			 const struct stack_line *anchor)
{
	CLEANUP(stack_trace_clear) struct stack_trace all = {0}, some = {0};
	static const struct lint_script ignored = {STACK_IGNORE, STACK_IGNORE, STACK_SUCCESS};

	if (!lint_run(lint, stack, STACK_ACCOUNT, &ignored, &all) ||
	    !lint_run(lint, stack, STACK_ACCOUNT, script, &some))
		return;
	for (size_t i = 0; i < all.count; i++) {
		const struct stack_line *line = &stack->lines[all.visits[i].line];

		if (!simulate_guards(line) || lint_visited(&some, all.visits[i].line))
			continue;
		lint_add(lint, LINT_ACCOUNT_ACCESS, line->file, line->number,
			 "%s is skipped for people %s", line->module, whom);
		tell_place(lint, stack, anchor);
	}
}

/* We have no say on those who are not covered, and a phase in which nobody says yes refuses. */
static void report_alone(struct lint *lint, const struct stack *stack,
			 const struct stack_line *ours)
{
	const struct stack_line *last = lint_last_line(stack, ours);

	lint_add(lint, LINT_ACCOUNT_FAULT, ours->file, ours->number,
		 "people who are not covered are refused: no line but ours decides");
	lint_remedy(lint, "Put behind line %u of %s:\naccount required pam_unix.so", last->number,
		    last->file);
}

static void check_reached(struct lint *lint, const struct stack *stack,
			  const struct stack_trace *valid, const struct stack_line *ours)
{
	static const struct lint_script ignored = {STACK_IGNORE, STACK_IGNORE, STACK_SUCCESS};
	static const struct lint_script good = {STACK_SUCCESS, STACK_IGNORE, STACK_SUCCESS};
	static const struct lint_script must = {STACK_NEW_AUTHTOK_REQD, STACK_NEW_AUTHTOK_REQD,
						STACK_NEW_AUTHTOK_REQD};
	const struct stack_line *anchor = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_UNIX);

	const bool refused = lint_result(lint, stack, STACK_ACCOUNT, &ignored) != STACK_SUCCESS;

	if (refused && valid->code != STACK_SUCCESS)
		return; /* whatever we say: not for local people */
	if (refused && !anchor) {
		report_alone(lint, stack, ours);
		return;
	}
	if (!anchor)
		anchor = ours; /* alone: there is nobody to hand over to */
	if (valid->code != STACK_SUCCESS) {
		lint_add(lint, LINT_ACCOUNT_JUMP, ours->file, ours->number,
			 "our account line lets in, and the application gets %s",
			 stack_code_name(valid->code));
		tell_place(lint, stack, anchor);
		return;
	}
	check_answers(lint, stack, ours, anchor);
	check_unix(lint, stack, ours, anchor);
	check_access(lint, stack, &good, "whose password is valid", anchor);
	check_access(lint, stack, &must, "who must change their password", anchor);
}

void lint_check_account(struct lint *lint, const struct stack *stack)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};
	static const struct lint_script valid = {STACK_SUCCESS, STACK_IGNORE, STACK_SUCCESS};
	const struct stack_line *ours = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_OURS);
	size_t visit;

	if (stack->other[STACK_ACCOUNT])
		return; /* "other" is looked at by itself */
	if (!ours) {
		if (lint->on)
			check_missing(lint, stack);
		return;
	}
	if (!lint_run(lint, stack, STACK_ACCOUNT, &valid, &trace))
		return;
	visit = lint_visit(stack, &trace, LINT_ROLE_OURS);
	if (visit == LINT_NOWHERE) {
		report_unreached(lint, stack, &trace, ours);
		return;
	}
	if (lint_visit(stack, &trace, LINT_ROLE_UNIX) < visit) {
		const struct stack_line *anchor = lint_line(stack, STACK_ACCOUNT, LINT_ROLE_UNIX);

		lint_add(lint, LINT_ACCOUNT_BEHIND, ours->file, ours->number,
			 "our account line stands behind pam_unix in %s:%u", anchor->file,
			 anchor->number);
		tell_place(lint, stack, anchor);
		return;
	}
	check_reached(lint, stack, &trace, ours);
}
