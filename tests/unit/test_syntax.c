/* Addresses, paths and servers: what goes into mails, files and connections, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "store/syntax.h"

#define A63 "aaaaaaaabbbbbbbbccccccccddddddddaaaaaaaabbbbbbbbccccccccddddddd"
#define D189 A63 "." A63 "." A61
#define A61 "aaaaaaaabbbbbbbbccccccccddddddddaaaaaaaabbbbbbbbccccccccddddd"

typedef bool syntax(const char *text, size_t size);

static struct row {
	const char *name;
	syntax *is;
	const char *text;
	bool good;
} rows[] = {
	{"a plain address", vsee_syntax_address, "a@b.c", true},
	{"every atom character", vsee_syntax_address, "a.!#$%&'*+-/=?^_`{|}~9@b", true},
	{"a local part of 64 bytes", vsee_syntax_address, A63 "a@b.c", true},
	{"a local part of 65 bytes", vsee_syntax_address, A63 "aa@b.c", false},
	{"254 bytes", vsee_syntax_address, A63 "a@" D189, true},
	{"255 bytes", vsee_syntax_address, A63 "a@" D189 "a", false},
	{"no local part", vsee_syntax_address, "@b.c", false},
	{"no domain", vsee_syntax_address, "a@", false},
	{"no @", vsee_syntax_address, "a", false},
	{"two @", vsee_syntax_address, "a@b@c", false},
	{"a dot first", vsee_syntax_address, ".a@b", false},
	{"a dot last", vsee_syntax_address, "a.@b", false},
	{"two dots", vsee_syntax_address, "a..b@c", false},
	{"quotes", vsee_syntax_address, "\"a\"@b", false},
	{"a blank", vsee_syntax_address, "a b@c", false},
	{"a comma", vsee_syntax_address, "a@b,c@d", false},
	{"angle brackets", vsee_syntax_address, "<a@b>", false},
	{"a literal", vsee_syntax_address, "a@[127.0.0.1]", false},
	{"a line feed", vsee_syntax_address, "a@b\r\nRCPT TO:<x>", false},
	{"a line feed at the end", vsee_syntax_address, "a@b\n", false},
	{"an international domain", vsee_syntax_address, "a@\xc3\xbc", false},
	{"an international local part", vsee_syntax_address, "\xc3\xbc@a", false},
	{"no address at all", vsee_syntax_address, "", false},
	{"an absolute path", vsee_syntax_path, "/a b/\xc3\xbc", true},
	{"a relative path", vsee_syntax_path, "a/b", false},
	{"a path with a line feed", vsee_syntax_path, "/a\nb", false},
	{"no path at all", vsee_syntax_path, "", false},
	{"a server", vsee_syntax_smtp, "smtp://a.b", true},
	{"a server with TLS and a port", vsee_syntax_smtp, "smtps://a:465", true},
	{"an address of IPv6", vsee_syntax_smtp, "smtp://[::1]:25", true},
	{"a folder", vsee_syntax_smtp, "maildir:/a", true},
	{"a folder without a path", vsee_syntax_smtp, "maildir:", false},
	{"a folder with a relative path", vsee_syntax_smtp, "maildir:a", false},
	{"a folder as an address", vsee_syntax_smtp, "maildir://a", true},
	{"a user", vsee_syntax_smtp, "smtp://u@a", false},
	{"a path behind a server", vsee_syntax_smtp, "smtp://a/", false},
	{"no server", vsee_syntax_smtp, "smtp://", false},
	{"another scheme", vsee_syntax_smtp, "http://a", false},
	{"port 0", vsee_syntax_smtp, "smtp://a:0", false},
	{"port 65536", vsee_syntax_smtp, "smtp://a:65536", false},
};

static void check(void **state)
{
	const struct row *row = *state;
	const size_t size = strlen(row->text);
	autofree char *copy = malloc(size > 0 ? size : 1); /* sanitizers watch its end */

	assert_non_null(copy);
	memcpy(copy, row->text, size);
	assert_int_equal(row->is(copy, size), row->good);
}

static void a_nul_is_in_no_form(void **state)
{
	(void)state;
	assert_false(vsee_syntax_address("a\0b@c", 5));
	assert_false(vsee_syntax_address("a@b\0c", 5));
	assert_false(vsee_syntax_path("/a\0b", 4));
	assert_false(vsee_syntax_smtp("smtp://a\0", 9));
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 1] = {cmocka_unit_test(a_nul_is_in_no_form)};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
