/* Which of our languages a page is in. */
#pragma once

#include "policy/message.h"

/*
 * wanted: what the query or the form says ("" or NULL: nothing; unknown: nothing). accept: the
 * header Accept-Language with its weights, NULL: none. fallback: the host's own language.
 */
enum vsee_language language_choose(const char *wanted, const char *accept,
				   enum vsee_language fallback);

/* "en", as Content-Language and the attribute lang have it. */
const char *language_tag(enum vsee_language language);
