/* Counts in sentences. */
#pragma once

#include <stdint.h>

/* The ending of an English noun behind its count: "1 account", "2 accounts". */
static inline const char *vsee_plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}
