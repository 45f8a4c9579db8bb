#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/name.h"

#define TEN "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN
#define LONGEST FIFTY FIFTY FIFTY FIFTY FIFTY "aaaaa" /* 255 bytes */

static struct row {
	const char *name, *account;
	const char *file_name; /* NULL: no valid name */
} rows[] = {
	{"plain", "alice_B-7", "alice_B-7"},
	{"one letter", "a", "a"},
	{"a dot inside", "a.b", "a%2Eb"},
	{"a dot in front", ".a", "%2Ea"},
	{"a dollar (Samba machines)", "host$", "host%24"},
	{"a percent sign", "a%2Eb", "a%252Eb"},
	{"a back-slash and at", "D\\u@x", "D%5Cu%40x"},
	{"minus and plus inside", "a-b+c", "a-b%2Bc"},
	{"three dots", "...", "%2E%2E%2E"},
	{"255 bytes", LONGEST, LONGEST},
	{"256 bytes", LONGEST "a", NULL},
	{"empty", "", NULL},
	{"dot", ".", NULL},
	{"dot dot", "..", NULL},
	{"leading minus", "-a", NULL},
	{"leading plus", "+a", NULL},
	{"a slash", "a/b", NULL},
	{"a colon", "a:b", NULL},
	{"a comma", "a,b", NULL},
	{"a blank", "a b", NULL},
	{"a newline", "a\n", NULL},
	{"delete", "a\x7f", NULL},
	{"UTF-8", "\xc3\xa4", NULL},
};

static void check(void **state)
{
	const struct row *row = *state;
	char file_name[VSEE_FILE_NAME_SIZE], account[VSEE_NAME_SIZE];

	assert_int_equal(vsee_name_valid(row->account), row->file_name != NULL);
	if (!row->file_name)
		return;
	vsee_name_escape(row->account, file_name);
	assert_string_equal(file_name, row->file_name);
	assert_int_equal(vsee_name_unescape(file_name, account), 0);
	assert_string_equal(account, row->account);
}

static void check_size(void **state)
{
	(void)state;
	assert_true(vsee_name_valid_sized("alice:x", 5));
	assert_false(vsee_name_valid_sized("alice:x", 6));
	assert_false(vsee_name_valid_sized("al\0ce", 5));
}

static void check_unescape(void **state)
{
	static const char *const bad[] = {
		"",    ".",   "a.damaged", ".a.tmp",	"a%",	  "a%2",
		"%2e", "%61", "%00",	   "%3A",	"%2Da",	  "a b",
		"%",   "%zz", "a/b",	   LONGEST "a", "%2E%2E", "\xc3\xa4",
	};
	char account[VSEE_NAME_SIZE] = "untouched";

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(vsee_name_unescape(bad[i], account), -EINVAL);
		assert_string_equal(account, "untouched");
	}
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(check_size);
	tests[COUNT(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(check_unescape);
	return cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
