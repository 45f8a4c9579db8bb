/* Lines of an account's state, good and bad, and which of them is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/account.h"

#define HASH "$6$saltsalt$abcdefghijklmnopqrstuvwxyz"
#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X200 X100 X100
#define X511 X100 X100 X100 X100 X100 X10 "x"

static const struct row {
	const char *name, *text;
	unsigned bad_line; /* 0: all good */
} rows[] = {
	{"least file", "vsee-account 1\nuid 7\nend\n", 0},
	{"all days", "vsee-account 1\nuid 7\nseen unset\ntold none\nlifetime never\nfloor 0\nend\n",
	 0},
	{"latest day", "vsee-account 1\nuid 7\nseen 1099511627776\nend\n", 0},
	{"a day too late", "vsee-account 1\nuid 7\nseen 1099511627777\nend\n", 3},
	{"a negative day", "vsee-account 1\nuid 7\nseen -1\nend\n", 3},
	{"no day", "vsee-account 1\nuid 7\nseen \nend\n", 3},
	{"no value", "vsee-account 1\nuid 7\nseen\nend\n", 3},
	{"two blanks", "vsee-account 1\nuid 7\nseen  1\nend\n", 3},
	{"blank at the end", "vsee-account 1\nuid 7\nseen 1 \nend\n", 3},
	{"empty line", "vsee-account 1\nuid 7\n\nend\n", 3},
	{"unknown fact", "vsee-account 1\nuid 7\nfoo 1\nend\n", 3},
	{"a fact twice", "vsee-account 1\nuid 7\nseen 1\nseen 1\nend\n", 4},
	{"unknown word", "vsee-account 1\nuid 7\nreason because\nend\n", 3},
	{"number for a word", "vsee-account 1\nuid 7\nenrolled 1\nend\n", 3},
	{"negative uid", "vsee-account 1\nuid -1\nend\n", 2},
	{"uid of nobody at all", "vsee-account 1\nuid 4294967295\nend\n", 2},
	{"no uid", "vsee-account 1\nend\n", 3},
	{"a name that can't be", "vsee-account 1\nname a/b\nuid 7\nend\n", 2},
	{"carriage returns", "vsee-account 1\r\nuid 7\nend\n", 1},
	{"nothing behind the end", "vsee-account 1\nuid 7\nend\nseen 1\n", 4},
	{"two ends", "vsee-account 1\nuid 7\nend\nend\n", 4},
	{"no end", "vsee-account 1\nuid 7\n", 3},
	{"end cut off", "vsee-account 1\nuid 7\nend", 3},
	{"empty file", "", 1},
	{"no header", "uid 7\nend\n", 1},
	{"version 0", "vsee-account 0\nuid 7\nend\n", 1},
	{"version 01", "vsee-account 01\nuid 7\nend\n", 1},
	{"no version", "vsee-account \nuid 7\nend\n", 1},
	{"header of another file", "vsee-policy 1\nuid 7\nend\n", 1},
	{"entry without a day", "vsee-account 1\nuid 7\nentry " HASH "\nend\n", 3},
	{"entry without a hash", "vsee-account 1\nuid 7\nentry 1\nend\n", 3},
	{"entry with two hashes", "vsee-account 1\nuid 7\nentry 1 a b\nend\n", 3},
	{"hash with a colon", "vsee-account 1\nuid 7\nhash a:b\nend\n", 3},
	{"hash with a tab", "vsee-account 1\nuid 7\nhash a\tb\nend\n", 3},
	{"hash not in ASCII", "vsee-account 1\nuid 7\nhash a\xc3\xa4\nend\n", 3},
	{"longest hash", "vsee-account 1\nuid 7\nhash " X511 "\nend\n", 0},
	{"hash too long", "vsee-account 1\nuid 7\nhash " X511 "x\nend\n", 3},
	{"entry too long", "vsee-account 1\nuid 7\nentry 1 " X511 "x\nend\n", 3},
	{"setting without machine-id", "vsee-account 1\nuid 7\nsetting - $5$a\nend\n", 0},
	{"setting without its text", "vsee-account 1\nuid 7\nsetting abc\nend\n", 3},
	{"machine-id too long", "vsee-account 1\nuid 7\nsetting " X10 X10 X10 X10 " $5$a\nend\n",
	 3},
	{"a reason with blanks", "vsee-account 1\nuid 7\nextension-reason  a b \nend\n", 0},
	{"a reason without text", "vsee-account 1\nuid 7\nextension-reason \nend\n", 3},
	{"a reason with an escape", "vsee-account 1\nuid 7\nextension-reason a\x1b[m\nend\n", 3},
	{"a reason in no UTF-8", "vsee-account 1\nuid 7\nextension-reason \xff\nend\n", 3},
	{"a reason too long", "vsee-account 1\nuid 7\nextension-reason " X200 "x\nend\n", 3},
	{"longest reason", "vsee-account 1\nuid 7\nextension-reason " X200 "\nend\n", 0},
	{"first bad line is told", "vsee-account 1\nfoo\nuid 7\nbar\nend\n", 2},
};

static void check_row(void **state)
{
	const struct row *row = *state;
	autoaccount struct vsee_account account = {0};
	unsigned line = 0;
	const int r = vsee_account_parse(row->text, strlen(row->text), &account, &line);

	assert_int_equal(r, row->bad_line ? -EBADMSG : 0);
	assert_int_equal(line, row->bad_line);
	if (strstr(row->text, "uid 7"))
		assert_int_equal(account.uid, 7);
	assert_string_equal(account.current, "");
}

static void newer_version_is_not_read(void **state)
{
	static const char *const texts[] = {"vsee-account 2\n", "vsee-account 10\nuid 7\nend\n",
					    "vsee-account 99999999999999999999999\nentry 1 a\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct vsee_account account;
		unsigned line;

		assert_int_equal(vsee_account_parse(texts[i], strlen(texts[i]), &account, &line),
				 -EPROTONOSUPPORT);
	}
}

static void nul_costs_its_line_only(void **state)
{
	static const char text[] = "vsee-account 1\nuid 7\nentry 1 a\0b\nentry 2 c\n\0\nend\n";
	autoaccount struct vsee_account account = {0};
	unsigned line;

	(void)state;
	assert_int_equal(vsee_account_parse(text, sizeof(text) - 1, &account, &line), -EBADMSG);
	assert_int_equal(line, 3);
	assert_int_equal(account.entry_count, 1);
	assert_string_equal(account.entries[0].hash, "c");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2] = {
		cmocka_unit_test(newer_version_is_not_read),
		cmocka_unit_test(nul_costs_its_line_only),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 2] = (struct CMUnitTest){.name = rows[i].name,
						   .test_func = check_row,
						   .initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
