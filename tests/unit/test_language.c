/* Which language a visitor gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "language.h"

#define EN VSEE_LANGUAGE_EN
#define DE VSEE_LANGUAGE_DE

/* clang-format off */
static struct row {
	const char *name, *wanted, *accept;
	enum vsee_language fallback, language;
} rows[] = {
	{"nothing said: the host's", NULL, NULL, DE, DE},
	{"empty: the host's", "", "", DE, DE},
	{"wanted", "de", NULL, EN, DE},
	{"wanted goes before the browser", "en", "de", DE, EN},
	{"wanted, but none of ours", "fr", "de", EN, DE},
	{"wanted in other letters is none of ours", "DE", NULL, EN, EN},
	{"wanted, and more", "de-AT", NULL, EN, EN},
	{"the browser's", "", "de", EN, DE},
	{"in any letters", "", "DE-at", EN, DE},
	{"of a country", "", "de-AT", EN, DE},
	{"another that begins so", "", "den", EN, EN},
	{"the first of two alike", "", "de,en", EN, DE},
	{"the first of two alike, other way", "", "en,de", DE, EN},
	{"the heavier one", "", "en;q=0.5,de;q=0.9", EN, DE},
	{"the heavier one, three digits", "", "en;q=0.899,de;q=0.9", EN, DE},
	{"without weight is heaviest", "", "en;q=0.9,de", EN, DE},
	{"blanks", "", " en ; q=0.2 , de ; q=0.3 ", EN, DE},
	{"one that is not ours goes before", "", "fr, de;q=0.7, en;q=0.3", EN, DE},
	{"none of ours: the host's", "", "fr, it;q=0.5", DE, DE},
	{"any: the host's", "", "*", DE, DE},
	{"not wanted at all", "", "de;q=0", EN, EN},
	{"not wanted at all, in full", "", "de;q=0.000, en;q=0.1", DE, EN},
	{"a real browser", "", "de-AT,de;q=0.9,en-US;q=0.8,en;q=0.7", EN, DE},
	{"nonsense", "", ";;,,q=,;q=1,\xff\xfe;=;", DE, DE},
	{"weight cut off", "", "en;q=,de;q", EN, EN},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(language_choose(row->wanted, row->accept, row->fallback), row->language);
}

static void tags(void **state)
{
	(void)state;
	assert_string_equal(language_tag(EN), "en");
	assert_string_equal(language_tag(DE), "de");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 1] = {cmocka_unit_test(tags)};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 1] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
