#include "policy/login.h"

#include "base/cleanup.h"

static enum vsee_login decide_expired(const struct vsee_login_case *facts)
{
	if (facts->reports_only)
		return VSEE_LOGIN_REPORT;
	if (!facts->typed && facts->key_login == VSEE_KEY_LOGIN_WARN)
		return VSEE_LOGIN_KEY;
	if (!facts->typed && facts->key_login == VSEE_KEY_LOGIN_IGNORE)
		return VSEE_LOGIN_ALLOW;
	/* remind enforces nothing of ours: what shadow asks for is demanded as without us. */
	if (facts->expired == VSEE_EXPIRED_DENY && facts->mode == VSEE_MODE_ENFORCE)
		return VSEE_LOGIN_DENY;
	/* Newer pam_unix refuses a forced change that shadow does not ask for: locked out. */
	if (!facts->judgement->possible || !facts->ready)
		return VSEE_LOGIN_LENIENT;
	return VSEE_LOGIN_DEMAND;
}

enum vsee_login vsee_login_decide(const struct vsee_login_case *facts)
{
	if (facts->mode < VSEE_MODE_REMIND)
		return VSEE_LOGIN_IGNORE;
	switch (facts->judgement->verdict) {
	case VSEE_NOT_COVERED:
		return VSEE_LOGIN_IGNORE;
	case VSEE_ACCOUNT_EXPIRED:
		return VSEE_LOGIN_ENDED;
	case VSEE_INACTIVE:
		return VSEE_LOGIN_INACTIVE;
	case VSEE_MUST_CHANGE:
		return decide_expired(facts);
	case VSEE_NOT_ENFORCEABLE:
		return facts->judgement->lenient == VSEE_LENIENT_NOT_ENROLLED ? VSEE_LOGIN_ALLOW
									      : VSEE_LOGIN_LENIENT;
	case VSEE_WARN:
		return VSEE_LOGIN_WARN;
	case VSEE_NO_PASSWORD:
	case VSEE_VALID:
		return VSEE_LOGIN_ALLOW;
	}
	return VSEE_LOGIN_FAULT;
}

static const struct outcome {
	const char *name;
	enum vsee_message message;
	bool refuses;
} outcomes[] = {
	[VSEE_LOGIN_IGNORE] = {"ignore", VSEE_MESSAGE_COUNT, false},
	[VSEE_LOGIN_ALLOW] = {"allow", VSEE_MESSAGE_COUNT, false},
	[VSEE_LOGIN_WARN] = {"warn", VSEE_MESSAGE_WARN_DAYS, false},
	[VSEE_LOGIN_LENIENT] = {"lenient", VSEE_MESSAGE_LENIENT, false},
	[VSEE_LOGIN_REPORT] = {"report", VSEE_MESSAGE_COUNT, false},
	[VSEE_LOGIN_KEY] = {"key", VSEE_MESSAGE_KEY_LOGIN, false},
	[VSEE_LOGIN_DEMAND] = {"demand", VSEE_MESSAGE_CHANGE, true},
	[VSEE_LOGIN_DENY] = {"deny", VSEE_MESSAGE_DENY, true},
	[VSEE_LOGIN_INACTIVE] = {"inactive", VSEE_MESSAGE_INACTIVE, true},
	[VSEE_LOGIN_ENDED] = {"ended", VSEE_MESSAGE_ENDED, true},
	[VSEE_LOGIN_FAULT] = {"fault", VSEE_MESSAGE_COUNT, false},
};

static const struct outcome *outcome_of(enum vsee_login login)
{
	return &outcomes[(size_t)login < COUNT(outcomes) ? login : VSEE_LOGIN_FAULT];
}

const char *vsee_login_name(enum vsee_login login)
{
	return outcome_of(login)->name;
}

bool vsee_login_refuses(enum vsee_login login)
{
	return outcome_of(login)->refuses;
}

enum vsee_message vsee_login_message(enum vsee_login login, const struct vsee_judgement *judgement)
{
	if (login == VSEE_LOGIN_WARN && judgement->days_left == 1)
		return VSEE_MESSAGE_WARN_DAY;
	if (!judgement->change.asked)
		return outcome_of(login)->message;
	/* What was asked for has no date: the one at hand is that of another rule. */
	if (login == VSEE_LOGIN_DEMAND)
		return VSEE_MESSAGE_ASKED;
	if (login == VSEE_LOGIN_DENY)
		return VSEE_MESSAGE_ASKED_DENY;
	if (login == VSEE_LOGIN_KEY || login == VSEE_LOGIN_LENIENT)
		return VSEE_MESSAGE_ASKED_SOON;
	return outcome_of(login)->message;
}

bool vsee_login_too_soon(const struct vsee_rules *rules, const struct vsee_judgement *judgement,
			 vsee_day today)
{
	if (rules->min_days == 0 || judgement->change.asked ||
	    judgement->verdict == VSEE_MUST_CHANGE)
		return false;
	return today < judgement->change.day + rules->min_days;
}
