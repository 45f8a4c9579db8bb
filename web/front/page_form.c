/* The form: what is wrong, what is asked, the fields, the button. */
#include "base/cleanup.h"
#include "base/name.h"
#include "date.h"
#include "html.h"
#include "language.h"
#include "page_parts.h"
#include "texts.h"

static const char *say(const struct page *page, enum text text)
{
	return text_in(page->language, text);
}

static void put_unmet(FILE *stream, const struct page *page)
{
	const unsigned remember = page->site->strength.remember;

	if (page->unmet == CRITERION_BIT(CRITERION_REMEMBERED)) {
		html_put(stream, "<p><a href=\"#new\">");
		html_say(stream, say(page, remember == 1 ? TEXT_USED_BEFORE_ONE : TEXT_USED_BEFORE),
			 remember);
		html_put(stream, "</a></p>\n");
		return;
	}
	html_put(stream, "<p><a href=\"#new\">%s</a></p>\n<ul>\n", say(page, TEXT_UNMET));
	for (unsigned i = 0; i < CRITERION_COUNT; i++) {
		if (!(page->unmet & CRITERION_BIT(i)))
			continue;
		html_put(stream, "<li>");
		page_criterion(stream, page, i);
		html_put(stream, "</li>\n");
	}
	html_put(stream, "</ul>\n");
}

static void put_problem(FILE *stream, const struct page *page)
{
	char date[DATE_SIZE];

	switch (page->problem) {
	case PROBLEM_NONE:
		return;
	case PROBLEM_UNMET:
		put_unmet(stream, page);
		return;
	case PROBLEM_REFUSED:
		html_put(stream, "<p><a href=\"#new\">");
		html_say(stream, say(page, TEXT_REFUSED), page->text);
		html_put(stream, "</a></p>\n");
		return;
	case PROBLEM_TOO_SOON:
		html_put(stream, "<p>");
		html_say(stream, say(page, page->until > 0 ? TEXT_TOO_SOON : TEXT_TOO_SOON_LATER),
			 date_print(page->until, page->language, date));
		html_put(stream, "</p>\n");
		return;
	case PROBLEM_MISMATCH:
		html_put(stream, "<p><a href=\"#confirm\">%s</a></p>\n", say(page, TEXT_MISMATCH));
		return;
	case PROBLEM_WRONG:
		html_put(stream, "<p><a href=\"#user\">%s</a></p>\n", say(page, TEXT_WRONG));
		return;
	case PROBLEM_EMPTY:
		html_put(stream, "<p>%s</p>\n", say(page, TEXT_EMPTY));
		return;
	case PROBLEM_BUSY:
		html_put(stream, "<p>%s</p>\n", say(page, TEXT_BUSY));
		return;
	case PROBLEM_STALE:
		html_put(stream, "<p>%s</p>\n", say(page, TEXT_STALE));
		return;
	}
}

static void put_summary(FILE *stream, const struct page *page)
{
	if (page->problem == PROBLEM_NONE)
		return;
	html_put(stream, "<div id=\"summary\" class=\"summary\" role=\"group\" tabindex=\"-1\" "
			 "autofocus aria-labelledby=\"summary-title\">\n");
	html_put(stream, "<h2 id=\"summary-title\">%s</h2>\n", say(page, TEXT_PROBLEM));
	put_problem(stream, page);
	html_put(stream, "</div>\n");
}

enum field { FIELD_USER, FIELD_CURRENT, FIELD_NEW, FIELD_CONFIRM };

#define FIELD_BIT(field) (1U << (field))

static const struct input {
	const char *id; /* also the name */
	enum text label;
	const char *attributes;
} fields[] = {
	/* clang-format off */
	[FIELD_USER] = {"user", TEXT_USER,
		"type=\"text\" autocomplete=\"username\" aria-describedby=\"user-error\""},
	[FIELD_CURRENT] = {"current", TEXT_CURRENT,
		"type=\"password\" autocomplete=\"current-password\" "
		"aria-describedby=\"current-error\""},
	[FIELD_NEW] = {"new", TEXT_NEW,
		"type=\"password\" autocomplete=\"new-password\" "
		"aria-describedby=\"rules new-error\""},
	[FIELD_CONFIRM] = {"confirm", TEXT_CONFIRM,
		"type=\"password\" autocomplete=\"new-password\" "
		"aria-describedby=\"confirm-error\""},
	/* clang-format on */
};

/* Which fields a problem is about. */
static const unsigned wrong_fields[] = {
	[PROBLEM_MISMATCH] = FIELD_BIT(FIELD_CONFIRM),
	[PROBLEM_WRONG] = FIELD_BIT(FIELD_USER) | FIELD_BIT(FIELD_CURRENT),
	[PROBLEM_UNMET] = FIELD_BIT(FIELD_NEW),
	[PROBLEM_REFUSED] = FIELD_BIT(FIELD_NEW),
	[PROBLEM_STALE] = 0,
};

static void begin_field(FILE *stream, const struct page *page, enum field field)
{
	const char *const id = fields[field].id;

	html_put(stream, "<div class=\"field\"><label for=\"%s\">%s</label>\n", id,
		 say(page, fields[field].label));
	html_put(stream, "<input id=\"%s\" name=\"%s\" ", id, id);
	html_put(stream, fields[field].attributes);
	html_put(stream, " autocapitalize=\"none\" spellcheck=\"false\" required");
	if (wrong_fields[page->problem] & FIELD_BIT(field))
		html_put(stream, " aria-invalid=\"true\"");
}

