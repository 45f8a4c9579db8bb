/* Any bytes as state/lastrun: what is accepted is printed, and read back alike. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "store/lastrun.h"
#include "fuzz.h"

int fuzz_run(const uint8_t *data, size_t size)
{
	autofree char *text = calloc(1, size + 1);
	struct vsee_lastrun first = {0}, second = {0};
	char printed[VSEE_LASTRUN_BYTES_MAX];
	size_t printed_size;

	int r;

	if (!text)
		return -ENOMEM;
	if (size > 0)
		memcpy(text, data, size);
	r = vsee_lastrun_parse(text, size, &first);
	if (r < 0)
		return r;
	if (vsee_lastrun_print(&first, printed, &printed_size) < 0 ||
	    vsee_lastrun_parse(printed, printed_size, &second) < 0 ||
	    memcmp(&first, &second, sizeof(first)) != 0)
		abort();
	return 0;
}
