/* The time of an answer does not say what was found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "deadline.h"

static void answers_leave_at_fixed_times(void **state)
{
	/* clang-format off */
	static const struct {
		enum wire_status status;
		int64_t spent, expected;
	} rows[] = {
		{WIRE_WRONG, 0, 2000},
		{WIRE_WRONG, 1999, 2000},
		{WIRE_WRONG, 2000, 2000},
		{WIRE_WRONG, 2001, 2250},
		{WIRE_LINK_BAD, 1, 2000},
		{WIRE_LINK_BAD, 2250, 2250},
		{WIRE_CHANGED, 0, 0},
		{WIRE_CHANGED, 1, 250},
		{WIRE_CHANGED, 250, 250},
		{WIRE_CHANGED, 251, 500},
		{WIRE_UNMET, 80, 250},
		{WIRE_FAULT, 3, 250},
		{WIRE_THROTTLED, 2, 250},
		{WIRE_BUSY, 10001, 10250},
		{WIRE_UNCERTAIN, 7, 250},
		{WIRE_LINK_GOOD, 249, 250},
		{WIRE_TOO_SOON, 499, 500},
		{WIRE_REFUSED, 600, 750},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(deadline_of(rows[i].status, rows[i].spent), rows[i].expected);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(answers_leave_at_fixed_times)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
