/* What shadow alone says: the edge cases in which pam_unix and shadow themselves differ. */
#include "policy_case.h"

static const struct row {
	const char *name;
	struct vsee_aging aging;
	vsee_day today;
	bool ended, expired;
	vsee_day deadline;
} rows[] = {
	{"last good day", OURS(), 20059, false, false, 20060},
	{"today == last change + max: expired", OURS(), 20060, false, true, 20060},
	{"day after", OURS(), 20061, false, true, 20060},
	{"last change 0: must change", OURS(.last_change = 0), 20001, false, true, NEVER},
	{"last change 0 needs no max", OURS(.last_change = 0, .max_days = UNSET), 1, false, true,
	 NEVER},
	{"last change empty: aging off", OURS(.last_change = UNSET), 30000, false, false, NEVER},
	{"last change in the future: fine", OURS(.last_change = 20002), 20001, false, false, 20062},
	{"changed today, max 0: expired", OURS(.max_days = 0), 20000, false, true, 20000},
	{"future and max 0: fine", OURS(.max_days = 0), 19999, false, false, 20000},
	{"max 9999, the day before", OURS(.max_days = 9999), 29998, false, false, 29999},
	{"max 10000 is a plain number", OURS(.max_days = 10000), 30000, false, true, 30000},
	{"max 99999 is a plain number", OURS(.max_days = 99999), 119999, false, true, 119999},
	{"max empty: never", OURS(.max_days = UNSET), 90000, false, false, NEVER},
	{"max empty, inactive set: inactive ignored", OURS(.max_days = UNSET, .inactive_days = 0),
	 90000, false, false, NEVER},
	{"min > max: expiry comes first", OURS(.min_days = 90), 20060, false, true, 20060},
	{"the day before expire", SHADOW(.expire = 20010), 20009, false, false, 119999},
	{"on expire", SHADOW(.expire = 20010), 20010, true, false, 119999},
	{"after expire", SHADOW(.expire = 20010), 20011, true, false, 119999},
	{"expire 0 has long been", SHADOW(.expire = 0), 20000, true, false, 119999},
	{"expire empty: never", SHADOW(), 99999, false, false, 119999},
};

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(vsee_aging_ended(&row->aging, row->today), row->ended);
	assert_int_equal(vsee_aging_expired(&row->aging, row->today), row->expired);
	assert_int_equal(vsee_aging_deadline(&row->aging), row->deadline);
}

static const struct clamp_row {
	const char *name;
	vsee_day given, wanted;
} clamp_rows[] = {
	{"least number", INT64_MIN, UNSET},
	{"-2", -2, UNSET},
	{"-1", -1, UNSET},
	{"0", 0, 0},
	{"last day - 1", VSEE_DAY_MAX - 1, VSEE_DAY_MAX - 1},
	{"last day", VSEE_DAY_MAX, VSEE_DAY_MAX},
	{"last day + 1", VSEE_DAY_MAX + 1, VSEE_DAY_MAX},
	{"greatest number", INT64_MAX, VSEE_DAY_MAX},
};

static void check_clamp(void **state)
{
	const struct clamp_row *row = *state;
	const struct vsee_aging clamped =
		vsee_aging_clamp((struct vsee_aging){row->given, row->given, row->given, row->given,
						     row->given, row->given, VSEE_PASSWORD_LOCKED});

	assert_int_equal(clamped.last_change, row->wanted);
	assert_int_equal(clamped.min_days, row->wanted);
	assert_int_equal(clamped.max_days, row->wanted);
	assert_int_equal(clamped.warn_days, row->wanted);
	assert_int_equal(clamped.inactive_days, row->wanted);
	assert_int_equal(clamped.expire, row->wanted);
	assert_int_equal(clamped.password, VSEE_PASSWORD_LOCKED);
}

int main(void)
{
	return RUN_ROWS(rows, check) + RUN_ROWS(clamp_rows, check_clamp);
}
