/* Whether bytes are UTF-8, without locale. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* No over-long forms, no surrogates, nothing above U+10FFFF. NUL and control characters are fine.
 */
static inline bool vsee_utf8_valid(const char *text, size_t size)
{
	const unsigned char *c = (const unsigned char *)text;
	const unsigned char *const end = c + size;

	while (c < end) {
		const unsigned char first = *c++;
		/* Bytes to follow, and the range of the first of them. Source: RFC 3629, section 4.
		 */
		const int more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
		unsigned char low = 0x80, high = 0xbf;

		if ((first >= 0x80 && first < 0xc2) || first > 0xf4 || end - c < more)
			return false;
		if (first == 0xe0)
			low = 0xa0;
		else if (first == 0xf0)
			low = 0x90;
		else if (first == 0xed)
			high = 0x9f;
		else if (first == 0xf4)
			high = 0x8f;
		for (int i = 0; i < more; i++, c++) {
			if (*c < low || *c > high)
				return false;
			low = 0x80;
			high = 0xbf;
		}
	}
	return true;
}
