/* A page rendered, and what must and must not stand in it. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../web/page_case.h"
#include "base/cleanup.h"

static inline char *render(const struct page *page)
{
	char *html = NULL;
	size_t size = 0;

	assert_int_equal(page_render(page, &html, &size), 0);
	assert_int_equal(strlen(html), size);
	return html;
}

static inline size_t count(const char *html, const char *part)
{
	size_t times = 0;

	for (; (html = strstr(html, part)); html += strlen(part))
		times++;
	return times;
}

static inline void assert_has(const char *html, const char *part)
{
	if (!strstr(html, part)) {
		(void)fputs(html, stderr);
		fail_msg("\"%s\" is not in it", part);
	}
}

static inline void assert_lacks(const char *html, const char *part)
{
	if (strstr(html, part)) {
		(void)fputs(html, stderr);
		fail_msg("\"%s\" is in it", part);
	}
}

static inline void see_one(const struct page *page,
			   void (*see)(const struct page *page, const char *html))
{
	autofree char *html = render(page);

	see(page, html);
}

/* Every page that there is, in both languages, to see. */
static inline void each_page(const struct site *site,
			     void (*see)(const struct page *page, const char *html))
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		for (unsigned problem = 0; problem < PAGE_CASE_PROBLEMS; problem++) {
			struct page page = page_case_page(site, kind);

			page.problem = problem;
			for (unsigned i = VSEE_LANGUAGE_EN; i <= VSEE_LANGUAGE_DE; i++) {
				page.language = i;
				if (page_case_exists(kind, problem))
					see_one(&page, see);
			}
		}
	}
}
