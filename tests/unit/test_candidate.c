/* A typed password against hashes: what matches, what can't be said, what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <crypt.h>
#include <errno.h>
#include <string.h>

#include "memory.h"
#include "store/candidate.h"

#define SETTING "$5$rounds=1000$abcdefgh"

static char made[6][VSEE_HASH_SIZE];

/* Hashes of "secret", by crypt(3) itself. */
static int make_hashes(void **state)
{
	static const char *const settings[] = {
		SETTING, "$2b$04$abcdefghijklmnopqrstuu", "$1$abcdefgh",
		"ab",	 "$y$j75$abcdefghijklmnopqrstu.", SETTING};
	struct crypt_data *data = calloc(1, sizeof(*data));

	(void)state;
	if (!data)
		return -1;
	/*
	 * Asking crypt_checksalt() also keeps libcrypt in the sanitized program: AddressSanitizer
	 * has a crypt_r() of its own, which calls the true one and crashes where that is missing.
	 */
	for (size_t i = 0; i < COUNT(settings); i++) {
		assert_int_not_equal(crypt_checksalt(settings[i]), CRYPT_SALT_INVALID);
		(void)snprintf(made[i], sizeof(made[i]), "%s%s", i == 5 ? "!" : "",
			       crypt_r("secret", settings[i], data));
	}
	free(data);
	return 0;
}

static const struct row {
	const char *name, *password, *hash;
	int expected;
} rows[] = {
	{"the password, sha256crypt", "secret", made[0], 1},
	{"the password, bcrypt", "secret", made[1], 1},
	{"the password, md5crypt", "secret", made[2], 1},
	{"the password, DES", "secret", made[3], 1},
	{"the password, yescrypt", "secret", made[4], 1},
	{"the password of a locked account", "secret", made[5], 1},
	{"another password", "Secret", made[0], 0},
	{"another password, bcrypt", "Secret", made[1], 0},
	{"an empty password", "", made[0], 0},
	{"a hash cut short is no miss", "secret", SETTING "$1Ax0rxNZO2SGCdGPXCaMk", -EOPNOTSUPP},
	{"a setting alone is no hash", "secret", SETTING, -EOPNOTSUPP},
	{"an unknown method", "secret", "$zz$abcdefgh$hashhashhash", -EOPNOTSUPP},
	{"failure token *0 is no match", "secret", "*0", -EOPNOTSUPP},
	{"failure token *1 is no match", "secret", "*1", -EOPNOTSUPP},
	{"a locked failure token", "secret", "!*0", -EOPNOTSUPP},
	{"no hash", "secret", "", -EOPNOTSUPP},
	{"only a lock", "secret", "!", -EOPNOTSUPP},
	{"two locks", "secret", "!!", -EOPNOTSUPP},
};

static void check_verify(void **state)
{
	const struct row *row = *state;
	autocandidate struct vsee_candidate candidate = {.password = row->password};

	assert_int_equal(vsee_candidate_verify(&candidate, row->hash), row->expected);
	assert_int_equal(candidate.hashings, 1);
}

static void result_is_what_crypt_says(void **state)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	const char *hash;

	(void)state;
	assert_int_equal(vsee_candidate_hash(&candidate, SETTING, false, &hash), 0);
	assert_string_equal(hash, made[0]);
	/* A complete hash serves as its setting. */
	assert_int_equal(vsee_candidate_hash(&candidate, made[0], false, &hash), 0);
	assert_string_equal(hash, made[0]);
}

static void memo_saves_the_second_hashing(void **state)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	const char *first, *second;

	(void)state;
	assert_int_equal(vsee_candidate_hash(&candidate, SETTING, true, &first), 0);
	assert_int_equal(vsee_candidate_verify(&candidate, made[2]), 1);
	assert_int_equal(vsee_candidate_hash(&candidate, SETTING, true, &second), 0);
	assert_ptr_equal(first, second);
	assert_string_equal(second, made[0]);
	assert_int_equal(candidate.hashings, 2);
}

