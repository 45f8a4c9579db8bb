/* How many wrong passwords are let through: limits, and how long one waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "throttle_case.h"
#include "throttle_table.h"

static int give_back(const char *name, const char *source, int64_t now, bool right)
{
	return throttle_return(path, &limits, name, source, now, right);
}

static void account_limit(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 1);
	pass("anna", "192.0.2.2", START + 1, 1);
	pass("anna", "192.0.2.3", START + 2, 1);
	assert_int_equal(charge("anna", "192.0.2.4", START + 2), WINDOW);
	assert_int_equal(charge("anna", "192.0.2.4", START + WINDOW + 1), 1);
	assert_int_equal(charge("bert", "192.0.2.4", START + 3), 0);
	assert_int_equal(charge("anna", "192.0.2.4", START + WINDOW + 2), 0);
}

static void source_limit(void **state)
{
	const char *names[] = {"a", "b", "c", "d", "e", "f"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		pass(names[i], "192.0.2.1", START, 1);
	assert_int_equal(charge("g", "192.0.2.1", START), WINDOW);
	assert_int_equal(charge(NULL, "192.0.2.1", START + WINDOW - 1), 1);
	assert_int_equal(charge("g", "192.0.2.2", START), 0);
	assert_int_equal(charge(NULL, "192.0.2.1", START + WINDOW), 0);
}

/* What is refused is charged to neither. */
static void refused_is_free(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 3);
	for (int i = 0; i < 20; i++)
		assert_int_equal(charge("anna", "192.0.2.9", START), WINDOW);
	pass(NULL, "192.0.2.9", START, 6);
	for (int i = 0; i < 20; i++)
		assert_int_equal(charge("bert", "192.0.2.9", START), WINDOW);
	pass("bert", "192.0.2.2", START, 3);
}

/* clang-format off */
static const struct {
	const char *one, *other;
	bool same;
} sources[] = {
	{"2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", true},
	{"2001:db8::1", "2001:db8:0:1::1", false},
	{"::ffff:192.0.2.1", "192.0.2.1", true},
	{"::ffff:192.0.2.1", "::ffff:192.0.2.2", false},
	{"192.0.2.1", "192.0.3.1", false},
	{"unix", "unix", true},
	{"2001:DB8:0:0:0:0:0:1", "2001:db8::2", true},
};
/* clang-format on */

static void sources_that_are_one(void **state)
{
	for (size_t i = 0; i < COUNT(sources); i++) {
		assert_int_equal(begin(state), 0);
		pass(NULL, sources[i].one, START, 6);
		assert_int_equal(charge(NULL, sources[i].other, START),
				 sources[i].same ? WINDOW : 0);
	}
}

static void arguments(void **state)
{
	const struct throttle_limits none = {0, 6, WINDOW}, no_window = {3, 6, 0};

	(void)state;
	assert_int_equal(charge("anna", "somewhere", START), -EINVAL);
	assert_int_equal(charge("anna", "", START), -EINVAL);
	assert_int_equal(throttle_charge(path, &none, "a", "unix", START), -EINVAL);
	assert_int_equal(throttle_charge(path, &no_window, "a", "unix", START), -EINVAL);
}

static void given_back(void **state)
{
	(void)state;
	for (int i = 0; i < 20; i++) {
		pass("anna", "192.0.2.1", START + i, 1);
		assert_int_equal(give_back("anna", "192.0.2.1", START + i, false), 0);
	}
	pass("anna", "192.0.2.1", START, 3); /* the third meets the limit, and is given back */
	assert_int_equal(charge("anna", "192.0.2.2", START), WINDOW);
	assert_int_equal(give_back("anna", "192.0.2.1", START + 5, false), 0);
	pass("anna", "192.0.2.1", START + 5, 1);
	assert_int_equal(charge("anna", "192.0.2.2", START + 5), WINDOW);
}

static void right_password(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(give_back("anna", "192.0.2.1", START, true), 0);
	pass("anna", "192.0.2.1", START, 3);
	pass(NULL, "192.0.2.1", START, 1); /* 2 and 3 and this one: the source's 6 */
	assert_int_equal(charge(NULL, "192.0.2.1", START), WINDOW);
}

/* Nothing to give: nothing is made, nobody's entry is taken. */
static void given_back_too_much(void **state)
{
	(void)state;
	assert_int_equal(give_back("anna", "192.0.2.1", START, false), 0);
	assert_int_equal(give_back("anna", "192.0.2.1", START, true), 0);
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(charge("anna", "192.0.2.1", START), WINDOW);
}

static void window_passes(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 2);
	pass("anna", "192.0.2.1", START + WINDOW, 2);
	pass("anna", "192.0.2.1", START + 2 * WINDOW - 1, 1);
	assert_int_equal(charge("anna", "192.0.2.2", START + 2 * WINDOW), WINDOW - 1);
}

