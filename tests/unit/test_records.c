#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/records.h"

#define U VSEE_UNSET
#define MAX VSEE_DAY_MAX
#define HASH "$y$j9T$abcdefgh$0123456789"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X510 X50 X50 X50 X50 X50 X50 X50 X50 X50 X50 "xxxxxxxxxx"
#define DIGITS30 "999999999999999999999999999999"

static struct row {
	const char *name, *line;
	enum vsee_record_fault fault;
	struct vsee_aging aging;
} rows[] = {
	{"a full line",
	 "a:" HASH ":20700:1:60:7:30:21000:",
	 VSEE_RECORD_OK,
	 {20700, 1, 60, 7, 30, 21000, VSEE_PASSWORD_USABLE}},
	{"all fields empty", "a::::::::", VSEE_RECORD_OK, {U, U, U, U, U, U, VSEE_PASSWORD_EMPTY}},
	{"-1 is empty",
	 "a:*:-1:-1:-1:-1:-1:-1:",
	 VSEE_RECORD_OK,
	 {U, U, U, U, U, U, VSEE_PASSWORD_LOCKED}},
	{"zeros", "a:!:0:0:0:0:0:0:0", VSEE_RECORD_OK, {0, 0, 0, 0, 0, 0, VSEE_PASSWORD_LOCKED}},
	{"too large saturates",
	 "a:x:4000001:" DIGITS30 ":4000000:9223372036854775808:3999999:7:",
	 VSEE_RECORD_OK,
	 {MAX, MAX, MAX, MAX, 3999999, 7, VSEE_PASSWORD_LOCKED}},
	{"-2 is no number", "a:*:-2::::::", VSEE_RECORD_NUMBER, {0}},
	{"a letter", "a:*:1:2:3x::::", VSEE_RECORD_NUMBER, {0}},
	{"a blank", "a:*: 1::::::", VSEE_RECORD_NUMBER, {0}},
	{"thirty digits and x", "a:*:" DIGITS30 "x::::::", VSEE_RECORD_NUMBER, {0}},
	{"a letter in the last", "a:*:1::::::f", VSEE_RECORD_NUMBER, {0}},
	{"eight fields", "a:*:1:::::", VSEE_RECORD_FIELDS, {0}},
	{"ten fields", "a:*:1:::::::", VSEE_RECORD_FIELDS, {0}},
	{"nothing", "", VSEE_RECORD_FIELDS, {0}},
	{"no name", ":*:1::::::", VSEE_RECORD_NAME, {0}},
	{"a slash in the name", "a/b:*:1::::::", VSEE_RECORD_NAME, {0}},
	{"NIS", "+::::::::", VSEE_RECORD_NAME, {0}},
	{"longest hash",
	 "a:x" X510 ":1::::::",
	 VSEE_RECORD_OK,
	 {1, U, U, U, U, U, VSEE_PASSWORD_LOCKED}},
	{"hash too long", "a:xx" X510 ":1::::::", VSEE_RECORD_HASH, {0}},
	{"control in the hash", "a:x\x1b:1::::::", VSEE_RECORD_HASH, {0}},
	{"UTF-8 in the hash", "a:\xc3\xa4:1::::::", VSEE_RECORD_HASH, {0}},
};

static struct vsee_line line_of(const char *text, enum vsee_line_fault fault)
{
	return (struct vsee_line){.text = text, .size = strlen(text), .number = 1, .fault = fault};
}

static void check_shadow(void **state)
{
	const struct row *row = *state;
	const struct vsee_line line = line_of(row->line, VSEE_LINE_OK);
	struct vsee_shadow shadow = {.name = "untouched"};

	assert_int_equal(vsee_shadow_parse(&line, &shadow), row->fault);
	if (row->fault != VSEE_RECORD_OK) {
		assert_string_equal(shadow.name, "untouched");
		return;
	}
	assert_string_equal(shadow.name, "a");
	assert_int_equal(strncmp(shadow.hash, row->line + 2, strlen(shadow.hash)), 0);
	assert_int_equal(row->line[2 + strlen(shadow.hash)], ':');
	assert_int_equal(shadow.aging.last_change, row->aging.last_change);
	assert_int_equal(shadow.aging.min_days, row->aging.min_days);
	assert_int_equal(shadow.aging.max_days, row->aging.max_days);
	assert_int_equal(shadow.aging.warn_days, row->aging.warn_days);
	assert_int_equal(shadow.aging.inactive_days, row->aging.inactive_days);
	assert_int_equal(shadow.aging.expire, row->aging.expire);
	assert_int_equal(shadow.aging.password, row->aging.password);
}

