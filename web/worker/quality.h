/* The whole check of a new password by the host's settings: what the page shows, and libpwquality.
 */
#pragma once

#include <stdint.h>

#include "wire/strength.h"

/*
 * Bits of the criteria that fresh does not meet; what only the history knows is not among them.
 * remember: of the account's section. current: "" where it is not known. 0 with ret_unmet, or
 * negative errno: then nothing is known, and ret_what (static text) says what failed.
 */
int quality_check(unsigned remember, const char *user, const char *current, const char *fresh,
		  uint32_t *ret_unmet, const char **ret_what);

/* The criterion behind an error of pwquality_check(), or CRITERION_COUNT where it is our fault. */
enum criterion quality_criterion(int error);
