/* Which setting is stronger, whose hash is whose, and what is drawn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <crypt.h>
#include <errno.h>
#include <string.h>

#include "store/candidate.h"
#include "store/setting.h"

#define SALT "abcdefghijklmnopqrstuv"
#define YESCRYPT_HASH "$y$j9T$" SALT "$HASHHASHHASHHASHHASHHASHHASHHASHHASHHASHHAS"

static const struct compare_row {
	const char *name, *stronger, *weaker;
} compare_rows[] = {
	{"yescrypt over gost-yescrypt of any cost", "$y$j9T$" SALT, "$gy$jDT$" SALT},
	{"gost-yescrypt over scrypt", "$gy$j9T$" SALT, "$7$KU..../...." SALT},
	{"scrypt over bcrypt", "$7$CU..../...." SALT, "$2b$31$" SALT},
	{"bcrypt over sha512crypt", "$2b$04$" SALT, "$6$rounds=999999999$salt"},
	{"sha512crypt over sha256crypt", "$6$salt", "$5$rounds=999999999$salt"},
	{"sha256crypt over md5crypt", "$5$rounds=1000$salt", "$1$salt"},
	{"md5crypt over DES", "$1$salt", "ab"},
	{"md5crypt over what is not known", "$1$salt", "$zz$salt"},
	{"yescrypt: greater N", "$y$jAT$" SALT, "$y$j9T$" SALT},
	{"yescrypt: N in crypt's base 64, not in ASCII", "$y$jaT$" SALT, "$y$jZT$" SALT},
	{"yescrypt: greater r", "$y$j9T$" SALT, "$y$j95$" SALT},
	{"yescrypt: cost 3 over cost 2, which has the greater N", "$y$j7T$" SALT, "$y$j85$" SALT},
	{"yescrypt: what can't be read is least", "$y$j9T$" SALT, "$y$j~~$" SALT},
	{"yescrypt: another flavour is least", "$y$j9T$" SALT, "$y$.DT$" SALT},
	{"yescrypt: empty is least", "$y$j9T$" SALT, "$y$"},
	{"scrypt: greater N", "$7$DU..../...." SALT, "$7$CU..../...." SALT},
	{"scrypt: cut off is least", "$7$CU..../...." SALT, "$7$KU"},
	{"bcrypt: greater cost", "$2b$13$" SALT, "$2b$12$" SALT},
	{"bcrypt: cost counts whatever the letter", "$2y$13$" SALT, "$2b$12$" SALT},
	{"bcrypt: no number is least", "$2b$05$" SALT, "$2b$xx$" SALT},
	{"sha512crypt: more rounds", "$6$rounds=5001$salt", "$6$salt"},
	{"sha512crypt: fewer rounds than the default", "$6$salt", "$6$rounds=4999$salt"},
	{"sha512crypt: no number is least", "$6$rounds=1000$salt", "$6$rounds=1x$salt"},
	{"sha512crypt: cut off is least", "$6$rounds=1000$salt", "$6$rounds=9"},
	{"sha512crypt: too large a number is least", "$6$rounds=1000$salt",
	 "$6$rounds=99999999999999999999$salt"},
	{"a complete hash is as strong as its setting", "$y$jAT$" SALT, YESCRYPT_HASH},
};

static void check_compare(void **state)
{
	const struct compare_row *row = *state;

	assert_int_equal(vsee_setting_compare(row->stronger, row->weaker), 1);
	assert_int_equal(vsee_setting_compare(row->weaker, row->stronger), -1);
	assert_int_equal(vsee_setting_compare(row->stronger, row->stronger), 0);
	assert_int_equal(vsee_setting_compare(row->weaker, row->weaker), 0);
}

static const struct owns_row {
	const char *name, *setting, *hash;
	bool owns;
} owns_rows[] = {
	{"its own hash", "$5$salt", "$5$salt$hash", true},
	{"a longer salt", "$5$salt", "$5$saltier$hash", false},
	{"a shorter salt", "$5$salt", "$5$sal$hash", false},
	{"other rounds", "$5$rounds=1000$salt", "$5$rounds=1001$salt$hash", false},
	{"the setting alone", "$5$salt", "$5$salt", false},
	{"no setting", "", "$5$salt$hash", false},
	{"no hash", "$5$salt", "", false},
	{"bcrypt, where salt and hash run together", "$2b$04$" SALT,
	 "$2b$04$" SALT "0123456789012345678901234567890", true},
	{"bcrypt, hash too short", "$2b$04$" SALT, "$2b$04$" SALT "012345678901234567890123456789",
	 false},
	{"bcrypt, hash too long", "$2b$04$" SALT, "$2b$04$" SALT "01234567890123456789012345678901",
	 false},
};

static void check_owns(void **state)
{
	const struct owns_row *row = *state;

	assert_int_equal(vsee_setting_owns(row->setting, row->hash), row->owns);
}

static const struct draw_row {
	const char *name, *shadow_hash;
	const char *head; /* NULL: as for an account without a hash */
} draw_rows[] = {
	{"no hash: preferred", "", NULL},
	{"locked without a hash: preferred", "!", NULL},
	{"no password: preferred", "*", NULL},
	{"weaker method: preferred", "$6$rounds=900000$salt$hash", NULL},
	{"DES: preferred", "abJnggxhB/yWI", NULL},
	{"preferred at its own cost", YESCRYPT_HASH, NULL},
	{"preferred at a lower cost", "$y$j8T$" SALT "$hash", NULL},
	{"preferred at a greater cost", "$y$jBT$" SALT "$hash", "$y$jBT$"},
	{"the same behind a lock", "!$y$jBT$" SALT "$hash", "$y$jBT$"},
	{"more parameters are kept", "$y$jBT2$" SALT "$hash", "$y$jBT2$"},
	{"a cost that can't be read: preferred", "$y$jzzzz$" SALT "$hash", NULL},
	{"parameters crypt(3) refuses: preferred", "$y$jBT:$" SALT "$hash", NULL},
	{"cut off before its salt: preferred", "$y$jBT", NULL},
	{"an unknown method: preferred", "$zz$jBT$" SALT "$hash", NULL},
};