static struct passwd_row {
	const char *name, *line;
	enum vsee_record_fault fault;
	uid_t uid;
	gid_t gid;
	const char *gecos;
} passwd_rows[] = {
	{"passwd: a full line", "a:x:1000:100:A B,,,:/home/a:/bin/sh", VSEE_RECORD_OK, 1000, 100,
	 "A B,,,"},
	{"passwd: empty fields", "a::0:0:::", VSEE_RECORD_OK, 0, 0, ""},
	{"passwd: UTF-8", "a:x:1:1:\xc3\xa4::", VSEE_RECORD_OK, 1, 1, "\xc3\xa4"},
	{"passwd: Latin-1 is dropped", "a:x:1:1:\xe4::", VSEE_RECORD_OK, 1, 1, ""},
	{"passwd: so is an over-long form", "a:x:1:1:\xc0\xaf::", VSEE_RECORD_OK, 1, 1, ""},
	{"passwd: a surrogate", "a:x:1:1:\xed\xa0\x80::", VSEE_RECORD_OK, 1, 1, ""},
	{"passwd: cut UTF-8", "a:x:1:1:\xe2\x82::", VSEE_RECORD_OK, 1, 1, ""},
	{"passwd: greatest uid", "a:x:4294967294:1:::", VSEE_RECORD_OK, 4294967294U, 1, ""},
	{"passwd: uid -1", "a:x:4294967295:1:::", VSEE_RECORD_NUMBER, 0, 0, NULL},
	{"passwd: empty uid", "a:x::1:::", VSEE_RECORD_NUMBER, 0, 0, NULL},
	{"passwd: negative gid", "a:x:1:-1:::", VSEE_RECORD_NUMBER, 0, 0, NULL},
	{"passwd: six fields", "a:x:1:1::", VSEE_RECORD_FIELDS, 0, 0, NULL},
	{"passwd: eight fields", "a:x:1:1::::", VSEE_RECORD_FIELDS, 0, 0, NULL},
	{"passwd: a bad name", "a b:x:1:1:::", VSEE_RECORD_NAME, 0, 0, NULL},
};

static void check_passwd(void **state)
{
	const struct passwd_row *row = *state;
	const struct vsee_line line = line_of(row->line, VSEE_LINE_UNTERMINATED);
	struct vsee_passwd passwd = {.name = "untouched"};

	assert_int_equal(vsee_passwd_parse(&line, &passwd), row->fault);
	assert_string_equal(passwd.name, row->fault == VSEE_RECORD_OK ? "a" : "untouched");
	if (row->fault != VSEE_RECORD_OK)
		return;
	assert_int_equal(passwd.uid, row->uid);
	assert_int_equal(passwd.gid, row->gid);
	assert_string_equal(passwd.gecos, row->gecos);
}

static void line_faults_refuse(void **state)
{
	const char *const shadow_text = "a:*:1::::::", *const passwd_text = "a:x:1:1:::";
	struct vsee_shadow shadow;
	struct vsee_passwd passwd;
	struct vsee_line line;

	(void)state;
	for (int fault = VSEE_LINE_LONG; fault <= VSEE_LINE_UNTERMINATED; fault++) {
		line = line_of(shadow_text, (enum vsee_line_fault)fault);
		assert_int_equal(vsee_shadow_parse(&line, &shadow), VSEE_RECORD_LINE);
		line = line_of(passwd_text, (enum vsee_line_fault)fault);
		assert_int_equal(vsee_passwd_parse(&line, &passwd), fault == VSEE_LINE_UNTERMINATED
									    ? VSEE_RECORD_OK
									    : VSEE_RECORD_LINE);
	}
}

