/* What a new password must be: our judgement by tables, and beside libpwquality's own. */
#include <pwquality.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "folder.h"
#include "wire/strength.h"

#define BIT(name) CRITERION_BIT(CRITERION_##name)
#define RANDOM_COUNT 100000
#define RANDOM_SEED UINT64_C(20261123)

struct row {
	const char *name;
	struct strength strength;
	const char *password, *current, *user;
	uint32_t unmet;
};

#define E_ACUTE "\xc3\xa9"
static char bytes_511[512], bytes_512[513]; /* filled in main */

/* clang-format off */
static const struct row rows[] = {
	{"nothing", {.min_length = 8}, "", "", "", BIT(LENGTH)},
	{"nothing, though credits give all", {.min_length = 6, .other_credit = 9}, "", "", "", BIT(LENGTH)},
	{"length, one short", {.min_length = 8}, "abcdefg", "", "", BIT(LENGTH)},
	{"length", {.min_length = 8}, "abcdefgh", "", "", 0},
	{"length in characters", {.min_length = 8}, E_ACUTE E_ACUTE E_ACUTE E_ACUTE, "", "", BIT(LENGTH)},
	{"length of what is not UTF-8", {.min_length = 4}, "\xe9\xe8\xe9\xe8", "", "", 0},
	{"credit for a digit", {.min_length = 8, .digit_credit = 1}, "abcdefG7", "", "", 0},
	{"credit for a digit, at its end", {.min_length = 8, .digit_credit = 1}, "abcde67", "", "", 0},
	{"credit for a digit, beyond", {.min_length = 8, .digit_credit = 1}, "abcd67", "", "", BIT(LENGTH)},
	{"511 bytes", {.min_length = 8}, bytes_511, "", "", 0},
	{"512 bytes", {.min_length = 8}, bytes_512, "", "", BIT(LONG)},
	{"two digits, one there", {.min_length = 6, .digit_credit = -2}, "abcdef1", "", "", BIT(DIGIT)},
	{"two digits", {.min_length = 6, .digit_credit = -2}, "abcde12", "", "", 0},
	{"upper", {.min_length = 6, .upper_credit = -1}, "abcdef1", "", "", BIT(UPPER)},
	{"upper is ASCII", {.min_length = 6, .upper_credit = -1}, "abcdef\xc3\x89", "", "", BIT(UPPER)},
	{"lower", {.min_length = 6, .lower_credit = -1}, "ABCDEF1", "", "", BIT(LOWER)},
	{"other", {.min_length = 6, .other_credit = -1}, "ABCDEF1", "", "", BIT(OTHER)},
	{"other, in characters", {.min_length = 6, .other_credit = -2}, "ABCDEF1" E_ACUTE, "", "", BIT(OTHER)},
	{"three classes, two there", {.min_length = 6, .classes = 3}, "abcdef1", "", "", BIT(CLASSES)},
	{"three classes", {.min_length = 6, .classes = 3}, "abcdef1.", "", "", 0},
	{"repeat", {.min_length = 6, .repeat = 2}, "abccde", "", "", 0},
	{"repeat, one more", {.min_length = 6, .repeat = 2}, "abcccde", "", "", BIT(REPEAT)},
	{"repeat, in characters", {.min_length = 6, .repeat = 2}, "abc" E_ACUTE E_ACUTE E_ACUTE, "", "", BIT(REPEAT)},
	{"repeat, in bytes", {.min_length = 6, .repeat = 2}, "abcdef\xf0\x90\x90\x90", "", "", BIT(REPEAT)},
	{"class repeat", {.min_length = 6, .class_repeat = 3}, "abc123", "", "", 0},
	{"class repeat, one more", {.min_length = 6, .class_repeat = 3}, "abc1234", "", "", BIT(CLASS_REPEAT)},
	{"class repeat, in bytes", {.min_length = 6, .class_repeat = 3}, "abc12" E_ACUTE E_ACUTE, "", "", BIT(CLASS_REPEAT)},
	{"sequence", {.min_length = 6, .sequence = 3}, "abcxx123", "", "", 0},
	{"sequence, one more", {.min_length = 6, .sequence = 3}, "xxabcdxx", "", "", BIT(SEQUENCE)},
	{"sequence downwards", {.min_length = 6, .sequence = 3}, "xx4321xx", "", "", BIT(SEQUENCE)},
	{"sequence that turns", {.min_length = 6, .sequence = 3}, "12321x", "", "", 0},
	{"sequence off", {.min_length = 6}, "abcdefgh", "", "", 0},
	{"name", {.min_length = 6, .name = true}, "xxannaxx", "", "anna", BIT(NAME)},
	{"name in other letters", {.min_length = 6, .name = true}, "xxANNExx", "", "Anne", BIT(NAME)},
	{"name backwards", {.min_length = 6, .name = true}, "xxennaxx", "", "anne", BIT(NAME)},
	{"name of three letters", {.min_length = 6, .name = true}, "xxbobxx", "", "bob", 0},
	{"name not looked at", {.min_length = 6}, "xxannaxx", "", "anna", 0},
	{"no name known", {.min_length = 6, .name = true}, "xxannaxx", "", "", 0},
	{"part of the name", {.min_length = 6, .name = true, .name_part = 4}, "xxwillxx", "", "goodwill", BIT(NAME)},
	{"part of the name, not asked for", {.min_length = 6, .name = true, .name_part = 3}, "xxwillxx", "", "goodwill", 0},
	{"part of the name, backwards", {.min_length = 6, .name = true, .name_part = 4}, "xxllwoxx", "", "goodwill", 0},
	{"name, letters doubled", {.min_length = 6, .name = true}, "ggodwwil", "", "goodwill", BIT(NAME)},
	{"name, letters doubled, and more", {.min_length = 6, .name = true}, "ggodwwil1", "", "goodwill", 0},
	{"much like the name", {.min_length = 6, .name = true, .different = 3}, "goodwall", "", "goodwill", 0},
	{"the same", {.min_length = 6}, "abcdef", "abcdef", "", BIT(DIFFERENT)},
	{"the same but for letters, similarity off", {.min_length = 6}, "abcdeF", "abcdef", "", 0},
	{"the same but for letters", {.min_length = 6, .different = 1}, "abcdeF", "abcdef", "", BIT(DIFFERENT)},
	{"rotated", {.min_length = 6, .different = 1}, "defabc", "abcdef", "", BIT(DIFFERENT)},
	{"too few new ones", {.min_length = 6, .different = 3}, "abcdxy", "abcdef", "", BIT(DIFFERENT)},
	{"enough new ones", {.min_length = 6, .different = 2}, "abcdxy", "abcdef", "", 0},
	{"twice as long", {.min_length = 6, .different = 20}, "xabcdefabcdef", "abcdef", "", 0},
	{"not known whether it is another", {.min_length = 6, .different = 5}, "abcdef", "", "", 0},
	{"all at once", {.min_length = 9, .digit_credit = -1, .upper_credit = -1, .other_credit = -1, .classes = 2,
		.repeat = 1, .class_repeat = 4, .sequence = 2, .name = true}, "aannabcd", "", "anna",
	 BIT(LENGTH) | BIT(DIGIT) | BIT(UPPER) | BIT(OTHER) | BIT(CLASSES) | BIT(REPEAT) | BIT(CLASS_REPEAT) |
		BIT(SEQUENCE) | BIT(NAME)},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(strength_judge(&row->strength, row->password, row->current, row->user),
			 row->unmet);
}

