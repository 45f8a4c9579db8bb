/* The ledger's file: whom it is refused to, damage, migration, kills. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include "ledger_case.h"
#include "ledger_files.h"
#include "ledger_schema.h"

/* clang-format off */
static struct row {
	const char *name, *sql; /* done to a whole ledger of 10 rows */
	int result;
} rows[] = {
	{"nothing was done", "SELECT 1", 0},
	{"a newer version", "PRAGMA user_version = 2", -EPROTONOSUPPORT},
	{"version 0 with tables", "PRAGMA user_version = 0", -EBADMSG},
	{"a table more", "CREATE TABLE other(x)", -EBADMSG},
	{"an index less", "DROP INDEX reminder_open", -EBADMSG},
	{"a trigger",
	 "CREATE TRIGGER t AFTER UPDATE ON reminder BEGIN DELETE FROM number; END", -EBADMSG},
	{"a view in place of the table",
	 "DROP TABLE reminder; CREATE VIEW reminder AS SELECT 1 AS id", -EBADMSG},
	{"a number out of range", "PRAGMA ignore_check_constraints = 1;"
	 "UPDATE reminder SET deadline = -5 WHERE id = 3", -EBADMSG},
	{"an unknown state", "PRAGMA ignore_check_constraints = 1;"
	 "UPDATE reminder SET state = 8 WHERE id = 3", -EBADMSG},
	{"a name of 256 bytes", "PRAGMA ignore_check_constraints = 1;"
	 "UPDATE reminder SET name = printf('%256s', 'x') WHERE id = 3", -EBADMSG},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;
	struct ledger *ledger = NULL;
	struct stat before, after;

	case_make(10);
	case_spoil(row->sql);
	assert_int_equal(fstatat(folder_fd, LEDGER_NAME, &before, 0), 0);
	assert_int_equal(ledger_open(folder, &ledger), row->result);
	assert_int_equal(fstatat(folder_fd, LEDGER_NAME, &after, 0), 0);
	assert_int_equal(after.st_ino, before.st_ino);
	assert_int_equal(after.st_size, before.st_size);
	ledger_close(ledger);
}

static void one_run_at_a_time(void **state)
{
	struct ledger *first = case_open(), *second = NULL;

	(void)state;
	assert_int_equal(ledger_open(folder, &second), -EBUSY);
	assert_int_equal(ledger_open_read(folder, &second), 0);
	ledger_close(second);
	ledger_close(first);
	ledger_close(case_open());
}

static void files_that_are_not_ours(void **state)
{
	struct ledger *ledger = NULL;
	char path[PATH_MAX];

	(void)state;
	case_path("none", path);
	assert_int_equal(ledger_open(path, &ledger), -ENOENT);
	assert_int_equal(ledger_open_read(folder, &ledger), -ENOENT);
	assert_int_equal(symlinkat(folder, folder_fd, "link"), 0);
	case_path("link", path);
	assert_int_equal(ledger_open(path, &ledger), -ENOTDIR);
	case_make(1);
	assert_int_equal(renameat(folder_fd, LEDGER_NAME, folder_fd, "elsewhere"), 0);
	assert_int_equal(symlinkat("elsewhere", folder_fd, LEDGER_NAME), 0);
	assert_int_equal(ledger_open(folder, &ledger), -ELOOP);
	assert_int_equal(ledger_open_read(folder, &ledger), -ELOOP);
	assert_int_equal(unlinkat(folder_fd, LEDGER_NAME, 0), 0);
	assert_int_equal(linkat(folder_fd, "elsewhere", folder_fd, LEDGER_NAME, 0), 0);
	assert_int_equal(ledger_open(folder, &ledger), -EPERM);
}

static void rights_whatever_the_umask(void **state)
{
	static const char *const names[] = {LEDGER_NAME, LEDGER_NAME "-wal", LEDGER_NAME "-shm",
					    "lock"};
	const mode_t old = umask(0777);
	struct stat stat;

	(void)state;
	case_make(1);
	(void)umask(old);
	for (size_t i = 0; i < COUNT(names); i++) {
		assert_int_equal(fstatat(folder_fd, names[i], &stat, 0), 0);
		assert_int_equal(stat.st_mode, S_IFREG | 0660);
	}
}

