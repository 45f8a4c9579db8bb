/* When a snapshot may be mailed from, and what becomes of a row whose mail came to its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "freshness.h"
#include "outcome.h"

#define DAY 20000
#define NOON (DAY * VSEE_SECONDS_PER_DAY + 12 * 3600)

struct row {
	const char *name;
	int64_t age; /* of the snapshot, in seconds */
	int64_t now;
	vsee_day day;
	const char *policy; /* the published one; the snapshot says "abc" */
	struct shadow_mark then, shadow;
	int64_t asked;
	enum freshness wanted;
};

#define MARK                                                                                       \
	{                                                                                          \
		7, 100, 5, 6                                                                       \
	}

/* clang-format off */
static struct row rows[] = {
	{"made just now", 0, NOON, DAY, "abc", MARK, MARK, 0, FRESH},
	{"made a second ahead", -1, NOON, DAY, "abc", MARK, MARK, 0, STALE_FUTURE},
	{"a second less than two hours", 7199, NOON, DAY, "abc", MARK, MARK, 0, FRESH},
	{"two hours", 7200, NOON, DAY, "abc", MARK, MARK, 0, FRESH},
	{"a second more than two hours", 7201, NOON, DAY, "abc", MARK, MARK, 0, STALE_AGE},
	{"of yesterday, a minute old", 60, NOON - 12 * 3600, DAY - 1, "abc", MARK, MARK, 0, STALE_DAY},
	{"another policy", 0, NOON, DAY, "abd", MARK, MARK, 0, STALE_POLICY},
	{"no policy any more", 0, NOON, DAY, "", MARK, MARK, 0, STALE_POLICY},
	{"shadow replaced", 0, NOON, DAY, "abc", MARK, {8, 100, 5, 6}, 0, STALE_SHADOW},
	{"shadow grown", 0, NOON, DAY, "abc", MARK, {7, 101, 5, 6}, 0, STALE_SHADOW},
	{"shadow written a second later", 0, NOON, DAY, "abc", MARK, {7, 100, 6, 6}, 0, STALE_SHADOW},
	{"shadow written a blink later", 0, NOON, DAY, "abc", MARK, {7, 100, 5, 7}, 0, STALE_SHADOW},
	{"no mark of shadow is known", 0, NOON, DAY, "abc", {0}, {0}, 0, STALE_SHADOW},
	{"two asks in a row", 0, NOON, DAY, "abc", MARK, {8, 1, 1, 1}, 2, STALE_SHADOW},
	{"three asks in a row", 0, NOON, DAY, "abc", MARK, {8, 1, 1, 1}, 3, FRESH},
	{"three asks don't make it young", 7201, NOON, DAY, "abc", MARK, {8, 1, 1, 1}, 3, STALE_AGE},
	{"three asks don't make it right", 0, NOON, DAY, "abd", MARK, {8, 1, 1, 1}, 3, STALE_POLICY},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;
	const struct snapshot_header header = {
		.time = row->now - row->age, .day = row->day, .policy = "abc", .shadow = row->then};
	const struct freshness_facts facts = {&header, row->policy, row->shadow, row->now,
					      row->asked};

	assert_int_equal(freshness_judge(&facts), row->wanted);
	assert_true(!freshness_text(row->wanted) == (row->wanted == FRESH));
}

struct end {
	enum outcome outcome;
	enum reminder_state state;
	int64_t refused_before, refused_after;
	bool again;
};

static const struct end ends[] = {
	{OUTCOME_TAKEN, REMINDER_SENT, 5, 0, false},
	{OUTCOME_DEFERRED, REMINDER_DEFERRED, 0, NOON, true},
	{OUTCOME_DEFERRED, REMINDER_DEFERRED, 5, 5, true},
	{OUTCOME_REFUSED, REMINDER_FAILED, 0, NOON, false},
	{OUTCOME_REFUSED, REMINDER_FAILED, 5, 5, false},
	{OUTCOME_UNKNOWN, REMINDER_UNKNOWN, 0, 0, true},
	{OUTCOME_UNREACHABLE, REMINDER_DEFERRED, 0, 0, true},
	{OUTCOME_UNREACHABLE, REMINDER_DEFERRED, 5, 5, true},
};

static void each_outcome_has_its_state(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ends); i++) {
		struct result result = {
			.outcome = ends[i].outcome, .code = 250, .answer = "so", .queue_id = "Q"};
		struct reminder row = {.state = REMINDER_CLAIMED,
				       .attempts = 1,
				       .claimed_until = NOON + 900,
				       .refused_since = ends[i].refused_before};

		outcome_apply(&result, NOON, 0, &row);
		assert_int_equal(row.state, ends[i].state);
		assert_int_equal(row.refused_since, ends[i].refused_after);
		assert_int_equal(row.next_try, ends[i].again ? NOON + 900 : 0);
		assert_int_equal(row.sent, row.state == REMINDER_SENT ? NOON : 0);
		assert_true(row.attempts == 2 && row.last_try == NOON && row.claimed_until == 0);
		assert_string_equal(row.answer, "so");
		assert_string_equal(row.queue_id, "Q");
	}
}

static void what_was_not_tried_is_given_back(void **state)
{
	struct reminder fresh = {.state = REMINDER_CLAIMED, .claimed_until = 9};
	struct reminder tried = {.state = REMINDER_CLAIMED, .attempts = 2};

	(void)state;
	outcome_release(&fresh);
	outcome_release(&tried);
	assert_int_equal(fresh.state, REMINDER_DUE);
	assert_int_equal(fresh.claimed_until, 0);
	assert_int_equal(tried.state, REMINDER_DEFERRED);
	outcome_put_off("no server", NOON, 0, &fresh);
	assert_true(fresh.state == REMINDER_DEFERRED && fresh.next_try == NOON + 300);
	assert_true(fresh.attempts == 0 && fresh.refused_since == 0);
	outcome_fail("bad", NOON, &tried);
	assert_true(tried.state == REMINDER_FAILED && tried.refused_since == 0);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(each_outcome_has_its_state);
	tests[COUNT(rows) + 1] =
		(struct CMUnitTest)cmocka_unit_test(what_was_not_tried_is_given_back);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
