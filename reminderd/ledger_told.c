/* How far mail went for an account's password: what scan wants to know. */
#include <errno.h>
#include <string.h>

#include "ledger_db.h"

#define ROWS_MAX 4096 /* stages times dates of one account; more are not ours */

struct history {
	bool sent, refused; /* some row of this password was */
};

static bool sent_for(const void *context, vsee_day deadline)
{
	const struct ledger *ledger = context;

	for (size_t i = 0; i < ledger->told_count; i++)
		if (ledger->told[i] == deadline)
			return true;
	return false;
}

static void look_at(struct ledger *ledger, const struct reminder *row, struct history *history)
{
	history->refused |= row->refused_since > 0;
	if (row->state != REMINDER_SENT)
		return;
	history->sent = true;
	if (ledger->told_count < LEDGER_TOLD_MAX) /* rows come with the last date first */
		ledger->told[ledger->told_count++] = row->deadline;
}

static int look(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
		struct history *ret_history)
{
	unsigned count = 0;
	struct reminder row;
	sqlite3_stmt *rows;
	int r = ledger_prepare(ledger, LEDGER_ROWS_OF, (int64_t[]){uid}, 1, &rows);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(rows, 2, name, -1, SQLITE_STATIC); /* can't fail */
	while ((r = sqlite3_step(rows)) == SQLITE_ROW) {
		r = count++ < ROWS_MAX ? ledger_row_take(ledger, rows, &row) : -EBADMSG;
		if (r < 0)
			break;
		if (row.last_change == last_change)
			look_at(ledger, &row, ret_history);
	}
	r = r < 0 ? r : ledger_fail(ledger, r);
	(void)sqlite3_reset(rows); /* the step's result is the one to report */
	return r;
}

/* One time, in whole seconds; with the name beside it where ret_name is not NULL. */
static int last_sent(struct ledger *ledger, int64_t now, const char *but, int64_t *ret_time,
		     char *ret_name)
{
	const enum ledger_statement number = but ? LEDGER_LAST_SENT_OTHER : LEDGER_LAST_SENT;
	sqlite3_stmt *statement;
	int r = ledger_prepare(ledger, number, &now, 1, &statement);

	if (r < 0)
		return r;
	if (but)
		(void)sqlite3_bind_text(statement, 2, but, -1, SQLITE_STATIC); /* can't fail */
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(statement, 1);

		*ret_time = sqlite3_column_int64(statement, 0);
		if (ret_name && name && strlen(name) < VSEE_NAME_SIZE)
			memcpy(ret_name, name, strlen(name) + 1);
	}
	r = ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	return r;
}

/* Two looks through all rows, the first time that somebody is found refused. */
static int others_got_mail(struct ledger *ledger, const char *name, int64_t since, int64_t now,
			   bool *ret_others)
{
	int r = 0;

	if (!ledger->last_known) {
		r = last_sent(ledger, now, NULL, &ledger->last_sent, ledger->last_name);
		if (r == 0)
			r = last_sent(ledger, now, ledger->last_name, &ledger->last_other, NULL);
		ledger->last_known = r == 0;
	}
	if (r == 0)
		*ret_others = (strcmp(name, ledger->last_name) == 0 ? ledger->last_other
								    : ledger->last_sent) > since;
	return r;
}

/* A refusal that came after the last mail for this password, long enough ago. */
static int is_refused(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
		      vsee_day notice_days, int64_t now, bool *ret_refused)
{
	int64_t since;
	int r = ledger_refused_since(ledger, name, uid, last_change, &since);

	*ret_refused = false;
	if (r < 0 || since == 0 || now - since < notice_days * VSEE_SECONDS_PER_DAY)
		return r;
	return others_got_mail(ledger, name, since, now, ret_refused);
}

int ledger_told(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
		vsee_day notice_days, int64_t now, struct vsee_told *ret_told)
{
	struct vsee_told told = {
		.mail = VSEE_MAIL_PENDING, .sent_for = sent_for, .context = ledger};
	struct history history = {0};
	bool refused = false;
	int r;

	ledger->told_count = 0;
	*ret_told = told;
	/* Whoever holds a lock for ever must not cost its wait with each account. */
	if (ledger->lost < 0)
		return ledger->lost;
	r = look(ledger, name, uid, last_change, &history);
	if (r == 0 && history.refused)
		r = is_refused(ledger, name, uid, last_change, notice_days, now, &refused);
	if (r == 0 && history.sent)
		told.mail = VSEE_MAIL_SENT;
	if (r == 0 && refused)
		told.mail = VSEE_MAIL_REFUSED;
	if (r < 0 && r != -EBADMSG)
		ledger->lost = r;
	*ret_told = told;
	return r;
}
