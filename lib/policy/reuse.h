/* How many old passwords are remembered. */
#pragma once

#include <stddef.h>

#include "base/day.h"
#include "policy/rules.h"

/*
 * How many of count old passwords still count, reckoned from the newest.
 *
 * replaced: the day on which each stopped being the current one, oldest first; VSEE_UNSET: not
 * known (imported). Kept are the last remember, and all younger than remember * lifetime days, up
 * to VSEE_REMEMBER_MAX; so depth can't be bought by quick changes. remember 0: none.
 */
size_t vsee_reuse_kept(const vsee_day *replaced, size_t count, unsigned remember, vsee_day lifetime,
		       vsee_day today);
