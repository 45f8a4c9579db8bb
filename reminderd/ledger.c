/* The ledger's rows: claimed, settled, counted, shown. */
#include "ledger.h"

#include <errno.h>
#include <string.h>

#include "ledger_db.h"

const char *ledger_fault(int error)
{
	switch (error) {
	case -EBADMSG:
		return "it is damaged";
	case -EPROTONOSUPPORT:
		return "a newer version wrote it";
	case -ETIMEDOUT:
		return "another program keeps it locked, or it takes too long to read";
	default:
		return strerror(-error);
	}
}

const char *ledger_error(const struct ledger *ledger)
{
	return ledger ? ledger->error : "";
}

/* Rows that may be tried now, into rows. */
static int find(struct ledger *ledger, int64_t now, struct reminder *rows, size_t count,
		size_t *ret_count)
{
	const int64_t numbers[] = {now, now + LEDGER_LEASE_SECONDS, now + LEDGER_WAIT_SECONDS,
				   (int64_t)count};
	sqlite3_stmt *statement;
	size_t found = 0;
	int r = ledger_prepare(ledger, LEDGER_FIND_OPEN, numbers, 4, &statement);

	if (r < 0)
		return r;
	while (found < count && (r = sqlite3_step(statement)) == SQLITE_ROW) {
		r = ledger_row_take(ledger, statement, &rows[found]);
		if (r < 0)
			break;
		found++;
	}
	r = r < 0 ? r : ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	*ret_count = found;
	return r;
}

int ledger_claim(struct ledger *ledger, int64_t now, struct reminder *rows, size_t count,
		 size_t *ret_count)
{
	size_t found = 0;
	int r = ledger_room(ledger);

	if (r == 0)
		r = ledger_begin(ledger);
	if (r == 0)
		r = find(ledger, now, rows, count, &found);
	for (size_t i = 0; r == 0 && i < found; i++) {
		rows[i].state = REMINDER_CLAIMED;
		rows[i].claimed_until = now + LEDGER_LEASE_SECONDS;
		r = ledger_do(ledger, LEDGER_LEASE, (int64_t[]){rows[i].id, rows[i].claimed_until},
			      2);
	}
	if (r == 0)
		r = ledger_commit(ledger);
	if (r == 0)
		*ret_count = found;
	return r;
}

int ledger_settle(struct ledger *ledger, const struct reminder *row)
{
	sqlite3_stmt *statement;
	int r = ledger_begin(ledger);

	if (r == 0)
		r = ledger_prepare(ledger, LEDGER_SETTLE, NULL, 0, &statement);
	if (r < 0)
		return r;
	ledger_row_bind(statement, row);
	r = ledger_run(ledger, statement);
	return r == 0 && sqlite3_changes(ledger->db) == 0 ? -ENOENT : r;
}

int ledger_commit(struct ledger *ledger)
{
	if (sqlite3_get_autocommit(ledger->db))
		return 0;
	return ledger_do(ledger, LEDGER_COMMIT, NULL, 0);
}

int ledger_count(struct ledger *ledger, struct ledger_counts *ret_counts)
{
	struct ledger_counts counts = {0};
	sqlite3_stmt *statement;
	int r = ledger_prepare(ledger, LEDGER_COUNT_STATES, NULL, 0, &statement);

	if (r < 0)
		return r;
	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		const int64_t state = sqlite3_column_int64(statement, 0);
		const int64_t next = sqlite3_column_int64(statement, 3);

		if (state < 0 || state > REMINDER_OBSOLETE)
			continue;
		counts.states[state] = (uint64_t)sqlite3_column_int64(statement, 1);
		if (state == REMINDER_SENT)
			counts.last_sent = sqlite3_column_int64(statement, 2);
		if (ledger_row_open((enum reminder_state)state) && next > 0 &&
		    (counts.next_try == 0 || next < counts.next_try))
			counts.next_try = next;
	}
	r = ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	if (r == 0)
		*ret_counts = counts;
	return r;
}

int ledger_visit(struct ledger *ledger, const char *name,
		 int (*visit)(void *context, const struct reminder *row), void *context)
{
	struct reminder row;
	sqlite3_stmt *statement;
	int r = ledger_prepare(ledger, name ? LEDGER_VISIT_NAME : LEDGER_VISIT_ALL, NULL, 0,
			       &statement);

	if (r < 0)
		return r;
	if (name)
		(void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC); /* can't fail */
	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		r = ledger_row_take(ledger, statement, &row);
		if (r == 0)
			r = visit(context, &row);
		if (r < 0)
			break;
	}
	r = r < 0 ? r : ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	return r;
}

int ledger_number(struct ledger *ledger, const char *name, int64_t *ret_number)
{
	sqlite3_stmt *statement;
	int r = ledger_prepare(ledger, LEDGER_NUMBER, NULL, 0, &statement);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC); /* can't fail */
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW || r == SQLITE_DONE)
		*ret_number = r == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : 0;
	r = ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	return r;
}

int ledger_set_number(struct ledger *ledger, const char *name, int64_t number)
{
	sqlite3_stmt *statement;
	const int r = ledger_prepare(ledger, LEDGER_SET_NUMBER, &number, 1, &statement);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC); /* can't fail */
	return ledger_run(ledger, statement);
}