static void criteria_in_force(void **state)
{
	const struct strength few = {.min_length = 8, .classes = 1, .digit_credit = 1};
	const struct strength all = {8, -1, -1, -1, -1, 2, 3, 4, 5, 6, true, 0, true, 7};
	const uint32_t always = BIT(LENGTH) | BIT(LONG) | BIT(DIFFERENT);

	(void)state;
	assert_int_equal(strength_criteria(&few), always);
	assert_int_equal(strength_criteria(&all), CRITERION_BIT(CRITERION_COUNT) - 1);
}

static void put_file(const char *name, const char *text)
{
	const int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(close(fd), 0);
}

static int load(const char *text, struct strength *ret_strength)
{
	char path[64];
	const char *error = NULL;
	int r;

	put_file("pwquality.conf", text);
	(void)snprintf(path, sizeof(path), "%s/pwquality.conf", folder);
	r = strength_load_file(path, 9, ret_strength, &error);
	assert_true((r < 0) == (error != NULL));
	return r;
}

static void load_all(void **state)
{
	struct strength s = {0};

	(void)state;
	assert_int_equal(load("minlen = 11\ndcredit = -1\nucredit = -2\nlcredit = 3\nocredit = -4\n"
			      "minclass = 2\nmaxrepeat = 5\nmaxclassrepeat = 6\nmaxsequence = 7\n"
			      "difok = 8\nusercheck = 1\nusersubstr = 4\ndictcheck = 0\n",
			      &s),
			 0);
	assert_int_equal(s.min_length, 11);
	assert_int_equal(s.digit_credit, -1);
	assert_int_equal(s.upper_credit, -2);
	assert_int_equal(s.lower_credit, 3);
	assert_int_equal(s.other_credit, -4);
	assert_int_equal(s.classes, 2);
	assert_int_equal(s.repeat, 5);
	assert_int_equal(s.class_repeat, 6);
	assert_int_equal(s.sequence, 7);
	assert_int_equal(s.different, 8);
	assert_true(s.name);
	assert_int_equal(s.name_part, 4);
	assert_false(s.common);
	assert_int_equal(s.remember, 9);
}

