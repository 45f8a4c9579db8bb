/* Nobody waits for the turns of another source. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "turns.h"

static int begin(void **state)
{
	static struct turns turns;

	*state = &turns;
	return turns_begin(&turns);
}

static int take(struct turns *turns, const char *source)
{
	return turns_take(turns, source, 0);
}

static void a_source_has_its_share(void **state)
{
	struct turns *turns = *state;
	int turn = -1;

	for (int i = 0; i < TURNS_SOURCE_MAX; i++)
		assert_true((turn = take(turns, "192.0.2.1")) >= 0);
	assert_int_equal(take(turns, "192.0.2.1"), -ETIMEDOUT);
	assert_true(take(turns, "192.0.2.2") >= 0);
	turns_give(turns, turn);
	assert_int_equal(take(turns, "192.0.2.1"), turn);
	assert_int_equal(take(turns, "192.0.2.1"), -ETIMEDOUT);
}

static void a_network_of_ipv6_is_one_source(void **state)
{
	struct turns *turns = *state;
	char source[WIRE_SOURCE_SIZE];

	for (int i = 0; i < TURNS_SOURCE_MAX; i++) {
		(void)snprintf(source, sizeof(source), "2001:db8:0:7:%x::1", (unsigned)i);
		assert_true(take(turns, source) >= 0);
	}
	assert_int_equal(take(turns, "2001:db8:0:7::9"), -ETIMEDOUT);
	assert_true(take(turns, "2001:db8:0:8::1") >= 0);
}

static void all_are_at_most_eight(void **state)
{
	struct turns *turns = *state;

	for (int i = 0; i < TURNS_MAX; i++)
		assert_true(take(turns, "unix") >= 0);
	assert_int_equal(take(turns, "unix"), -ETIMEDOUT);
	assert_int_equal(take(turns, "192.0.2.1"), -ETIMEDOUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_source_has_its_share, begin),
		cmocka_unit_test_setup(a_network_of_ipv6_is_one_source, begin),
		cmocka_unit_test_setup(all_are_at_most_eight, begin),
	};

	return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
