/* The auth phase: without a line of ours behind pam_unix nobody knows that a password was typed. */
#include "base/cleanup.h"
#include "lint_stack.h"

#define OURS "auth optional pam_vsee_expire.so"

static unsigned lines_behind(const struct stack *stack, const struct stack_line *line)
{
	const struct stack_line *last = lint_last_line(stack, line);
	unsigned count = 0;

	for (const struct stack_line *next = line + 1; next <= last; next++)
		if (next->type == line->type && next->level == line->level)
			count++;
	return count;
}

/* ended: pam_unix ends the phase when it succeeds, so it must be made to jump to us instead. */
static void tell_place(struct lint *lint, const struct stack *stack,
		       const struct stack_line *unix_line)
{
	const struct stack_line *last = lint_last_line(stack, unix_line);
	const unsigned behind = lines_behind(stack, unix_line);

	if (lint_unix_jump(unix_line) >= 0)
		lint_remedy(lint, "Put behind line %u of %s:\n" OURS, last->number, last->file);
	else
		lint_remedy(lint,
			    "Line %u of %s becomes:\nauth [success=%u default=ignore] %s %s\nPut "
			    "behind line %u of %s:\nauth required pam_permit.so\n" OURS,
			    unix_line->number, unix_line->file, behind, unix_line->module,
			    unix_line->arguments, last->number, last->file);
}

void lint_check_auth(struct lint *lint, const struct stack *stack)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};
	static const struct lint_script typed = {STACK_IGNORE, STACK_IGNORE, STACK_SUCCESS};
	const struct stack_line *ours = lint_line(stack, STACK_AUTH, LINT_ROLE_OURS);
	const struct stack_line *unix_line;
	size_t unix_visit, visit = LINT_NOWHERE;

	if (stack->other[STACK_AUTH] || !lint_line(stack, STACK_ACCOUNT, LINT_ROLE_OURS))
		return; /* "other" is looked at by itself; or nobody asks for the mark */
	if (lint->policy && vsee_policy_reports_only(lint->policy, lint->service))
		return; /* it is let in either way */
	if (!lint_run(lint, stack, STACK_AUTH, &typed, &trace))
		return;
	unix_visit = lint_visit(stack, &trace, LINT_ROLE_UNIX);
	if (unix_visit == LINT_NOWHERE)
		return; /* no password of this host's is typed */
	for (size_t i = unix_visit + 1; i < trace.count && visit == LINT_NOWHERE; i++)
		if (lint_role_of(&stack->lines[trace.visits[i].line]) == LINT_ROLE_OURS)
			visit = i;
	if (visit != LINT_NOWHERE)
		return;
	unix_line = &stack->lines[trace.visits[unix_visit].line];
	if (ours)
		lint_add(lint, LINT_AUTH_MISSING, ours->file, ours->number,
			 "our auth line is not reached behind pam_unix in %s:%u", unix_line->file,
			 unix_line->number);
	else
		lint_add(lint, lint_is_own(stack, unix_line) ? LINT_AUTH_OWN : LINT_AUTH_MISSING,
			 unix_line->file, unix_line->number,
			 "the auth phase has no line of pam_vsee_expire.so behind pam_unix");
	tell_place(lint, stack, unix_line);
}
