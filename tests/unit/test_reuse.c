/* How many old passwords still count. */
#include "policy_case.h"
#include "policy/reuse.h"

#define TODAY INT64_C(20000)

static const struct row {
	const char *name;
	vsee_day replaced[8];
	size_t count;
	unsigned remember;
	vsee_day lifetime, today;
	size_t kept;
} rows[] = {
	{"remember 0: none", {19999, 20000}, 2, 0, 60, TODAY, 0},
	{"no old ones", {0}, 0, 6, 60, TODAY, 0},
	{"the last ones, however old", {1, 2, 3}, 3, 2, 60, TODAY, 2},
	{"fewer than remembered", {1, 2}, 2, 6, 60, TODAY, 2},
	{"beyond them, a day younger than remember * lifetime", {19881, 1, 2}, 3, 2, 60, TODAY, 3},
	{"beyond them, exactly that old", {19880, 1, 2}, 3, 2, 60, TODAY, 2},
	{"beyond them, a day older", {19879, 1, 2}, 3, 2, 60, TODAY, 2},
	{"quick changes buy nothing",
	 {19990, 19991, 19992, 19993, 19994, 19995},
	 6,
	 1,
	 60,
	 TODAY,
	 6},
	{"lowering remember frees at once", {19000, 19100, 19200, 19300}, 4, 1, 60, TODAY, 1},
	{"imported, within the number", {UNSET, UNSET}, 2, 2, 60, TODAY, 2},
	{"imported, beyond the number", {UNSET, UNSET, 19999}, 3, 2, 60, TODAY, 2},
	{"no lifetime: only the number counts", {19999, 19999, 19999}, 3, 2, NEVER, TODAY, 2},
	{"lifetime not known: likewise", {19999, 19999, 19999}, 3, 2, UNSET, TODAY, 2},
	{"from a day ahead: young", {20100, 19999, 19999}, 3, 2, 60, TODAY, 3},
};

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(vsee_reuse_kept(row->replaced, row->count, row->remember, row->lifetime,
					 row->today),
			 row->kept);
}

static void check_limit(void **state)
{
	vsee_day replaced[VSEE_REMEMBER_MAX + 2];

	(void)state; /* cmocka's */
	for (size_t i = 0; i < COUNT(replaced); i++)
		replaced[i] = TODAY;
	assert_int_equal(vsee_reuse_kept(replaced, COUNT(replaced), 1, 36500, TODAY),
			 VSEE_REMEMBER_MAX);
	assert_int_equal(vsee_reuse_kept(replaced, COUNT(replaced), 1000, 36500, TODAY),
			 VSEE_REMEMBER_MAX);
}

int main(void)
{
	const struct CMUnitTest others[] = {cmocka_unit_test(check_limit)};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(others, NULL, NULL);
}
