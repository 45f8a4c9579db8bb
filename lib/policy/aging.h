/* The aging fields of one shadow(5) record, and what shadow alone makes of them. */
#pragma once

#include <stdbool.h>

#include "base/day.h"

enum vsee_password { VSEE_PASSWORD_USABLE, VSEE_PASSWORD_EMPTY, VSEE_PASSWORD_LOCKED };

/* Days; VSEE_UNSET for an empty field. Any other value is tolerated, see vsee_aging_clamp(). */
struct vsee_aging {
	vsee_day last_change, min_days, max_days, warn_days, inactive_days, expire;
	enum vsee_password password; /* LOCKED: anything that crypt(3) can't have made */
};

/* The same record with every field brought into VSEE_UNSET..VSEE_DAY_MAX, so sums can't overflow.
 */
struct vsee_aging vsee_aging_clamp(struct vsee_aging aging);

/* The account itself has ended: today >= expire. 0 counts as 1970-01-01, as pam_unix has it. */
bool vsee_aging_ended(const struct vsee_aging *aging, vsee_day today);

/*
 * Would pam_unix (1.6 and later) demand a new password today? last_change 0; or both fields set
 * and today >= last_change + max. An empty or future last_change: no. Source: shadow(5) and the
 * table in facts b.
 */
bool vsee_aging_expired(const struct vsee_aging *aging, vsee_day today);

/* The day from which shadow alone calls the password expired; VSEE_NEVER without max, or where
 * there is no date (0, must change now, is none). */
vsee_day vsee_aging_deadline(const struct vsee_aging *aging);
