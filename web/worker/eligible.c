#include "eligible.h"

enum eligible eligible_decide(const struct eligible_case *facts)
{
	switch (facts->verdict) {
	case VSEE_NOT_COVERED:
		return ELIGIBLE_NOT_COVERED;
	case VSEE_ACCOUNT_EXPIRED:
		return ELIGIBLE_ENDED;
	case VSEE_NO_PASSWORD:
		return ELIGIBLE_LOCKED;
	case VSEE_INACTIVE:
		/* In mode watch the verdict is what enforce would say; pam_unix decides there. */
		if (facts->mode != VSEE_MODE_WATCH)
			return ELIGIBLE_INACTIVE;
		break;
	case VSEE_MUST_CHANGE:
	case VSEE_NOT_ENFORCEABLE:
	case VSEE_WARN:
	case VSEE_VALID:
		break;
	}
	if (facts->uid == 0)
		return ELIGIBLE_ROOT;
	return facts->link && facts->link_denied ? ELIGIBLE_NO_LINKS : ELIGIBLE;
}

const char *eligible_name(enum eligible eligible)
{
	switch (eligible) {
	case ELIGIBLE:
		return "yes";
	case ELIGIBLE_NOT_COVERED:
		return "not-covered";
	case ELIGIBLE_ROOT:
		return "root";
	case ELIGIBLE_ENDED:
		return "account-expired";
	case ELIGIBLE_LOCKED:
		return "locked";
	case ELIGIBLE_INACTIVE:
		return "inactive";
	case ELIGIBLE_NO_LINKS:
		return "no-links";
	}
	return "unknown";
}
