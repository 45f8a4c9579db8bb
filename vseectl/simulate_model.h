/* What modules answer to a login, from the facts about the account; PAM is not called. */
#pragma once

#include "stack.h"
#include "store/subject.h"

struct simulation {
	const struct vsee_subject *subject;
	const struct vsee_judgement *judgement;
	const struct stack *stack;
	struct vsee_aging aging; /* shadow's own, for pam_unix */
	vsee_day today;
	bool closed; /* there is a nologin file, and the person is not root */
	/* This login. */
	bool verified; /* pam_unix has seen the right password */
	bool typed;    /* and so have we */
	bool demanded; /* our account line asked for a new one */
	bool update;   /* pam_chauthtok(3)'s second run */
	bool chosen;   /* in which somebody has asked for the new password */
	bool *assumed; /* by line: its answer is taken for success, whatever the module is */
};

/* A stack_answer; context is a struct simulation. */
int simulate_model(void *context, const struct stack_line *line);

/* Whether the module is there to keep people out. */
bool simulate_guards(const struct stack_line *line);
