#include "base/base64.h"

static char letter(unsigned value, const char *last)
{
	static const char letters[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	if (value < sizeof(letters) - 1)
		return letters[value];
	return last[value - (sizeof(letters) - 1)];
}

void vsee_base64_print(const void *bytes, size_t count, const char *last, char *ret_text)
{
	const unsigned char *from = bytes;
	unsigned bits = 0, value = 0;

	for (size_t i = 0; i < count; i++) {
		value = (value << 8 | from[i]) & 0xffff;
		for (bits += 8; bits >= 6; bits -= 6)
			*ret_text++ = letter(value >> (bits - 6) & 63, last);
	}
	if (bits > 0)
		*ret_text++ = letter(value << (6 - bits) & 63, last);
	*ret_text = '\0';
}
