/* What scan learns from the ledger: how far mail went for an account's password. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger_case.h"
#include "ledger_db.h"

#define DEADLINE 160
#define NOTICE_DAYS 10

enum end { UNTRIED, SENT, REFUSED, FAILED };

/* user0's mail came to end on NOW, user1's (if any) was sent on NOW plus other. */
static struct row {
	const char *name;
	enum end end, next; /* of stage 10, and of stage 3 a day later; UNTRIED: none */
	int64_t other;	    /* 0: nobody else got mail */
	vsee_day change;    /* of the password that is asked about */
	int64_t age;	    /* of the question, in seconds after NOW */
	enum vsee_mail mail;
	bool told;
} rows[] = {
	/* clang-format off */
	{"not tried", UNTRIED, UNTRIED, 0, 100, 0,
	 VSEE_MAIL_PENDING, false},
	{"sent", SENT, UNTRIED, 0, 100, 60,
	 VSEE_MAIL_SENT, true},
	{"sent for another password", SENT, UNTRIED, 0, 101, 60,
	 VSEE_MAIL_PENDING, false},
	{"put off, one second short", REFUSED, UNTRIED, 9, 100, 10 * DAY_SECONDS - 1,
	 VSEE_MAIL_PENDING, false},
	{"put off for notice_days", REFUSED, UNTRIED, 9, 100, 10 * DAY_SECONDS,
	 VSEE_MAIL_REFUSED, false},
	{"refused for notice_days", FAILED, UNTRIED, 9, 100, 10 * DAY_SECONDS,
	 VSEE_MAIL_REFUSED, false},
	{"put off while nobody got mail", REFUSED, UNTRIED, 0, 100, 20 * DAY_SECONDS,
	 VSEE_MAIL_PENDING, false},
	{"others got mail only before it", REFUSED, UNTRIED, -9, 100, 20 * DAY_SECONDS,
	 VSEE_MAIL_PENDING, false},
	{"others get mail only in the future", REFUSED, UNTRIED, 30 * DAY_SECONDS, 100, 20 * DAY_SECONDS,
	 VSEE_MAIL_PENDING, false},
	{"the next stage goes on with the time", FAILED, REFUSED, 9, 100, 10 * DAY_SECONDS,
	 VSEE_MAIL_REFUSED, false},
	{"the next stage was sent", FAILED, SENT, 9, 100, 20 * DAY_SECONDS,
	 VSEE_MAIL_SENT, true},
	{"put off, another password", REFUSED, UNTRIED, 9, 101, 20 * DAY_SECONDS,
	 VSEE_MAIL_PENDING, false},
	/* clang-format on */
};

static void come_to(struct ledger *ledger, struct reminder *row, enum end end, int64_t now)
{
	static const enum reminder_state states[] = {
		[SENT] = REMINDER_SENT, [REFUSED] = REMINDER_DEFERRED, [FAILED] = REMINDER_FAILED};

	row->state = states[end];
	row->sent = end == SENT ? now : 0;
	if (end == SENT)
		row->refused_since = 0;
	else if (row->refused_since == 0)
		row->refused_since = now;
	row->next_try = now + 300;
	assert_int_equal(ledger_settle(ledger, row), 0);
	assert_int_equal(ledger_commit(ledger), 0);
}

static void run(struct ledger *ledger, const struct row *row, vsee_day stage, enum end end,
		int64_t now)
{
	struct reminder found[2];
	size_t count;

	case_note(ledger, row->other != 0 ? 2 : 1, DEADLINE, stage, now);
	if (end == UNTRIED)
		return;
	assert_int_equal(ledger_claim(ledger, now, found, COUNT(found), &count), 0);
	for (size_t i = 0; i < count; i++) {
		const bool other = strcmp(found[i].name, "user1") == 0;

		come_to(ledger, &found[i], other ? SENT : end, other ? NOW + row->other : now);
	}
}

static void check(void **state)
{
	const struct row *row = *state;
	struct ledger *ledger = case_open();
	struct vsee_told told;

	run(ledger, row, 10, row->end, NOW);
	if (row->next != UNTRIED)
		run(ledger, row, 3, row->next, NOW + DAY_SECONDS);
	ledger_close(ledger);
	assert_int_equal(ledger_open_read(folder, &ledger), 0);
	assert_int_equal(
		ledger_told(ledger, "user0", 1001, row->change, NOTICE_DAYS, NOW + row->age, &told),
		0);
	assert_int_equal(told.mail, row->mail);
	if (told.mail == VSEE_MAIL_SENT) {
		assert_int_equal(told.sent_for(told.context, DEADLINE), row->told);
		assert_false(told.sent_for(told.context, DEADLINE + 1));
	}
	assert_int_equal(
		ledger_told(ledger, "user0", 1002, row->change, NOTICE_DAYS, NOW + row->age, &told),
		0);
	assert_int_equal(told.mail, VSEE_MAIL_PENDING); /* another uid: somebody else */
	ledger_close(ledger);
}

/* Refused under a clock that was years ahead: the time that counts begins when it is right. */
static void a_refusal_from_the_future(void **state)
{
	static const struct row wrong = {.other = 9};
	struct ledger *ledger = case_open();
	struct vsee_told told;

	(void)state;
	run(ledger, &wrong, 10, REFUSED, NOW + 1000 * DAY_SECONDS);
	run(ledger, &wrong, 3, REFUSED, NOW);
	assert_int_equal(ledger_told(ledger, "user0", 1001, 100, NOTICE_DAYS,
				     NOW + NOTICE_DAYS * DAY_SECONDS, &told),
			 0);
	assert_int_equal(told.mail, VSEE_MAIL_REFUSED);
	ledger_close(ledger);
}

static int interrupt(void *context)
{
	(void)context;
	return 1;
}

/* A lock that is never let go stands behind it: its wait is not to be had again for each account.
 */
static void a_ledger_that_is_lost_is_not_asked_again(void **state)
{
	static const struct row refused = {.other = 9};
	struct ledger *ledger = case_open();
	struct vsee_told told;

	(void)state;
	run(ledger, &refused, 10, SENT, NOW);
	sqlite3_progress_handler(ledger->db, 1, interrupt, NULL);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ledger_told(ledger, "user0", 1001, 100, NOTICE_DAYS, NOW, &told),
				 -ETIMEDOUT);
		assert_int_equal(told.mail, VSEE_MAIL_PENDING);
		sqlite3_progress_handler(ledger->db, 0, NULL, NULL);
	}
	ledger_close(ledger);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2] = {
		cmocka_unit_test_teardown(a_refusal_from_the_future, case_clear),
		cmocka_unit_test_teardown(a_ledger_that_is_lost_is_not_asked_again, case_clear)};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 2] = (struct CMUnitTest){.name = rows[i].name,
						   .test_func = check,
						   .teardown_func = case_clear,
						   .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
