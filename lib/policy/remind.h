/* Which reminder is due. */
#pragma once

#include "policy/rules.h"

/* The smallest stage that is >= days_left; VSEE_UNSET when none is, or days_left < 0, or it is 0
 * and no stage 0 is listed. */
vsee_day vsee_remind_stage(const struct vsee_rules *rules, vsee_day days_left);
