/* reminderd's filter of names: it never forgets one, and seldom takes a new one for a known one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "base/cleanup.h"
#include "seen.h"

#define NAMES 200000

static size_t count_hits(const struct seen *seen, const char *prefix)
{
	size_t hits = 0;
	char name[32];

	for (unsigned i = 0; i < NAMES; i++) {
		(void)snprintf(name, sizeof(name), "%s%u", prefix, i);
		hits += seen_test(seen, name);
	}
	return hits;
}

static void names_are_told_apart(void **state)
{
	CLEANUP(seen_clear) struct seen seen = {0};
	char name[32];

	(void)state;
	assert_int_equal(seen_init(1, &seen), 0);
	assert_int_equal(count_hits(&seen, "user"), 0);
	for (unsigned i = 0; i < NAMES; i++) {
		(void)snprintf(name, sizeof(name), "user%u", i);
		seen_add(&seen, name);
	}
	assert_int_equal(count_hits(&seen, "user"), NAMES);
	assert_in_range(count_hits(&seen, "other"), 0, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_told_apart)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
