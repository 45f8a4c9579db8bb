/* What of a line of opasswd is taken over, and in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/entry.h"
#include "store/history.h"

#define SUN "$md5,rounds=5000$salt$$hash"
#define OWN "$5$a$own"

static const struct row {
	const char *name, *list;
	int expected;
	const char *entries; /* afterwards, oldest first, a blank behind each */
} rows[] = {
	{"oldest first, before ours", "$1$a$x,$5$a$y,$6$a$z", 3, "$1$a$x $5$a$y $6$a$z " OWN " "},
	{"one hash", "$5$a$x", 1, "$5$a$x " OWN " "},
	{"SunMD5 holds a comma", SUN, 1, SUN " " OWN " "},
	{"SunMD5 between others", "$1$a$x," SUN ",$5$a$y", 3, "$1$a$x " SUN " $5$a$y " OWN " "},
	{"two SunMD5", SUN "x," SUN "y", 2, SUN "x " SUN "y " OWN " "},
	{"locked SunMD5", "$1$a$x,!" SUN, 2, "$1$a$x " SUN " " OWN " "},
	{"SunMD5 without rounds", "$md5$salt$$hash,$5$a$x", 2, "$md5$salt$$hash $5$a$x " OWN " "},
	{"DES", "abJnggxhB/yWI,$5$a$x", 2, "abJnggxhB/yWI $5$a$x " OWN " "},
	{"a method unknown here", "$zz$a$x", 1, "$zz$a$x " OWN " "},
	{"locked hash", "!$5$a$x", 1, "$5$a$x " OWN " "},
	{"placeholders", "!!,*,$5$a$x,!,", 1, "$5$a$x " OWN " "},
	{"nothing", "", 0, OWN " "},
	{"commas only", ",,,", 0, OWN " "},
	{"known as an entry", OWN ",$5$a$x", 1, "$5$a$x " OWN " "},
	{"known as shadow's", "$5$a$x,$5$a$shadow", 1, "$5$a$x " OWN " "},
	{"known as bound", "$5$a$x,$5$a$bound", 1, "$5$a$x " OWN " "},
	{"twice: the younger place counts", "$5$a$x,$5$a$y,$5$a$x", 2, "$5$a$y $5$a$x " OWN " "},
	{"no hash among them", "$5$a$x,hello", -EBADMSG, OWN " "},
	{"half a SunMD5", "$5$a$x,$md5", -EBADMSG, OWN " "},
	{"the other half", "rounds=5000$salt$$hash", -EBADMSG, OWN " "},
	{"a blank", "$5$a$x,$5$a$y z", -EBADMSG, OWN " "},
	{"the whole line", "alice:1000:1:$5$a$x", -EBADMSG, OWN " "},
	{"a newline", "$5$a$x\n", -EBADMSG, OWN " "},
};

static struct vsee_account own_account(void)
{
	struct vsee_account account = vsee_account_empty("alice", 1000);

	strcpy(account.shadow_hash, "$5$a$shadow");
	strcpy(account.current, "$5$a$bound");
	assert_int_equal(vsee_history_add(&account, OWN, 1), 0);
	return account;
}

static void check_row(void **state)
{
	const struct row *row = *state;
	autoaccount struct vsee_account account = own_account();
	char entries[512] = {0};

	assert_int_equal(vsee_history_import(&account, row->list, strlen(row->list)),
			 row->expected);
	for (size_t i = 0; i < account.entry_count; i++) {
		const bool ours = i + 1 == account.entry_count;

		assert_int_equal(account.entries[i].replaced, ours ? 1 : VSEE_UNSET);
		strcat(strcat(entries, account.entries[i].hash), " ");
	}
	assert_string_equal(entries, row->entries);
}

static void nul_is_malformed(void **state)
{
	static const char list[] = "$5$a$x,$5$a$\0y";
	autoaccount struct vsee_account account = own_account();

	(void)state;
	assert_int_equal(vsee_history_import(&account, list, sizeof(list) - 1), -EBADMSG);
	assert_int_equal(account.entry_count, 1);
}

static void long_list_gives_its_youngest(void **state)
{
	enum { HASHES = 1000 };
	autoaccount struct vsee_account account = own_account();
	static char list[HASHES * 12];
	size_t size = 0;

	(void)state;
	for (int i = 0; i < HASHES; i++)
		size += (size_t)sprintf(list + size, "%s$5$a$%d", i ? "," : "", i);
	assert_int_equal(vsee_history_import(&account, list, size), VSEE_REMEMBER_MAX - 1);
	assert_int_equal(account.entry_count, VSEE_REMEMBER_MAX);
	assert_string_equal(account.entries[0].hash, "$5$a$601");
	assert_string_equal(account.entries[VSEE_REMEMBER_MAX - 2].hash, "$5$a$999");
	assert_string_equal(account.entries[VSEE_REMEMBER_MAX - 1].hash, OWN);
	assert_int_equal(vsee_history_import(&account, list, size), 0);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2] = {
		cmocka_unit_test(nul_is_malformed),
		cmocka_unit_test(long_list_gives_its_youngest),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 2] = (struct CMUnitTest){.name = rows[i].name,
						   .test_func = check_row,
						   .initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
