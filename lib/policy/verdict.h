/* The one judgement that module, scan, admin tool and page share, so they never differ by a day. */
#pragma once

#include <stdbool.h>

#include "policy/enrolment.h"

/* In the order in which they are judged. */
enum vsee_verdict {
	VSEE_NOT_COVERED,     /* no section, or its mode is off */
	VSEE_ACCOUNT_EXPIRED, /* shadow's expire */
	VSEE_NO_PASSWORD,     /* locked, empty, or none that crypt(3) made */
	VSEE_INACTIVE,	      /* expired for so long that it can't be changed any more */
	VSEE_MUST_CHANGE,     /* asked for, or expired and enforceable */
	VSEE_NOT_ENFORCEABLE, /* expired, but the person is let in; see lenient */
	VSEE_WARN,	      /* valid, warn_days or fewer left */
	VSEE_VALID,
};

/* Why an expired password is let in. */
enum vsee_lenient {
	VSEE_LENIENT_NOT,
	VSEE_LENIENT_NOT_ENROLLED, /* scan has not seen this account yet */
	VSEE_LENIENT_MODE,	   /* watch or remind */
	VSEE_LENIENT_UNTOLD,	   /* nobody has told the person this date */
	VSEE_LENIENT_SCAN_OLD, /* the date fell after the last scan, and that is over 2 days old */
};

struct vsee_judgement {
	enum vsee_verdict verdict;
	enum vsee_lenient lenient; /* only for VSEE_NOT_ENFORCEABLE */
	struct vsee_change change;
	vsee_day lifetime;	 /* VSEE_NEVER possible */
	vsee_day deadline;	 /* the first day on which it is expired; VSEE_NEVER possible */
	enum vsee_reason reason; /* for the deadline */
	vsee_day days_left;	 /* deadline - today; VSEE_NEVER without deadline */
	bool shadow_decides;	 /* what is enforced is shadow's own aging, as without us */
	bool possible;		 /* shadow agrees: a forced change would be carried out */
};

/*
 * Judge an account.
 *
 * Where we enforce nothing of our own (mode remind, not enrolled, max_days = shadow) shadow's own
 * fields still count as they would without us, so that switching us on weakens nothing.
 * A boundary day counts as reached. In mode watch the verdict is what enforce would say once
 * enrolled (the caller only logs it). Cannot fail; any field value is tolerated.
 */
struct vsee_judgement vsee_judge(const struct vsee_facts *facts);

/* Stable lower-case words for logs and JSON ("must-change", "floor", "untold"). Never NULL. */
const char *vsee_verdict_name(enum vsee_verdict verdict);
const char *vsee_lenient_name(enum vsee_lenient lenient);
const char *vsee_reason_name(enum vsee_reason reason);
const char *vsee_mode_name(enum vsee_mode mode);