static void never_made_anew_in_silence(void **state)
{
	struct ledger *ledger = NULL;

	(void)state;
	ledger = case_open();
	case_note(ledger, 5, 160, 10, NOW); /* its -wal file holds rows */
	assert_int_equal(unlinkat(folder_fd, LEDGER_NAME, 0), 0);
	ledger_close(ledger);
	ledger = NULL;
	assert_int_equal(ledger_open(folder, &ledger), -EBADMSG);
	assert_int_equal(faccessat(folder_fd, LEDGER_NAME, F_OK, 0), -1);
	(void)case_clear(NULL);
	case_make(5);
	assert_int_equal(ftruncate(openat(folder_fd, LEDGER_NAME, O_WRONLY | O_CLOEXEC), 0), 0);
	assert_int_equal(ledger_open(folder, &ledger), -EBADMSG);
	assert_int_equal(ledger_open_read(folder, &ledger), -EBADMSG);
}

static void a_fifo_holds_nobody_up(void **state)
{
	char path[PATH_MAX];
	sqlite3 *db = NULL;

	(void)state;
	case_path(LEDGER_NAME, path);
	assert_int_equal(mkfifoat(folder_fd, LEDGER_NAME, 0660), 0);
	(void)alarm(5);
	assert_int_not_equal(ledger_connect(path, SQLITE_OPEN_READONLY, &db), SQLITE_OK);
	(void)alarm(0);
	(void)sqlite3_close(db);
}

static void check_pruned(struct ledger *ledger, vsee_day last, uint64_t before, uint64_t after)
{
	struct ledger_counts counts;

	for (vsee_day today = last - 1; today < last + 2; today++) {
		assert_int_equal(ledger_note_begin(ledger), 0);
		assert_int_equal(ledger_note_end(ledger, today), 0);
		assert_int_equal(ledger_count(ledger, &counts), 0);
		assert_int_equal(counts.states[REMINDER_OBSOLETE], today > last ? after : before);
	}
}

static void pruned_after_its_time(void **state)
{
	struct ledger *ledger = case_open();

	(void)state;
	case_note(ledger, 3, 160, 10, NOW);
	case_note(ledger, 3, 180, 10, NOW);
	check_pruned(ledger, 160 + LEDGER_KEEP_DAYS, 6, 3);
	ledger_close(ledger);
}

/* Under a clock that is months ahead, and is believed, the date itself is still to come. */
static void the_rows_of_the_last_date_stay_longer(void **state)
{
	struct ledger *ledger = case_open();

	(void)state;
	case_note(ledger, 3, 160, 10, NOW);
	case_note(ledger, 1, 180, 10, NOW);
	check_pruned(ledger, 160 + LEDGER_KEEP_DAYS, 4, 3);
	check_pruned(ledger, 160 + LEDGER_KEEP_LAST_DAYS, 3, 1);
	check_pruned(ledger, 180 + LEDGER_KEEP_LAST_DAYS, 1, 0);
	ledger_close(ledger);
}

static void numbers_are_kept(void **state)
{
	struct ledger *ledger = case_open();
	int64_t number = 77;

	(void)state;
	assert_int_equal(ledger_number(ledger, "asked", &number), 0);
	assert_int_equal(number, 0);
	assert_int_equal(ledger_set_number(ledger, "asked", -3), 0);
	assert_int_equal(ledger_set_number(ledger, "asked", 4), 0);
	ledger_close(ledger);
	assert_int_equal(ledger_open_read(folder, &ledger), 0);
	assert_int_equal(ledger_number(ledger, "asked", &number), 0);
	assert_int_equal(number, 4);
	ledger_close(ledger);
}

static void die(sqlite3_context *context, int count, sqlite3_value **values)
{
	(void)count;
	(void)values;
	if (sqlite3_user_data(context))
		(void)raise(SIGKILL);
}

