/* What is accepted is printed, and what was printed reads back alike. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dropin.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autodropin struct dropin first = {0}, second = {0};
	autofree char *once = NULL, *twice = NULL;
	size_t once_size = 0, twice_size = 0;
	unsigned line = 0;

	if (dropin_parse((const char *)data, size, &first, &line) < 0)
		return 0;
	if (dropin_print(&first, &once, &once_size) < 0)
		return 0;
	if (dropin_parse(once, once_size, &second, &line) < 0 ||
	    dropin_print(&second, &twice, &twice_size) < 0 || once_size != twice_size ||
	    memcmp(once, twice, once_size) != 0)
		abort();
	return 0;
}