static void load_odd(void **state)
{
	struct strength s = {0};

	(void)state;
	assert_int_equal(load("", &s), 0);
	assert_true(s.min_length == 8 && s.different == 1 && s.name && s.common);
	assert_int_equal(load("dictcheck = 0\nbadwords = acme\n", &s), 0);
	assert_true(s.common);
	assert_int_equal(load("dictcheck = 0\ngecoscheck = 1\n", &s), 0);
	assert_true(s.common);
	assert_int_equal(load("maxrepeat = -3\nmaxclassrepeat = -3\nminclass = -1\n", &s), 0);
	assert_true(s.repeat == 1 && s.class_repeat == 0 && s.classes == 0);
	s.min_length = 77;
	assert_int_equal(load("minlen = many\n", &s), -EINVAL);
	assert_int_equal(load("colour = 1\n", &s), -EINVAL);
	assert_int_equal(s.min_length, 77);
}

static uint64_t random_state = RANDOM_SEED;

static unsigned draw(unsigned below)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (unsigned)(random_state >> 33) % below;
}

static int draw_between(int low, int high)
{
	return low + (int)draw((unsigned)(high - low + 1));
}

static int sometimes(int low, int high)
{
	return draw(3) == 0 ? draw_between(low, high) : 0;
}

/* What libpwquality has in its own settings, and the same in ours. */
static struct strength draw_settings(pwquality_settings_t *settings)
{
	const struct strength s = {
		.min_length = draw_between(6, 14),
		.digit_credit = sometimes(-3, 2),
		.upper_credit = sometimes(-3, 2),
		.lower_credit = sometimes(-3, 2),
		.other_credit = sometimes(-3, 2),
		.classes = sometimes(0, 4),
		.repeat = sometimes(1, 4),
		.class_repeat = sometimes(2, 6), /* some versions pass over a 1 */
		.sequence = sometimes(1, 4),
		.different = draw_between(0, 6),
		.name = draw(2) == 0,
		.name_part = sometimes(0, 6),
	};
	/* clang-format off */
	const int values[][2] = {
		{PWQ_SETTING_MIN_LENGTH, s.min_length},
		{PWQ_SETTING_DIG_CREDIT, s.digit_credit},
		{PWQ_SETTING_UP_CREDIT, s.upper_credit},
		{PWQ_SETTING_LOW_CREDIT, s.lower_credit},
		{PWQ_SETTING_OTH_CREDIT, s.other_credit},
		{PWQ_SETTING_MIN_CLASS, s.classes},
		{PWQ_SETTING_MAX_REPEAT, s.repeat},
		{PWQ_SETTING_MAX_CLASS_REPEAT, s.class_repeat},
		{PWQ_SETTING_MAX_SEQUENCE, s.sequence},
		{PWQ_SETTING_DIFF_OK, s.different},
		{PWQ_SETTING_USER_CHECK, s.name},
		{PWQ_SETTING_USER_SUBSTR, s.name_part},
		{PWQ_SETTING_DICT_CHECK, 0},
	};
	/* clang-format on */

	for (size_t i = 0; i < COUNT(values); i++)
		assert_int_equal(pwquality_set_int_value(settings, values[i][0], values[i][1]), 0);
	return s;
}

/* Pieces that meet the rules' edges: runs, sequences, the name, many kinds of character. */
static void draw_piece(bool ascii, const char *user, char *piece, size_t size)
{
	static const char *const wide[] = {
		E_ACUTE, "\xc3\xa8", "\xe2\x82\xac", "\xf0\x90\x90\x90", "\xf0\x9f\x98\x80",
		"\xc3",	 "\xff",     "\x7f\x80"};
	static const char few[] = "aAbB12.";
	const unsigned start = draw(90), skip = draw(2);

	switch (draw(ascii ? 5 : 6)) {
	case 0:
		(void)snprintf(piece, size, "%c", few[draw(sizeof(few) - 1)]);
		break;
	case 1:
		(void)snprintf(piece, size, "%c", (int)(' ' + draw(95)));
		break;
	case 2:
		(void)snprintf(piece, size, "%c%c%c", (int)(' ' + start), (int)(' ' + start + 1),
			       (int)(' ' + start + 2));
		break;
	case 3:
		(void)snprintf(piece, size, "%c%c%c", (int)(' ' + start), (int)(' ' + start),
			       (int)(' ' + start));
		break;
	case 4:
		(void)snprintf(piece, size, "%.*s", (int)draw(10), user + skip);
		break;
	default:
		(void)snprintf(piece, size, "%s", wide[draw(COUNT(wide))]);
	}
}

