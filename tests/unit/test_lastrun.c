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
#include "base/day.h"
#include "folder.h"
#include "store/lastrun.h"

#define HEAD "vsee-expire lastrun 1\ntime 1795000000\nfinished -\n"
#define COUNTS "covered 3\nsaved 2\nmirrored 1\nfailed 0\nleft 7\nwarnings 4\n"

static struct row {
	const char *name, *text;
	int result;
} rows[] = {
	{"a good one", HEAD "code 3\n" COUNTS "config-errors 5\n", 0},
	{"a newer version", "vsee-expire lastrun 2\nwhatever\n", -EPROTONOSUPPORT},
	{"version 0", "vsee-expire lastrun 0\n", -EBADMSG},
	{"empty", "", -EBADMSG},
	{"cut off", "vsee-expire lastrun 1\ntime 17950", -EBADMSG},
	{"a line missing", HEAD COUNTS "config-errors 5\n", -EBADMSG},
	{"more behind it", HEAD "code 3\n" COUNTS "config-errors 5\n\n", -EBADMSG},
	{"no number", HEAD "code x\n" COUNTS "config-errors 5\n", -EBADMSG},
	{"no such code", HEAD "code 256\n" COUNTS "config-errors 5\n", -EBADMSG},
	{"a count unset", HEAD "code 3\n" COUNTS "config-errors -\n", -EBADMSG},
	{"a label too long", HEAD "codex 3\n" COUNTS "config-errors 5\n", -EBADMSG},
};

static void check_parse(void **state)
{
	const struct row *row = *state;
	struct vsee_lastrun lastrun = {.time = -77};

	assert_int_equal(vsee_lastrun_parse(row->text, strlen(row->text), &lastrun), row->result);
	assert_int_equal(lastrun.time, row->result == 0 ? 1795000000 : -77);
	if (row->result < 0)
		return;
	assert_int_equal(lastrun.finished, VSEE_UNSET);
	assert_int_equal(lastrun.code, 3);
	assert_int_equal(lastrun.left, 7);
	assert_int_equal(lastrun.config_errors, 5);
}

static void what_is_saved_is_loaded(void **state)
{
	const struct vsee_lastrun saved = {1795000000, VSEE_UNSET, 78, 1, 2, 3, 4, 5, 6, 7};
	const mode_t old = umask(0077);
	struct vsee_lastrun loaded;
	struct stat st;

	(void)state;
	assert_int_equal(vsee_lastrun_load(folder_fd, geteuid(), &loaded), -ENOENT);
	assert_int_equal(vsee_lastrun_save(folder_fd, &saved), 0);
	(void)umask(old);
	assert_int_equal(vsee_lastrun_load(folder_fd, geteuid(), &loaded), 0);
	assert_memory_equal(&saved, &loaded, sizeof(saved));
	assert_int_equal(fstatat(folder_fd, "lastrun", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
}

static void what_could_not_be_read_back_is_refused(void **state)
{
	const struct vsee_lastrun bad[] = {
		{.time = -1}, {.finished = -2}, {.code = 256}, {.failed = -1}};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(vsee_lastrun_save(folder_fd, &bad[i]), -EINVAL);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_parse, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(what_is_saved_is_loaded);
	tests[COUNT(rows) + 1] =
		(struct CMUnitTest)cmocka_unit_test(what_could_not_be_read_back_is_refused);
	return cmocka_run_group_tests_name("lastrun", tests, folder_make, folder_remove);
}
