/* What the ledger's files share: the connection, its statements, rows, errors, transactions. */
#pragma once

#include <limits.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <time.h>

#include "ledger.h"

#define LEDGER_TOLD_MAX 64 /* deadlines that were told for one password */

enum ledger_statement {
	LEDGER_BEGIN,
	LEDGER_COMMIT,
	LEDGER_ROWS_OF,
	LEDGER_REFUSED,
	LEDGER_INSERT,
	LEDGER_REVIVE,
	LEDGER_REFRESH,
	LEDGER_MAKE_OBSOLETE,
	LEDGER_SUPERSEDE,
	LEDGER_KEEP,
	LEDGER_END_OPEN,
	LEDGER_END_KEEP,
	LEDGER_PRUNE,
	LEDGER_FIND_OPEN,
	LEDGER_LEASE,
	LEDGER_SETTLE,
	LEDGER_COUNT_STATES,
	LEDGER_LAST_SENT,
	LEDGER_LAST_SENT_OTHER,
	LEDGER_VISIT_ALL,
	LEDGER_VISIT_NAME,
	LEDGER_NUMBER,
	LEDGER_SET_NUMBER,
	LEDGER_STATEMENT_COUNT,
};

struct ledger {
	sqlite3 *db;
	sqlite3_stmt *statements[LEDGER_STATEMENT_COUNT]; /* each prepared when first wanted */
	char path[PATH_MAX];				  /* of the file, no link in it */
	int lock_fd;					  /* -1: open for reading */
	int wal_fd;					  /* -1: no room is kept */
	int wal_pages;					  /* in use after the last commit */
	bool good;					  /* opened for writing, and found whole */
	unsigned rounds;				  /* of a reader's present statement */
	clock_t began; /* at the first of them, in time of the processor */
	int lost;      /* why ledger_told() gave up for good; 0: it did not */
	char error[256];

	/* Of the last ledger_told(). */
	vsee_day told[LEDGER_TOLD_MAX];
	size_t told_count;
	/* The last mail sent to anybody, and to anybody but last_name; looked up once. */
	bool last_known;
	char last_name[VSEE_NAME_SIZE];
	int64_t last_sent, last_other;
};

/* A result code of SQLite as a negative errno; 0 for OK, ROW and DONE. */
int ledger_errno(sqlite3 *db, int result);

/* The same, and what SQLite says of it is kept for ledger_error(). */
int ledger_fail(struct ledger *ledger, int result);

/* The statement, reset, with numbers bound to ?1, ?2 and so on. 0 or negative errno. */
int ledger_prepare(struct ledger *ledger, enum ledger_statement number, const int64_t *numbers,
		   size_t count, sqlite3_stmt **ret_statement);

/* Step a statement that gives no row, and reset it. 0 or negative errno. */
int ledger_run(struct ledger *ledger, sqlite3_stmt *statement);

/* Prepare, bind and run in one. */
int ledger_do(struct ledger *ledger, enum ledger_statement number, const int64_t *numbers,
	      size_t count);

/* Since when mail for this password is refused, with none sent since; 0: it is not. 0 or errno. */
int ledger_refused_since(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
			 int64_t *ret_since);

/* Before a claim: take the room on disk that its end will need. 0, -ENOSPC or other. */
int ledger_room(struct ledger *ledger);

/* Begin a transaction unless one is open. 0 or negative errno. */
int ledger_begin(struct ledger *ledger);

/* The columns of a row, in the order in which ledger_row_*() read and bind them. */
#define LEDGER_COLUMNS                                                                             \
	"id, name, uid, last_change, deadline, stage, address, language, state, attempts, "        \
	"created, next_try, claimed_until, last_try, sent, refused_since, code, answer, "          \
	"queue_id, message_id"

/* 0, or -EBADMSG for what we never write. */
int ledger_row_read(sqlite3_stmt *statement, struct reminder *ret_row);

/* The same for one that was asked for: what is wrong is kept for ledger_error(). */
int ledger_row_take(struct ledger *ledger, sqlite3_stmt *statement, struct reminder *ret_row);

/* Bind ?1 to ?20, as many of them as the statement has; row must live until it has run. */
void ledger_row_bind(sqlite3_stmt *statement, const struct reminder *row);

static inline bool ledger_row_open(enum reminder_state state)
{
	return state == REMINDER_DUE || state == REMINDER_CLAIMED || state == REMINDER_DEFERRED ||
	       state == REMINDER_UNKNOWN;
}
