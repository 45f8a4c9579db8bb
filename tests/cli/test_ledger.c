/* reminderd's ledger: which rows a snapshot makes, and what becomes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/writer.h"
#include "ledger_case.h"

#define STEPS_MAX 12

enum action {
	END,  /* of the steps */
	NOTE, /* the snapshot holds alice: change, deadline, stage */
	GONE, /* it does not hold her */
	SENT, /* whatever can be claimed is claimed, and taken by the server */
	DEFERRED,
	FAILED,
	UNKNOWN,
	CLAIMED, /* and never settled */
	NOBODY,	 /* nothing can be claimed */
	CLOCK,	 /* goes on (or back) by change seconds */
	OTHER,	 /* the name is noted with another uid */
	MOVED,	 /* noted with another address */
};

struct step {
	enum action action;
	int64_t change, deadline, stage;
};

#define DO(what)                                                                                   \
	{                                                                                          \
		what, 0, 0, 0                                                                      \
	}
#define NOTED(change, deadline, stage)                                                             \
	{                                                                                          \
		NOTE, change, deadline, stage                                                      \
	}
#define TIME(seconds)                                                                              \
	{                                                                                          \
		CLOCK, seconds, 0, 0                                                               \
	}

/* Rows as "deadline/stage state", the latest deadline first; "of": a change other than 100. */
/* clang-format off */
static struct row {
	const char *name;
	struct step steps[STEPS_MAX];
	const char *rows;
} rows[] = {
	{"a row and its larger stages", {NOTED(100, 160, 3)}, "160/3 due, 160/10 superseded"},
	{"noted twice", {NOTED(100, 160, 10), NOTED(100, 160, 10)}, "160/10 due"},
	{"sent stays sent", {NOTED(100, 160, 10), DO(SENT), NOTED(100, 160, 10), DO(NOBODY)},
	 "160/10 sent"},
	{"the next stage",
	 {NOTED(100, 160, 10), DO(SENT), NOTED(100, 160, 3)}, "160/3 due, 160/10 sent"},
	{"a smaller stage takes the place of one put off",
	 {NOTED(100, 160, 10), DO(DEFERRED), NOTED(100, 160, 3)}, "160/3 due, 160/10 superseded"},
	{"and of one unknown", {NOTED(100, 160, 10), DO(UNKNOWN), NOTED(100, 160, 1)},
	 "160/1 due, 160/3 superseded, 160/10 superseded"},
	{"and of one claimed by a run that died",
	 {NOTED(100, 160, 10), DO(CLAIMED), NOTED(100, 160, 3)},
	 "160/3 due, 160/10 superseded"},
	{"failed is not tried again",
	 {NOTED(100, 160, 10), DO(FAILED), NOTED(100, 160, 10), DO(NOBODY)},
	 "160/10 failed"},
	{"but the next stage is", {NOTED(100, 160, 10), DO(FAILED), NOTED(100, 160, 3)},
	 "160/3 due, 160/10 failed"},
	{"failed is tried again at another address",
	 {NOTED(100, 160, 10), DO(FAILED), {MOVED, 100, 160, 10}, DO(SENT)}, "160/10 sent"},
	{"and not once more where that fails too",
	 {NOTED(100, 160, 10), DO(FAILED), {MOVED, 100, 160, 10}, DO(FAILED),
	  {MOVED, 100, 160, 10}, DO(NOBODY)}, "160/10 failed"},
	{"what was sent is not sent to another address as well",
	 {NOTED(100, 160, 10), DO(SENT), {MOVED, 100, 160, 10}, DO(NOBODY)}, "160/10 sent"},
	{"changed before it was sent", {NOTED(100, 160, 10), NOTED(155, 215, 10)},
	 "215/10 due of 155, 160/10 obsolete"},
	{"changed after it was sent", {NOTED(100, 160, 10), DO(SENT), NOTED(155, 215, 10)},
	 "215/10 due of 155, 160/10 sent"},
	{"no more in the snapshot",
	 {NOTED(100, 160, 10), DO(DEFERRED), DO(GONE)}, "160/10 obsolete"},
	{"sent, and no more in the snapshot", {NOTED(100, 160, 10), DO(SENT), DO(GONE)},
	 "160/10 sent"},
	{"gone and back before it was sent", {NOTED(100, 160, 10), DO(GONE), NOTED(100, 160, 10)},
	 "160/10 due"},
	{"gone and back after it was sent",
	 {NOTED(100, 160, 10), DO(SENT), DO(GONE), NOTED(100, 160, 10), DO(NOBODY)}, "160/10 sent"},
	{"shortened and lengthened back",
	 {NOTED(100, 160, 10), DO(SENT), NOTED(100, 155, 10), DO(SENT), NOTED(100, 160, 10),
	  DO(NOBODY)}, "160/10 sent, 155/10 sent"},
	{"shortened and lengthened back, unsent",
	 {NOTED(100, 160, 10), NOTED(100, 155, 10), NOTED(100, 160, 10)},
	 "160/10 due, 155/10 obsolete"},
	{"a larger stage after a smaller one (the clock went back)",
	 {NOTED(100, 160, 3), DO(SENT), NOTED(100, 160, 10), DO(NOBODY)},
	 "160/3 sent, 160/10 superseded"},
	{"the same, unsent: the smaller one goes out",
	 {NOTED(100, 160, 3), NOTED(100, 160, 10), DO(SENT)},
	 "160/3 sent, 160/10 superseded"},
	{"the same date for a new password",
	 {NOTED(100, 160, 10), NOTED(120, 160, 10)}, "160/10 due of 120"},
	{"put off: not before its time", {NOTED(100, 160, 10), DO(DEFERRED), TIME(299), DO(NOBODY)},
	 "160/10 deferred"},
	{"put off: at its time", {NOTED(100, 160, 10), DO(DEFERRED), TIME(300), DO(SENT)},
	 "160/10 sent"},
	{"unknown is tried again", {NOTED(100, 160, 10), DO(UNKNOWN), TIME(300), DO(SENT)},
	 "160/10 sent"},
	{"a lease that runs", {NOTED(100, 160, 10), DO(CLAIMED), TIME(899), DO(NOBODY)},
	 "160/10 claimed"},
	{"a lease that has run out", {NOTED(100, 160, 10), DO(CLAIMED), TIME(900), DO(SENT)},
	 "160/10 sent"},
	{"a lease from the future", {NOTED(100, 160, 10), DO(CLAIMED), TIME(-1), DO(SENT)},
	 "160/10 sent"},
	{"a next try from the future",
	 {NOTED(100, 160, 10), DO(DEFERRED), TIME(-86400), DO(SENT)}, "160/10 sent"},
	{"a name used by somebody else", {NOTED(100, 160, 10), {OTHER, 100, 160, 10}},
	 "160/10 obsolete, 160/10 due"},
	{"a name used by somebody else, after it was sent",
	 {NOTED(100, 160, 10), DO(SENT), {OTHER, 100, 160, 10}},
	 "160/10 sent, 160/10 due"},
};
/* clang-format on */

