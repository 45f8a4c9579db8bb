/* PAM stacks with scripted answers: the order of lines is tried out, never guessed from a pattern.
 */
#pragma once

#include "lint_finding.h"
#include "stack.h"

enum lint_role {
	LINT_ROLE_OURS,	 /* our first line of a phase */
	LINT_ROLE_AGAIN, /* account: the one that repeats a demand */
	LINT_ROLE_BIND,	 /* password: the one behind pam_unix */
	LINT_ROLE_UNIX,
	LINT_ROLE_OTHER,
};
enum lint_role lint_role_of(const struct stack_line *line);

/* What the lines that matter answer; all others answer as they do for a good local account. */
struct lint_script {
	int ours, again, unix_answer;
};

/*
 * Run a phase; of a change of the password: the run that writes. False: no memory, noted in lint;
 * else the caller calls stack_trace_clear().
 */
bool lint_run(struct lint *lint, const struct stack *stack, enum stack_type type,
	      const struct lint_script *script, struct stack_trace *ret_trace);
/* Only what the application gets; STACK_CODE_COUNT after an error. */
int lint_result(struct lint *lint, const struct stack *stack, enum stack_type type,
		const struct lint_script *script);

#define LINT_NOWHERE SIZE_MAX
/* The first line of that role in the phase, or NULL. */
const struct stack_line *lint_line(const struct stack *stack, enum stack_type type,
				   enum lint_role role);
/* The first visit of a line of that role, or LINT_NOWHERE. */
size_t lint_visit(const struct stack *stack, const struct stack_trace *trace, enum lint_role role);
bool lint_visited(const struct stack_trace *trace, size_t line);
/* The last line of the phase that stands in the same file. */
const struct stack_line *lint_last_line(const struct stack *stack, const struct stack_line *line);

/* Whether the line calls one of the modules (NULL-terminated). */
bool lint_calls_one_of(const struct stack_line *line, const char *const *modules);
/* Whether the module takes the new password from the one before it and never asks. */
bool lint_takes_token(const struct stack_line *line);

/* How many lines pam_unix jumps over when it succeeds; 0: it goes on; -1: it ends the phase. */
int lint_unix_jump(const struct stack_line *line);

/* Whether a line is of the service's own file, not of one that others include as well. */
bool lint_is_own(const struct stack *stack, const struct stack_line *line);

/* Checks of one service; lint->service is its name. */
void lint_check_account(struct lint *lint, const struct stack *stack);
void lint_check_auth(struct lint *lint, const struct stack *stack);
void lint_check_password(struct lint *lint, const struct stack *stack);

/* Whether the service is one of the page's; checks of those, and of another one beside them. */
bool lint_is_page(const char *service);
void lint_check_page_stack(struct lint *lint, const struct stack *stack);
void lint_check_strength(struct lint *lint, const struct stack *stack, const struct stack *page);
