#include "forecast.h"

#include "policy/remind.h"
#include "target.h"

bool forecast_add(const struct target *target, enum vsee_mode least, uint64_t *mails, size_t days)
{
	const struct vsee_rules *rules = &target->subject.section->rules;
	const vsee_day left = target->judgement.days_left;
	bool reminded = false;

	if (rules->mode < least || left >= VSEE_NEVER || rules->stage_count == 0)
		return false;
	for (vsee_day day = 0; day < (vsee_day)days; day++) {
		const vsee_day stage = vsee_remind_stage(rules, left - day);

		if (stage == VSEE_UNSET ||
		    (day > 0 && stage == vsee_remind_stage(rules, left - day + 1)))
			continue;
		mails[day]++;
		reminded = true;
	}
	return reminded || left >= (vsee_day)days;
}
