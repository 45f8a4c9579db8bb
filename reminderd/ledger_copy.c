#include "ledger_copy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ledger_db.h"
#include "ledger_files.h"

#define ID_MAX (INT64_C(1) << 60)
#define GAPS_MAX 1000000

struct copy {
	sqlite3 *from, *to;
	sqlite3_stmt *up, *down, *put;
	struct ledger_salvage *salvage;
};

static void clear(struct copy *copy)
{
	(void)sqlite3_finalize(copy->up); /* each says again what its last step said */
	(void)sqlite3_finalize(copy->down);
	(void)sqlite3_finalize(copy->put);
	(void)sqlite3_close(copy->from);
	(void)sqlite3_close(copy->to);
}

static int prepare(struct copy *copy)
{
	int r = sqlite3_prepare_v2(copy->from,
				   "SELECT " LEDGER_COLUMNS " FROM reminder NOT INDEXED"
				   " WHERE id > ?1 AND id < ?2 ORDER BY id",
				   -1, &copy->up, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_prepare_v2(copy->from,
				       "SELECT " LEDGER_COLUMNS " FROM reminder NOT INDEXED"
				       " WHERE id > ?1 AND id < ?2 ORDER BY id DESC",
				       -1, &copy->down, NULL);
	return r;
}

/* 0 or negative errno of the new ledger. */
static int put(struct copy *copy, sqlite3_stmt *statement)
{
	struct reminder row;
	int r;

	if (ledger_row_read(statement, &row) < 0) {
		copy->salvage->bad++;
		return 0;
	}
	ledger_row_bind(copy->put, &row);
	r = sqlite3_step(copy->put);
	(void)sqlite3_reset(copy->put); /* r is what is told */
	if (r != SQLITE_DONE)
		return ledger_errno(copy->to, r);
	if (sqlite3_changes(copy->to) > 0)
		copy->salvage->rows++;
	else
		copy->salvage->bad++; /* a second row of one key */
	return 0;
}

/*
 * Copy rows between two ids (both excluded) until the old ledger fails. An id that does not go on
 * in the walk's direction is a failure too: damaged pages may lead back to where we were.
 * ret_last: the last id seen. 1: it failed; 0: all done; negative errno: the new one failed.
 */
static int walk(struct copy *copy, sqlite3_stmt *statement, int64_t low, int64_t high,
		int64_t *ret_last)
{
	int64_t *const edge = statement == copy->up ? &low : &high;
	int r;

	(void)sqlite3_reset(statement); /* says again what the last step said */
	(void)sqlite3_bind_int64(statement, 1, low);
	(void)sqlite3_bind_int64(statement, 2, high);
	while ((r = sqlite3_step(statement)) == SQLITE_ROW) {
		const int64_t id = sqlite3_column_int64(statement, 0);

		if (id <= low || id >= high)
			break;
		*edge = *ret_last = id;
		r = put(copy, statement);
		if (r < 0)
			return r;
	}
	(void)sqlite3_reset(statement); /* r is what counts */
	return r == SQLITE_DONE ? 0 : 1;
}

/* Whether the old ledger gives a row above id; ret_id: which. -1: it fails there. */
static int probe(struct copy *copy, int64_t id, int64_t *ret_id)
{
	int r, found = -1;

	(void)sqlite3_reset(copy->up); /* says again what the last step said */
	(void)sqlite3_bind_int64(copy->up, 1, id);
	(void)sqlite3_bind_int64(copy->up, 2, ID_MAX);
	r = sqlite3_step(copy->up);
	if (r == SQLITE_ROW)
		*ret_id = sqlite3_column_int64(copy->up, 0);
	if (r == SQLITE_DONE || (r == SQLITE_ROW && *ret_id > id))
		found = r == SQLITE_ROW;
	(void)sqlite3_reset(copy->up);
	return found;
}

/*
 * A page that can't be read takes a run of ids with it. Behind it: leap, ever farther, until a row
 * comes; then back from there to the other edge of the hole.
 */
static int copy_rows(struct copy *copy)
{
	int64_t last = 0, leap, next, back;

	for (unsigned gaps = 0; gaps < GAPS_MAX; gaps++) {
		int r = walk(copy, copy->up, last, ID_MAX, &last), found = -1;

		if (r <= 0)
			return r;
		for (leap = 1; found < 0 && last + leap < ID_MAX; leap *= 2)
			found = probe(copy, last + leap - 1, &next);
		if (found <= 0)
			return 0;
		r = walk(copy, copy->down, last, next, &back);
		if (r < 0)
			return r;
		last = next - 1;
	}
	return 0;
}

static int64_t count_by_key(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	int64_t count = -1;

	if (sqlite3_prepare_v2(db, "SELECT count(name) FROM reminder INDEXED BY reminder_key", -1,
			       &statement, NULL) == SQLITE_OK &&
	    sqlite3_step(statement) == SQLITE_ROW)
		count = sqlite3_column_int64(statement, 0);
	(void)sqlite3_finalize(statement); /* says again what the step said */
	return count;
}

/* What send keeps between runs: as much as there is, none of it is worth a failure. */
static int copy_numbers(struct copy *copy)
{
	sqlite3_stmt *from = NULL, *to = NULL;
	int r;

	if (sqlite3_prepare_v2(copy->from, "SELECT name, value FROM number", -1, &from, NULL) !=
	    SQLITE_OK)
		return 0;
	r = sqlite3_prepare_v2(copy->to, "INSERT OR IGNORE INTO number VALUES(?1, ?2)", -1, &to,
			       NULL);
	while (r == SQLITE_OK && sqlite3_step(from) == SQLITE_ROW) {
		(void)sqlite3_bind_value(to, 1, sqlite3_column_value(from, 0));
		(void)sqlite3_bind_value(to, 2, sqlite3_column_value(from, 1));
		(void)sqlite3_step(to); /* the transaction's end says whether it holds */
		(void)sqlite3_reset(to);
	}
	(void)sqlite3_finalize(from);
	(void)sqlite3_finalize(to);
	return ledger_errno(copy->to, r);
}

static void copy_what_is_there(struct copy *copy, const char *old_path, int *ret_result)
{
	struct ledger_salvage *salvage = copy->salvage;
	int64_t count;
	int r = ledger_connect(old_path, SQLITE_OPEN_READONLY, &copy->from);

	if (r == SQLITE_OK)
		r = prepare(copy);
	if (r != SQLITE_OK) {
		if (!salvage->error[0])
			(void)snprintf(salvage->error, sizeof(salvage->error), "%s",
				       sqlite3_errmsg(copy->from));
		return;
	}
	*ret_result = copy_rows(copy);
	if (*ret_result == 0)
		*ret_result = copy_numbers(copy);
	count = count_by_key(copy->from);
	salvage->known = count >= 0 && (uint64_t)count >= salvage->rows + salvage->bad;
	if (salvage->known)
		salvage->lost = (uint64_t)count - salvage->rows - salvage->bad;
}

int ledger_copy(const char *old_path, const char *new_path, struct ledger_salvage *salvage)
{
	CLEANUP(clear) struct copy copy = {.salvage = salvage};
	int result = 0, r = ledger_connect(new_path, SQLITE_OPEN_READWRITE, &copy.to);

	if (r == SQLITE_OK)
		r = sqlite3_exec(copy.to, "PRAGMA synchronous = FULL; BEGIN IMMEDIATE", NULL, NULL,
				 NULL);
	if (r == SQLITE_OK)
		r = sqlite3_prepare_v2(copy.to,
				       "INSERT OR IGNORE INTO reminder(" LEDGER_COLUMNS
				       ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, "
				       "?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
				       -1, &copy.put, NULL);
	if (r != SQLITE_OK)
		return ledger_errno(copy.to, r);
	copy_what_is_there(&copy, old_path, &result);
	if (result < 0)
		return result;
	return ledger_errno(copy.to, sqlite3_exec(copy.to, "COMMIT", NULL, NULL, NULL));
}

int ledger_index_check(sqlite3 *db)
{
	sqlite3_stmt *statement = NULL;
	const char *text;
	int r = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &statement, NULL);

	if (r == SQLITE_OK)
		r = sqlite3_step(statement);
	if (r == SQLITE_ROW) {
		text = (const char *)sqlite3_column_text(statement, 0);
		r = text && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
	}
	(void)sqlite3_finalize(statement); /* r is what counts */
	return ledger_errno(db, r);
}
