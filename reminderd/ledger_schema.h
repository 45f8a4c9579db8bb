/* What the ledger's tables are, and how an older ledger becomes one of today. */
#pragma once

#include <sqlite3.h>
#include <stddef.h>

/*
 * Step n brings version n to n + 1; step 0 begins with an empty file. A step and the new version
 * are one transaction: a run that is killed finds the version before or the one after.
 */
struct ledger_step {
	const char *sql;
};

extern const struct ledger_step ledger_steps[];
extern const size_t ledger_step_count; /* the version of today */

/* SQLITE_OK, with ret_version: of the ledger as it is. */
int ledger_version(sqlite3 *db, size_t *ret_version);

/* Take the steps that are missing. SQLITE_OK (also where none is), or what SQLite says. */
int ledger_migrate(sqlite3 *db, const struct ledger_step *steps, size_t count);

/*
 * Whether tables and indexes are exactly those that the steps make, and nothing else is there.
 * SQLITE_OK; SQLITE_CORRUPT: they are not; or what SQLite says.
 */
int ledger_schema_check(sqlite3 *db, const struct ledger_step *steps, size_t count);

/* PRAGMA quick_check: pages, types and ranges of all rows. SQLITE_OK, SQLITE_CORRUPT or other. */
int ledger_rows_check(sqlite3 *db);
