/* Text in HTML. */
#pragma once

#include <stddef.h>

/* What stands for c in text and in quoted attributes; NULL: c itself. */
static inline const char *vsee_html_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}
