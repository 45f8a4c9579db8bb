/* Nobody waits for the turns of another source. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

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

struct call {
	struct turns *turns;
	const char *source;
	int turn;
	pthread_t thread;
};

static void *wait_for_turn(void *context)
{
	struct call *const call = context;

	call->turn = turns_take(call->turns, call->source, 60);
	return NULL;
}

static int find_turn(const struct turns *turns, const char *source)
{
	for (int i = 0; i < TURNS_MAX; i++)
		if (strcmp(turns->sources[i], source) == 0)
			return i;
	return -1;
}

static int count_waiting(struct turns *turns)
{
	int count = 0;

	(void)pthread_mutex_lock(&turns->lock);
	for (const struct waiter *waiter = turns->first; waiter; waiter = waiter->next)
		count++;
	(void)pthread_mutex_unlock(&turns->lock);
	return count;
}

static void begin_to_wait(struct turns *turns, const char *source, struct call *ret_call)
{
	const int before = count_waiting(turns);

	*ret_call = (struct call){.turns = turns, .source = source};
	assert_int_equal(pthread_create(&ret_call->thread, NULL, wait_for_turn, ret_call), 0);
	while (count_waiting(turns) == before)
		(void)sched_yield();
}

static void who_has_fewest_is_next(void **state)
{
	static const char *const sources[TURNS_MAX] = {"192.0.2.1", "192.0.2.1", "192.0.2.1",
						       "192.0.2.1", "192.0.2.2", "192.0.2.2",
						       "192.0.2.2", "192.0.2.3"};
	static const char *const waiting[] = {"192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"};
	static const size_t order[] = {2, 3, 1, 0};
	struct turns *turns = *state;
	struct call calls[COUNT(waiting)];
	int turn = -1;

	for (size_t i = 0; i < COUNT(sources); i++)
		assert_true((turn = take(turns, sources[i])) >= 0);
	turns_give(turns, turn); /* nobody waits: it is free again */
	assert_int_equal(take(turns, sources[COUNT(sources) - 1]), turn);
	for (size_t i = 0; i < COUNT(waiting); i++)
		begin_to_wait(turns, waiting[i], &calls[i]);
	for (size_t i = 0; i < COUNT(order); i++) {
		turn = find_turn(turns, "192.0.2.1");
		turns_give(turns, turn);
		(void)pthread_join(calls[order[i]].thread, NULL);
		assert_int_equal(calls[order[i]].turn, turn);
	}
}

static void who_gave_up_gets_none(void **state)
{
	struct turns *turns = *state;

	for (int i = 0; i < TURNS_MAX; i++)
		assert_true(take(turns, "unix") >= 0);
	assert_int_equal(take(turns, "192.0.2.1"), -ETIMEDOUT);
	assert_int_equal(count_waiting(turns), 0);
	turns_give(turns, 3);
	assert_int_equal(take(turns, "192.0.2.2"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_source_has_its_share, begin),
		cmocka_unit_test_setup(a_network_of_ipv6_is_one_source, begin),
		cmocka_unit_test_setup(all_are_at_most_eight, begin),
		cmocka_unit_test_setup(who_has_fewest_is_next, begin),
		cmocka_unit_test_setup(who_gave_up_gets_none, begin),
	};

	return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