static void draw_password(bool ascii, const char *user, char *password, size_t size)
{
	char piece[16];

	password[0] = '\0';
	for (unsigned left = draw(12); left > 0; left--) {
		draw_piece(ascii, user, piece, sizeof(piece));
		if (strlen(password) + strlen(piece) < size)
			strcat(password, piece);
	}
}

/* Another one, rotated, in other letters, or with a few changed. */
static void draw_current(const char *password, bool ascii, const char *user, char *current,
			 size_t size)
{
	const size_t length = strlen(password);
	const size_t cut = length ? draw((unsigned)length) : 0;

	draw_password(ascii, user, current, size);
	if (draw(3) == 0 || length == 0)
		return;
	(void)snprintf(current, size, "%s%.*s", password + cut, (int)cut, password);
	for (unsigned left = draw(4); left > 0; left--) {
		char *c = &current[draw((unsigned)length)];

		*c = (*c | 0x20) >= 'a' && (*c | 0x20) <= 'z' && draw(2) ? (char)(*c ^ 0x20)
									 : (char)('A' + draw(50));
	}
}

/* clang-format off */
static const struct {
	int code;
	uint32_t bit;
} live[] = {
	{PWQ_ERROR_EMPTY_PASSWORD, BIT(LENGTH)},
	{PWQ_ERROR_MIN_LENGTH, BIT(LENGTH)},
	{PWQ_ERROR_MIN_DIGITS, BIT(DIGIT)},
	{PWQ_ERROR_MIN_UPPERS, BIT(UPPER)},
	{PWQ_ERROR_MIN_LOWERS, BIT(LOWER)},
	{PWQ_ERROR_MIN_OTHERS, BIT(OTHER)},
	{PWQ_ERROR_MIN_CLASSES, BIT(CLASSES)},
	{PWQ_ERROR_MAX_CONSECUTIVE, BIT(REPEAT)},
	{PWQ_ERROR_MAX_CLASS_REPEAT, BIT(CLASS_REPEAT)},
	{PWQ_ERROR_MAX_SEQUENCE, BIT(SEQUENCE)},
	{PWQ_ERROR_USER_CHECK, BIT(NAME)},
	{PWQ_ERROR_SAME_PASSWORD, BIT(DIFFERENT)},
	{PWQ_ERROR_TOO_SIMILAR, BIT(DIFFERENT)},
	{PWQ_ERROR_ROTATED, BIT(DIFFERENT)},
	{PWQ_ERROR_CASE_CHANGES_ONLY, BIT(DIFFERENT)},
};
/* clang-format on */

static void compare(pwquality_settings_t *settings, unsigned seen[COUNT(live)])
{
	static const char *const users[] = {"", "bob", "anna", "goodwill", "x.yz-12", "annanna"};
	const struct strength strength = draw_settings(settings);
	const char *user = users[draw(COUNT(users))];
	const bool ascii = draw(2) == 0;
	char password[160], current[160] = "";
	uint32_t unmet;
	int code;

	draw_password(ascii, user[0] ? user : "name", password, sizeof(password));
	if (draw(2) == 0)
		draw_current(password, ascii, user[0] ? user : "name", current, sizeof(current));
	code = pwquality_check(settings, password, current, user, NULL);
	unmet = strength_judge(&strength, password, current, user);
	if (ascii && code >= 0 && unmet != 0)
		fail_msg("\"%s\" after \"%s\" of %s: only we refuse it: %x", password, current,
			 user, unmet);
	for (size_t i = 0; i < COUNT(live); i++) {
		if (code != live[i].code)
			continue;
		seen[i]++;
		if (!(unmet & live[i].bit))
			fail_msg("\"%s\" after \"%s\" of %s: code %d, but %x", password, current,
				 user, code, unmet);
	}
}

static void beside_libpwquality(void **state)
{
	pwquality_settings_t *settings = pwquality_default_settings();
	unsigned seen[COUNT(live)] = {0};

	(void)state;
	assert_non_null(settings);
	for (unsigned i = 0; i < RANDOM_COUNT; i++)
		compare(settings, seen);
	for (size_t i = 0; i < COUNT(live); i++)
		if (seen[i] < 20)
			fail_msg("code %d came %u times only", live[i].code, seen[i]);
	pwquality_free_settings(settings);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(criteria_in_force),
		cmocka_unit_test(load_all),
		cmocka_unit_test(load_odd),
		cmocka_unit_test(beside_libpwquality),
	};

	memset(bytes_511, 'x', sizeof(bytes_511) - 1);
	memset(bytes_512, 'x', sizeof(bytes_512) - 1);
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .initial_state = (void *)(uintptr_t)&rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL) +
	       cmocka_run_group_tests(others, folder_make, folder_remove);
}
