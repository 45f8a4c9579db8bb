#include "policy/remind.h"

vsee_day vsee_remind_stage(const struct vsee_rules *rules, vsee_day days_left)
{
	vsee_day due = VSEE_UNSET;

	if (days_left < 0)
		return VSEE_UNSET;
	for (size_t i = 0; i < rules->stage_count; i++) {
		const vsee_day stage = rules->stages[i];

		if (stage >= days_left && (days_left > 0 || stage == 0))
			due = due == VSEE_UNSET ? stage : vsee_day_min(due, stage);
	}
	return due;
}
