/* What people see: each page in each language, and nothing in it that could be markup. */
#include "page_check.h"

#include "asset.h"

#define HOSTILE "\"'><img src=x onerror=alert(1)>&amp;%s%n"

static const struct {
	enum page_kind kind;
	enum page_problem problem;
	unsigned status;
} statuses[] = {
	{PAGE_FORM, PROBLEM_NONE, 200},	       {PAGE_FORM, PROBLEM_EMPTY, 422},
	{PAGE_FORM, PROBLEM_MISMATCH, 422},    {PAGE_FORM, PROBLEM_WRONG, 403},
	{PAGE_FORM, PROBLEM_UNMET, 422},       {PAGE_FORM, PROBLEM_REFUSED, 422},
	{PAGE_FORM, PROBLEM_TOO_SOON, 422},    {PAGE_FORM, PROBLEM_BUSY, 503},
	{PAGE_FORM, PROBLEM_STALE, 403},       {PAGE_LINK_FORM, PROBLEM_NONE, 200},
	{PAGE_LINK_FORM, PROBLEM_UNMET, 422},  {PAGE_LINK_FORM, PROBLEM_MISMATCH, 422},
	{PAGE_DONE, PROBLEM_NONE, 200},	       {PAGE_THROTTLED, PROBLEM_NONE, 429},
	{PAGE_LINK_BAD, PROBLEM_NONE, 410},    {PAGE_UNAVAILABLE, PROBLEM_NONE, 503},
	{PAGE_UNCERTAIN, PROBLEM_NONE, 502},   {PAGE_FORBIDDEN, PROBLEM_NONE, 403},
	{PAGE_BAD_REQUEST, PROBLEM_NONE, 400}, {PAGE_NOT_FOUND, PROBLEM_NONE, 404},
	{PAGE_NOT_ALLOWED, PROBLEM_NONE, 405}, {PAGE_TOO_LARGE, PROBLEM_NONE, 413},
	{PAGE_MISDIRECTED, PROBLEM_NONE, 421},
};

static void each_has_its_status(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(statuses); i++) {
		const struct page page = {.kind = statuses[i].kind, .problem = statuses[i].problem};

		assert_int_equal(page_status(&page), statuses[i].status);
	}
}

static void see_frame(const struct page *page, const char *html)
{
	const bool failed = page_status(page) >= 400;
	const bool german = page->language == VSEE_LANGUAGE_DE;

	assert_int_equal(strncmp(html, "<!DOCTYPE html>\n", 16), 0);
	assert_has(html, german ? "<html lang=\"de\"" : "<html lang=\"en\"");
	assert_int_equal(count(html, german ? "<title>Fehler: " : "<title>Error: "), failed);
	assert_int_equal(count(html, "<h1"), 1);
	assert_has(html, asset_style.name);
	assert_has(html, "</html>\n");
	assert_int_equal(count(html, "<script"), 1); /* none but the one with a src */
	assert_has(html, "<script src=\"/reset/page-");
	assert_lacks(html, "style=");
	assert_lacks(html, "<style");
	assert_lacks(html, " onerror");
	assert_lacks(html, "javascript:");
	assert_lacks(html, "%s");
	assert_lacks(html, "%u");
	assert_lacks(html, "(null)");
	assert_has(html, german ? "lang=en" : "lang=de");
	assert_has(html, "https://help.example.com/");
}

static void each_has_a_frame(void **state)
{
	const struct site site = page_case_site();

	(void)state;
	each_page(&site, see_frame);
}

/* No tag of a password has a value; a user's has; and both are named for password managers. */
static void see_fields(const struct page *page, const char *html)
{
	const bool link = page->kind == PAGE_LINK_FORM;

	if (page->kind != PAGE_FORM && !link) {
		assert_lacks(html, "<input");
		return;
	}
	assert_int_equal(count(html, "type=\"password\""), link ? 2 : 3);
	for (const char *at = html; (at = strstr(at, "type=\"password\"")); at++) {
		const char *const end = strchr(at, '>');
		const char *const value = strstr(at, "value=");

		assert_true(!value || value > end);
	}
	assert_int_equal(count(html, "autocomplete=\"new-password\""), 2);
	assert_int_equal(count(html, "autocomplete=\"current-password\""), link ? 0 : 1);
	assert_has(html, "autocomplete=\"username\"");
	assert_has(html, "value=\"maria.hofer\"");
	assert_has(html, link ? "action=\"/reset/link\"" : "action=\"/reset/change\"");
	assert_int_equal(count(html, " readonly"), link ? 1 : 0);
	assert_has(html, "minlength=\"15\"");
	assert_has(html, "passwordrules=\"minlength: 15;");
	assert_lacks(html, "maxlength=");
	assert_lacks(html, "pattern=");
	assert_has(html, "name=\"form\" value=\"0123456789abcdef0123456789abcdef\"");
	assert_has(html, page->language == VSEE_LANGUAGE_DE ? "name=\"lang\" value=\"de\""
							    : "name=\"lang\" value=\"en\"");
	assert_int_equal(count(html, "autofocus"), page->problem == PROBLEM_NONE ? 0 : 1);
}

static void forms_have_their_fields(void **state)
{
	const struct site site = page_case_site();

	(void)state;
	each_page(&site, see_fields);
}

static void no_form_token_no_field(void **state)
{
	const struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	page.form_token = "";
	autofree char *html = render(&page);
	assert_lacks(html, "name=\"form\"");
}

static void see_nothing_hostile(const struct page *page, const char *html)
{
	(void)page;
	assert_lacks(html, "<img");
	assert_lacks(html, "\"'>");
	assert_lacks(html, "&amp;amp;%n");
}

