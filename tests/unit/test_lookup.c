#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/records.h"

#define INPUT(text) text, sizeof(text) - 1

/* A file that has no name on any disk; path is good while the fd is open. */
static int make_file(const char *text, size_t size, char path[40])
{
	const int fd = memfd_create("records", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	(void)snprintf(path, 40, "/proc/self/fd/%d", fd);
	return fd;
}

static struct row {
	const char *name, *file;
	size_t size;
	int result;
	enum vsee_record_fault fault;
	uint64_t line;
	vsee_day last_change;
} rows[] = {
	{"found among others", INPUT("aa:*:1::::::\nb:*:2::::::\na:*:3::::::\nc:*:4::::::\n"), 0, 0,
	 0, 3},
	{"in the first line", INPUT("a:*:3::::::\n"), 0, 0, 0, 3},
	{"the first one counts", INPUT("a:*:3::::::\na:*:4::::::\n"), 0, 0, 0, 3},
	{"a malformed first one decides", INPUT("b:*:2::::::\na:*:3\na:*:4::::::\n"), -EBADMSG,
	 VSEE_RECORD_FIELDS, 2, 0},
	{"no such name", INPUT("b:*:2::::::\nba:*:3::::::\n"), -ENOENT, 0, 0, 0},
	{"not in the middle of a line", INPUT("b:a:2::::::\n"), -ENOENT, 0, 0, 0},
	{"the name without a colon", INPUT("a\n"), -ENOENT, 0, 0, 0},
	{"an empty file", INPUT(""), -ENOENT, 0, 0, 0},
	{"unterminated", INPUT("b:*:2::::::\na:*:3::::::"), -EBADMSG, VSEE_RECORD_LINE, 2, 0},
	{"NUL inside", INPUT("a:\0*:3::::::\na:*:4::::::\n"), -EBADMSG, VSEE_RECORD_LINE, 1, 0},
	{"NUL in the neighbour", INPUT("b:\0*:2::::::\na:*:3::::::\n"), 0, 0, 0, 3},
	{"Latin-1 in the neighbour", INPUT("\xe4:*:2::::::\na:*:3::::::\n"), 0, 0, 0, 3},
	{"NIS lines are passed over", INPUT("+a:*:2::::::\n-a:*:2::::::\na:*:3::::::\n"), 0, 0, 0,
	 3},
};

static void check_find(void **state)
{
	const struct row *row = *state;
	enum vsee_record_fault fault = VSEE_RECORD_OK;
	struct vsee_shadow shadow;
	char path[40];
	uint64_t line = 0;
	autoclose int fd = make_file(row->file, row->size, path);

	assert_true(fd >= 0);
	assert_int_equal(vsee_shadow_find(path, "a", &shadow, &fault, &line), row->result);
	assert_int_equal(vsee_shadow_find(path, "a", &shadow, NULL, NULL), row->result);
	assert_int_equal(fault, row->fault);
	assert_int_equal(line, row->line);
	if (row->result == 0)
		assert_int_equal(shadow.aging.last_change, row->last_change);
}

static void over_long_lines(void **state)
{
	static const char tail[] = ":2::::::\na:*:3::::::\n";
	char text[VSEE_RECORD_LINE_MAX + 100], path[2][40];
	enum vsee_record_fault fault = VSEE_RECORD_OK;
	struct vsee_shadow shadow;
	uint64_t line = 0;

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, "b:", 2);
	memcpy(text + sizeof(text) - (sizeof(tail) - 1), tail, sizeof(tail) - 1);

	autoclose int neighbour = make_file(text, sizeof(text), path[0]);

	text[0] = 'a';

	autoclose int own = make_file(text, sizeof(text), path[1]);

	assert_true(neighbour >= 0 && own >= 0);
	assert_int_equal(vsee_shadow_find(path[0], "a", &shadow, &fault, &line), 0);
	assert_int_equal(shadow.aging.last_change, 3);
	assert_int_equal(vsee_shadow_find(path[1], "a", &shadow, &fault, &line), -EBADMSG);
	assert_int_equal(fault, VSEE_RECORD_LINE);
	assert_int_equal(line, 1);
}

