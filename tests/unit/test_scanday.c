#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "folder.h"
#include "store/scanday.h"

static struct row {
	const char *name, *text;
	int result;
	struct vsee_scanday scanday;
} rows[] = {
	{"both", "vsee-expire scan 1\nlast 20779\nnoted 1795000000\n", 0, {20779, 1795000000}},
	{"neither", "vsee-expire scan 1\nlast -\nnoted -\n", 0, {VSEE_UNSET, VSEE_UNSET}},
	{"a newer version", "vsee-expire scan 2\nwhatever", -EPROTONOSUPPORT, {0}},
	{"version 0", "vsee-expire scan 0\nlast -\nnoted -\n", -EBADMSG, {0}},
	{"no version", "vsee-expire scan -\nlast -\nnoted -\n", -EBADMSG, {0}},
	{"empty", "", -EBADMSG, {0}},
	{"another file", "vsee-expire policy 1\nlast -\nnoted -\n", -EBADMSG, {0}},
	{"cut off", "vsee-expire scan 1\nlast 20779\nnoted 17", -EBADMSG, {0}},
	{"a line missing", "vsee-expire scan 1\nlast 20779\n", -EBADMSG, {0}},
	{"another order", "vsee-expire scan 1\nnoted -\nlast -\n", -EBADMSG, {0}},
	{"more behind it", "vsee-expire scan 1\nlast -\nnoted -\n\n", -EBADMSG, {0}},
	{"no number", "vsee-expire scan 1\nlast x\nnoted -\n", -EBADMSG, {0}},
	{"a day too large", "vsee-expire scan 1\nlast 4000001\nnoted -\n", -EBADMSG, {0}},
};

static void check_load(void **state)
{
	const struct row *row = *state;
	struct vsee_scanday scanday = {-77, -77};
	autoclose int fd =
		openat(folder_fd, "scan", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, row->text, strlen(row->text)), strlen(row->text));
	assert_int_equal(vsee_scanday_load(folder_fd, geteuid(), &scanday), row->result);
	assert_int_equal(scanday.last_scan, row->result == 0 ? row->scanday.last_scan : -77);
	assert_int_equal(scanday.noted, row->result == 0 ? row->scanday.noted : -77);
}

static void what_is_saved_is_loaded(void **state)
{
	static const struct vsee_scanday values[] = {
		{VSEE_UNSET, VSEE_UNSET},
		{20779, VSEE_UNSET},
		{0, 0},
		{VSEE_DAY_MAX, VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY},
	};
	const mode_t old = umask(0077);
	struct vsee_scanday scanday;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < COUNT(values); i++) {
		assert_int_equal(vsee_scanday_save(folder_fd, &values[i]), 0);
		assert_int_equal(vsee_scanday_load(folder_fd, geteuid(), &scanday), 0);
		assert_int_equal(scanday.last_scan, values[i].last_scan);
		assert_int_equal(scanday.noted, values[i].noted);
	}
	(void)umask(old);
	assert_int_equal(fstatat(folder_fd, "scan", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
	assert_int_equal(vsee_scanday_save(folder_fd, &(struct vsee_scanday){-2, 0}), -EINVAL);
	assert_int_equal(vsee_scanday_save(folder_fd, &(struct vsee_scanday){VSEE_DAY_MAX + 1, 0}),
			 -EINVAL);
}

static void no_file_is_no_scan(void **state)
{
	struct vsee_scanday scanday = {0, 0};

	(void)state;
	(void)unlinkat(folder_fd, "scan", 0);
	assert_int_equal(vsee_scanday_load(folder_fd, geteuid(), &scanday), 0);
	assert_int_equal(scanday.last_scan, VSEE_UNSET);
	assert_int_equal(scanday.noted, VSEE_UNSET);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_load, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(what_is_saved_is_loaded);
	tests[COUNT(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(no_file_is_no_scan);
	return cmocka_run_group_tests_name("scanday", tests, folder_make, folder_remove);
}
