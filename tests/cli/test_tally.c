#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "tally.h"
#include "target.h"

static struct vsee_section section = {.rules = {.mode = VSEE_MODE_REMIND}};

static struct target target_of(const char *name)
{
	struct target target = {
		.subject.section = &section,
		.subject.account.enrolment.enrolled = true,
		.subject.account.enrolment.extension = VSEE_UNSET,
		.judgement.verdict = VSEE_VALID,
	};

	(void)snprintf(target.subject.shadow.name, sizeof(target.subject.shadow.name), "%s", name);
	return target;
}

static void each_account_counts_by_verdict_and_mode(void **state)
{
	const struct target target = target_of("alice");
	struct tally tally = {0};

	(void)state;
	tally_add(&tally, &target);
	tally_add(&tally, &target);
	assert_int_equal(tally.verdicts[VSEE_VALID], 2);
	assert_int_equal(tally.modes[VSEE_MODE_REMIND], 2);
	assert_int_equal(tally.pending + tally.not_enrolled.count + tally.overwritten.count +
				 tally.extended.count,
			 0);
}

static void what_is_odd_is_named(void **state)
{
	struct target target = target_of("alice");
	struct tally tally = {0};

	(void)state;
	target.subject.account.enrolment.enrolled = false;
	target.subject.account.enrolment.extension = 20800;
	(void)strcpy(target.subject.account.extension_reason, "on leave");
	target.plan.after.mirror = VSEE_MIRROR_OVERWRITTEN;
	target.plan.step = VSEE_MIRROR_SET_ZERO;
	tally_add(&tally, &target);
	assert_string_equal(tally.not_enrolled.names[0], "alice");
	assert_string_equal(tally.overwritten.names[0], "alice");
	assert_string_equal(tally.extended.names[0], "alice until 2026-12-13 00:00 UTC (on leave)");
	assert_int_equal(tally.pending, 1);
}

static void an_extension_that_is_over_is_none(void **state)
{
	struct target target = target_of("alice");
	struct tally tally = {0};

	(void)state;
	target.subject.account.enrolment.extension = 20800;
	for (vsee_day today = 20799; today <= 20801; today++) {
		target.subject.facts.today = today;
		tally_add(&tally, &target);
	}
	assert_int_equal(tally.extended.count, 1);
}

static void who_is_watched_need_not_be_enrolled(void **state)
{
	struct vsee_section watched = {.rules = {.mode = VSEE_MODE_WATCH}};
	struct target target = target_of("alice");
	struct tally tally = {0};

	(void)state;
	target.subject.section = &watched;
	target.subject.account.enrolment.enrolled = false;
	target.plan.step = VSEE_MIRROR_CONFIRM; /* shadow is in line */
	tally_add(&tally, &target);
	assert_int_equal(tally.not_enrolled.count + tally.pending, 0);
}

static void the_first_names_are_listed_and_the_rest_counted(void **state)
{
	struct tally_names names = {0};
	char text[200], name[8];

	(void)state;
	assert_string_equal(tally_text(&names, text, sizeof(text)), "");
	tally_name(&names, "a");
	tally_name(&names, "b");
	assert_string_equal(tally_text(&names, text, sizeof(text)), "a, b");
	for (int i = 2; i < TALLY_NAMES_MAX; i++) {
		(void)snprintf(name, sizeof(name), "n%d", i);
		tally_name(&names, name);
	}
	assert_null(strstr(tally_text(&names, text, sizeof(text)), "more"));
	tally_name(&names, "last");
	assert_string_equal(tally_text(&names, text, sizeof(text)),
			    "a, b, n2, n3, n4, n5, n6, n7, n8, n9 and 1 more");
	assert_int_equal(names.count, TALLY_NAMES_MAX + 1);
}

static void names_that_do_not_fit_are_counted_too(void **state)
{
	struct tally_names names = {0};
	char text[64];

	(void)state;
	tally_name(&names, "a-name-of-thirty-bytes-is-here");
	tally_name(&names, "b");
	assert_string_equal(tally_text(&names, text, sizeof(text)),
			    "a-name-of-thirty-bytes-is-here and 1 more");
	memset(names.names[0], 'x', TALLY_TEXT_SIZE - 1);
	assert_string_equal(tally_text(&names, text, sizeof(text)), "2 more");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_account_counts_by_verdict_and_mode),
		cmocka_unit_test(what_is_odd_is_named),
		cmocka_unit_test(an_extension_that_is_over_is_none),
		cmocka_unit_test(who_is_watched_need_not_be_enrolled),
		cmocka_unit_test(the_first_names_are_listed_and_the_rest_counted),
		cmocka_unit_test(names_that_do_not_fit_are_counted_too),
	};

	(void)setenv("TZ", "UTC", 1);
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