static void names_that_no_line_has(void **state)
{
	static const char *const names[] = {"", "+", "+a", "-a", "#a", "a:", "a:*", "a/b", "a\nb"};
	static const char text[] = "+a:*:2::::::\n#a:*:1::::::\na:*:3::::::\n:*:4::::::\n";
	struct vsee_shadow shadow;
	char path[40];
	autoclose int fd = make_file(INPUT(text), path);

	(void)state;
	assert_true(fd >= 0);
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(vsee_shadow_find(path, names[i], &shadow, NULL, NULL), -ENOENT);
}

static void files_that_are_none(void **state)
{
	struct vsee_shadow shadow;
	struct vsee_passwd passwd;
	struct vsee_passwd_cursor cursor;

	(void)state;
	assert_int_equal(vsee_shadow_find("/nonexistent/shadow", "a", &shadow, NULL, NULL),
			 -ENOENT);
	assert_int_equal(vsee_passwd_find("/dev/null", "a", &passwd, NULL, NULL), -EINVAL);
	assert_int_equal(vsee_passwd_cursor_open("/", &cursor), -EINVAL);
}

#define ACCOUNTS "a:x:1:1:::\nb:x:2:2:::\nbad:x:y:3:::\nc:x:3:3:::\nd:x:4:4:::"

static struct cursor_row {
	const char *name;
	const char *searches[8];
	int results[8]; /* a uid, or an error */
} cursor_rows[] = {
	{"the same order", {"a", "b", "c", "d"}, {1, 2, 3, 4}},
	{"the reversed order", {"d", "c", "b", "a", "d"}, {4, 3, 2, 1, 4}},
	{"the same one again", {"b", "b", "b"}, {2, 2, 2}},
	{"missing at the start", {"e", "a"}, {-ENOENT, 1}},
	{"missing in between", {"b", "e", "c", "a"}, {2, -ENOENT, 3, 1}},
	{"missing at the end", {"d", "e", "d", "+"}, {4, -ENOENT, 4, -ENOENT}},
	{"malformed, and beyond", {"c", "bad", "bad", "c"}, {3, -EBADMSG, -EBADMSG, 3}},
};

static void check_cursor(void **state)
{
	const struct cursor_row *row = *state;
	struct vsee_passwd_cursor cursor = {.fd = -1};
	struct vsee_passwd passwd;
	char path[40];
	autoclose int fd = make_file(INPUT(ACCOUNTS), path);

	assert_true(fd >= 0);
	assert_int_equal(vsee_passwd_cursor_open(path, &cursor), 0);
	for (size_t i = 0; i < COUNT(row->searches) && row->searches[i]; i++) {
		const int r = vsee_passwd_cursor_find(&cursor, row->searches[i], &passwd);

		assert_int_equal(r, row->results[i] > 0 ? 0 : row->results[i]);
		if (r == 0)
			assert_int_equal(passwd.uid, row->results[i]);
	}
	vsee_passwd_cursor_clear(&cursor);
	vsee_passwd_cursor_clear(&cursor);
}

/* Counted in lines, because a clock would make the test depend on the machine. */
static void the_same_order_is_read_once(void **state)
{
	enum { ACCOUNT_COUNT = 20000 };
	static char text[ACCOUNT_COUNT * 24];
	struct vsee_passwd_cursor cursor = {.fd = -1};
	struct vsee_passwd passwd;
	char path[40], name[16];
	size_t size = 0;

	(void)state;
	for (int i = 0; i < ACCOUNT_COUNT; i++)
		size += (size_t)snprintf(text + size, sizeof(text) - size, "u%d:x:%d:1:::\n", i, i);

	autoclose int fd = make_file(text, size, path);

	assert_true(fd >= 0);
	assert_int_equal(vsee_passwd_cursor_open(path, &cursor), 0);
	for (int i = 0; i < ACCOUNT_COUNT; i++) {
		(void)snprintf(name, sizeof(name), "u%d", i);
		assert_int_equal(vsee_passwd_cursor_find(&cursor, name, &passwd), 0);
		assert_true(cursor.lines.number == (uint64_t)i + 1);
	}
	vsee_passwd_cursor_clear(&cursor);
}