static struct hash_row {
	const char *hash;
	enum vsee_password kind;
} hash_rows[] = {
	{"", VSEE_PASSWORD_EMPTY},
	{"*", VSEE_PASSWORD_LOCKED},
	{"!", VSEE_PASSWORD_LOCKED},
	{"!!", VSEE_PASSWORD_LOCKED},
	{"!" HASH, VSEE_PASSWORD_LOCKED},
	{"*LK*", VSEE_PASSWORD_LOCKED},
	{"x", VSEE_PASSWORD_LOCKED},
	{"x" HASH, VSEE_PASSWORD_LOCKED},
	{HASH, VSEE_PASSWORD_USABLE},
	{"$6$salt$hash", VSEE_PASSWORD_USABLE},
	{"$6$rounds=5000$salt$ha/s.h", VSEE_PASSWORD_USABLE},
	{"$2b$12$saltandhash", VSEE_PASSWORD_USABLE},
	{"$3$$8846f7eaee8fb117ad06bdd830b7586c", VSEE_PASSWORD_USABLE},
	{"$md5,rounds=904$salt$$hash", VSEE_PASSWORD_USABLE},
	{"$6$salt", VSEE_PASSWORD_LOCKED},
	{"$6$salt$", VSEE_PASSWORD_LOCKED},
	{"$$$$", VSEE_PASSWORD_LOCKED},
	{"$6$sa*t$hash", VSEE_PASSWORD_LOCKED},
	{"$6$sa t$hash", VSEE_PASSWORD_LOCKED},
	{"ab./0189AZaz.", VSEE_PASSWORD_USABLE},
	{"ab./0189AZaz", VSEE_PASSWORD_LOCKED},
	{"ab./0189AZaz-", VSEE_PASSWORD_LOCKED},
	{"_J9..rasmBYk8r9AiWNc", VSEE_PASSWORD_USABLE},
	{"_J9..rasmBYk8r9AiWN", VSEE_PASSWORD_LOCKED},
	{"_J9..rasmBYk8r9AiWN_", VSEE_PASSWORD_LOCKED},
	{"NP", VSEE_PASSWORD_LOCKED},
};

static void check_hash(void **state)
{
	const struct hash_row *row = *state;

	assert_int_equal(vsee_hash_kind(row->hash), row->kind);
}

static void silent_lines(void **state)
{
	static const struct {
		const char *text;
		bool silent;
	} lines[] = {
		{"", true},    {"  \t", true},	 {"#a:*:1::::::", true}, {" # x", true},
		{"+", true},   {"+@g:::", true}, {"-a::::::::", true},	 {"a", false},
		{" +", false}, {":", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		const struct vsee_line line = line_of(lines[i].text, VSEE_LINE_OK);

		assert_int_equal(vsee_record_silent(&line), lines[i].silent);
	}
}

static void each_fault_has_its_text(void **state)
{
	(void)state;
	for (unsigned i = 0; i <= VSEE_RECORD_COUNT; i++)
		for (unsigned j = 0; j < i; j++)
			assert_string_not_equal(vsee_record_fault_text((enum vsee_record_fault)i),
						vsee_record_fault_text((enum vsee_record_fault)j));
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(line_faults_refuse),
		cmocka_unit_test(silent_lines),
		cmocka_unit_test(each_fault_has_its_text),
	};
	struct CMUnitTest
		tests[COUNT(rows) + COUNT(passwd_rows) + COUNT(hash_rows) + COUNT(others)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_shadow, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(passwd_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = passwd_rows[i].name,
						     .test_func = check_passwd,
						     .initial_state = &passwd_rows[i]};
	for (size_t i = 0; i < COUNT(hash_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = hash_rows[i].hash,
						     .test_func = check_hash,
						     .initial_state = &hash_rows[i]};
	for (size_t i = 0; i < COUNT(others); i++)
		tests[count++] = others[i];
	return cmocka_run_group_tests_name("records", tests, NULL, NULL);
}