static void full_memo_still_hashes(void **state)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	char setting[] = "$1$abcdefg0";
	const char *hash;

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		for (char c = '0'; c < '0' + VSEE_CANDIDATE_MEMO + 2; c++) {
			setting[10] = c;
			assert_int_equal(vsee_candidate_hash(&candidate, setting, true, &hash), 0);
			assert_memory_equal(hash, setting, strlen(setting));
		}
	}
	assert_int_equal(candidate.memo_count, VSEE_CANDIDATE_MEMO);
	assert_int_equal(candidate.hashings, VSEE_CANDIDATE_MEMO + 2 + 2);
}

static void failure_is_not_remembered(void **state)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	const char *hash = NULL;

	(void)state;
	assert_int_equal(vsee_candidate_hash(&candidate, "$zz$x", true, &hash), -EOPNOTSUPP);
	assert_int_equal(vsee_candidate_hash(&candidate, "*0", true, &hash), -EOPNOTSUPP);
	assert_int_equal(candidate.memo_count, 0);
	assert_null(hash);
}

static void long_password_is_refused(void **state)
{
	char password[4096];
	autocandidate struct vsee_candidate candidate = {.password = password};
	char setting[3 * VSEE_HASH_SIZE];
	const char *hash;

	(void)state;
	memset(password, 'x', sizeof(password) - 1);
	password[sizeof(password) - 1] = '\0';
	assert_int_equal(vsee_candidate_verify(&candidate, made[0]), -EOPNOTSUPP);

	/* And so is a setting that crypt(3) has no room for, or it is cut to a good one. */
	candidate.password = "secret";
	memset(setting, 'x', sizeof(setting) - 1);
	memcpy(setting, "$5$", 3);
	setting[sizeof(setting) - 1] = '\0';
	if (vsee_candidate_hash(&candidate, setting, true, &hash) == 0)
		assert_true(strlen(hash) < VSEE_HASH_SIZE);
	assert_int_equal(candidate.memo_count, 0);
	assert_int_equal(vsee_candidate_verify(&candidate, setting), -EOPNOTSUPP);
}

static int verify(const void *hash)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};

	return vsee_candidate_verify(&candidate, hash);
}

/* Else ulimit -v would make an old password look new: libxcrypt says EINVAL for both. */
static void lack_of_memory_is_no_malformed_hash(void **state)
{
	static const struct {
		const char *hash;
		int error;
	} cases[] = {
		{"$y$jDT$abcdefghijklmnopqrstu.$hash", ENOMEM},
		{"$gy$jDT$abcdefghijklmnopqrstu.$hash", ENOMEM},
		{"$7$GU..../....abcdefgh$hash", ENOMEM},
		{"$y$j75$a!$hash", EOPNOTSUPP},
		{"$y$jlT$abcdefghijklmnopqrstu.$hash", EOPNOTSUPP}, /* more than any host has */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(memory_short_of(verify, cases[i].hash), cases[i].error);
}

static void clear_leaves_nothing(void **state)
{
	struct vsee_candidate candidate = {.password = "secret"};
	const struct vsee_candidate nothing = {0};
	const char *hash;

	(void)state;
	assert_int_equal(vsee_candidate_hash(&candidate, SETTING, true, &hash), 0);
	vsee_candidate_clear(&candidate);
	assert_memory_equal(&candidate, &nothing, sizeof(nothing));
	vsee_candidate_clear(&candidate);
}

static void equal_is_equal(void **state)
{
	(void)state;
	assert_true(vsee_hash_equal("", ""));
	assert_true(vsee_hash_equal("abc", "abc"));
	assert_false(vsee_hash_equal("abc", "abd"));
	assert_false(vsee_hash_equal("bbc", "abc"));
	assert_false(vsee_hash_equal("abc", "ab"));
	assert_false(vsee_hash_equal("", "a"));
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 8] = {
		cmocka_unit_test(result_is_what_crypt_says),
		cmocka_unit_test(memo_saves_the_second_hashing),
		cmocka_unit_test(full_memo_still_hashes),
		cmocka_unit_test(failure_is_not_remembered),
		cmocka_unit_test(long_password_is_refused),
		cmocka_unit_test(lack_of_memory_is_no_malformed_hash),
		cmocka_unit_test(clear_leaves_nothing),
		cmocka_unit_test(equal_is_equal),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 8] = (struct CMUnitTest){.name = rows[i].name,
						   .test_func = check_verify,
						   .initial_state = (void *)&rows[i]};
	return cmocka_run_group_tests(tests, make_hashes, NULL);
}