static struct defs_row {
	const char *name, *file;
	size_t size;
	int result;
	uint64_t line;
	uid_t uid_min, uid_max;
} defs_rows[] = {
	{"nothing said", INPUT("# UID_MIN 5\nSYS_UID_MIN 7\n"), 0, 0, 1000, 60000},
	{"both, with tabs", INPUT("UID_MIN\t\t 500\nUID_MAX 70000 \n"), 0, 0, 500, 70000},
	{"unterminated, indented", INPUT("  UID_MIN 500"), 0, 0, 500, 60000},
	{"in quotes", INPUT("UID_MIN \"500\"\n"), 0, 0, 500, 60000},
	{"the last counts", INPUT("UID_MIN 5\nUID_MIN 6\n"), 0, 0, 6, 60000},
	{"a longer key", INPUT("UID_MINX 5\nUID_MIN_ 6\n"), 0, 0, 1000, 60000},
	{"a word", INPUT("\nUID_MAX many\n"), -EBADMSG, 2, 0, 0},
	{"nothing behind it", INPUT("UID_MAX  \n"), -EBADMSG, 1, 0, 0},
	{"octal", INPUT("UID_MIN 01750\n"), -EBADMSG, 1, 0, 0},
	{"negative", INPUT("UID_MIN -1\n"), -EBADMSG, 1, 0, 0},
	{"too large", INPUT("UID_MIN 4294967295\n"), -EBADMSG, 1, 0, 0},
};

static void check_defs(void **state)
{
	const struct defs_row *row = *state;
	uid_t uid_min = 77, uid_max = 77;
	uint64_t line = 0;
	char path[40];
	autoclose int fd = make_file(row->file, row->size, path);

	assert_true(fd >= 0);
	assert_int_equal(vsee_login_defs_read(path, &uid_min, &uid_max, &line), row->result);
	assert_int_equal(line, row->line);
	assert_int_equal(uid_min, row->result == 0 ? row->uid_min : 77);
	assert_int_equal(uid_max, row->result == 0 ? row->uid_max : 77);
}

static void no_login_defs(void **state)
{
	uid_t uid_min = 0, uid_max = 0;
	uint64_t line = 0;

	(void)state;
	assert_int_equal(vsee_login_defs_read("/nonexistent/login.defs", &uid_min, &uid_max, &line),
			 0);
	assert_int_equal(uid_min, 1000);
	assert_int_equal(uid_max, 60000);
	assert_int_equal(vsee_login_defs_read("/", &uid_min, &uid_max, &line), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(over_long_lines),
		cmocka_unit_test(names_that_no_line_has),
		cmocka_unit_test(files_that_are_none),
		cmocka_unit_test(the_same_order_is_read_once),
		cmocka_unit_test(no_login_defs),
	};
	struct CMUnitTest
		tests[COUNT(rows) + COUNT(cursor_rows) + COUNT(defs_rows) + COUNT(others)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_find, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(cursor_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = cursor_rows[i].name,
						     .test_func = check_cursor,
						     .initial_state = &cursor_rows[i]};
	for (size_t i = 0; i < COUNT(defs_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = defs_rows[i].name,
						     .test_func = check_defs,
						     .initial_state = &defs_rows[i]};
	for (size_t i = 0; i < COUNT(others); i++)
		tests[count++] = others[i];
	return cmocka_run_group_tests_name("lookup", tests, NULL, NULL);
}
