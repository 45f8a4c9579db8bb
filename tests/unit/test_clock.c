/* Whether scan may trust today's date. */
#include "policy_case.h"
#include "policy/clock.h"

#define DAY(n) ((n)*VSEE_SECONDS_PER_DAY)
#define HOUR INT64_C(3600)
#define LAST INT64_C(20000)
#define BUILD INT64_C(19900)

static const struct row {
	const char *name;
	int64_t now;
	vsee_day last_scan;
	int64_t noted;
	enum vsee_clock wanted;
} rows[] = {
	{"the second before the build's day", DAY(BUILD) - 1, UNSET, UNSET, VSEE_CLOCK_REFUSE},
	{"the build's day", DAY(BUILD), UNSET, UNSET, VSEE_CLOCK_GOOD},
	{"the day after, no scan yet", DAY(BUILD + 1), UNSET, UNSET, VSEE_CLOCK_GOOD},
	{"no scan yet, any later day", DAY(BUILD + 5000), UNSET, UNSET, VSEE_CLOCK_GOOD},
	{"before 1970", -1, LAST, UNSET, VSEE_CLOCK_REFUSE},
	{"before the build, though noted", DAY(BUILD) - 1, LAST, DAY(BUILD) - 1 - HOUR,
	 VSEE_CLOCK_REFUSE},
	{"399 days later: note", DAY(LAST + 399), LAST, UNSET, VSEE_CLOCK_NOTE},
	{"400 days later: note", DAY(LAST + 400), LAST, UNSET, VSEE_CLOCK_NOTE},
	{"401 days later: refuse", DAY(LAST + 401), LAST, UNSET, VSEE_CLOCK_REFUSE},
	{"401 days later, though noted", DAY(LAST + 401), LAST, DAY(LAST + 401) - HOUR,
	 VSEE_CLOCK_REFUSE},
	{"the second before the last scan's day", DAY(LAST) - 1, LAST, UNSET, VSEE_CLOCK_NOTE},
	{"the last scan's day", DAY(LAST), LAST, UNSET, VSEE_CLOCK_GOOD},
	{"1 day later", DAY(LAST + 1), LAST, UNSET, VSEE_CLOCK_GOOD},
	{"2 days later, the last second", DAY(LAST + 3) - 1, LAST, UNSET, VSEE_CLOCK_GOOD},
	{"3 days later", DAY(LAST + 3), LAST, UNSET, VSEE_CLOCK_NOTE},
	{"noted a second less than an hour ago", DAY(LAST + 9), LAST, DAY(LAST + 9) - HOUR + 1,
	 VSEE_CLOCK_NOTE},
	{"noted an hour ago", DAY(LAST + 9), LAST, DAY(LAST + 9) - HOUR, VSEE_CLOCK_GOOD},
	{"noted 1 day ago", DAY(LAST + 9), LAST, DAY(LAST + 8), VSEE_CLOCK_GOOD},
	{"noted 2 days ago", DAY(LAST + 9), LAST, DAY(LAST + 7), VSEE_CLOCK_GOOD},
	{"noted 3 days ago", DAY(LAST + 9), LAST, DAY(LAST + 7) - 1, VSEE_CLOCK_NOTE},
	{"noted ahead", DAY(LAST + 9), LAST, DAY(LAST + 9) + 1, VSEE_CLOCK_NOTE},
	{"back, and noted an hour ago", DAY(LAST - 9) + HOUR, LAST, DAY(LAST - 9), VSEE_CLOCK_GOOD},
	{"noted at the least number", DAY(LAST + 9), LAST, INT64_MIN, VSEE_CLOCK_NOTE},
	{"now at the greatest number", INT64_MAX, LAST, UNSET, VSEE_CLOCK_REFUSE},
	{"now at the least number", INT64_MIN, LAST, UNSET, VSEE_CLOCK_REFUSE},
	{"last scan at the least number", DAY(LAST), INT64_MIN, UNSET, VSEE_CLOCK_REFUSE},
	{"last scan at the greatest number", DAY(LAST), INT64_MAX, UNSET, VSEE_CLOCK_NOTE},
};

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(vsee_clock_judge(row->now, BUILD, row->last_scan, row->noted),
			 row->wanted);
}

int main(void)
{
	return RUN_ROWS(rows, check);
}