static void check_draw(void **state)
{
	const struct draw_row *row = *state;
	char first[VSEE_HASH_SIZE], second[VSEE_HASH_SIZE], preferred[VSEE_HASH_SIZE];

	assert_int_equal(vsee_setting_draw("", preferred, sizeof(preferred)), 0);
	assert_int_equal(vsee_setting_draw(row->shadow_hash, first, sizeof(first)), 0);
	assert_int_equal(vsee_setting_draw(row->shadow_hash, second, sizeof(second)), 0);
	if (strcmp(crypt_preferred_method(), "$y$") != 0) {
		print_message("skipped: written for hosts that prefer yescrypt\n");
		skip();
	}

	assert_string_not_equal(first, second);
	assert_memory_equal(first, row->head ? row->head : preferred,
			    row->head ? strlen(row->head) : strlen("$y$j9T$"));
	assert_true(vsee_setting_compare(first, preferred) >= 0);
	assert_true(vsee_setting_current(first, row->shadow_hash));
	assert_int_equal(vsee_setting_current(first, ""), row->head == NULL);
	assert_false(vsee_setting_current("$5$salt", row->shadow_hash));
	assert_false(vsee_setting_current("", row->shadow_hash));
}

static void stronger_setting_is_taken_by_crypt(void **state)
{
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	char setting[VSEE_HASH_SIZE];
	const char *hash;

	(void)state;
	if (strcmp(crypt_preferred_method(), "$y$") != 0) {
		print_message("skipped: written for hosts that prefer yescrypt\n");
		skip();
	}
	assert_int_equal(vsee_setting_draw("$y$jAT$" SALT "$hash", setting, sizeof(setting)), 0);
	assert_int_equal(vsee_candidate_hash(&candidate, setting, true, &hash), 0);
	assert_memory_equal(hash, "$y$jAT$", 7);
	assert_true(vsee_setting_owns(setting, hash));
	assert_int_equal(vsee_candidate_verify(&candidate, hash), 1);
}

static void drawn_setting_must_fit(void **state)
{
	char setting[VSEE_HASH_SIZE] = "untouched";

	(void)state;
	assert_int_equal(vsee_setting_draw("", setting, 8), -ERANGE);
	assert_string_equal(setting, "untouched");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(compare_rows) + COUNT(owns_rows) + COUNT(draw_rows) + 2] = {
		cmocka_unit_test(stronger_setting_is_taken_by_crypt),
		cmocka_unit_test(drawn_setting_must_fit),
	};
	size_t count = 2;

	for (size_t i = 0; i < COUNT(compare_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = compare_rows[i].name,
						     .test_func = check_compare,
						     .initial_state = (void *)&compare_rows[i]};
	for (size_t i = 0; i < COUNT(owns_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = owns_rows[i].name,
						     .test_func = check_owns,
						     .initial_state = (void *)&owns_rows[i]};
	for (size_t i = 0; i < COUNT(draw_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = draw_rows[i].name,
						     .test_func = check_draw,
						     .initial_state = (void *)&draw_rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
