/* What is accepted is printed, and what was printed reads back alike. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "dropin.h"
#include "fuzz.h"

int fuzz_run(const uint8_t *data, size_t size)
{
	autodropin struct dropin first = {0}, second = {0};
	autofree char *once = NULL, *twice = NULL;
	size_t once_size = 0, twice_size = 0;
	unsigned line = 0;

	int r;

	r = dropin_parse((const char *)data, size, &first, &line);
	if (r < 0)
		return r;
	r = dropin_print(&first, &once, &once_size);
	if (r == 0)
		r = dropin_parse(once, once_size, &second, &line);
	if (r == 0)
		r = dropin_print(&second, &twice, &twice_size);
	CHECK(r == 0 || r == -ENOMEM);
	CHECK(r < 0 || (once_size == twice_size && memcmp(once, twice, once_size) == 0));
	return r;
}
