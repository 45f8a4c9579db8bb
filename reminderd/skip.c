#include "skip.h"

#include "policy/remind.h"
#include "target.h"

vsee_day skip_stage(const struct target *target)
{
	if (skip_verdict(target))
		return VSEE_UNSET;
	return vsee_remind_stage(&target->subject.section->rules, target->judgement.days_left);
}

/* On the day itself a mail goes out only where the rules list that day. */
static const char *skip_expired(const struct target *target)
{
	const vsee_day left = target->judgement.days_left;

	if (vsee_remind_stage(&target->subject.section->rules, left) != VSEE_UNSET)
		return NULL;
	return "expired";
}

const char *skip_verdict(const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;

	switch (judgement->verdict) {
	case VSEE_NOT_COVERED:
		return "not-covered";
	case VSEE_ACCOUNT_EXPIRED:
		return "account-expired";
	case VSEE_NO_PASSWORD:
		return "no-password";
	case VSEE_INACTIVE:
		return "inactive";
	case VSEE_MUST_CHANGE:
		/* No day lies ahead: the next login says so. */
		return judgement->change.asked ? "must-change" : skip_expired(target);
	case VSEE_NOT_ENFORCEABLE:
		return skip_expired(target);
	case VSEE_WARN:
	case VSEE_VALID:
		break;
	}
	return judgement->days_left >= VSEE_NEVER ? "no-deadline" : NULL;
}

const char *skip_reason(const struct scan *scan, const struct target *target)
{
	const char *reason = skip_verdict(target);

	if (reason)
		return reason;
	if (!vsee_policy_mails(&scan->policy))
		return "no-mail-configured";
	if (target->subject.section->rules.stage_count == 0)
		return "no-stages";
	switch (target->reach) {
	case REACH_NOT_ASKED:
	case REACH_UNREADABLE:
		return "addresses-unreadable";
	case REACH_NONE:
		return "no-address";
	case REACH_BAD:
		return "bad-address";
	case REACH_GOOD:
		break;
	}
	return target->subject.section->rules.mode < VSEE_MODE_REMIND ? "mode-watch" : NULL;
}

const char *skip_detail(const struct target *target)
{
	return target->reach == REACH_BAD && !skip_verdict(target) ? target->why : "";
}
