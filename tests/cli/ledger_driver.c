/* Puts one reminder into a ledger, as a send would have left it: for tests of those who read it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "ledger.h"

static void close_ledger(struct ledger **ledger)
{
	ledger_close(*ledger);
}

static int fail(const char *what)
{
	(void)fprintf(stderr, "ledger_driver: %s\n", what);
	return 1;
}

/* state: of enum reminder_state by name. time: when it was tried, seconds since the epoch. */
static void end_as(const char *state, int64_t time, struct reminder *row)
{
	row->attempts = 1;
	row->last_try = time;
	for (int i = REMINDER_DUE; i <= REMINDER_OBSOLETE; i++)
		if (strcmp(reminder_state_name((enum reminder_state)i), state) == 0)
			row->state = (enum reminder_state)i;
	if (row->state == REMINDER_SENT)
		row->sent = time;
	else
		row->refused_since = time;
	if (row->state == REMINDER_DEFERRED)
		row->next_try = time + 300;
}

int main(int argc, char **argv)
{
	CLEANUP(close_ledger) struct ledger *ledger = NULL;
	const vsee_day stages[] = {10, 3, 1};
	struct reminder due = {0}, row;
	size_t count = 0;
	int64_t time;

	if (argc != 9)
		return fail("usage: FOLDER NAME UID LAST_CHANGE DEADLINE STAGE STATE TIME");
	(void)snprintf(due.name, sizeof(due.name), "%s", argv[2]);
	(void)snprintf(due.address, sizeof(due.address), "%s@example.com", argv[2]);
	due.uid = (uid_t)strtoul(argv[3], NULL, 10);
	due.last_change = strtoll(argv[4], NULL, 10);
	due.deadline = strtoll(argv[5], NULL, 10);
	due.stage = strtoll(argv[6], NULL, 10);
	time = strtoll(argv[8], NULL, 10);
	if (ledger_open(argv[1], &ledger) < 0 || ledger_note_begin(ledger) < 0 ||
	    ledger_note(ledger, &due, stages, COUNT(stages), "example.com", time) < 0 ||
	    ledger_note_end(ledger, 0) < 0)
		return fail("the row can't be noted");
	if (ledger_claim(ledger, time, &row, 1, &count) < 0 || count != 1)
		return fail("the row can't be claimed");
	end_as(argv[7], time, &row);
	return ledger_settle(ledger, &row) < 0 || ledger_commit(ledger) < 0
		       ? fail("the row can't be settled")
		       : 0;
}
