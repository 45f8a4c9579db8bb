/* shadow's own chage(1), the only writer of shadow's aging fields. */
#pragma once

#include <stddef.h>

#include "policy/mirror.h"

#define CHAGE_OUTPUT_SIZE 256

/*
 * Set the plan's fields for the account called name on the system below root ("": the host).
 * 0; a positive exit status, or 128 + signal, with ret_output holding what chage said; negative
 * errno when it could not be run (-ENOENT: not installed). ret_output holds CHAGE_OUTPUT_SIZE.
 */
int chage_run(const char *root, const char *name, const struct vsee_mirror_plan *plan,
	      char *ret_output);
