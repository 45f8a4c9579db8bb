/* Any bytes as a hold: what is accepted prints to the same bytes, but for leading zeros. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "store/hold.h"
#include "fuzz.h"

static void print(const struct vsee_hold *hold, char *text, size_t size, size_t *ret_length)
{
	struct vsee_writer writer = {.text = text, .size = size};

	if (vsee_hold_print(hold, &writer) < 0 || writer.overflow)
		abort();
	*ret_length = writer.length;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct vsee_hold first, second;
	char text[512], again[512];
	size_t length, again_length;

	const int r = vsee_hold_parse((const char *)data, size, &first);

	if (r < 0)
		return r;
	print(&first, text, sizeof(text), &length);
	if (vsee_hold_parse(text, length, &second) < 0)
		abort();
	print(&second, again, sizeof(again), &again_length);
	if (length > size || length != again_length || memcmp(text, again, length) != 0)
		abort();
	return 0;
}
