/* A line of a log, and what many of them add up to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "watched_sum.h"

#define ISO "2026-11-22T18:31:39+0000 host sshd[12]: "
#define TAG "pam_vsee_expire(sshd:account): "
#define HEAD ISO TAG
#define ALICE "user=alice service=sshd phase=account "
#define MODE "verdict=must-change mode=watch"
#define NOT_OURS (-1)

static struct row {
	const char *name, *text;
	int outcome;
} rows[] = {
	/* clang-format off */
	{"would have been asked", HEAD ALICE MODE " would=demand", VSEE_LOGIN_DEMAND},
	{"would have been refused", HEAD ALICE MODE " would=deny", VSEE_LOGIN_DENY},
	{"inactive", HEAD ALICE "verdict=inactive mode=watch would=inactive", VSEE_LOGIN_INACTIVE},
	{"ended", HEAD ALICE "verdict=account-expired mode=watch would=ended", VSEE_LOGIN_ENDED},
	{"expired, and let in", HEAD ALICE MODE, VSEE_LOGIN_REPORT},
	{"valid", HEAD ALICE "verdict=valid mode=watch", VSEE_LOGIN_ALLOW},
	{"a newer module's key", HEAD ALICE MODE " new=1 would=demand", VSEE_LOGIN_DEMAND},
	{"syslog's old time", "Nov 22 18:31:39 host sshd[12]: " TAG ALICE MODE, VSEE_LOGIN_REPORT},
	{"a day of one digit", "Nov  2 18:31:39 host sshd[12]: " TAG ALICE MODE, VSEE_LOGIN_REPORT},
	{"rsyslog's new time", "2026-11-22T18:31:39.123456+00:00 h sshd[1]: " TAG ALICE MODE, VSEE_LOGIN_REPORT},
	{"a program without a number", "2026-11-22T18:31:39Z host sshd: " TAG ALICE MODE, VSEE_LOGIN_REPORT},
	{"another mode", HEAD ALICE "verdict=must-change mode=enforce would=demand", NOT_OURS},
	{"no mode", HEAD ALICE "verdict=must-change would=demand", NOT_OURS},
	{"another phase in the tag", ISO "pam_vsee_expire(sshd:auth): " ALICE MODE, NOT_OURS},
	{"another phase", HEAD "user=alice service=sshd phase=auth " MODE, NOT_OURS},
	{"another service in the tag", ISO "pam_vsee_expire(cron:account): " ALICE MODE, NOT_OURS},
	{"an unknown outcome", HEAD ALICE MODE " would=explode", NOT_OURS},
	{"an outcome that refuses nobody", HEAD ALICE MODE " would=allow", NOT_OURS},
	{"a user twice", HEAD ALICE MODE " user=root", NOT_OURS},
	{"would twice", HEAD ALICE MODE " would=demand would=deny", NOT_OURS},
	{"no user", HEAD "service=sshd phase=account " MODE, NOT_OURS},
	{"an empty user", HEAD "user= service=sshd phase=account " MODE, NOT_OURS},
	{"a user that is no name", HEAD "user=a/b service=sshd phase=account " MODE, NOT_OURS},
	{"a user with an escape", HEAD "user=a\x1b[31m service=sshd phase=account " MODE, NOT_OURS},
	{"two blanks", HEAD "user=alice  service=sshd phase=account " MODE, NOT_OURS},
	{"a word that is no value", HEAD ALICE "hello " MODE, NOT_OURS},
	{"the tag in a name that was tried", ISO "Invalid user " TAG ALICE MODE " from 192.0.2.1", NOT_OURS},
	{"the tag as a program", "2026-11-22T18:31:39Z host " TAG TAG ALICE MODE, NOT_OURS},
	{"no program", "2026-11-22T18:31:39Z host " TAG ALICE MODE, NOT_OURS},
	{"no time", "host sshd[12]: " TAG ALICE MODE, NOT_OURS},
	{"the tag alone", HEAD, NOT_OURS},
	{"nothing", "", NOT_OURS},
	/* clang-format on */
};

static void check(void **state)
{
	const struct row *row = *state;
	struct watched_line line;
	const bool found = watched_parse(row->text, strlen(row->text), &line);

	assert_int_equal(found ? (int)line.outcome : NOT_OURS, row->outcome);
	if (!found)
		return;
	assert_string_equal(line.user, "alice");
	assert_string_equal(line.service, "sshd");
	assert_memory_equal(line.time, row->text, strlen(line.time));
}

static void every_shorter_line_is_safe(void **state)
{
	static const char text[] = HEAD ALICE MODE " would=demand";

	(void)state;
	for (size_t size = 0; size < sizeof(text); size++) {
		struct watched_line line;
		autofree char *copy = malloc(size + 1);

		assert_non_null(copy);
		memcpy(copy, text, size);
		(void)watched_parse(copy, size,
				    &line); /* what counts is that nothing is overread */
	}
}

static struct watched_line make(const char *user, unsigned number, enum vsee_login outcome)
{
	struct watched_line line = {.service = "sshd", .outcome = outcome};

	(void)snprintf(line.user, sizeof(line.user), "%s%u", user, number);
	(void)snprintf(line.time, sizeof(line.time), "%u", number);
	return line;
}

static void rows_are_one_for_person_service_and_outcome(void **state)
{
	CLEANUP(watched_sum_clear) struct watched_sum sum = {0};

	(void)state;
	assert_int_equal(watched_sum_init(&sum), 0);
	for (unsigned i = 0; i < 30; i++) {
		const struct watched_line line =
			make("u", i % 3, i % 2 ? VSEE_LOGIN_DENY : VSEE_LOGIN_ALLOW);

		watched_sum_add(&sum, &line);
	}
	assert_int_equal(sum.logins, 30);
	assert_int_equal(sum.count, 3);
	for (size_t i = 0; i < sum.count; i++)
		assert_int_equal(sum.rows[i].count, 5);
}

static void memory_is_bounded(void **state)
{
	CLEANUP(watched_sum_clear) struct watched_sum sum = {0};

	(void)state;
	assert_int_equal(watched_sum_init(&sum), 0);
	for (unsigned i = 0; i < WATCHED_ROWS_MAX + 7; i++) {
		const struct watched_line line = make("u", i, VSEE_LOGIN_DEMAND);

		watched_sum_add(&sum, &line);
	}
	assert_int_equal(sum.count, WATCHED_ROWS_MAX);
	assert_int_equal(sum.dropped, 7);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 3];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(every_shorter_line_is_safe);
	tests[COUNT(rows) + 1] =
		(struct CMUnitTest)cmocka_unit_test(rows_are_one_for_person_service_and_outcome);
	tests[COUNT(rows) + 2] = (struct CMUnitTest)cmocka_unit_test(memory_is_bounded);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
