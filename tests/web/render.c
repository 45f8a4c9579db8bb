/*
 * render FOLDER: write each page of vsee-web there as a file, with style sheet and script beside
 * it, for checks of the markup and for eyes. Prints the names of the pages.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "asset.h"
#include "base/cleanup.h"
#include "language.h"
#include "page_case.h"

static const char *const kinds[] = {
	[PAGE_FORM] = "form",
	[PAGE_LINK_FORM] = "link",
	[PAGE_DONE] = "done",
	[PAGE_THROTTLED] = "throttled",
	[PAGE_LINK_BAD] = "link-bad",
	[PAGE_UNAVAILABLE] = "unavailable",
	[PAGE_UNCERTAIN] = "uncertain",
	[PAGE_FORBIDDEN] = "forbidden",
	[PAGE_BAD_REQUEST] = "bad-request",
	[PAGE_NOT_FOUND] = "not-found",
	[PAGE_NOT_ALLOWED] = "not-allowed",
	[PAGE_TOO_LARGE] = "too-large",
	[PAGE_MISDIRECTED] = "misdirected",
};

static const char *const problems[] = {
	[PROBLEM_NONE] = "",
	[PROBLEM_EMPTY] = "-empty",
	[PROBLEM_MISMATCH] = "-mismatch",
	[PROBLEM_WRONG] = "-wrong",
	[PROBLEM_UNMET] = "-unmet",
	[PROBLEM_REFUSED] = "-refused",
	[PROBLEM_TOO_SOON] = "-too-soon",
	[PROBLEM_BUSY] = "-busy",
	[PROBLEM_STALE] = "-stale",
};

static void save(const char *folder, const char *name, const char *text, size_t size)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "w");
	if (!file || fwrite(text, 1, size, file) != size || fclose(file) != 0) {
		perror(path);
		exit(1);
	}
}

static void render(const char *folder, const struct page *page, const char *more)
{
	autofree char *html = NULL;
	char name[128];
	size_t size;

	if (page_render(page, &html, &size) < 0) {
		(void)fputs("render: out of memory\n", stderr);
		exit(1);
	}
	(void)snprintf(name, sizeof(name), "%s%s%s-%s.html", kinds[page->kind],
		       problems[page->problem], more, language_tag(page->language));
	save(folder, name, html, size);
	(void)puts(name);
}

static void render_all(const char *folder, struct site *site, enum vsee_language language)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		for (unsigned problem = 0; problem < PAGE_CASE_PROBLEMS; problem++) {
			struct page page = page_case_page(site, kind);

			page.problem = problem;
			page.language = language;
			if (problem != PROBLEM_UNMET)
				page.unmet = 0;
			if (kind == PAGE_FORM && problem == PROBLEM_NONE)
				page.user = "";
			if (page_case_exists(kind, problem))
				render(folder, &page, "");
		}
	}
}

/* Every criterion at once, and the length of text that comes with it. */
static void render_strict(const char *folder, struct site site, enum vsee_language language)
{
	struct page page = page_case_page(&site, PAGE_FORM);

	site.strength = page_case_strict();
	page.language = language;
	page.problem = PROBLEM_UNMET;
	page.unmet = strength_criteria(&site.strength);
	render(folder, &page, "-strict");
	site.gate = VSEE_GATE_NATIVE;
	page.problem = PROBLEM_NONE;
	page.unmet = 0;
	render(folder, &page, "-native");
}

int main(int argc, char **argv)
{
	struct site site = page_case_site();

	if (argc != 2) {
		(void)fputs("usage: render FOLDER\n", stderr);
		return 2;
	}
	(void)snprintf(site.path, sizeof(site.path), "."); /* as files they lie side by side */
	for (unsigned language = VSEE_LANGUAGE_EN; language <= VSEE_LANGUAGE_DE; language++) {
		render_all(argv[1], &site, language);
		render_strict(argv[1], site, language);
	}
	save(argv[1], asset_style.name, asset_style.text, asset_style.size);
	save(argv[1], asset_script.name, asset_script.text, asset_script.size);
	return 0;
}
