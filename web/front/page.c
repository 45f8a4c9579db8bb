#include "page.h"

#include <errno.h>
#include <stdlib.h>

#include "asset.h"
#include "base/name.h"
#include "html.h"
#include "language.h"
#include "page_parts.h"
#include "texts.h"

static const struct kind {
	unsigned status;
	enum text heading;
} kinds[PAGE_KINDS] = {
	[PAGE_FORM] = {200, TEXT_HEADING},
	[PAGE_LINK_FORM] = {200, TEXT_HEADING},
	[PAGE_DONE] = {200, TEXT_DONE},
	[PAGE_THROTTLED] = {429, TEXT_THROTTLED},
	[PAGE_LINK_BAD] = {410, TEXT_LINK_BAD},
	[PAGE_UNAVAILABLE] = {503, TEXT_UNAVAILABLE},
	[PAGE_UNCERTAIN] = {502, TEXT_UNCERTAIN},
	[PAGE_FORBIDDEN] = {403, TEXT_FORBIDDEN},
	[PAGE_BAD_REQUEST] = {400, TEXT_BAD_REQUEST},
	[PAGE_NOT_FOUND] = {404, TEXT_NOT_FOUND},
	[PAGE_NOT_ALLOWED] = {405, TEXT_NOT_ALLOWED},
	[PAGE_TOO_LARGE] = {413, TEXT_TOO_LARGE},
	[PAGE_MISDIRECTED] = {421, TEXT_MISDIRECTED},
};

/* Of a form that is shown again: 4xx, so that no browser offers to save what was not accepted. */
static const unsigned problem_status[] = {
	[PROBLEM_NONE] = 200,	  [PROBLEM_EMPTY] = 422, [PROBLEM_MISMATCH] = 422,
	[PROBLEM_WRONG] = 403,	  [PROBLEM_UNMET] = 422, [PROBLEM_REFUSED] = 422,
	[PROBLEM_TOO_SOON] = 422, [PROBLEM_BUSY] = 503,	 [PROBLEM_STALE] = 403,
};

static bool is_form(const struct page *page)
{
	return page->kind == PAGE_FORM || page->kind == PAGE_LINK_FORM;
}

unsigned page_status(const struct page *page)
{
	return is_form(page) ? problem_status[page->problem] : kinds[page->kind].status;
}

static const char *say(const struct page *page, enum text text)
{
	return text_in(page->language, text);
}

static void put_heading(FILE *stream, const struct page *page)
{
	html_say(stream, say(page, kinds[page->kind].heading), page->site->product);
}

