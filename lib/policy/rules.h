/* What an administrator decided for an account: the values of its section, all defaults filled in.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/day.h"

enum vsee_mode { VSEE_MODE_OFF, VSEE_MODE_WATCH, VSEE_MODE_REMIND, VSEE_MODE_ENFORCE };
enum vsee_expired { VSEE_EXPIRED_CHANGE, VSEE_EXPIRED_DENY };
enum vsee_key_login { VSEE_KEY_LOGIN_ENFORCE, VSEE_KEY_LOGIN_WARN, VSEE_KEY_LOGIN_IGNORE };

#define VSEE_STAGES_MAX 8
#define VSEE_REMEMBER_MAX 400
#define VSEE_DAYS_MAX 36500 /* the longest period an administrator can set, in days */

/* All periods in days. Ranges as in vsee-expire.conf(5); the reader enforces them. */
struct vsee_rules {
	enum vsee_mode mode;
	bool held;	   /* mode enforce, which a hold made remind; never published */
	vsee_day max_days; /* 1..36500; VSEE_UNSET: shadow alone decides ("shadow") */
	vsee_day min_days;
	vsee_day inactive_days; /* VSEE_UNSET: never */
	vsee_day warn_days;
	vsee_day notice_days;
	vsee_day spread_days;
	unsigned remember; /* 0..VSEE_REMEMBER_MAX */
	enum vsee_expired expired;
	enum vsee_key_login key_login;
	vsee_day stages[VSEE_STAGES_MAX]; /* days before the deadline, falling */
	size_t stage_count;
};
