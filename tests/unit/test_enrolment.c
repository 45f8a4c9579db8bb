/* What scan promises: last change, lifetime, floor, telling, extension. */
#include "policy_case.h"

#define ON INT64_C(20060)
#define MAIL(kind) VSEE_MAIL_##kind
#define NEW STATE(.password_before = true, .told = UNSET)

static const struct row {
	const char *name;
	struct vsee_rules rules;
	struct vsee_aging shadow;
	struct vsee_enrolment state;
	vsee_day today, last_scan;
	enum vsee_mail mail;
	vsee_day sent;
	/* what is promised then */
	vsee_day deadline;
	enum vsee_reason reason;
	vsee_day floor, told;
} rows[] = {
	/* last change + lifetime */
	{"an ordinary day", RULES(), SHADOW(), STATE(), 20001, 20000, MAIL(PENDING), 0, ON,
	 VSEE_REASON_LIFETIME, UNSET, ON},
	{"a new password", RULES(), SHADOW(.last_change = 20030), NEW, 20031, 20030, MAIL(PENDING),
	 0, 20090, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"shadow's own, smaller max", RULES(), SHADOW(.max_days = 50), NEW, 20001, 20000,
	 MAIL(PENDING), 0, 20050, VSEE_REASON_SHADOW, UNSET, UNSET},
	{"a mirrored max is not theirs", RULES(.max_days = 90), OURS(), MIRRORED(), 20001, 20000,
	 MAIL(PENDING), 0, 20090, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"max_days = shadow", RULES(.max_days = UNSET), SHADOW(.max_days = 30), STATE(), 20001,
	 20000, MAIL(PENDING), 0, 20030, VSEE_REASON_SHADOW, UNSET, UNSET},
	{"max_days = shadow, told at login", RULES(.max_days = UNSET), SHADOW(.max_days = 30),
	 STATE(), 20027, 20026, MAIL(NONE), 0, 20030, VSEE_REASON_SHADOW, UNSET, 20030},
	{"max_days = shadow, no max", RULES(.max_days = UNSET), SHADOW(.max_days = UNSET), STATE(),
	 20001, 20000, MAIL(PENDING), 0, NEVER, VSEE_REASON_NEVER, UNSET, UNSET},
	{"mode off keeps the promise", RULES(.mode = VSEE_MODE_OFF), SHADOW(.max_days = 30),
	 STATE(), 20040, 20039, MAIL(NONE), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	{"mode watch keeps the promise", RULES(.mode = VSEE_MODE_WATCH), SHADOW(.max_days = 30),
	 STATE(), 20040, 20039, MAIL(NONE), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	{"mode remind enrols", RULES(.mode = VSEE_MODE_REMIND), SHADOW(.max_days = 50), NEW, 20001,
	 20000, MAIL(PENDING), 0, 20050, VSEE_REASON_SHADOW, UNSET, UNSET},
	/* the floor */
	{"first enrolment of an old password: notice", RULES(), SHADOW(), NO_STATE, 21000, UNSET,
	 MAIL(PENDING), 0, 21010, VSEE_REASON_FLOOR, 21010, UNSET},
	{"first enrolment, shadow said so already", RULES(), SHADOW(.max_days = 60), NO_STATE,
	 20055, UNSET, MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"first enrolment, shadow said a later day", RULES(), SHADOW(.max_days = 64), NO_STATE,
	 20059, UNSET, MAIL(PENDING), 0, 20064, VSEE_REASON_FLOOR, 20064, UNSET},
	{"11 days of notice left: no floor", RULES(), SHADOW(), NO_STATE, 20049, UNSET,
	 MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"10 days of notice left: no floor", RULES(), SHADOW(), NO_STATE, 20050, UNSET,
	 MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"9 days of notice left: a floor", RULES(), SHADOW(), NO_STATE, 20051, UNSET, MAIL(PENDING),
	 0, 20061, VSEE_REASON_FLOOR, 20061, UNSET},
	{"the spread is added", RULES(.spread_days = 6), SHADOW(), NO_STATE, 21000, UNSET,
	 MAIL(PENDING), 0, 21015, VSEE_REASON_FLOOR, 21015, UNSET},
	{"a shorter lifetime: notice", RULES(.max_days = 30), SHADOW(), STATE(), 20040, 20039,
	 MAIL(PENDING), 0, 20050, VSEE_REASON_FLOOR, 20050, UNSET},
	{"a shorter lifetime: never later than promised", RULES(.max_days = 30), SHADOW(), STATE(),
	 20055, 20054, MAIL(PENDING), 0, ON, VSEE_REASON_FLOOR, ON, ON},
	{"the floor stays", RULES(.max_days = 30), SHADOW(),
	 STATE(.lifetime = 30, .deadline = 20050, .floor = 20050, .floor_change = CHANGED,
	       .floor_lifetime = 30, .told = 20050),
	 20041, 20040, MAIL(PENDING), 0, 20050, VSEE_REASON_FLOOR, 20050, 20050},
	{"one floor for a last change and lifetime", RULES(.max_days = 30), SHADOW(),
	 STATE(.deadline = 20060, .floor = 20035, .floor_change = CHANGED, .floor_lifetime = 30,
	       .told = UNSET),
	 20051, 20050, MAIL(SENT), 20035, 20035, VSEE_REASON_FLOOR, 20035, 20035},
	{"a longer lifetime than one that had its floor: none", RULES(.max_days = 45), SHADOW(),
	 STATE(.deadline = 20060, .floor = 20035, .floor_change = CHANGED, .floor_lifetime = 30,
	       .told = UNSET),
	 20041, 20040, MAIL(PENDING), 0, 20045, VSEE_REASON_LIFETIME, 20035, UNSET},
	{"a shorter one: a new floor", RULES(.max_days = 20), SHADOW(),
	 STATE(.deadline = 20060, .floor = 20035, .floor_change = CHANGED, .floor_lifetime = 30),
	 20041, 20040, MAIL(PENDING), 0, 20051, VSEE_REASON_FLOOR, 20051, UNSET},
	{"another last change: a new floor", RULES(.max_days = 30), SHADOW(),
	 STATE(.floor = 20035, .floor_change = 19000, .floor_lifetime = 30), 20041, 20040,
	 MAIL(PENDING), 0, 20051, VSEE_REASON_FLOOR, 20051, UNSET},
	{"a floor at the limit holds", RULES(.spread_days = 5), SHADOW(),
	 STATE(.floor = 20070, .deadline = 20070, .told = 20070), 20055, 20054, MAIL(PENDING), 0,
	 20070, VSEE_REASON_FLOOR, 20070, 20070},
	{"a floor beyond it is void, as if never given", RULES(.spread_days = 5), SHADOW(),
	 STATE(.floor = 20071, .floor_change = CHANGED, .floor_lifetime = 60, .deadline = 20071,
	       .told = 20071),
	 20055, 20054, MAIL(PENDING), 0, 20070, VSEE_REASON_FLOOR, 20070, UNSET},
	{"without notice the limit is 3 days", RULES(.notice_days = 0), SHADOW(),
	 STATE(.floor = 20064, .deadline = 20064, .told = 20064), 20061, 20060, MAIL(PENDING), 0,
	 20064, VSEE_REASON_FLOOR, 20064, 20064},
	{"a void floor counts again behind a leap", RULES(), SHADOW(), STATE(.floor_ahead = 20065),
	 20058, 20020, MAIL(PENDING), 0, 20065, VSEE_REASON_FLOOR, 20065, UNSET},
	{"but not by mere time", RULES(), SHADOW(), STATE(.floor_ahead = 20065), 20058, 20057,
	 MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	/* telling */
	{"untold, 4 days ahead: stays", RULES(), SHADOW(), STATE(.told = UNSET), 20056, 20055,
	 MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"untold, 3 days ahead: stays", RULES(), SHADOW(), STATE(.told = UNSET), 20057, 20056,
	 MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, UNSET},
	{"untold, 2 days ahead: kept 3 days ahead", RULES(), SHADOW(), STATE(.told = UNSET), 20058,
	 20057, MAIL(PENDING), 0, 20061, VSEE_REASON_UNTOLD, 20061, UNSET},
	{"untold, long over: kept 3 days ahead", RULES(), SHADOW(), STATE(.told = UNSET), 20090,
	 20089, MAIL(PENDING), 0, 20093, VSEE_REASON_UNTOLD, 20093, UNSET},
	{"a mail named another day", RULES(), SHADOW(), STATE(.told = UNSET), 20058, 20057,
	 MAIL(SENT), 20050, 20061, VSEE_REASON_UNTOLD, 20061, UNSET},
	{"a mail named this day", RULES(), SHADOW(), STATE(.told = UNSET), 20058, 20057, MAIL(SENT),
	 ON, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	{"a mail named the day it is put off to", RULES(), SHADOW(), STATE(.told = UNSET), 20058,
	 20057, MAIL(SENT), 20061, 20061, VSEE_REASON_UNTOLD, 20061, 20061},
	{"no address: told at login", RULES(), SHADOW(), STATE(.told = UNSET), 20057, 20056,
	 MAIL(NONE), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	{"no address: 3 days ahead too", RULES(), SHADOW(), STATE(.told = UNSET), 20058, 20057,
	 MAIL(NONE), 0, 20061, VSEE_REASON_UNTOLD, 20061, 20061},
	{"refused: told at login", RULES(), SHADOW(), STATE(.told = UNSET), 20050, 20049,
	 MAIL(REFUSED), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
	{"told once, told for good", RULES(), SHADOW(), STATE(), 20070, 20069, MAIL(PENDING), 0, ON,
	 VSEE_REASON_LIFETIME, UNSET, ON},
	{"last stage 1: kept 1 day ahead, else no mail is ever due",
	 RULES(.stages = {1}, .stage_count = 1), SHADOW(), STATE(.told = UNSET), 20070, 20069,
	 MAIL(PENDING), 0, 20071, VSEE_REASON_UNTOLD, 20071, UNSET},
	{"told and reached: a shorter, untold lifetime lets nobody in", RULES(.max_days = 45),
	 SHADOW(), STATE(.floor = 20035, .floor_change = CHANGED, .floor_lifetime = 30), 20070,
	 20069, MAIL(PENDING), 0, ON, VSEE_REASON_FLOOR, ON, ON},
	/* extension */
	{"extension", RULES(), SHADOW(), STATE(.extension = 20067), 20050, 20049, MAIL(PENDING), 0,
	 20067, VSEE_REASON_EXTENSION, UNSET, UNSET},
	{"an extension that grants nothing", RULES(), SHADOW(), STATE(.extension = 20059), 20050,
	 20049, MAIL(PENDING), 0, ON, VSEE_REASON_LIFETIME, UNSET, ON},
};

static bool sent_for(const void *context, vsee_day deadline)
{
	return *(const vsee_day *)context == deadline;
}

static void check(void **state)
{
	const struct row *row = *state;
	const struct vsee_told told = {row->mail, sent_for, &row->sent};
	struct vsee_facts facts = {
		.rules = &row->rules,
		.shadow = row->shadow,
		.state = row->state,
		.hash_known = true,
		.account_digest = 5,
		.last_scan = row->last_scan,
		.today = row->today,
	};

	for (int run = 0; run < 2; run++) { /* the second run of a day changes nothing */
		facts.state = vsee_enrol(&facts, &told);
		assert_int_equal(facts.state.deadline, row->deadline);
		assert_int_equal(facts.state.reason, row->reason);
		assert_int_equal(facts.state.floor, row->floor);
		assert_int_equal(facts.state.told, row->told);
	}
}

static const struct change_row {
	const char *name;
	struct vsee_aging shadow;
	struct vsee_enrolment state;
	vsee_day today, last_scan;
	bool hash_new;
	vsee_day day;
	bool asked, believed;
	vsee_day disbelieved, known_ahead;
} change_rows[] = {
	{"shadow's date", SHADOW(), STATE(), 20010, 20009, false, 20000, false, true, VSEE_NONE,
	 UNSET},
	{"1989-12-31 is not believed", SHADOW(.last_change = 7304), NO_STATE, 20010, 20009, true,
	 20010, false, false, 7304, UNSET},
	{"1990-01-01 is", SHADOW(.last_change = 7305), NO_STATE, 20010, 20009, true, 7305, false,
	 true, VSEE_NONE, UNSET},
	{"1990-01-02 is", SHADOW(.last_change = 7306), NO_STATE, 20010, 20009, true, 7306, false,
	 true, VSEE_NONE, UNSET},
	{"today is", SHADOW(.last_change = 20010), NO_STATE, 20010, 20009, true, 20010, false, true,
	 VSEE_NONE, UNSET},
	{"tomorrow is", SHADOW(.last_change = 20011), NO_STATE, 20010, 20009, true, 20011, false,
	 true, VSEE_NONE, UNSET},
	{"the day after tomorrow is not", SHADOW(.last_change = 20012), STATE(), 20010, 20009,
	 false, 20000, false, false, 20012, UNSET},
	{"nor later, once disbelieved", SHADOW(.last_change = 20012), STATE(.disbelieved = 20012),
	 20020, 20019, false, 20000, false, false, 20012, UNSET},
	{"another date is", SHADOW(.last_change = 20013), STATE(.disbelieved = 20012), 20020, 20019,
	 false, 20013, false, true, VSEE_NONE, UNSET},
	{"empty: the known one", SHADOW(.last_change = UNSET), STATE(), 20010, 20009, false, 20000,
	 false, false, UNSET, UNSET},
	{"empty, new hash: today", SHADOW(.last_change = UNSET), STATE(), 20010, 20009, true, 20010,
	 false, false, UNSET, UNSET},
	{"0: asked", SHADOW(.last_change = 0), STATE(), 20010, 20009, false, 20000, true, false,
	 VSEE_NONE, UNSET},
	{"0 of ours: not asked", SHADOW(.last_change = 0),
	 STATE(.zero = VSEE_MIRROR_DONE, .before_change = CHANGED), 20010, 20009, false, 20000,
	 false, false, VSEE_NONE, UNSET},
	{"known tomorrow: today, and set aside", SHADOW(.last_change = UNSET),
	 STATE(.known_change = 20011), 20010, 20012, false, 20010, false, false, UNSET, 20011},
	{"the clock went back: today, and set aside", SHADOW(), STATE(), 19960, 20010, false, 19960,
	 false, false, 20000, 20000},
	{"it stays so while time merely passes", SHADOW(),
	 STATE(.known_change = 19960, .known_ahead = 20000, .disbelieved = 20000), 20005, 20004,
	 false, 19960, false, false, 20000, 20000},
	{"a leap over it brings it back", SHADOW(),
	 STATE(.known_change = 19960, .known_ahead = 20000, .disbelieved = 20000), 20010, 19961,
	 false, 20000, false, true, VSEE_NONE, UNSET},
	{"without shadow's date too", SHADOW(.last_change = UNSET),
	 STATE(.known_change = 19960, .known_ahead = 20000), 20010, 19961, false, 20000, false,
	 false, UNSET, UNSET},
	{"not on the day before it", SHADOW(.last_change = UNSET),
	 STATE(.known_change = 19960, .known_ahead = 20011), 20010, 19961, false, 19960, false,
	 false, UNSET, 20011},
	{"a leap brings back nothing that was never known", SHADOW(.last_change = 20005),
	 STATE(.disbelieved = 20005), 20010, 19990, false, 20000, false, false, 20005, UNSET},
};

static void check_change(void **state)
{
	const struct change_row *row = *state;
	const struct vsee_rules rules = RULES();
	const struct vsee_told told = {VSEE_MAIL_NONE, NULL, NULL};
	const struct vsee_facts facts = {
		.rules = &rules,
		.shadow = row->shadow,
		.state = row->state,
		.hash_known = !row->hash_new,
		.last_scan = row->last_scan,
		.today = row->today,
	};
	const struct vsee_change change = vsee_change_resolve(&facts);
	const struct vsee_enrolment enrolled = vsee_enrol(&facts, &told);

	assert_int_equal(change.day, row->day);
	assert_int_equal(change.asked, row->asked);
	assert_int_equal(change.believed, row->believed);
	assert_int_equal(enrolled.known_change, row->day);
	assert_int_equal(enrolled.disbelieved, row->disbelieved);
	assert_int_equal(enrolled.known_ahead, row->known_ahead);
}

static void check_spread(void **state)
{
	struct vsee_rules rules = RULES(.spread_days = 6);
	struct vsee_facts facts = {.rules = &rules, .account_digest = UINT64_MAX};

	(void)state;				  /* cmocka's */
	assert_int_equal(vsee_spread(&facts), 1); /* 2^64 - 1 = 7 n + 1 */
	facts.account_digest = 6;
	assert_int_equal(vsee_spread(&facts), 6);
	rules.spread_days = 0;
	assert_int_equal(vsee_spread(&facts), 0);
}

int main(void)
{
	const struct CMUnitTest others[] = {cmocka_unit_test(check_spread)};

	return RUN_ROWS(rows, check) + RUN_ROWS(change_rows, check_change) +
	       cmocka_run_group_tests(others, NULL, NULL);
}