static void put_head(FILE *stream, const struct page *page)
{
	const char *const path = page->site->path;
	const bool failed = page_status(page) >= 400;

	html_put(stream, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"ltr\">\n<head>\n",
		 language_tag(page->language));
	html_put(stream, "<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
			 "content=\"width=device-width, initial-scale=1\">\n"
			 "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
	html_put(stream, "%s", failed ? say(page, TEXT_ERROR) : "");
	put_heading(stream, page);
	html_put(stream, "</title>\n<link rel=\"stylesheet\" href=\"%s/%s\">\n", path,
		 asset_style.name);
	html_put(stream, "<script src=\"%s/%s\" defer></script>\n</head>\n", path,
		 asset_script.name);
}

/* Without an address the words still say what to do. */
static void put_link(FILE *stream, const char *url, const char *words)
{
	if (url[0] == '\0')
		html_put(stream, "%s", words);
	else
		html_put(stream, "<a href=\"%s\">%s</a>", url, words);
}

static void put_done(FILE *stream, const struct page *page)
{
	const struct site *site = page->site;

	html_put(stream, "<h2>%s</h2>\n<ul class=\"next\">\n<li>", say(page, TEXT_NEXT_STEPS));
	html_say(stream, say(page, TEXT_DONE_APP), site->product);
	html_put(stream, "</li>\n");
	if (site->login_page[0] != '\0') {
		html_put(stream, "<li>");
		put_link(stream, site->login_page, say(page, TEXT_DONE_LOGIN));
		html_put(stream, "</li>\n");
	}
	html_put(stream, "<li>");
	put_link(stream, site->support, say(page, TEXT_DONE_SUPPORT));
	html_put(stream, "</li>\n</ul>\n<p>%s</p>\n", say(page, TEXT_DONE_SESSIONS));
}

void page_retry(FILE *stream, const struct page *page)
{
	const unsigned minutes = page->retry_after <= 60 ? 1 : (page->retry_after + 59) / 60;

	html_put(stream, "<p>");
	html_say(stream, say(page, minutes == 1 ? TEXT_RETRY_MINUTE : TEXT_RETRY_MINUTES), minutes);
	html_put(stream, "</p>\n");
}

static void put_paragraph(FILE *stream, const struct page *page, enum text text)
{
	html_put(stream, "<p>%s</p>\n", say(page, text));
}

static void put_reference(FILE *stream, const struct page *page)
{
	if (page->reference[0] == '\0')
		return;
	html_put(stream, "<p>");
	html_say(stream, say(page, TEXT_REFERENCE), page->reference);
	html_put(stream, "</p>\n");
}

/* Whole, for a browser that came by another name. */
static void put_way_back(FILE *stream, const struct page *page)
{
	html_put(stream, "<p><a class=\"way\" href=\"%s%s/?lang=%s\">%s</a></p>\n",
		 page->site->origin, page->site->path, language_tag(page->language),
		 say(page, TEXT_TO_FORM));
}

static void put_notice(FILE *stream, const struct page *page)
{
	switch (page->kind) {
	case PAGE_DONE:
		put_done(stream, page);
		return;
	case PAGE_THROTTLED:
		page_retry(stream, page);
		return;
	case PAGE_UNAVAILABLE:
		put_paragraph(stream, page, TEXT_NOT_CHANGED);
		put_paragraph(stream, page, TEXT_TRY_LATER);
		put_reference(stream, page);
		return;
	case PAGE_UNCERTAIN:
		put_paragraph(stream, page, TEXT_TRY_BOTH);
		put_reference(stream, page);
		return;
	case PAGE_LINK_BAD:
		put_paragraph(stream, page, TEXT_LINK_BAD_WHY);
		put_way_back(stream, page);
		return;
	case PAGE_FORBIDDEN:
	case PAGE_BAD_REQUEST:
	case PAGE_TOO_LARGE:
		put_paragraph(stream, page, TEXT_NOT_CHANGED);
		put_way_back(stream, page);
		return;
	case PAGE_FORM:
	case PAGE_LINK_FORM:
	case PAGE_NOT_FOUND:
	case PAGE_NOT_ALLOWED:
	case PAGE_MISDIRECTED:
	case PAGE_KINDS:
		put_way_back(stream, page);
		return;
	}
}

/* The name goes along, but not where it would end a link that is being used. */
static void put_footer(FILE *stream, const struct page *page)
{
	const struct site *site = page->site;
	const char *const other = page->language == VSEE_LANGUAGE_DE ? "en" : "de";
	const bool named = page->kind == PAGE_FORM && page->user[0] != '\0';
	char name[VSEE_FILE_NAME_SIZE];

	html_put(stream, "<footer>\n");
	if (site->support[0] != '\0' && page->kind != PAGE_DONE) {
		html_put(stream, "<p>");
		put_link(stream, site->support, say(page, TEXT_SUPPORT));
		html_put(stream, "</p>\n");
	}
	html_put(stream, "<p><a id=\"language\" lang=\"%s\" hreflang=\"%s\" href=\"%s/", other,
		 other, site->path);
	html_put(stream, "%s?lang=%s", page->kind == PAGE_DONE ? "done" : "", other);
	if (named) {
		vsee_name_escape(page->user, name);
		html_put(stream, "&amp;user=%s", name);
	}
	html_put(stream, "\">%s</a></p>\n</footer>\n", say(page, TEXT_OTHER_LANGUAGE));
}

static void put_page(FILE *stream, const struct page *page)
{
	put_head(stream, page);
	html_put(stream, "<body>\n<main class=\"%s\">\n<h1 id=\"heading\" tabindex=\"-1\">",
		 page->kind == PAGE_DONE ? "done" : "open");
	put_heading(stream, page);
	html_put(stream, "</h1>\n");
	if (is_form(page))
		page_form(stream, page);
	else
		put_notice(stream, page);
	html_put(stream, "</main>\n");
	put_footer(stream, page);
	html_put(stream, "</body>\n</html>\n");
}

int page_render(const struct page *page, char **ret_html, size_t *ret_size)
{
	char *html = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&html, &size);
	bool failed;

	if (!stream)
		return -ENOMEM;
	put_page(stream, page);
	failed = ferror(stream);
	if (fclose(stream) != 0 || failed) {
		free(html);
		return -ENOMEM;
	}
	*ret_html = html;
	*ret_size = size;
	return 0;
}
