/* The rows that a run has claimed: none is in hand twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "slots.h"

static void a_row_on_its_way_is_not_taken_again(void **state)
{
	autoslots struct slots *slots = slots_new();
	const struct reminder rows[] = {{.id = 1}, {.id = 2}, {.id = 3}};

	(void)state;
	assert_non_null(slots);
	slots_take(slots, rows, 2);
	slots_move(slots, &slots->items[0], PLACE_BUSY);
	slots_take(slots, rows, COUNT(rows)); /* the leases ran out */
	assert_int_equal(slots->counts[PLACE_BUSY], 1);
	assert_int_equal(slots->counts[PLACE_READY], 2);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(slots->items[i].row.id, rows[i].id);
}

static void a_free_place_is_taken_whatever_was_in_it(void **state)
{
	autoslots struct slots *slots = slots_new();
	const struct reminder row = {.id = 7};

	(void)state;
	assert_non_null(slots);
	slots_take(slots, &row, 1);
	slots_move(slots, &slots->items[0], PLACE_FREE);
	slots_take(slots, &row, 1);
	assert_int_equal(slots->counts[PLACE_READY], 1);
	assert_int_equal(slots->counts[PLACE_FREE], SLOTS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_row_on_its_way_is_not_taken_again),
		cmocka_unit_test(a_free_place_is_taken_whatever_was_in_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
