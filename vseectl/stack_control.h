/* The second column of a pam.d line: what libpam does with each answer of the module. */
#pragma once

#include "stack.h"

/*
 * Fill actions from a control word (a name, or what stands in brackets). False: libpam can't read
 * it, complains, and counts every answer as a failure.
 */
bool stack_control_parse(const char *control, int actions[STACK_CODE_COUNT]);

/* The same action for every answer. */
void stack_control_fill(int actions[STACK_CODE_COUNT], int action);
