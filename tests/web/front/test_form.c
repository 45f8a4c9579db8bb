/* The decoder of forms: exact to the byte, and nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "form.h"

#define ALL ((1U << FORM_FIELDS) - 1)

struct row {
	const char *name, *text;
	size_t size; /* 0: strlen(text) */
	unsigned allowed;
	int r;
	enum form_field field;
	const char *value; /* NULL: not sent */
};

/* clang-format off */
static struct row rows[] = {
	{"nothing", "", 0, ALL, 0, FORM_USER, NULL},
	{"one field", "user=alice", 0, ALL, 0, FORM_USER, "alice"},
	{"an empty value", "user=", 0, ALL, 0, FORM_USER, ""},
	{"not sent", "user=alice", 0, ALL, 0, FORM_NEW, NULL},
	{"the last of many", "user=a&current=b&new=c&confirm=d&form=e&lang=f", 0, ALL, 0, FORM_LANG, "f"},
	{"plus is a blank", "new=+a++b+", 0, ALL, 0, FORM_NEW, " a  b "},
	{"an encoded plus", "new=%2B", 0, ALL, 0, FORM_NEW, "+"},
	{"an encoded ampersand", "new=a%26user%3Db", 0, ALL, 0, FORM_NEW, "a&user=b"},
	{"an encoded percent", "new=%2541", 0, ALL, 0, FORM_NEW, "%41"},
	{"either case of digits", "new=%2f%2F", 0, ALL, 0, FORM_NEW, "//"},
	{"an equals sign in the value", "new=a=b==", 0, ALL, 0, FORM_NEW, "a=b=="},
	{"controls that are encoded", "new=%01%09%0D%0A%7F", 0, ALL, 0, FORM_NEW, "\x01\t\r\n\x7f"},
	{"UTF-8, encoded", "new=%F0%9F%98%80%C3%A9", 0, ALL, 0, FORM_NEW, "\xf0\x9f\x98\x80\xc3\xa9"},
	{"UTF-8, bare", "new=\xc3\xa9", 0, ALL, 0, FORM_NEW, "\xc3\xa9"},
	{"a link's token", "user=a&token=t", 0, ALL, 0, FORM_LINK, "t"},
	{"an unknown field", "user=a&x=b", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a field not allowed here", "user=a&token=b", 0, FORM_BIT(FORM_USER), -EINVAL, FORM_USER, NULL},
	{"a field twice", "user=a&user=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a field twice, empty", "user=&user=", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a name in capitals", "User=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a name that is encoded", "%75ser=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a name with a tail", "users=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a name cut short", "use=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"no name", "=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"no equals sign", "user", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"an ampersand alone", "&", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"an ampersand before", "&user=a", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"an ampersand behind", "user=a&", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"two ampersands", "user=a&&new=b", 0, ALL, -EINVAL, FORM_USER, NULL},
	{"a semicolon parts nothing", "user=a;new=b", 0, ALL, 0, FORM_USER, "a;new=b"},
	{"percent and no digit", "new=%", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"percent and one digit", "new=%4", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"percent and a digit of the next", "new=%4&user=a", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"percent and a letter", "new=%4g", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"percent and a sign", "new=%+1", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"NUL, encoded", "new=a%00b", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"NUL, bare", "new=a\0b", 7, ALL, -EINVAL, FORM_NEW, NULL},
	{"a bare newline", "new=a\n", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"a bare DEL", "new=\x7f", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"half of a character", "new=%C3", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"a character over two fields", "new=%C3&confirm=%A9", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"an over-long form", "new=%C0%AF", 0, ALL, -EINVAL, FORM_NEW, NULL},
	{"a surrogate", "new=%ED%A0%80", 0, ALL, -EINVAL, FORM_NEW, NULL},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;
	const size_t size = row->size ? row->size : strlen(row->text);
	autoform struct form form = {0};

	assert_int_equal(form_decode(row->text, size, row->allowed, &form), row->r);
	if (!row->value) {
		assert_null(form.values[row->field].text);
		assert_string_equal(form_text(&form, row->field), "");
		return;
	}
	assert_string_equal(form_text(&form, row->field), row->value);
	assert_int_equal(form.values[row->field].length, strlen(row->value));
}

static void check_size(void **state)
{
	static char text[FORM_BYTES_MAX + 2];

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "new=", 4);
	for (size_t size = FORM_BYTES_MAX - 1; size <= FORM_BYTES_MAX + 1; size++) {
		autoform struct form form = {0};

		assert_int_equal(form_decode(text, size, ALL, &form),
				 size > FORM_BYTES_MAX ? -EINVAL : 0);
	}
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 1];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(check_size);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
