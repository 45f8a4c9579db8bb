/* What salvage makes of a damaged ledger, and of one that is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "ledger_case.h"
#include "ledger_salvage.h"

static void overwrite(off_t place, const char *text, size_t size)
{
	autoclose int fd = openat(folder_fd, LEDGER_NAME, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, text, size, place), size);
}

static void salvage_of_a_whole_ledger_is_refused(void **state)
{
	struct ledger_salvage salvage = {0};
	struct ledger *ledger;

	(void)state;
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), -ENOENT);
	case_make(10);
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), -EALREADY);
	ledger = case_open();
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), -EBUSY);
	ledger_close(ledger);
	case_spoil("PRAGMA user_version = 9");
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), -EPROTONOSUPPORT);
}

/* The page of rows that holds this text, which no index has. */
static off_t page_with(const char *text)
{
	autoclose int fd = openat(folder_fd, LEDGER_NAME, O_RDONLY | O_CLOEXEC);
	char page[4096];

	for (off_t place = 0; pread(fd, page, sizeof(page), place) > 0; place += 4096)
		if (memmem(page, sizeof(page), text, strlen(text)))
			return place;
	fail();
	return 0;
}

/* One page of rows in the middle is noise: all the others are there afterwards. */
static void what_can_be_read_is_saved(void **state)
{
	static const char noise[4096] = "noise";
	struct ledger_salvage salvage = {0};
	struct ledger_counts counts;
	struct ledger *ledger;

	(void)state;
	case_make(2000);
	case_spoil("PRAGMA wal_checkpoint(TRUNCATE)");
	overwrite(page_with("user1000@example.com"), noise, sizeof(noise));
	ledger = NULL;
	assert_int_equal(ledger_open(folder, &ledger), -EBADMSG);
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
	assert_string_equal(salvage.aside, LEDGER_NAME ".damaged-20270115-080000");
	assert_int_equal(faccessat(folder_fd, salvage.aside, F_OK, 0), 0);
	assert_true(salvage.known);
	assert_true(salvage.lost > 0 && salvage.lost < 40); /* a page of them, and no more */
	assert_int_equal(salvage.rows + salvage.lost, 2000);
	ledger = case_open();
	assert_int_equal(ledger_count(ledger, &counts), 0);
	assert_int_equal(counts.states[REMINDER_DUE], salvage.rows);
	ledger_close(ledger);
}

/* One page stands twice, so the ids go back in the middle: its rows are taken once. */
static void rows_that_come_again_are_none(void **state)
{
	struct ledger_salvage salvage = {0};
	char page[4096];
	int fd;

	(void)state;
	case_make(2000);
	case_spoil("PRAGMA wal_checkpoint(TRUNCATE)");
	fd = openat(folder_fd, LEDGER_NAME, O_RDONLY | O_CLOEXEC);
	assert_int_equal(pread(fd, page, sizeof(page), page_with("user500@example.com")),
			 sizeof(page));
	(void)close(fd); /* only read */
	overwrite(page_with("user1000@example.com"), page, sizeof(page));
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
	assert_int_equal(salvage.bad, 0);
	assert_true(salvage.rows > 1960 && salvage.rows < 2000);
	ledger_close(case_open());
}

/* Each damaged ledger keeps a name of its own, also within one second. */
static void salvage_twice_in_a_second(void **state)
{
	struct ledger_salvage salvage = {0};

	(void)state;
	for (int i = 0; i < 3; i++) {
		static const char *const names[] = {LEDGER_NAME ".damaged-20270115-080000",
						    LEDGER_NAME ".damaged-20270115-080000-2",
						    LEDGER_NAME ".damaged-20270115-080000-3"};

		if (i == 0)
			case_make(10);
		overwrite(0, "this was the first page", 23);
		assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
		assert_string_equal(salvage.aside, names[i]);
		assert_int_equal(faccessat(folder_fd, salvage.aside, F_OK, 0), 0);
	}
}

static void rows_that_make_no_sense_are_left_out(void **state)
{
	struct ledger_salvage salvage = {0};

	(void)state;
	case_make(10);
	case_spoil(
		"PRAGMA ignore_check_constraints = 1; UPDATE reminder SET state = 8 WHERE id < 4");
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
	assert_int_equal(salvage.rows, 7);
	assert_int_equal(salvage.bad, 3);
	ledger_close(case_open());
}

static void a_file_of_noise_gives_an_empty_ledger(void **state)
{
	struct ledger_salvage salvage = {0};

	(void)state;
	case_make(10);
	overwrite(0, "this was the first page", 23);
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
	assert_int_equal(salvage.rows, 0);
	assert_false(salvage.known);
	ledger_close(case_open());
}

static void a_salvage_that_was_killed_is_finished(void **state)
{
	struct ledger_salvage salvage = {0};
	struct ledger_counts counts;
	struct ledger *ledger = NULL;

	(void)state;
	case_make(10);
	assert_int_equal(renameat(folder_fd, LEDGER_NAME, folder_fd, LEDGER_NAME ".salvaged"), 0);
	assert_int_equal(ledger_open(folder, &ledger), -EBADMSG);
	assert_int_equal(ledger_salvage(folder, NOW, &salvage), 0);
	ledger = case_open();
	assert_int_equal(ledger_count(ledger, &counts), 0);
	assert_int_equal(counts.states[REMINDER_DUE], 10);
	ledger_close(ledger);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(salvage_of_a_whole_ledger_is_refused, case_clear),
		cmocka_unit_test_teardown(what_can_be_read_is_saved, case_clear),
		cmocka_unit_test_teardown(rows_that_come_again_are_none, case_clear),
		cmocka_unit_test_teardown(salvage_twice_in_a_second, case_clear),
		cmocka_unit_test_teardown(rows_that_make_no_sense_are_left_out, case_clear),
		cmocka_unit_test_teardown(a_file_of_noise_gives_an_empty_ledger, case_clear),
		cmocka_unit_test_teardown(a_salvage_that_was_killed_is_finished, case_clear),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