/* alice's reminder, or nobody's; today: well before all deadlines. */
static void snapshot(struct ledger *ledger, const struct reminder *due, int64_t now)
{
	assert_int_equal(ledger_note_begin(ledger), 0);
	if (due)
		assert_int_equal(ledger_note(ledger, due, case_stages, COUNT(case_stages),
					     "example.com", now),
				 0);
	assert_int_equal(ledger_note_end(ledger, 150), 0);
}

static void settle(struct ledger *ledger, enum action action, struct reminder *row, int64_t now)
{
	row->last_try = now;
	row->attempts++;
	switch (action) {
	case SENT:
		row->state = REMINDER_SENT;
		row->sent = now;
		row->refused_since = 0;
		break;
	case DEFERRED:
	case UNKNOWN:
		row->state = action == DEFERRED ? REMINDER_DEFERRED : REMINDER_UNKNOWN;
		row->next_try = now + 300;
		break;
	case FAILED:
		row->state = REMINDER_FAILED;
		break;
	case END:
	case NOTE:
	case GONE:
	case CLAIMED:
	case NOBODY:
	case CLOCK:
	case OTHER:
	case MOVED:
		return;
	}
	assert_int_equal(ledger_settle(ledger, row), 0);
	assert_int_equal(ledger_commit(ledger), 0);
}

