/* Bytes as letters, RFC 4648. */
#pragma once

#include <stddef.h>

#define VSEE_BASE64_LAST "+/"	  /* of base64, section 4 */
#define VSEE_BASE64_URL_LAST "-_" /* of base64url, section 5 */

/*
 * Without padding. last: the letters for 62 and 63. ret_text holds vsee_base64_length() letters and
 * a NUL.
 */
void vsee_base64_print(const void *bytes, size_t count, const char *last, char *ret_text);

static inline size_t vsee_base64_length(size_t count)
{
	return (count * 8 + 5) / 6;
}
