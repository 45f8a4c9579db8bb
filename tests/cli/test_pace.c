/* What may leave on a day, against what falls due: backlog, back-off and pace of send. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "backlog.h"
#include "backoff.h"
#include "base/cleanup.h"
#include "pace.h"

static void the_waits_grow_and_are_never_longer_than_said(void **state)
{
	static const int64_t longest[] = {300, 300, 900, 3600, 14400, 14400, 14400};

	(void)state;
	for (unsigned i = 0; i < COUNT(longest); i++) {
		assert_int_equal(backoff_seconds(i, 0), longest[i]);
		for (uint32_t random = 1; random < 20000; random += 7) {
			assert_true(backoff_seconds(i, random) <= longest[i]);
			assert_true(backoff_seconds(i, random) >= longest[i] * 4 / 5);
		}
	}
	assert_int_equal(backoff_seconds(UINT32_MAX, 0), 14400);
	assert_int_not_equal(backoff_seconds(4, 1), backoff_seconds(4, 2));
}

/* Whoever asks as often as can be, after an idle hour as well, gets no more than that. */
static void no_minute_has_more_than_its_number(void **state)
{
	static const unsigned rates[] = {1, 7, 30, 59, 60, 61, 6000};

	(void)state;
	for (size_t i = 0; i < COUNT(rates); i++) {
		struct pace pace = pace_new(rates[i]);
		const int64_t begin = 3600 * INT64_C(1000000);
		unsigned sent = 0;

		for (int64_t now = begin; now < begin + 60000000; now += 500) {
			if (pace_wait(&pace, now) > 0)
				continue;
			pace_take(&pace, now);
			sent++;
		}
		assert_in_range(sent, rates[i] - rates[i] / 10, rates[i]);
	}
}

static void without_a_number_nobody_waits(void **state)
{
	struct pace pace = pace_new(0);

	(void)state;
	pace_take(&pace, 5);
	assert_int_equal(pace_wait(&pace, 5), 0);
}

static void a_day_over_the_limit_is_late_until_the_backlog_is_gone(void **state)
{
	static const uint64_t due[] = {12, 0, 3, 0, 5, 6};
	static const struct backlog_day wanted[] = {
		{12, 5, 7, 2}, {0, 5, 2, 1}, {3, 5, 0, 0}, {0, 0, 0, 0}, {5, 5, 0, 0}, {6, 5, 1, 1},
	};
	struct backlog_day days[COUNT(due)];

	(void)state;
	backlog_run(due, COUNT(due), 5, days);
	for (size_t i = 0; i < COUNT(due); i++) {
		assert_int_equal(days[i].due, wanted[i].due);
		assert_int_equal(days[i].sent, wanted[i].sent);
		assert_int_equal(days[i].waiting, wanted[i].waiting);
		assert_int_equal(days[i].late_days, wanted[i].late_days);
	}
	backlog_run(due, COUNT(due), 0, days);
	for (size_t i = 0; i < COUNT(due); i++)
		assert_true(days[i].sent == due[i] && days[i].late_days == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_waits_grow_and_are_never_longer_than_said),
		cmocka_unit_test(no_minute_has_more_than_its_number),
		cmocka_unit_test(without_a_number_nobody_waits),
		cmocka_unit_test(a_day_over_the_limit_is_late_until_the_backlog_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