static void claim(struct ledger *ledger, enum action action, int64_t now)
{
	struct reminder found[4];
	size_t count = 77;

	assert_int_equal(ledger_claim(ledger, now, found, COUNT(found), &count), 0);
	assert_int_equal(count, action == NOBODY ? 0 : 1);
	if (count == 0)
		return;
	assert_int_equal(found[0].state, REMINDER_CLAIMED);
	assert_int_equal(found[0].claimed_until, now + LEDGER_LEASE_SECONDS);
	assert_string_equal(found[0].name, "alice");
	assert_true(found[0].message_id[0] == '<');
	settle(ledger, action, &found[0], now);
}

static int print_row(void *context, const struct reminder *row)
{
	struct vsee_writer *writer = context;

	vsee_writer_add(writer, "%s%lld/%lld %s", writer->length > 0 ? ", " : "",
			(long long)row->deadline, (long long)row->stage,
			reminder_state_name(row->state));
	if (row->last_change != 100)
		vsee_writer_add(writer, " of %lld", (long long)row->last_change);
	return 0;
}

static void expect(struct ledger *ledger, const char *wanted)
{
	char text[1024] = "";
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	assert_int_equal(ledger_visit(ledger, NULL, print_row, &writer), 0);
	assert_string_equal(text, wanted);
}

static void take(struct ledger *ledger, const struct step *step, int64_t *now)
{
	struct reminder due = case_due("alice", step->change, step->deadline, step->stage);

	switch (step->action) {
	case OTHER:
		due.uid++;
		snapshot(ledger, &due, *now);
		return;
	case MOVED:
		(void)snprintf(due.address, sizeof(due.address), "new@example.com");
		snapshot(ledger, &due, *now);
		return;
	case NOTE:
		snapshot(ledger, &due, *now);
		return;
	case GONE:
		snapshot(ledger, NULL, *now);
		return;
	case CLOCK:
		*now += step->change;
		return;
	case SENT:
	case DEFERRED:
	case FAILED:
	case UNKNOWN:
	case CLAIMED:
	case NOBODY:
		claim(ledger, step->action, *now);
		return;
	case END:
		return;
	}
}

/* Each step in a run of its own: nothing of it hangs on what a process remembers. */
static void check(void **state)
{
	const struct row *row = *state;
	struct ledger *ledger;
	int64_t now = NOW;

	for (size_t i = 0; i < STEPS_MAX && row->steps[i].action != END; i++) {
		ledger = case_open();
		take(ledger, &row->steps[i], &now);
		ledger_close(ledger);
	}
	ledger = case_open();
	expect(ledger, row->rows);
	ledger_close(ledger);
}

/* Where not all can be mailed in one run, those who have least time are. */
static void the_soonest_is_claimed_first(void **state)
{
	static const vsee_day deadlines[] = {163, 161, 164, 162}; /* in the order of noting */
	struct ledger *ledger = case_open();
	struct reminder found[1];
	size_t count;

	(void)state;
	assert_int_equal(ledger_note_begin(ledger), 0);
	for (size_t i = 0; i < COUNT(deadlines); i++) {
		char name[] = "user0";

		name[4] = (char)('0' + i);

		const struct reminder due = case_due(name, 100, deadlines[i], 10);

		assert_int_equal(ledger_note(ledger, &due, case_stages, COUNT(case_stages),
					     "example.com", NOW),
				 0);
	}
	assert_int_equal(ledger_note_end(ledger, 150), 0);
	for (vsee_day soonest = 161; soonest <= 164; soonest++) {
		assert_int_equal(ledger_claim(ledger, NOW, found, COUNT(found), &count), 0);
		assert_int_equal(count, 1);
		assert_int_equal(found[0].deadline, soonest);
		settle(ledger, SENT, &found[0], NOW);
	}
	ledger_close(ledger);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 1] = {
		[COUNT(rows)] = cmocka_unit_test_teardown(the_soonest_is_claimed_first, case_clear),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .teardown_func = case_clear,
					       .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
