#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

static struct row {
	const char *name, *text;
	int64_t min, max;
	int result;
	int64_t number;
} rows[] = {
	{"zero", "0", 0, 10, 0, 0},
	{"leading zeros are allowed", "007", 0, 10, 0, 7},
	{"the least", "5", 5, 10, 0, 5},
	{"the greatest", "10", 5, 10, 0, 10},
	{"below the least", "4", 5, 10, -ERANGE, 0},
	{"above the greatest", "11", 5, 10, -ERANGE, 0},
	{"the greatest of the type", "9223372036854775807", 0, INT64_MAX, 0, INT64_MAX},
	{"one more overflows", "9223372036854775808", 0, INT64_MAX, -ERANGE, 0},
	{"thirty digits overflow", "999999999999999999999999999999", 0, INT64_MAX, -ERANGE, 0},
	{"overflow, then a letter", "99999999999999999999999999999x", 0, INT64_MAX, -EINVAL, 0},
	{"nothing", "", 0, 10, -EINVAL, 0},
	{"a minus", "-1", 0, 10, -EINVAL, 0},
	{"a plus", "+1", 0, 10, -EINVAL, 0},
	{"a blank before", " 1", 0, 10, -EINVAL, 0},
	{"a blank behind", "1 ", 0, 10, -EINVAL, 0},
	{"hexadecimal", "0x1", 0, 10, -EINVAL, 0},
	{"a byte above 127", "1\xb2", 0, 10, -EINVAL, 0},
};

static void check(void **state)
{
	const struct row *row = *state;
	int64_t number = -77;

	assert_int_equal(
		vsee_number_parse(row->text, strlen(row->text), row->min, row->max, &number),
		row->result);
	assert_int_equal(number, row->result == 0 ? row->number : -77);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