static void end_field(FILE *stream, const struct page *page, enum field field)
{
	const bool differ = field == FIELD_CONFIRM && page->problem == PROBLEM_MISMATCH;

	html_put(stream, ">\n<p class=\"error\" id=\"%s-error\">%s</p></div>\n", fields[field].id,
		 differ ? say(page, TEXT_MISMATCH) : "");
}

static void put_user(FILE *stream, const struct page *page)
{
	begin_field(stream, page, FIELD_USER);
	html_put(stream, " value=\"%s\"", page->user);
	if (page->kind == PAGE_LINK_FORM)
		html_put(stream, " readonly");
	end_field(stream, page, FIELD_USER);
}

static void put_secret(FILE *stream, const struct page *page, enum field field)
{
	begin_field(stream, page, field);
	end_field(stream, page, field);
}

/* They guide password managers that make up a password; the list and the server decide. */
static void put_new(FILE *stream, const struct page *page)
{
	const struct strength *const strength = &page->site->strength;
	const bool credits = strength->digit_credit > 0 || strength->upper_credit > 0 ||
			     strength->lower_credit > 0 || strength->other_credit > 0;
	const unsigned length = strength->min_length > 1 ? (unsigned)strength->min_length : 1;

	begin_field(stream, page, FIELD_NEW);
	html_put(stream, " minlength=\"%u\" passwordrules=\"minlength: %u; maxlength: 128;",
		 credits ? 1 : length, length);
	html_put(stream, strength->digit_credit < 0 ? " required: digit;" : "");
	html_put(stream, strength->upper_credit < 0 ? " required: upper;" : "");
	html_put(stream, strength->lower_credit < 0 ? " required: lower;" : "");
	html_put(stream, strength->other_credit < 0 ? " required: special;" : "");
	html_put(stream, "\"");
	end_field(stream, page, FIELD_NEW);
}

static void put_words(FILE *stream, const struct page *page)
{
	static const struct {
		const char *name;
		enum text text;
	} words[] = {
		{"hint", TEXT_HINT},
		{"hint-user", TEXT_HINT_USER},
		{"hint-current", TEXT_HINT_CURRENT},
		{"hint-rules", TEXT_HINT_RULES},
		{"hint-confirm", TEXT_HINT_CONFIRM},
		{"mismatch", TEXT_MISMATCH},
		{"submit", TEXT_SUBMIT},
		{"submitting", TEXT_SUBMITTING},
		{"progress", TEXT_PROGRESS},
		{"missing", TEXT_MISSING},
	};

	for (size_t i = 0; i < COUNT(words); i++)
		html_put(stream, " data-%s=\"%s\"", words[i].name, say(page, words[i].text));
}

static void put_hidden(FILE *stream, const struct page *page)
{
	html_put(stream, "<input type=\"hidden\" name=\"lang\" value=\"%s\">\n",
		 language_tag(page->language));
	if (page->form_token[0] != '\0')
		html_put(stream, "<input type=\"hidden\" name=\"form\" value=\"%s\">\n",
			 page->form_token);
}

static void put_button(FILE *stream, const struct page *page)
{
	html_put(stream,
		 "<p><button type=\"button\" id=\"show\" class=\"quiet\" aria-pressed=\"false\" "
		 "hidden>%s</button></p>\n",
		 say(page, TEXT_SHOW));
	html_put(stream, "<p id=\"hint\" class=\"hint\"></p>\n");
	html_put(stream,
		 "<p><button type=\"submit\" id=\"submit\" aria-describedby=\"hint\">%s</button>"
		 "</p>\n<p id=\"status\" class=\"visually-hidden\" role=\"status\"></p>\n",
		 say(page, TEXT_SUBMIT));
}

void page_form(FILE *stream, const struct page *page)
{
	const bool link = page->kind == PAGE_LINK_FORM;
	char name[VSEE_FILE_NAME_SIZE];

	html_put(stream, "<p class=\"host\">");
	html_say(stream, say(page, TEXT_HOST), page->site->host);
	html_put(stream, "</p>\n");
	put_summary(stream, page);
	html_put(stream,
		 "<form id=\"form\" novalidate method=\"post\" action=\"%s/%s\" data-gate=\"%s\"",
		 page->site->path, link ? "link" : "change",
		 page->site->gate == VSEE_GATE_NATIVE ? "native" : "aria");
	put_words(stream, page);
	html_put(stream, ">\n");
	put_hidden(stream, page);
	put_user(stream, page);
	if (!link)
		put_secret(stream, page, FIELD_CURRENT);
	page_list(stream, page);
	put_new(stream, page);
	put_secret(stream, page, FIELD_CONFIRM);
	put_button(stream, page);
	html_put(stream, "</form>\n");
	if (link) {
		vsee_name_escape(page->user, name);
		html_put(stream,
			 "<p><a class=\"way\" href=\"%s/?user=%s&amp;lang=%s\">%s</a></p>\n",
			 page->site->path, name, language_tag(page->language),
			 say(page, TEXT_WITH_CURRENT));
	}
}
