/* The ledger brought in line with a snapshot: which rows are made, and which have had their day. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "ledger_db.h"

#define PRUNED "pruned" /* the number that holds the day of the last pruning */

/* What the rows of one account say about the reminder that is due. */
struct outlook {
	const struct reminder *due;
	const vsee_day *stages;
	size_t stage_count;
	struct reminder own;			   /* the row of this stage, id 0: none */
	struct reminder kept[VSEE_STAGES_MAX + 1]; /* rows of this deadline that go on */
	size_t kept_count;
	bool blocked;	 /* this stage or a smaller one needs no row */
	bool stale;	 /* open rows of another date or password */
	bool overtaken;	 /* open rows of larger stages */
	bool refused;	 /* a row knows of a refusal */
	uint64_t listed; /* larger stages that have a row, by their place in stages */
};

int ledger_note_begin(struct ledger *ledger)
{
	int r = ledger_begin(ledger);

	if (r == 0)
		r = ledger_do(ledger, LEDGER_END_KEEP, NULL, 0);
	return r;
}

static void list(struct outlook *outlook, vsee_day stage)
{
	for (size_t i = 0; i < outlook->stage_count; i++)
		if (outlook->stages[i] == stage)
			outlook->listed |= UINT64_C(1) << i;
}

static void keep(struct outlook *outlook, const struct reminder *row)
{
	if (outlook->kept_count < COUNT(outlook->kept))
		outlook->kept[outlook->kept_count++] = *row;
}

static void look_at(struct outlook *outlook, const struct reminder *row)
{
	const struct reminder *due = outlook->due;
	const bool same = row->deadline == due->deadline, open = ledger_row_open(row->state);
	/* Somebody mended the address that was refused: the same stage goes out once more. */
	const bool mended = row->state == REMINDER_FAILED && row->stage == due->stage &&
			    strcmp(row->address, due->address) != 0;
	bool live =
		open || row->state == REMINDER_SENT || (row->state == REMINDER_FAILED && !mended);

	if (open && (!same || row->last_change != due->last_change)) {
		outlook->stale = true;
		live = false;
	}
	outlook->refused |= row->last_change == due->last_change && row->refused_since > 0;
	if (!same)
		return;
	list(outlook, row->stage);
	if (row->stage == due->stage)
		outlook->own = *row;
	if (!live)
		return;
	if (row->stage > due->stage) {
		outlook->overtaken |= open;
		return;
	}
	outlook->blocked = true;
	if (open)
		keep(outlook, row);
}

static int look(struct ledger *ledger, struct outlook *outlook)
{
	const struct reminder *due = outlook->due;
	struct reminder row;
	sqlite3_stmt *rows;
	int r = ledger_prepare(ledger, LEDGER_ROWS_OF, (int64_t[]){due->uid}, 1, &rows);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(rows, 2, due->name, -1, SQLITE_STATIC); /* can't fail */
	while ((r = sqlite3_step(rows)) == SQLITE_ROW) {
		r = ledger_row_take(ledger, rows, &row);
		if (r < 0)
			break;
		look_at(outlook, &row);
	}
	r = r < 0 ? r : ledger_fail(ledger, r);
	(void)sqlite3_reset(rows); /* the step's result is the one to report */
	return r;
}

/* Run a statement whose parameter behind the numbers is the account's name. */
static int run_named(struct ledger *ledger, enum ledger_statement number, const int64_t *numbers,
		     size_t count, const char *name)
{
	sqlite3_stmt *statement;
	const int r = ledger_prepare(ledger, number, numbers, count, &statement);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(statement, (int)count + 1, name, -1,
				SQLITE_STATIC); /* can't fail */
	return ledger_run(ledger, statement);
}

int ledger_refused_since(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
			 int64_t *ret_since)
{
	sqlite3_stmt *statement;
	int r = ledger_prepare(ledger, LEDGER_REFUSED, (int64_t[]){uid, last_change}, 2,
			       &statement);

	if (r < 0)
		return r;
	(void)sqlite3_bind_text(statement, 3, name, -1, SQLITE_STATIC); /* can't fail */
	r = sqlite3_step(statement);
	if (r == SQLITE_ROW)
		*ret_since = sqlite3_column_int64(statement, 0);
	r = ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	return r;
}

static int retire(struct ledger *ledger, const struct outlook *outlook)
{
	const struct reminder *due = outlook->due;
	int r = 0;

	if (outlook->stale)
		r = run_named(ledger, LEDGER_MAKE_OBSOLETE,
			      (int64_t[]){due->uid, due->last_change, due->deadline}, 3, due->name);
	if (r == 0 && outlook->overtaken)
		r = run_named(ledger, LEDGER_SUPERSEDE,
			      (int64_t[]){due->uid, due->deadline, due->stage}, 3, due->name);
	return r;
}

