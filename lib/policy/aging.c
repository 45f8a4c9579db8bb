#include "policy/aging.h"

static vsee_day clamp(vsee_day value)
{
	if (value < 0)
		return VSEE_UNSET;
	return vsee_day_min(value, VSEE_DAY_MAX);
}

struct vsee_aging vsee_aging_clamp(struct vsee_aging aging)
{
	return (struct vsee_aging){
		.last_change = clamp(aging.last_change),
		.min_days = clamp(aging.min_days),
		.max_days = clamp(aging.max_days),
		.warn_days = clamp(aging.warn_days),
		.inactive_days = clamp(aging.inactive_days),
		.expire = clamp(aging.expire),
		.password = aging.password,
	};
}

bool vsee_aging_ended(const struct vsee_aging *aging, vsee_day today)
{
	return aging->expire >= 0 && today >= aging->expire;
}

vsee_day vsee_aging_deadline(const struct vsee_aging *aging)
{
	const struct vsee_aging clamped = vsee_aging_clamp(*aging);

	if (clamped.last_change <= 0 || clamped.max_days == VSEE_UNSET)
		return VSEE_NEVER;
	return clamped.last_change + clamped.max_days;
}

bool vsee_aging_expired(const struct vsee_aging *aging, vsee_day today)
{
	if (aging->last_change == 0)
		return true;
	if (aging->last_change > today)
		return false;
	return today >= vsee_aging_deadline(aging);
}
