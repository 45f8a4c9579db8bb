/* reminderd's queue: of any number of accounts it keeps the soonest, and hands them out in order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "queue.h"

struct row {
	const char *name;
	size_t limit, count;
	unsigned step; /* the order of pushing: deadline i * step mod count */
};

static struct row rows[] = {
	{"nothing is kept where nothing may be mirrored", 0, 5, 1},
	{"fewer than the limit are all kept", 10, 7, 3},
	{"exactly the limit", 64, 64, 63},
	{"one more than the limit", 64, 65, 1},
	{"soonest first in the file", 5, 101, 1},
	{"soonest last in the file", 5, 101, 100},
	{"any order", 100, 997, 601},
};

static void check(void **state)
{
	const struct row *row = *state;
	CLEANUP(queue_clear) struct queue queue = queue_empty(row->limit);
	const size_t kept = row->count < row->limit ? row->count : row->limit;
	char name[32];

	for (size_t i = 0; i < row->count; i++) {
		const size_t deadline = i * row->step % row->count;

		(void)snprintf(name, sizeof(name), "user%zu", deadline);
		assert_int_equal(queue_push(&queue, (vsee_day)deadline, name), 0);
	}
	queue_sort(&queue);
	assert_int_equal(queue.count, kept);
	assert_int_equal(queue.dropped, row->count - kept);
	for (size_t i = 0; i < kept; i++) {
		(void)snprintf(name, sizeof(name), "user%zu", i);
		assert_int_equal(queue.items[i].deadline, i);
		assert_string_equal(queue.items[i].name, name);
	}
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