static void waits_grow(void **state)
{
	int64_t now = START, wait = WINDOW;

	(void)state;
	for (int i = 0; i < 12; i++) {
		char source[] = "192.0.2.100";

		source[10] = (char)('0' + i % 10); /* so that no source's limit is met */
		pass("anna", source, now, 3);
		assert_int_equal(charge("anna", "unix", now), wait);
		now += wait;
		wait = wait * 2 < 86400 ? wait * 2 : 86400;
	}
	now += WINDOW - 1;
	pass("anna", "192.0.2.1", now, 3);
	assert_int_equal(charge("anna", "unix", now), 86400);
	now += 86400 + WINDOW; /* kept away for a window */
	pass("anna", "192.0.2.1", now, 3);
	assert_int_equal(charge("anna", "unix", now), WINDOW);
}

/* Many honest people may share an address. */
static void waits_of_a_source_do_not_grow(void **state)
{
	int64_t now = START;

	(void)state;
	for (int i = 0; i < 5; i++) {
		pass(NULL, "192.0.2.1", now, 6);
		assert_int_equal(charge(NULL, "192.0.2.1", now), WINDOW);
		now += WINDOW;
	}
}

static void clock_back(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(charge("anna", "192.0.2.2", 100), WINDOW);
	assert_int_equal(charge("anna", "192.0.2.2", 100 + WINDOW - 1), WINDOW);
	pass("bert", "192.0.2.2", START, 2);
	pass("bert", "192.0.2.3", 100, 1);
	assert_int_equal(charge("bert", "192.0.2.2", 100 + WINDOW - 1), 1);
	assert_int_equal(charge("bert", "192.0.2.2", 100 + WINDOW), 0);
}

/* Forty at once: exactly as many as allowed get through, whoever they are. */
static void side_by_side(void **state)
{
	int passed = 0;

	(void)state;
	for (int i = 0; i < 40; i++) {
		const pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			char source[32];

			(void)snprintf(source, sizeof(source), "192.0.2.%d", i);
			const int r = charge("anna", source, START);
			_exit(r == 0 ? 0 : r > 0 ? 1 : 2);
		}
	}
	for (int i = 0; i < 40; i++) {
		int status = 0;

		assert_true(wait(&status) > 0);
		assert_true(WIFEXITED(status) && WEXITSTATUS(status) < 2);
		passed += WEXITSTATUS(status) == 0;
	}
	assert_int_equal(passed, limits.account_failures);
}

/* So many names, each of a source of its own, while anna's door is closed for longer. */
static void flood(unsigned count)
{
	const struct throttle_limits hours = {3, 6, 4 * 3600};
	struct stat st;
	off_t size;

	for (int i = 0; i < 3; i++)
		assert_int_equal(throttle_charge(path, &hours, "anna", "unix", START), 0);
	assert_int_equal(stat(path, &st), 0);
	size = st.st_size;
	for (unsigned i = 0; i < count; i++) {
		char name[32], source[48];

		(void)snprintf(name, sizeof(name), "n%u", i * 2654435761u);
		(void)snprintf(source, sizeof(source), "2001:db8:%x:%x::1", i >> 16, i & 0xffff);
		if (charge(name, source, START + i / 100) != 0)
			fail_msg("%s was refused", name);
	}
	assert_true(throttle_charge(path, &hours, "anna", "unix", START) > 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, size);
}

static void many_names(void **state)
{
	(void)state;
	flood(4200); /* two entries each: more than there are */
}

/* Who has a password of their own, and many addresses, does not push others' failures out. */
static void right_ones_take_no_room(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 2);
	for (unsigned i = 0; i < THROTTLE_ENTRIES; i++) {
		char source[48];

		(void)snprintf(source, sizeof(source), "2001:db8:0:%x::1", i);
		if (charge("bert", source, START + 1) != 0 ||
		    give_back("bert", source, START + 1, true) != 0)
			fail_msg("%s was refused", source);
	}
	pass("anna", "192.0.2.2", START + 2, 1);
	assert_int_equal(charge("anna", "192.0.2.3", START + 2), WINDOW);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(account_limit),
		TEST(source_limit),
		TEST(refused_is_free),
		TEST(sources_that_are_one),
		TEST(arguments),
		TEST(given_back),
		TEST(right_password),
		TEST(given_back_too_much),
		TEST(window_passes),
		TEST(waits_grow),
		TEST(clock_back),
		TEST(side_by_side),
		TEST(waits_of_a_source_do_not_grow),
		TEST(many_names),
		TEST(right_ones_take_no_room),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
