/* The words of the page: complete, alike in both languages, and right in number and date. */
#include "page_check.h"

#include "asset.h"
#include "texts.h"

static const struct {
	uint32_t seconds;
	const char *en, *de;
} waits[] = {
	{1, "in 1 minute.", "in 1 Minute noch"},
	{60, "in 1 minute.", "in 1 Minute noch"},
	{61, "in 2 minutes.", "in 2 Minuten noch"},
	{720, "in 12 minutes.", "in 12 Minuten noch"},
	{721, "in 13 minutes.", "in 13 Minuten noch"},
};

static void minutes_are_rounded_up_and_counted(void **state)
{
	const struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_THROTTLED);

	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++) {
		page.retry_after = waits[i].seconds;
		page.language = VSEE_LANGUAGE_EN;
		autofree char *english = render(&page);
		assert_has(english, waits[i].en);
		page.language = VSEE_LANGUAGE_DE;
		autofree char *german = render(&page);
		assert_has(german, waits[i].de);
	}
}

static void dates_are_the_hosts(void **state)
{
	const struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	page.problem = PROBLEM_TOO_SOON;
	autofree char *english = render(&page);
	assert_has(english, "26 November 2026, 11:00 CET");
	page.language = VSEE_LANGUAGE_DE;
	autofree char *german = render(&page);
	assert_has(german, "26. November 2026, 11:00 Uhr (CET)");
	page.until = 0;
	autofree char *unknown = render(&page);
	assert_lacks(unknown, "1970");
}

/* What was seen of the texts by all pages together. */
static bool seen[2][TEXT_COUNT];

static void mark_seen(const struct page *page, const char *html)
{
	for (unsigned text = 0; text < TEXT_COUNT; text++) {
		char part[256];

		(void)snprintf(part, sizeof(part), "%s", text_in(page->language, text));
		part[strcspn(part, "%&<>'\"")] = '\0';
		if (part[0] != '\0' && strstr(html, part))
			seen[page->language][text] = true;
	}
}

static void see_unmet(const struct site *site, enum page_problem problem, uint32_t unmet)
{
	struct page page = page_case_page(site, PAGE_FORM);

	page.problem = problem;
	page.unmet = unmet;
	page.until = 0;
	for (unsigned i = VSEE_LANGUAGE_EN; i <= VSEE_LANGUAGE_DE; i++) {
		page.language = i;
		autofree char *html = render(&page);
		mark_seen(&page, html);
	}
}

static void every_text_is_said_somewhere(void **state)
{
	struct site site = page_case_site();

	(void)state;
	site.strength.lower_credit = site.strength.other_credit = -1;
	each_page(&site, mark_seen);
	see_unmet(&site, PROBLEM_TOO_SOON, 0);
	see_unmet(&site, PROBLEM_UNMET, CRITERION_BIT(CRITERION_REMEMBERED));
	site.strength.remember = 1;
	see_unmet(&site, PROBLEM_UNMET, CRITERION_BIT(CRITERION_REMEMBERED));
	site.strength = page_case_strict();
	each_page(&site, mark_seen);
	for (unsigned i = 0; i < 2; i++)
		for (unsigned text = 0; text < TEXT_COUNT; text++)
			if (!seen[i][text] && text_in(i, text)[0] != '%')
				fail_msg("text %u, \"%s\", is nowhere", text, text_in(i, text));
}

/* The same values go into both languages, in the same order. */
static void list_values(const char *text, char *ret_values)
{
	for (; (text = strchr(text, '%')); text += 2)
		*ret_values++ = text[1];
	*ret_values = '\0';
}

static void languages_have_the_same_values(void **state)
{
	(void)state;
	for (unsigned text = 0; text < TEXT_COUNT; text++) {
		char english[8], german[8];

		list_values(text_in(VSEE_LANGUAGE_EN, text), english);
		list_values(text_in(VSEE_LANGUAGE_DE, text), german);
		assert_string_equal(english, german);
		assert_true(strspn(english, "su") == strlen(english));
	}
}

static void assets_are_ascii_under_a_name_of_their_own(void **state)
{
	const struct asset *const assets[] = {&asset_style, &asset_script};

	(void)state;
	for (size_t i = 0; i < COUNT(assets); i++) {
		assert_true(assets[i]->size > 1000);
		for (size_t j = 0; j < assets[i]->size; j++)
			assert_in_range(assets[i]->text[j], '\n', '~');
		assert_int_equal(strspn(assets[i]->name + 5, "0123456789abcdef"), 16);
	}
	assert_string_equal(strrchr(asset_style.name, '.'), ".css");
	assert_string_equal(strrchr(asset_script.name, '.'), ".js");
	assert_string_equal(asset_style.type, "text/css; charset=utf-8");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(minutes_are_rounded_up_and_counted),
		cmocka_unit_test(dates_are_the_hosts),
		cmocka_unit_test(every_text_is_said_somewhere),
		cmocka_unit_test(languages_have_the_same_values),
		cmocka_unit_test(assets_are_ascii_under_a_name_of_their_own),
	};

	/* The host's zone, whatever the machine's is: a rule, so that no zone files are needed. */
	if (setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
