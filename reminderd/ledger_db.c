/* The ledger's statements, and what SQLite says as an errno. */
#include "ledger_db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/cleanup.h"

#define PAGE_BYTES 4120 /* a page with its head, as it stands in the -wal file */
#define ROOM_PAGES 1024 /* more than the end of a hundred rows writes, whatever its commits */
#define OPEN "state IN (0, 1, 3, 5)" /* as the index reminder_open has it, word by word */

/* clang-format off */
static const char *const sql[LEDGER_STATEMENT_COUNT] = {
	[LEDGER_BEGIN] = "BEGIN IMMEDIATE",
	[LEDGER_COMMIT] = "COMMIT",
	[LEDGER_ROWS_OF] = "SELECT " LEDGER_COLUMNS " FROM reminder WHERE name = ?2 AND uid = ?1"
		" ORDER BY deadline DESC, stage",
	[LEDGER_REFUSED] = "SELECT coalesce(min(refused_since), 0) FROM reminder"
		" WHERE name = ?3 AND uid = ?1 AND last_change = ?2 AND refused_since >"
		" (SELECT coalesce(max(sent), 0) FROM reminder"
		" WHERE name = ?3 AND uid = ?1 AND last_change = ?2 AND state = 2)",
	[LEDGER_INSERT] = "INSERT INTO reminder(" LEDGER_COLUMNS ") VALUES(nullif(?1, 0), ?2, ?3,"
		" ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)",
	[LEDGER_REVIVE] = "UPDATE reminder SET last_change = ?4, address = ?7, language = ?8,"
		" state = ?9, attempts = ?10, created = ?11, next_try = ?12, claimed_until = ?13,"
		" refused_since = ?16, message_id = iif(message_id = '', ?20, message_id)"
		" WHERE id = ?1",
	[LEDGER_REFRESH] = "UPDATE reminder SET address = ?7, language = ?8, refused_since = ?16"
		" WHERE id = ?1",
	[LEDGER_MAKE_OBSOLETE] = "UPDATE reminder SET state = 7 WHERE name = ?4 AND uid = ?1"
		" AND (last_change <> ?2 OR deadline <> ?3) AND " OPEN,
	[LEDGER_SUPERSEDE] = "UPDATE reminder SET state = 6 WHERE name = ?4 AND uid = ?1"
		" AND deadline = ?2 AND stage > ?3 AND " OPEN,
	[LEDGER_KEEP] = "INSERT OR IGNORE INTO temp.kept(id) VALUES(?1)",
	[LEDGER_END_OPEN] = "UPDATE reminder SET state = 7 WHERE " OPEN
		" AND id NOT IN (SELECT id FROM temp.kept)",
	[LEDGER_END_KEEP] = "DELETE FROM temp.kept",
	[LEDGER_PRUNE] = "DELETE FROM reminder AS old WHERE deadline < ?1 AND (deadline < ?2 OR"
		" EXISTS (SELECT 1 FROM reminder WHERE name = old.name AND uid = old.uid"
		" AND deadline <> old.deadline AND id > old.id))",
	[LEDGER_FIND_OPEN] = "SELECT " LEDGER_COLUMNS " FROM reminder INDEXED BY reminder_open"
		" WHERE " OPEN " AND iif(state = 1, claimed_until <= ?1 OR claimed_until > ?2,"
		" next_try <= ?1 OR next_try > ?3) ORDER BY deadline LIMIT ?4",
	[LEDGER_LEASE] = "UPDATE reminder SET state = 1, claimed_until = ?2 WHERE id = ?1",
	[LEDGER_SETTLE] = "UPDATE reminder SET state = ?9, attempts = ?10, next_try = ?12,"
		" claimed_until = 0, last_try = ?14, sent = ?15, refused_since = ?16, code = ?17,"
		" answer = ?18, queue_id = ?19 WHERE id = ?1",
	[LEDGER_COUNT_STATES] = "SELECT state, count(*), max(sent), coalesce(min(iif(state = 1,"
		" claimed_until, nullif(next_try, 0))), 0) FROM reminder GROUP BY state",
	[LEDGER_LAST_SENT] = "SELECT max(sent), name FROM reminder WHERE sent BETWEEN 1 AND ?1",
	[LEDGER_LAST_SENT_OTHER] = "SELECT coalesce(max(sent), 0) FROM reminder"
		" WHERE sent BETWEEN 1 AND ?1 AND name <> ?2",
	[LEDGER_VISIT_ALL] = "SELECT " LEDGER_COLUMNS " FROM reminder"
		" ORDER BY name, uid, deadline DESC, stage",
	[LEDGER_VISIT_NAME] = "SELECT " LEDGER_COLUMNS " FROM reminder WHERE name = ?1"
		" ORDER BY uid, deadline DESC, stage",
	[LEDGER_NUMBER] = "SELECT value FROM number WHERE name = ?1",
	[LEDGER_SET_NUMBER] = "INSERT INTO number(name, value) VALUES(?2, ?1)"
		" ON CONFLICT(name) DO UPDATE SET value = excluded.value",
};