static int refresh(struct ledger *ledger, const struct outlook *outlook, int64_t refused_since)
{
	const struct reminder *due = outlook->due;
	int r = 0;

	for (size_t i = 0; r == 0 && i < outlook->kept_count; i++) {
		struct reminder row = outlook->kept[i];

		r = ledger_do(ledger, LEDGER_KEEP, (int64_t[]){row.id}, 1);
		if (r < 0 || (strcmp(row.address, due->address) == 0 &&
			      row.language == due->language && row.refused_since == refused_since))
			continue;
		memcpy(row.address, due->address, sizeof(row.address));
		row.language = due->language;
		row.refused_since = refused_since;

		sqlite3_stmt *statement;

		r = ledger_prepare(ledger, LEDGER_REFRESH, NULL, 0, &statement);
		if (r < 0)
			continue;
		ledger_row_bind(statement, &row);
		r = ledger_run(ledger, statement);
	}
	return r;
}

/* Drawn once for a row, so that receivers can drop a second copy. */
static int draw_message_id(const char *domain, char *ret_id)
{
	unsigned char random[16];
	char digits[sizeof(random) * 2 + 1];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	for (size_t i = 0; i < sizeof(random); i++)
		(void)snprintf(digits + i * 2, 3, "%02x", random[i]);
	if (snprintf(ret_id, MESSAGE_ID_SIZE, "<%s@%s>", digits, domain) >= MESSAGE_ID_SIZE)
		return -ENAMETOOLONG;
	return 0;
}

static int put(struct ledger *ledger, enum ledger_statement number, const struct reminder *row)
{
	sqlite3_stmt *statement;
	const int r = ledger_prepare(ledger, number, NULL, 0, &statement);

	if (r < 0)
		return r;
	ledger_row_bind(statement, row);
	return ledger_run(ledger, statement);
}

static struct reminder blank(const struct reminder *due, int64_t now)
{
	struct reminder row = {
		.uid = due->uid,
		.last_change = due->last_change,
		.deadline = due->deadline,
		.language = due->language,
		.created = now,
	};

	memcpy(row.name, due->name, sizeof(row.name));
	memcpy(row.address, due->address, sizeof(row.address));
	return row;
}

static int supersede_larger(struct ledger *ledger, const struct outlook *outlook, int64_t now)
{
	struct reminder row = blank(outlook->due, now);
	int r = 0;

	row.state = REMINDER_SUPERSEDED;
	for (size_t i = 0; r == 0 && i < outlook->stage_count; i++) {
		row.stage = outlook->stages[i];
		if (row.stage > outlook->due->stage && !(outlook->listed & UINT64_C(1) << i))
			r = put(ledger, LEDGER_INSERT, &row);
	}
	return r;
}

/* A row given up before it was sent, or refused elsewhere, goes on with its Message-ID. */
static int make_due(struct ledger *ledger, const struct outlook *outlook, const char *domain,
		    int64_t now, int64_t refused_since)
{
	struct reminder row = blank(outlook->due, now);
	int r = draw_message_id(domain, row.message_id);

	if (r < 0)
		return r;
	row.id = outlook->own.id;
	row.stage = outlook->due->stage;
	row.state = REMINDER_DUE;
	row.refused_since = refused_since;
	r = put(ledger, row.id > 0 ? LEDGER_REVIVE : LEDGER_INSERT, &row);
	if (r < 0)
		return r;
	if (row.id == 0)
		row.id = sqlite3_last_insert_rowid(ledger->db);
	return ledger_do(ledger, LEDGER_KEEP, (int64_t[]){row.id}, 1);
}

int ledger_note(struct ledger *ledger, const struct reminder *due, const vsee_day *stages,
		size_t stage_count, const char *domain, int64_t now)
{
	struct outlook outlook = {.due = due, .stages = stages, .stage_count = stage_count};
	int64_t refused_since = 0;
	int r;

	if (stage_count > VSEE_STAGES_MAX)
		return -EINVAL;
	r = look(ledger, &outlook);
	if (r < 0)
		return r;
	if (outlook.refused)
		r = ledger_refused_since(ledger, due->name, due->uid, due->last_change,
					 &refused_since);
	if (refused_since > now)
		refused_since = now; /* it was noted under a wrong clock */
	if (r == 0)
		r = retire(ledger, &outlook);
	if (r < 0)
		return r;
	if (outlook.blocked)
		return refresh(ledger, &outlook, refused_since);
	r = make_due(ledger, &outlook, domain, now, refused_since);
	return r < 0 ? r : supersede_larger(ledger, &outlook, now);
}

int ledger_note_end(struct ledger *ledger, vsee_day today)
{
	int64_t pruned;
	int r = ledger_do(ledger, LEDGER_END_OPEN, NULL, 0);

	if (r == 0)
		r = ledger_do(ledger, LEDGER_END_KEEP, NULL, 0);
	if (r == 0)
		r = ledger_number(ledger, PRUNED, &pruned);
	if (r == 0 && pruned != today) {
		r = ledger_do(ledger, LEDGER_PRUNE,
			      (int64_t[]){today - LEDGER_KEEP_DAYS, today - LEDGER_KEEP_LAST_DAYS},
			      2);
		if (r == 0)
			r = ledger_set_number(ledger, PRUNED, today);
	}
	if (r == 0)
		r = ledger_commit(ledger);
	return r;
}
