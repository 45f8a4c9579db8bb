/* Why no reminder goes to an account, and which one is due. */
#pragma once

#include "base/day.h"

struct scan;
struct target;

/* By what shadow and our rules say of the password; NULL: a reminder may be due, now or later. */
const char *skip_verdict(const struct target *target);

/* The whole answer: a stable lower-case word, or NULL: mail may go out. Source: design, section 8.
 */
const char *skip_reason(const struct scan *scan, const struct target *target);

/* In words what is behind the word; "" where that says it all. */
const char *skip_detail(const struct target *target);

/* The stage that is due today, were there mail; VSEE_UNSET: none. */
vsee_day skip_stage(const struct target *target);