static void values_never_become_markup(void **state)
{
	struct site site = page_case_site();

	(void)state;
	(void)snprintf(site.host, sizeof(site.host), "%s", HOSTILE);
	(void)snprintf(site.path, sizeof(site.path), "%s", HOSTILE);
	(void)snprintf(site.origin, sizeof(site.origin), "%s", HOSTILE);
	(void)snprintf(site.product, sizeof(site.product), "%s", HOSTILE);
	(void)snprintf(site.support, sizeof(site.support), "%s", HOSTILE);
	(void)snprintf(site.login_page, sizeof(site.login_page), "%s", HOSTILE);
	each_page(&site, see_nothing_hostile);
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		for (unsigned problem = 0; problem < PAGE_CASE_PROBLEMS; problem++) {
			struct page page = page_case_page(&site, kind);

			page.problem = problem;
			page.user = page.form_token = page.text = page.reference = HOSTILE;
			autofree char *html = render(&page);
			see_nothing_hostile(&page, html);
		}
	}
}

static void what_is_said_is_there_escaped(void **state)
{
	struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	(void)snprintf(site.product, sizeof(site.product), "A&B <C>");
	page.problem = PROBLEM_REFUSED;
	page.text = "no <b> & \"x\"";
	page.user = "a&b'c";
	autofree char *html = render(&page);
	assert_has(html, "A&amp;B &lt;C&gt;");
	assert_has(html, "no &lt;b&gt; &amp; &quot;x&quot;");
	assert_has(html, "value=\"a&amp;b&#39;c\"");
	assert_has(html, "?lang=de&amp;user=a%26b%27c\"");
}

/* Only what is in force is listed, in its order; what the server alone checks says so. */
static void the_list_says_what_is_in_force(void **state)
{
	struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	page.unmet = 0;
	autofree char *usual = render(&page);
	assert_int_equal(count(usual, "<li class=\"rule\""), 8);
	assert_int_equal(count(usual, "data-rule=\"long\" hidden"), 1);
	assert_int_equal(count(usual, "checked when you submit"), 2);
	assert_has(usual, "at least 15 characters");
	assert_has(usual, "1 digit<");
	assert_has(usual, "your last 6 passwords");
	site.strength = page_case_strict();
	autofree char *strict = render(&page);
	assert_int_equal(count(strict, "<li class=\"rule\""), CRITERION_COUNT);
	assert_has(strict, "2 digits<");
	site.strength = (struct strength){.min_length = 8};
	autofree char *least = render(&page);
	assert_int_equal(count(least, "<li class=\"rule\""), 3);
	page.problem = PROBLEM_UNMET;
	page.unmet = CRITERION_BIT(CRITERION_LONG);
	autofree char *longest = render(&page);
	assert_has(longest, "511");
	assert_lacks(longest, "data-rule=\"long\" hidden");
}

static void unmet_ones_are_marked_and_named(void **state)
{
	const struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_LINK_FORM);

	(void)state;
	page.problem = PROBLEM_UNMET;
	autofree char *html = render(&page);
	assert_int_equal(count(html, "<li class=\"rule unmet\""), 2);
	assert_int_equal(count(html, "<span class=\"state visually-hidden\">- not met yet<"), 2);
	assert_int_equal(count(html, "at least 15 characters"), 2);
	page.unmet = CRITERION_BIT(CRITERION_REMEMBERED);
	autofree char *used = render(&page);
	assert_has(used, "You have used this password before.");
	assert_has(used, "your last 6 passwords");
}

static void the_name_goes_along_into_the_other_language(void **state)
{
	const struct site site = page_case_site();
	struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	autofree char *form = render(&page);
	assert_has(form, "href=\"/reset/?lang=de&amp;user=maria%2Ehofer\"");
	page.kind = PAGE_LINK_FORM; /* its cookie has the name; with it in the URL the link ends */
	autofree char *link = render(&page);
	assert_has(link, "href=\"/reset/?lang=de\"");
	assert_has(link, "href=\"/reset/?user=maria%2Ehofer");
	page.kind = PAGE_DONE;
	autofree char *done = render(&page);
	assert_has(done, "href=\"/reset/done?lang=de\"");
}

static void the_gate_is_what_was_set(void **state)
{
	struct site site = page_case_site();
	const struct page page = page_case_page(&site, PAGE_FORM);

	(void)state;
	autofree char *aria = render(&page);
	assert_has(aria, "data-gate=\"aria\"");
	assert_lacks(aria, " disabled"); /* without the script it must work */
	site.gate = VSEE_GATE_NATIVE;
	autofree char *native = render(&page);
	assert_has(native, "data-gate=\"native\"");
	assert_lacks(native, " disabled");
}

static void no_addresses_no_links(void **state)
{
	struct site site = page_case_site();

	(void)state;
	site.support[0] = site.login_page[0] = '\0';
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		struct page page = page_case_page(&site, kind);
		autofree char *html = render(&page);

		assert_lacks(html, "href=\"\"");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_has_its_status),
		cmocka_unit_test(each_has_a_frame),
		cmocka_unit_test(forms_have_their_fields),
		cmocka_unit_test(no_form_token_no_field),
		cmocka_unit_test(values_never_become_markup),
		cmocka_unit_test(what_is_said_is_there_escaped),
		cmocka_unit_test(the_list_says_what_is_in_force),
		cmocka_unit_test(unmet_ones_are_marked_and_named),
		cmocka_unit_test(the_name_goes_along_into_the_other_language),
		cmocka_unit_test(the_gate_is_what_was_set),
		cmocka_unit_test(no_addresses_no_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
