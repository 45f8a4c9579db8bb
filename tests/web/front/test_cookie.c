/* Our cookies among others, and the link cookie's value there and back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "cookie.h"

#define T40 "aB3_aB3_aB3_aB3_aB3_aB3_aB3_aB3_aB3_aB3_"
#define TOKEN T40 "-zQ"
#define DIGITS "0123456789abcdef0123456789abcdef"

struct row {
	const char *name, *header;
	int r;
	enum cookie cookie;
	const char *value; /* NULL: not there */
};

/* clang-format off */
static struct row rows[] = {
	{"no header", NULL, 0, COOKIE_DONE, NULL},
	{"an empty header", "", 0, COOKIE_DONE, NULL},
	{"alone", "__Host-vsee-done=1", 0, COOKIE_DONE, "1"},
	{"among others", "a=b; __Host-vsee-done=1;c=d", 0, COOKIE_DONE, "1"},
	{"no blank", "a=b;__Host-vsee-form=x;c=d", 0, COOKIE_FORM, "x"},
	{"many blanks", " \t __Host-vsee-link=x \t ; a=b", 0, COOKIE_LINK, "x"},
	{"empty", "__Host-vsee-link=", 0, COOKIE_LINK, ""},
	{"an equals sign in it", "__Host-vsee-link=a=b", 0, COOKIE_LINK, "a=b"},
	{"another case", "__host-vsee-link=a", 0, COOKIE_LINK, NULL},
	{"without its prefix", "vsee-link=a", 0, COOKIE_LINK, NULL},
	{"with a tail", "__Host-vsee-linked=a", 0, COOKIE_LINK, NULL},
	{"no value at all", "__Host-vsee-link", 0, COOKIE_LINK, NULL},
	{"another's value", "a=__Host-vsee-link=b", 0, COOKIE_LINK, NULL},
	{"another twice", "a=b; a=c; __Host-vsee-done=1", 0, COOKIE_DONE, "1"},
	{"twice", "__Host-vsee-done=1; __Host-vsee-done=1", -EINVAL, COOKIE_DONE, NULL},
	{"twice, empty first", "__Host-vsee-form=; a=b; __Host-vsee-form=x", -EINVAL, COOKIE_FORM, NULL},
	{"only separators", ";; ;=;", 0, COOKIE_DONE, NULL},
};

static struct link_row {
	const char *name, *value, *user; /* user NULL: refused */
} links[] = {
	{"a link", TOKEN ".alice", "alice"},
	{"a name with a dot", TOKEN ".a%2Eb", "a.b"},
	{"a name that needs no escape", TOKEN ".%61lice", NULL},
	{"a name with a bare dot", TOKEN ".a.b", NULL},
	{"no name", TOKEN ".", NULL},
	{"no dot", TOKEN, NULL},
	{"only the name", ".alice", NULL},
	{"nothing", "", NULL},
	{"a short token", T40 "-z.alice", NULL},
	{"a long token", TOKEN "A.alice", NULL},
	{"a token of other letters", T40 "+/=.alice", NULL},
	{"a name that is no name", TOKEN ".a%2Fb", NULL},
	{"a name that begins with a dash", TOKEN ".-a", NULL},
	{"a broken escape", TOKEN ".a%2", NULL},
	{"a NUL", TOKEN ".a%00", NULL},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;
	struct cookies cookies = {0};

	assert_int_equal(cookie_parse(row->header, &cookies), row->r);
	if (!row->value) {
		assert_null(cookies.values[row->cookie].text);
		return;
	}
	assert_non_null(cookies.values[row->cookie].text);
	assert_int_equal(cookies.values[row->cookie].size, strlen(row->value));
	assert_memory_equal(cookies.values[row->cookie].text, row->value, strlen(row->value));
}

static void check_link(void **state)
{
	const struct link_row *row = *state;
	const struct cookie_value value = {row->value, strlen(row->value)};
	char token[COOKIE_TOKEN_SIZE], name[VSEE_NAME_SIZE], text[COOKIE_LINK_SIZE];

	assert_int_equal(cookie_link_parse(&value, token, name), row->user ? 0 : -EINVAL);
	if (!row->user)
		return;
	assert_string_equal(name, row->user);
	cookie_link_print(token, name, text);
	assert_string_equal(text, row->value);
}

static void check_longest(void **state)
{
	char name[VSEE_NAME_SIZE], text[COOKIE_LINK_SIZE], line[COOKIE_LINE_SIZE];
	char token[COOKIE_TOKEN_SIZE], again[VSEE_NAME_SIZE];
	struct cookie_value value;

	(void)state;
	memset(name, '@', sizeof(name) - 1); /* each becomes three */
	name[sizeof(name) - 1] = '\0';
	cookie_link_print(TOKEN, name, text);
	value = (struct cookie_value){text, strlen(text)};
	assert_int_equal(cookie_link_parse(&value, token, again), 0);
	assert_string_equal(again, name);
	assert_int_equal(cookie_print(COOKIE_LINK, text, COOKIE_DAY_SECONDS, line), 0);
}

static void check_form_token(void **state)
{
	static const struct {
		const char *text;
		bool valid;
	} tokens[] = {
		{DIGITS, true},
		{"", false},
		{DIGITS "0", false},
		{&DIGITS[1], false},
		{"0123456789ABCDEF0123456789abcdef", false},
		{"0123456789abcdeg0123456789abcdef", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(tokens); i++) {
		const struct cookie_value value = {tokens[i].text, strlen(tokens[i].text)};

		assert_int_equal(cookie_form_valid(&value), tokens[i].valid);
	}
	assert_false(cookie_form_valid(&(struct cookie_value){0}));
}

static void check_print(void **state)
{
	char line[COOKIE_LINE_SIZE];

	(void)state;
	assert_int_equal(cookie_print(COOKIE_DONE, "1", 60, line), 0);
	assert_string_equal(line, "__Host-vsee-done=1; Max-Age=60; Path=/; Secure; HttpOnly; "
				  "SameSite=Lax");
	assert_int_equal(cookie_print(COOKIE_FORM, NULL, 60, line), 0);
	assert_string_equal(line, "__Host-vsee-form=; Max-Age=0; Path=/; Secure; HttpOnly; "
				  "SameSite=Lax");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(links) + 3];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(links); i++)
		tests[count++] = (struct CMUnitTest){
			.name = links[i].name, .test_func = check_link, .initial_state = &links[i]};
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_longest);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_form_token);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_print);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