static int migrate(bool deadly, size_t *ret_version)
{
	/* What a version 2 could be; die() stands for a kill in the middle of it. */
	const struct ledger_step steps[] = {
		ledger_steps[0],
		{"ALTER TABLE reminder ADD COLUMN realm TEXT NOT NULL DEFAULT 'local';"
		 "UPDATE reminder SET realm = 'x' WHERE id = 1; SELECT die()"},
	};
	char path[PATH_MAX];
	sqlite3 *db = NULL;
	int r;

	case_path(LEDGER_NAME, path);
	r = sqlite3_open(path, &db);
	if (r == SQLITE_OK)
		r = sqlite3_create_function(db, "die", 0, SQLITE_UTF8, deadly ? path : NULL, die,
					    NULL, NULL);
	if (r == SQLITE_OK)
		r = ledger_version(db, ret_version);
	if (r == SQLITE_OK)
		r = ledger_migrate(db, steps, COUNT(steps));
	if (r == SQLITE_OK)
		r = ledger_schema_check(db, steps, 1) == SQLITE_CORRUPT ? SQLITE_OK : SQLITE_ERROR;
	(void)sqlite3_close(db);
	return r;
}

static void a_migration_that_is_killed_is_done_again(void **state)
{
	struct ledger *ledger = NULL;
	size_t version = 77;
	int status;
	pid_t pid;

	(void)state;
	case_make(10);
	pid = fork();
	if (pid == 0)
		_exit(migrate(true, &version));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	ledger_close(case_open()); /* this version opens what the killed one left */
	assert_int_equal(migrate(false, &version), SQLITE_OK);
	assert_int_equal(version, 1); /* as it was before */
	assert_int_equal(migrate(false, &version), SQLITE_OK);
	assert_int_equal(version, 2);
	assert_int_equal(ledger_open(folder, &ledger), -EPROTONOSUPPORT);
	assert_int_equal(ledger_open_read(folder, &ledger), -EPROTONOSUPPORT);
}

/* Runs of send until somebody kills it; tells the pipe what it has committed. */
static void work(int fd)
{
	struct ledger *ledger = case_open();
	struct reminder found[8];
	size_t count;

	for (;;) {
		assert_int_equal(ledger_claim(ledger, NOW, found, COUNT(found), &count), 0);
		if (count == 0)
			_exit(0);
		for (size_t i = 0; i < count; i++) {
			found[i].state = REMINDER_SENT;
			found[i].sent = NOW;
			assert_int_equal(ledger_settle(ledger, &found[i]), 0);
		}
		assert_int_equal(ledger_commit(ledger), 0);
		for (size_t i = 0; i < count; i++)
			if (write(fd, &found[i].id, sizeof(found[i].id)) < 0)
				_exit(1);
	}
}

/* How many rows the child said it had committed; each must be sent now. */
static uint64_t kill_one(unsigned long nanoseconds)
{
	struct timespec wait = {.tv_nsec = (long)nanoseconds};
	uint64_t said = 0;
	int64_t id;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0)
		work(ends[1]);
	(void)close(ends[1]);
	(void)nanosleep(&wait, NULL);
	(void)kill(pid, SIGKILL);
	while (read(ends[0], &id, sizeof(id)) == (ssize_t)sizeof(id))
		said++;
	(void)close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return said;
}

static void killed_at_any_moment(void **state)
{
	struct ledger_counts counts;
	struct ledger *ledger;
	uint64_t said = 0;

	(void)state;
	case_make(4000);
	/* A machine that is busy, or a sanitized program, needs longer until it says a word. */
	for (unsigned i = 0; i < 30 || (said == 0 && i < 300); i++) {
		said += kill_one(1000000 + i * 700000UL);
		ledger = case_open(); /* quick_check is part of it */
		assert_int_equal(ledger_count(ledger, &counts), 0);
		assert_true(counts.states[REMINDER_SENT] >= said);
		assert_true(counts.states[REMINDER_SENT] <= said + 8 * (i + 1));
		ledger_close(ledger);
	}
	assert_true(said > 0);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test_teardown(one_run_at_a_time, case_clear),
		cmocka_unit_test_teardown(files_that_are_not_ours, case_clear),
		cmocka_unit_test_teardown(rights_whatever_the_umask, case_clear),
		cmocka_unit_test_teardown(never_made_anew_in_silence, case_clear),
		cmocka_unit_test_teardown(a_fifo_holds_nobody_up, case_clear),
		cmocka_unit_test_teardown(pruned_after_its_time, case_clear),
		cmocka_unit_test_teardown(the_rows_of_the_last_date_stay_longer, case_clear),
		cmocka_unit_test_teardown(numbers_are_kept, case_clear),
		cmocka_unit_test_teardown(a_migration_that_is_killed_is_done_again, case_clear),
		cmocka_unit_test_teardown(killed_at_any_moment, case_clear),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .teardown_func = case_clear,
					       .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
