/* The one judgement: every verdict in its order, every leniency, every reason for a deadline. */
#include "policy_case.h"
#include "policy/verdict.h"

#define BEFORE INT64_C(20059)
#define ON INT64_C(20060)
#define AFTER INT64_C(20061)
#define SHADOW_ALONE .max_days = UNSET
#define REMIND .mode = VSEE_MODE_REMIND
#define HELD REMIND, .held = true

static const struct row {
	const char *name;
	struct vsee_rules rules;
	struct vsee_aging shadow;
	struct vsee_enrolment state;
	vsee_day today, scan_age;
	bool hash_new;
	enum vsee_verdict verdict;
	enum vsee_lenient lenient;
	enum vsee_reason reason;
	vsee_day deadline;
} rows[] = {
	/* the order of the verdicts */
	{"mode off covers nobody", RULES(.mode = VSEE_MODE_OFF), SHADOW(.expire = 0), STATE(), ON,
	 0, false, VSEE_NOT_COVERED, 0, VSEE_REASON_NEVER, NEVER},
	{"account expired before no password", RULES(),
	 SHADOW(.expire = ON, .password = VSEE_PASSWORD_LOCKED), STATE(), ON, 0, false,
	 VSEE_ACCOUNT_EXPIRED, 0, VSEE_REASON_LIFETIME, ON},
	{"the day before the account expires", RULES(), SHADOW(.expire = 20011), STATE(), 20010, 0,
	 false, VSEE_VALID, 0, VSEE_REASON_LIFETIME, ON},
	{"the day on which it expires", RULES(), SHADOW(.expire = 20010), STATE(), 20010, 0, false,
	 VSEE_ACCOUNT_EXPIRED, 0, VSEE_REASON_LIFETIME, ON},
	{"the day after", RULES(), SHADOW(.expire = 20009), STATE(), 20010, 0, false,
	 VSEE_ACCOUNT_EXPIRED, 0, VSEE_REASON_LIFETIME, ON},
	{"expire 0 is account expired", RULES(), SHADOW(.expire = 0), STATE(), 20010, 0, false,
	 VSEE_ACCOUNT_EXPIRED, 0, VSEE_REASON_LIFETIME, ON},
	{"locked before expired", RULES(), SHADOW(.password = VSEE_PASSWORD_LOCKED), STATE(), ON, 0,
	 false, VSEE_NO_PASSWORD, 0, VSEE_REASON_LIFETIME, ON},
	{"empty password before asked", RULES(),
	 SHADOW(.last_change = 0, .password = VSEE_PASSWORD_EMPTY), STATE(), 20010, 0, false,
	 VSEE_NO_PASSWORD, 0, VSEE_REASON_LIFETIME, ON},
	{"the day before grace is over", RULES(.inactive_days = 7), SHADOW(), STATE(), 20066, 0,
	 false, VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"the day on which grace is over", RULES(.inactive_days = 7), SHADOW(), STATE(), 20067, 0,
	 false, VSEE_INACTIVE, 0, VSEE_REASON_LIFETIME, ON},
	{"the day after grace", RULES(.inactive_days = 7), SHADOW(), STATE(), 20068, 0, false,
	 VSEE_INACTIVE, 0, VSEE_REASON_LIFETIME, ON},
	{"inactive 0: over on the day itself", RULES(.inactive_days = 0), SHADOW(), STATE(), ON, 0,
	 false, VSEE_INACTIVE, 0, VSEE_REASON_LIFETIME, ON},
	{"inactive 0: the day before", RULES(.inactive_days = 0), SHADOW(), STATE(), BEFORE, 0,
	 false, VSEE_WARN, 0, VSEE_REASON_LIFETIME, ON},
	{"shadow's inactive counts where it is smaller", RULES(.inactive_days = 7),
	 SHADOW(.inactive_days = 3), STATE(), 20063, 0, false, VSEE_INACTIVE, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"the policy's where that is smaller", RULES(.inactive_days = 3),
	 SHADOW(.inactive_days = 7), STATE(), 20063, 0, false, VSEE_INACTIVE, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"grace without end", RULES(), SHADOW(), STATE(), 25000, 0, false, VSEE_MUST_CHANGE, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"the day before the deadline", RULES(), SHADOW(), STATE(), BEFORE, 0, false, VSEE_WARN, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"the deadline itself counts as reached", RULES(), SHADOW(), STATE(), ON, 0, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"the day after the deadline", RULES(), SHADOW(), STATE(), AFTER, 0, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"asked for", RULES(), SHADOW(.last_change = 0), STATE(), 20001, 0, false, VSEE_MUST_CHANGE,
	 0, VSEE_REASON_LIFETIME, ON},
	{"asked for in mode remind too", RULES(REMIND), SHADOW(.last_change = 0), STATE(), 20001, 0,
	 false, VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"our own 0 asks for nothing", RULES(), SHADOW(.last_change = 0),
	 STATE(.zero = VSEE_MIRROR_DONE, .before_change = CHANGED), 20001, 0, false, VSEE_VALID, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"our own 0 at the deadline", RULES(), SHADOW(.last_change = 0),
	 STATE(.zero = VSEE_MIRROR_INTENT, .before_change = CHANGED), ON, 0, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	/* warn */
	{"11 days left: valid", RULES(), SHADOW(), STATE(), 20049, 0, false, VSEE_VALID, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"10 days left: warn", RULES(), SHADOW(), STATE(), 20050, 0, false, VSEE_WARN, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"9 days left: warn", RULES(), SHADOW(), STATE(), 20051, 0, false, VSEE_WARN, 0,
	 VSEE_REASON_LIFETIME, ON},
	{"warn 0: no warning, 1 day left", RULES(.warn_days = 0), SHADOW(), STATE(), BEFORE, 0,
	 false, VSEE_VALID, 0, VSEE_REASON_LIFETIME, ON},
	{"warn beyond max: always", RULES(.warn_days = 90), SHADOW(), STATE(), CHANGED, 0, false,
	 VSEE_WARN, 0, VSEE_REASON_LIFETIME, ON},
	{"shadow's empty warn is not asked", RULES(), SHADOW(.warn_days = UNSET), STATE(), 20050, 0,
	 false, VSEE_WARN, 0, VSEE_REASON_LIFETIME, ON},
	/* why an expired password is let in */
	{"not enrolled", RULES(), SHADOW(), STATE(.enrolled = false), ON, 0, false,
	 VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_NOT_ENROLLED, VSEE_REASON_LIFETIME, ON},
	{"mode remind", RULES(REMIND), SHADOW(), STATE(), ON, 0, false, VSEE_NOT_ENFORCEABLE,
	 VSEE_LENIENT_MODE, VSEE_REASON_LIFETIME, ON},
	{"mode watch", RULES(.mode = VSEE_MODE_WATCH), SHADOW(), STATE(), ON, 0, false,
	 VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_MODE, VSEE_REASON_LIFETIME, ON},
	{"told nothing", RULES(), SHADOW(), STATE(.told = UNSET), ON, 0, false,
	 VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_UNTOLD, VSEE_REASON_LIFETIME, ON},
	{"told another day", RULES(), SHADOW(), STATE(.told = BEFORE), ON, 0, false,
	 VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_UNTOLD, VSEE_REASON_LIFETIME, ON},
	{"told of the password before", RULES(), SHADOW(), STATE(.password_before = true), ON, 0,
	 false, VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_UNTOLD, VSEE_REASON_LIFETIME, ON},
	{"told of another hash", RULES(), SHADOW(), STATE(), ON, 0, true, VSEE_NOT_ENFORCEABLE,
	 VSEE_LENIENT_UNTOLD, VSEE_REASON_LIFETIME, ON},
	{"fell on the day of the last scan, 2 days ago", RULES(), SHADOW(), STATE(), 20062, 2,
	 false, VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"fell on the day of the last scan, 3 days ago", RULES(), SHADOW(), STATE(), 20063, 3,
	 false, VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_SCAN_OLD, VSEE_REASON_LIFETIME, ON},
	{"fell before the last scan, 3 days ago", RULES(), SHADOW(), STATE(), 20064, 3, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"no scan has run", RULES(), SHADOW(), STATE(), ON, 99999, false, VSEE_NOT_ENFORCEABLE,
	 VSEE_LENIENT_SCAN_OLD, VSEE_REASON_LIFETIME, ON},
	/* the deadline and its reason */
	{"shadow's smaller max", RULES(), SHADOW(.max_days = 30),
	 STATE(.lifetime = 30, .deadline = 20030, .told = 20030), 20030, 0, false, VSEE_MUST_CHANGE,
	 0, VSEE_REASON_LIFETIME, 20030},
	{"shadow's smaller max, seen since the scan", RULES(), SHADOW(.max_days = 30), STATE(),
	 20030, 0, false, VSEE_VALID, 0, VSEE_REASON_ENROLLED, ON},
	{"shadow's smaller max, not enrolled for this password", RULES(), SHADOW(.max_days = 30),
	 STATE(.password_before = true), 20001, 0, false, VSEE_VALID, 0, VSEE_REASON_SHADOW, 20030},
	{"the value that we mirrored is not theirs", RULES(.max_days = 90), OURS(), MIRRORED(), ON,
	 0, false, VSEE_VALID, 0, VSEE_REASON_LIFETIME, 20090},
	{"one of theirs beside our note is", RULES(.max_days = 90), OURS(.max_days = 61),
	 MIRRORED(), ON, 0, false, VSEE_WARN, 0, VSEE_REASON_SHADOW, 20061},
	{"the enrolled one is later", RULES(.max_days = 30), SHADOW(), STATE(), 20040, 0, false,
	 VSEE_VALID, 0, VSEE_REASON_ENROLLED, ON},
	{"the floor, computed", RULES(), SHADOW(), STATE(.floor = 20070, .password_before = true),
	 ON, 0, false, VSEE_WARN, 0, VSEE_REASON_FLOOR, 20070},
	{"the floor, enrolled", RULES(), SHADOW(),
	 STATE(.floor = 20070, .deadline = 20070, .told = 20070, .reason = VSEE_REASON_FLOOR),
	 20070, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_FLOOR, 20070},
	{"put off until told", RULES(), SHADOW(),
	 STATE(.floor = 20063, .deadline = 20063, .told = UNSET, .reason = VSEE_REASON_UNTOLD), ON,
	 0, false, VSEE_WARN, 0, VSEE_REASON_UNTOLD, 20063},
	{"the extension", RULES(), SHADOW(),
	 STATE(.extension = 20074, .deadline = 20074, .told = 20074,
	       .reason = VSEE_REASON_EXTENSION),
	 20074, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_EXTENSION, 20074},
	{"an old promise does not bind a new password", RULES(), SHADOW(.last_change = 20050),
	 STATE(.password_before = true), ON, 0, false, VSEE_VALID, 0, VSEE_REASON_LIFETIME, 20110},
	/* shadow decides alone */
	{"max_days = shadow, no max", RULES(SHADOW_ALONE), SHADOW(.max_days = UNSET), STATE(),
	 90000, 0, false, VSEE_VALID, 0, VSEE_REASON_NEVER, NEVER},
	{"max_days = shadow, the day before", RULES(SHADOW_ALONE), SHADOW(.max_days = 30), STATE(),
	 20029, 0, false, VSEE_WARN, 0, VSEE_REASON_SHADOW, 20030},
	{"max_days = shadow, on the day", RULES(SHADOW_ALONE), SHADOW(.max_days = 30), NO_STATE,
	 20030, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 20030},
	{"max_days = shadow, inactive", RULES(SHADOW_ALONE),
	 SHADOW(.max_days = 30, .inactive_days = 0), STATE(), 20030, 0, false, VSEE_INACTIVE, 0,
	 VSEE_REASON_SHADOW, 20030},
	{"max_days = shadow, max 0", RULES(SHADOW_ALONE), SHADOW(.max_days = 0), STATE(), CHANGED,
	 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, CHANGED},
	{"max_days = shadow, max 10000", RULES(SHADOW_ALONE), SHADOW(.max_days = 10000), STATE(),
	 30000, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 30000},
	{"max_days = shadow, empty date", RULES(SHADOW_ALONE),
	 SHADOW(.last_change = UNSET, .max_days = 30), STATE(), 30000, 0, false, VSEE_VALID, 0,
	 VSEE_REASON_NEVER, NEVER},
	{"mode remind, shadow refuses as without us", RULES(REMIND), SHADOW(.max_days = 30),
	 STATE(), 20030, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 20030},
	{"mode remind, our mirrored max refuses nobody", RULES(REMIND), OURS(), MIRRORED(), ON, 0,
	 false, VSEE_NOT_ENFORCEABLE, VSEE_LENIENT_MODE, VSEE_REASON_LIFETIME, ON},
	{"not enrolled, shadow refuses as without us", RULES(), SHADOW(.max_days = 30), NO_STATE,
	 20030, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 20030},
	{"enrolled, shadow alone refuses nobody", RULES(), SHADOW(.max_days = 30), STATE(), 20030,
	 0, false, VSEE_VALID, 0, VSEE_REASON_ENROLLED, ON},
	/* a hold refuses nobody whom enforce lets in */
	{"held, enrolled later than shadow's max", RULES(HELD), SHADOW(.max_days = 30), STATE(),
	 20030, 0, false, VSEE_VALID, 0, VSEE_REASON_ENROLLED, ON},
	{"held, expired", RULES(HELD), SHADOW(), STATE(), ON, 0, false, VSEE_NOT_ENFORCEABLE,
	 VSEE_LENIENT_MODE, VSEE_REASON_LIFETIME, ON},
	{"held, not enrolled: shadow as without us", RULES(HELD), SHADOW(.max_days = 30), NO_STATE,
	 20030, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 20030},
	{"held, max_days = shadow", RULES(HELD, SHADOW_ALONE), SHADOW(.max_days = 30), STATE(),
	 20030, 0, false, VSEE_MUST_CHANGE, 0, VSEE_REASON_SHADOW, 20030},
	/* dates that say nothing */
	{"empty date: the one known", RULES(), SHADOW(.last_change = UNSET), STATE(), ON, 0, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"future date: the one known", RULES(), SHADOW(.last_change = 20100), STATE(), ON, 0, false,
	 VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
	{"min > max changes nothing", RULES(.min_days = 90), SHADOW(.min_days = 90), STATE(), ON, 0,
	 false, VSEE_MUST_CHANGE, 0, VSEE_REASON_LIFETIME, ON},
};

static void check(void **state)
{
	const struct row *row = *state;
	const struct vsee_facts facts = {
		.rules = &row->rules,
		.shadow = row->shadow,
		.state = row->state,
		.hash_known = !row->hash_new,
		.last_scan = row->scan_age == 99999 ? UNSET : row->today - row->scan_age,
		.today = row->today,
	};
	const struct vsee_judgement judgement = vsee_judge(&facts);

	assert_string_equal(vsee_verdict_name(judgement.verdict), vsee_verdict_name(row->verdict));
	assert_string_equal(vsee_lenient_name(judgement.lenient), vsee_lenient_name(row->lenient));
	assert_string_equal(vsee_reason_name(judgement.reason), vsee_reason_name(row->reason));
	assert_int_equal(judgement.deadline, row->deadline);
	assert_int_equal(judgement.days_left, row->deadline == NEVER || row->verdict <= 2
						      ? judgement.days_left
						      : row->deadline - row->today);
	assert_int_equal(judgement.possible, row->verdict != VSEE_NOT_COVERED &&
						     vsee_aging_expired(&row->shadow, row->today));
}

static void check_uncovered(void **state)
{
	const struct vsee_facts facts = {.shadow = SHADOW(.expire = 0), .today = ON};

	(void)state; /* cmocka's */
	assert_int_equal(vsee_judge(&facts).verdict, VSEE_NOT_COVERED);
}

static void check_names(void **state)
{
	(void)state; /* cmocka's */
	assert_string_equal(vsee_verdict_name((enum vsee_verdict)99), "unknown");
	assert_string_equal(vsee_lenient_name((enum vsee_lenient)99), "unknown");
	assert_string_equal(vsee_reason_name((enum vsee_reason)99), "unknown");
	assert_string_equal(vsee_mode_name((enum vsee_mode)99), "unknown");
	assert_string_equal(vsee_mode_name(VSEE_MODE_ENFORCE), "enforce");
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(check_uncovered),
		cmocka_unit_test(check_names),
	};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(others, NULL, NULL);
}