/* By primary result code; what is not here asks the system. */
static const struct {
	int result, error;
} errors[] = {
	{SQLITE_BUSY, -ETIMEDOUT}, /* -EBUSY is kept for a second run */
	{SQLITE_LOCKED, -ETIMEDOUT},
	{SQLITE_PROTOCOL, -ETIMEDOUT},
	{SQLITE_INTERRUPT, -ETIMEDOUT},
	{SQLITE_NOMEM, -ENOMEM},
	{SQLITE_READONLY, -EROFS},
	{SQLITE_ERROR, -EBADMSG}, /* our statements are good: the file is not what they are for */
	{SQLITE_CORRUPT, -EBADMSG},
	{SQLITE_NOTADB, -EBADMSG},
	{SQLITE_FULL, -ENOSPC},
	{SQLITE_TOOBIG, -EBADMSG},
	{SQLITE_CONSTRAINT, -EINVAL},
	{SQLITE_MISMATCH, -EBADMSG},
	{SQLITE_FORMAT, -EBADMSG},
	{SQLITE_PERM, -EPERM},
	{SQLITE_AUTH, -EPERM},
};
/* clang-format on */

int ledger_errno(sqlite3 *db, int result)
{
	const int primary = result & 0xff;
	const int error = db ? sqlite3_system_errno(db) : 0;

	if (result == SQLITE_OK || result == SQLITE_ROW || result == SQLITE_DONE)
		return 0;
	if (result == SQLITE_CANTOPEN_SYMLINK)
		return -ELOOP;
	for (size_t i = 0; i < COUNT(errors); i++)
		if (errors[i].result == primary)
			return errors[i].error;
	return error > 0 ? -error : -EIO;
}

int ledger_fail(struct ledger *ledger, int result)
{
	const int r = ledger_errno(ledger->db, result);

	if (r < 0)
		(void)snprintf(ledger->error, sizeof(ledger->error), "%s",
			       sqlite3_errcode(ledger->db) == result ? sqlite3_errmsg(ledger->db)
								     : sqlite3_errstr(result));
	return r;
}

int ledger_prepare(struct ledger *ledger, enum ledger_statement number, const int64_t *numbers,
		   size_t count, sqlite3_stmt **ret_statement)
{
	sqlite3_stmt **statement = &ledger->statements[number];
	int r;

	if (!*statement) {
		r = sqlite3_prepare_v3(ledger->db, sql[number], -1, SQLITE_PREPARE_PERSISTENT,
				       statement, NULL);
		if (r != SQLITE_OK)
			return ledger_fail(ledger, r);
	}
	(void)sqlite3_reset(*statement); /* says again what the last step said */
	ledger->rounds = 0;
	for (size_t i = 0; i < count; i++)
		(void)sqlite3_bind_int64(*statement, (int)i + 1, numbers[i]); /* can't fail */
	*ret_statement = *statement;
	return 0;
}

int ledger_run(struct ledger *ledger, sqlite3_stmt *statement)
{
	int r = sqlite3_step(statement);

	r = ledger_fail(ledger, r);
	(void)sqlite3_reset(statement); /* the step's result is the one to report */
	return r;
}

int ledger_do(struct ledger *ledger, enum ledger_statement number, const int64_t *numbers,
	      size_t count)
{
	sqlite3_stmt *statement = NULL;
	const int r = ledger_prepare(ledger, number, numbers, count, &statement);

	return r < 0 ? r : ledger_run(ledger, statement);
}

int ledger_begin(struct ledger *ledger)
{
	if (!sqlite3_get_autocommit(ledger->db))
		return 0;
	return ledger_do(ledger, LEDGER_BEGIN, NULL, 0);
}

/*
 * What was sent must not stay unwritten because the disk is full: then nothing is claimed. Commits
 * go into the -wal file, so its room is taken beforehand.
 */
int ledger_room(struct ledger *ledger)
{
	const off_t bytes = (off_t)PAGE_BYTES * (ledger->wal_pages + ROOM_PAGES);
	char path[PATH_MAX];

	if (ledger->wal_fd < 0) {
		if (snprintf(path, sizeof(path), "%s-wal", ledger->path) >= (int)sizeof(path))
			return -ENAMETOOLONG;
		ledger->wal_fd = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (ledger->wal_fd < 0)
		return -errno;
	if (fallocate(ledger->wal_fd, FALLOC_FL_KEEP_SIZE, 0, bytes) == 0 || errno == EOPNOTSUPP ||
	    errno == ENOSYS)
		return 0;

	const int error = errno;

	(void)snprintf(ledger->error, sizeof(ledger->error), "there is no room for %lld bytes",
		       (long long)bytes);
	return -error;
}
