#include "ledger_schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static void close_db(sqlite3 **db)
{
	(void)sqlite3_close(*db); /* accepts NULL; nothing is left open in it */
}
#define autodb CLEANUP(close_db)

static void finalize(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement); /* says again what the last step said */
}
#define autostatement CLEANUP(finalize)

/*
 * The ranges are those of ledger_row.c: quick_check looks at them too. open_rows holds what can
 * still be sent; its condition is repeated by each query that is to use it.
 */
/* clang-format off */
const struct ledger_step ledger_steps[] = {
	{"CREATE TABLE reminder("
	 " id INTEGER PRIMARY KEY,"
	 " name TEXT NOT NULL CHECK(length(CAST(name AS BLOB)) BETWEEN 1 AND 255),"
	 " uid INTEGER NOT NULL CHECK(uid BETWEEN 0 AND 4294967294),"
	 " last_change INTEGER NOT NULL CHECK(last_change BETWEEN -1 AND 8000000),"
	 " deadline INTEGER NOT NULL CHECK(deadline BETWEEN 0 AND 8000000),"
	 " stage INTEGER NOT NULL CHECK(stage BETWEEN 0 AND 365),"
	 " address TEXT NOT NULL CHECK(length(CAST(address AS BLOB)) < 256),"
	 " language INTEGER NOT NULL CHECK(language BETWEEN 0 AND 1),"
	 " state INTEGER NOT NULL CHECK(state BETWEEN 0 AND 7),"
	 " attempts INTEGER NOT NULL CHECK(attempts BETWEEN 0 AND 1000000),"
	 " created INTEGER NOT NULL CHECK(created BETWEEN 0 AND 1099511627776),"
	 " next_try INTEGER NOT NULL CHECK(next_try BETWEEN 0 AND 1099511627776),"
	 " claimed_until INTEGER NOT NULL CHECK(claimed_until BETWEEN 0 AND 1099511627776),"
	 " last_try INTEGER NOT NULL CHECK(last_try BETWEEN 0 AND 1099511627776),"
	 " sent INTEGER NOT NULL CHECK(sent BETWEEN 0 AND 1099511627776),"
	 " refused_since INTEGER NOT NULL CHECK(refused_since BETWEEN 0 AND 1099511627776),"
	 " code INTEGER NOT NULL CHECK(code BETWEEN 0 AND 999),"
	 " answer TEXT NOT NULL CHECK(length(CAST(answer AS BLOB)) < 512),"
	 " queue_id TEXT NOT NULL CHECK(length(CAST(queue_id AS BLOB)) < 64),"
	 " message_id TEXT NOT NULL CHECK(length(CAST(message_id AS BLOB)) < 320)"
	 ") STRICT;"
	 "CREATE UNIQUE INDEX reminder_key ON reminder(name, uid, deadline, stage);"
	 "CREATE INDEX reminder_open ON reminder(deadline, state, next_try, claimed_until)"
	 " WHERE state IN (0, 1, 3, 5);"
	 "CREATE TABLE number("
	 " name TEXT PRIMARY KEY CHECK(length(CAST(name AS BLOB)) BETWEEN 1 AND 32),"
	 " value INTEGER NOT NULL"
	 ") STRICT, WITHOUT ROWID;"},
};
/* clang-format on */
const size_t ledger_step_count = COUNT(ledger_steps);

int ledger_version(sqlite3 *db, size_t *ret_version)
{
	autostatement sqlite3_stmt *statement = NULL;
	sqlite3_int64 version;
	int r = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, NULL);

	if (r != SQLITE_OK)
		return r;
	r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return r == SQLITE_DONE ? SQLITE_CORRUPT : r;
	version = sqlite3_column_int64(statement, 0);
	if (version < 0)
		return SQLITE_CORRUPT;
	*ret_version = (size_t)version;
	return SQLITE_OK;
}

static int take_step(sqlite3 *db, const struct ledger_step *step, size_t version)
{
	char pragma[64];
	int r;

	(void)snprintf(pragma, sizeof(pragma), "PRAGMA user_version = %zu", version);
	r = sqlite3_exec(db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db, step->sql, NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db, pragma, NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db, "COMMIT", NULL, NULL, NULL);
	if (r != SQLITE_OK && !sqlite3_get_autocommit(db))
		(void)sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL); /* r is what is told */
	return r;
}

int ledger_migrate(sqlite3 *db, const struct ledger_step *steps, size_t count)
{
	size_t version = 0;
	int r = ledger_version(db, &version);

	for (; r == SQLITE_OK && version < count; version++)
		r = take_step(db, &steps[version], version + 1);
	return r;
}

/* All that the schema holds, as one text; sqlite3_free() it. */
static int describe(sqlite3 *db, char **ret_text)
{
	autostatement sqlite3_stmt *statement = NULL;
	const char *text;
	int r = sqlite3_prepare_v2(db,
				   "SELECT group_concat(line, char(10)) FROM (SELECT "
				   "quote(type) || quote(name) || quote(tbl_name) || quote(sql) AS "
				   "line FROM sqlite_schema ORDER BY 1)",
				   -1, &statement, NULL);

	if (r != SQLITE_OK)
		return r;
	r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return r == SQLITE_DONE ? SQLITE_CORRUPT : r;
	text = (const char *)sqlite3_column_text(statement, 0);
	*ret_text = sqlite3_mprintf("%s", text ? text : "");
	return *ret_text ? SQLITE_OK : SQLITE_NOMEM;
}

int ledger_schema_check(sqlite3 *db, const struct ledger_step *steps, size_t count)
{
	autodb sqlite3 *model = NULL;
	char *found = NULL, *wanted = NULL;
	int r = sqlite3_open_v2(":memory:", &model, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
				NULL);

	if (r == SQLITE_OK)
		r = ledger_migrate(model, steps, count);
	if (r == SQLITE_OK)
		r = describe(model, &wanted);
	if (r == SQLITE_OK)
		r = describe(db, &found);
	if (r == SQLITE_OK && strcmp(found, wanted) != 0)
		r = SQLITE_CORRUPT;
	sqlite3_free(found);
	sqlite3_free(wanted);
	return r;
}

int ledger_rows_check(sqlite3 *db)
{
	autostatement sqlite3_stmt *statement = NULL;
	const char *text;
	int r = sqlite3_prepare_v2(db, "PRAGMA quick_check(1)", -1, &statement, NULL);

	if (r != SQLITE_OK)
		return r;
	r = sqlite3_step(statement);
	if (r != SQLITE_ROW)
		return r == SQLITE_DONE ? SQLITE_CORRUPT : r;
	text = (const char *)sqlite3_column_text(statement, 0);
	return text && strcmp(text, "ok") == 0 ? SQLITE_OK : SQLITE_CORRUPT;
}
