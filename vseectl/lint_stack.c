#include "lint_stack.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"

#define MODULE "pam_vsee_expire.so"
#define UNIX "pam_unix.so"

/* libpam's numbers of codes that only answers here need. */
enum { AUTHINFO_UNAVAIL = 9, USER_UNKNOWN = 10 };

/* What a module says of a good local account that is not root and no system account. */
static const struct {
	const char *module, *argument; /* argument NULL: whatever stands behind it */
	int code;
} others[] = {
	{"pam_debug.so", NULL, STACK_IGNORE},
	{"pam_deny.so", NULL, STACK_AUTH_ERR},
	{"pam_faillock.so", "authfail", STACK_AUTH_ERR},
	{"pam_fprintd.so", NULL, AUTHINFO_UNAVAIL},
	{"pam_krb5.so", NULL, USER_UNKNOWN},
	{"pam_ldap.so", NULL, USER_UNKNOWN},
	{"pam_pkcs11.so", NULL, AUTHINFO_UNAVAIL},
	{"pam_rootok.so", NULL, STACK_AUTH_ERR},
	{"pam_sss.so", NULL, USER_UNKNOWN},
	{"pam_succeed_if.so", "=", STACK_AUTH_ERR},
	{"pam_succeed_if.so", "<", STACK_AUTH_ERR},
	{"pam_succeed_if.so", "<=", STACK_AUTH_ERR},
	{"pam_u2f.so", NULL, AUTHINFO_UNAVAIL},
	{"pam_usertype.so", "issystem", STACK_AUTH_ERR},
	{"pam_warn.so", NULL, STACK_IGNORE},
	{"pam_wheel.so", "trust", STACK_IGNORE},
	{"pam_winbind.so", NULL, USER_UNKNOWN},
};

enum lint_role lint_role_of(const struct stack_line *line)
{
	if (line->kind != STACK_MODULE)
		return LINT_ROLE_OTHER;
	if (stack_line_calls(line, UNIX, NULL))
		return LINT_ROLE_UNIX;
	if (!stack_line_calls(line, MODULE, NULL))
		return LINT_ROLE_OTHER;
	if (stack_line_calls(line, MODULE, "again"))
		return LINT_ROLE_AGAIN;
	return stack_line_calls(line, MODULE, "bind") ? LINT_ROLE_BIND : LINT_ROLE_OURS;
}

static int answer(void *context, const struct stack_line *line)
{
	const struct lint_script *script = context;

	switch (lint_role_of(line)) {
	case LINT_ROLE_OURS:
		return script->ours;
	case LINT_ROLE_AGAIN:
		return script->again;
	case LINT_ROLE_BIND:
		/* A module that is missing is missing here, too. */
		return script->ours == STACK_MODULE_UNKNOWN ? script->ours : STACK_IGNORE;
	case LINT_ROLE_UNIX:
		return script->unix_answer;
	case LINT_ROLE_OTHER:
		break;
	}
	for (size_t i = 0; i < COUNT(others); i++)
		if (stack_line_calls(line, others[i].module, others[i].argument))
			return others[i].code;
	return STACK_SUCCESS;
}

bool lint_run(struct lint *lint, const struct stack *stack, enum stack_type type,
	      const struct lint_script *script, struct stack_trace *ret_trace)
{
	struct lint_script copy = *script;
	const bool good = stack_run(stack, type, answer, &copy, ret_trace) == 0;

	lint->no_memory |= !good;
	return good;
}

int lint_result(struct lint *lint, const struct stack *stack, enum stack_type type,
		const struct lint_script *script)
{
	CLEANUP(stack_trace_clear) struct stack_trace trace = {0};

	return lint_run(lint, stack, type, script, &trace) ? trace.code : STACK_CODE_COUNT;
}

const struct stack_line *lint_line(const struct stack *stack, enum stack_type type,
				   enum lint_role role)
{
	for (size_t i = 0; i < stack->count; i++)
		if (stack->lines[i].type == type && lint_role_of(&stack->lines[i]) == role)
			return &stack->lines[i];
	return NULL;
}

size_t lint_visit(const struct stack *stack, const struct stack_trace *trace, enum lint_role role)
{
	for (size_t i = 0; i < trace->count; i++)
		if (lint_role_of(&stack->lines[trace->visits[i].line]) == role)
			return i;
	return LINT_NOWHERE;
}

bool lint_visited(const struct stack_trace *trace, size_t line)
{
	for (size_t i = 0; i < trace->count; i++)
		if (trace->visits[i].line == line)
			return true;
	return false;
}

const struct stack_line *lint_last_line(const struct stack *stack, const struct stack_line *line)
{
	const struct stack_line *last = line;

	for (size_t i = 0; i < stack->count; i++)
		if (stack->lines[i].type == line->type &&
		    strcmp(stack->lines[i].file, line->file) == 0)
			last = &stack->lines[i];
	return last;
}

bool lint_calls_one_of(const struct stack_line *line, const char *const *modules)
{
	for (; *modules; modules++)
		if (line->kind == STACK_MODULE && stack_line_calls(line, *modules, NULL))
			return true;
	return false;
}

bool lint_takes_token(const struct stack_line *line)
{
	return stack_line_calls(line, line->module, "use_authtok") ||
	       stack_line_calls(line, line->module, "use_first_pass");
}

int lint_unix_jump(const struct stack_line *line)
{
	const int action = line->actions[STACK_SUCCESS];

	return action > 0 ? action : action == STACK_ACTION_DONE ? -1 : 0;
}

bool lint_is_own(const struct stack *stack, const struct stack_line *line)
{
	const char *slash = strrchr(line->file, '/');

	return strcmp(slash ? slash + 1 : line->file, stack->service) == 0;
}
