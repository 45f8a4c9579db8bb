/* Opening the ledger: its folder, lock and files first, then SQLite, then what is in it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ledger_db.h"
#include "ledger_files.h"
#include "ledger_schema.h"

#define BUSY_MS 5000
#define ROUND_STEPS 1000000
/* What a file made to exhaust us may take: the schema is ours, and pages are cached in 2 MB. */
#define READER_BYTES_MAX (INT64_C(64) * 1024 * 1024)
#define READ_SECONDS 60 /* of the processor, for one statement: more than 30 million rows take */
#define LENGTH_MAX (64 * 1024) /* of any text in the file, our longest is the schema */
#define WAL_BYTES_MAX "PRAGMA journal_size_limit = 8388608"

/* Whoever wrote the file, its schema runs nothing, and no page of it is mapped. */
static int harden(sqlite3 *db)
{
	static const struct {
		int option, value;
	} options[] = {
		{SQLITE_DBCONFIG_DEFENSIVE, 1},	       {SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
		{SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},   {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
		{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1}, /* a damaged one stays as it is */
		{SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
	};
	int r = sqlite3_busy_timeout(db, BUSY_MS);

	(void)sqlite3_extended_result_codes(db, 1);
	(void)sqlite3_limit(db, SQLITE_LIMIT_LENGTH, LENGTH_MAX);
	(void)sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
	for (size_t i = 0; r == SQLITE_OK && i < COUNT(options); i++)
		r = sqlite3_db_config(db, options[i].option, options[i].value, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_exec(db,
				 "PRAGMA mmap_size = 0; PRAGMA cell_size_check = ON;"
				 "PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;"
				 "PRAGMA cache_size = -16384",
				 NULL, NULL, NULL);
	return r;
}

/* A FIFO put in a file's place after the check must not hold us up. */
static int open_at_once(const char *path, int flags, int mode)
{
	return open(path, flags | O_NONBLOCK | O_NOCTTY, mode);
}

int ledger_connect(const char *path, int flags, sqlite3 **ret_db)
{
	sqlite3_vfs *system = sqlite3_vfs_find(NULL);
	int r;

	if (!system) /* the library could not even begin */
		return SQLITE_NOMEM;
	r = system->xSetSystemCall(system, "open", (sqlite3_syscall_ptr)open_at_once);
	if (r != SQLITE_OK)
		return r;
	r = sqlite3_open_v2(path, ret_db, flags | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, NULL);
	return r == SQLITE_OK ? harden(*ret_db) : r;
}

/* The file's pages reach the disk before a commit returns; -wal and -shm stay for readers. */
static int make_durable(sqlite3 *db)
{
	int persist = 1, r;

	r = sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" WAL_BYTES_MAX,
			 NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = sqlite3_file_control(db, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
	return r;
}

static int check_version(struct ledger *ledger)
{
	size_t version;
	const int r = ledger_version(ledger->db, &version);

	if (r != SQLITE_OK)
		return ledger_fail(ledger, r);
	if (version > ledger_step_count)
		return -EPROTONOSUPPORT;
	return version == 0 ? -EBADMSG : 0; /* a new one gets its name when it has its tables */
}

static int check_schema(struct ledger *ledger)
{
	const int r = ledger_schema_check(ledger->db, ledger_steps, ledger_step_count);

	if (r == SQLITE_CORRUPT)
		(void)snprintf(ledger->error, sizeof(ledger->error),
			       "its tables are not those of a ledger");
	return r == SQLITE_CORRUPT ? -EBADMSG : ledger_fail(ledger, r);
}

static int check_rows(struct ledger *ledger)
{
	const int r = ledger_rows_check(ledger->db);

	if (r == SQLITE_CORRUPT)
		(void)snprintf(ledger->error, sizeof(ledger->error),
			       "PRAGMA quick_check found it damaged");
	return r == SQLITE_CORRUPT ? -EBADMSG : ledger_fail(ledger, r);
}

/* A new ledger gets its name when it is whole, so one that is empty was cut off by something. */
static int make_file(struct ledger *ledger, int dir_fd)
{
	char path[PATH_MAX];
	int r;

	if (snprintf(path, sizeof(path), "%s.new", ledger->path) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	r = ledger_file_create(dir_fd, LEDGER_NEW_NAME);
	if (r < 0)
		return r;
	r = ledger_build(path);
	if (r < 0)
		return r;
	if (renameat(dir_fd, LEDGER_NEW_NAME, dir_fd, LEDGER_NAME) < 0 || fsync(dir_fd) < 0)
		return -errno;
	return 0;
}

int ledger_build(const char *path)
{
	sqlite3 *db = NULL;
	int r = ledger_connect(path, SQLITE_OPEN_READWRITE, &db);

	if (r == SQLITE_OK)
		r = sqlite3_exec(db, "PRAGMA synchronous = FULL", NULL, NULL, NULL);
	if (r == SQLITE_OK)
		r = ledger_migrate(db, ledger_steps, ledger_step_count);
	r = ledger_errno(db, r);
	(void)sqlite3_close(db); /* committed, or thrown away by the caller */
	return r;
}

static int on_commit(void *context, sqlite3 *db, const char *name, int pages)
{
	struct ledger *ledger = context;

	(void)name;
	ledger->wal_pages = pages;
	/* Not all need go: a reader may be at it. An error here shows when it matters. */
	if (pages >= LEDGER_CHECKPOINT_PAGES)
		(void)sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	return SQLITE_OK;
}

static int open_for_writing(struct ledger *ledger)
{
	int r = ledger_connect(ledger->path, SQLITE_OPEN_READWRITE, &ledger->db);

	if (r != SQLITE_OK)
		return ledger_fail(ledger, r);
	if (sqlite3_db_readonly(ledger->db, "main") == 1) /* SQLite opens what it may */
		return access(ledger->path, W_OK) == 0 ? -EBADMSG
						       : -EACCES; /* its header says so */
	r = check_version(ledger);
	if (r < 0)
		return r;
	r = make_durable(ledger->db);
	if (r == SQLITE_OK)
		r = ledger_migrate(ledger->db, ledger_steps, ledger_step_count);
	if (r != SQLITE_OK)
		return ledger_fail(ledger, r);
	r = check_schema(ledger);
	if (r < 0)
		return r;
	r = check_rows(ledger);
	if (r < 0)
		return r;
	(void)sqlite3_wal_hook(ledger->db, on_commit, ledger);
	return ledger_fail(ledger, sqlite3_exec(ledger->db,
						"CREATE TEMP TABLE kept(id INTEGER PRIMARY KEY)",
						NULL, NULL, NULL));
}

/* Pages that lead to one another in a circle must not hold up whoever reads, who may be root. */
static int on_round(void *context)
{
	struct ledger *ledger = context;

	if (ledger->rounds++ == 0)
		ledger->began = clock();
	return clock() - ledger->began > READ_SECONDS * CLOCKS_PER_SEC;
}

static int open_for_reading(struct ledger *ledger)
{
	int r;

	(void)sqlite3_hard_heap_limit64(READER_BYTES_MAX); /* it returns what stood before */
	r = ledger_connect(ledger->path, SQLITE_OPEN_READONLY, &ledger->db);
	if (r != SQLITE_OK)
		return ledger_fail(ledger, r);
	sqlite3_progress_handler(ledger->db, ROUND_STEPS, on_round, ledger);
	r = check_version(ledger);
	return r < 0 ? r : check_schema(ledger);
}

static struct ledger *new_ledger(void)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	if (ledger) {
		ledger->lock_fd = -1;
		ledger->wal_fd = -1;
	}
	return ledger;
}

int ledger_open(const char *folder, struct ledger **ret_ledger)
{
	autoledger struct ledger *ledger = new_ledger();
	autoclose int dir_fd = -1;
	int r;

	if (!ledger)
		return -ENOMEM;
	dir_fd = ledger_folder_open(folder, ledger->path);
	if (dir_fd < 0)
		return dir_fd;
	ledger->lock_fd = ledger_lock(dir_fd);
	if (ledger->lock_fd < 0)
		return ledger->lock_fd;
	r = ledger_files_check(dir_fd);
	if (r == -ENOENT)
		r = make_file(ledger, dir_fd);
	if (r < 0)
		return r;
	r = open_for_writing(ledger);
	if (r < 0)
		return r;
	ledger->good = true;
	*ret_ledger = ledger;
	ledger = NULL;
	return 0;
}

int ledger_open_read(const char *folder, struct ledger **ret_ledger)
{
	autoledger struct ledger *ledger = new_ledger();
	autoclose int dir_fd = -1;
	int r;

	if (!ledger)
		return -ENOMEM;
	dir_fd = ledger_folder_open(folder, ledger->path);
	if (dir_fd < 0)
		return dir_fd;
	r = ledger_files_check(dir_fd);
	if (r < 0)
		return r;
	r = open_for_reading(ledger);
	if (r < 0)
		return r;
	*ret_ledger = ledger;
	ledger = NULL;
	return 0;
}

void ledger_close(struct ledger *ledger)
{
	if (!ledger)
		return;
	for (size_t i = 0; i < LEDGER_STATEMENT_COUNT; i++)
		(void)sqlite3_finalize(ledger->statements[i]); /* says again what it said */
	if (ledger->good) /* as far as readers let it; the rest stays in the -wal file */
		(void)sqlite3_wal_checkpoint_v2(ledger->db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL,
						NULL);
	(void)sqlite3_close(ledger->db); /* rolls back what was not committed */
	vsee_cleanup_close(&ledger->wal_fd);
	vsee_cleanup_close(&ledger->lock_fd);
	free(ledger);
}
