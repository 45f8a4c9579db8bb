/* Text as a row of units, code points or bytes, and what libpwquality measures on such rows. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

#define UNITS_MAX 1024 /* as long as a password between front and worker */

struct units {
	uint32_t unit[UNITS_MAX];
	size_t count;
};

/* Wipe the text: it was a password. */
void units_clear(struct units *units);
#define autounits CLEANUP(units_clear)

/* by_byte: also where text is UTF-8. What is not UTF-8 is read by the byte. The first UNITS_MAX. */
void units_read(const char *text, bool by_byte, struct units *ret_units);

/* A-Z become a-z, as tolower(3) has it in the C locale; nothing else changes. */
void units_lower(struct units *units);

/* Last comes first. */
void units_reverse(struct units *units);

/* Whether part stands in whole, beginning with every unit of it; never where part is the longer. */
bool units_contain(const struct units *whole, const struct units *part);

/*
 * How different libpwquality finds two rows: the fewest unequal pairs on a way from both beginnings
 * to both ends that may stand still in either row. No edit distance: "aab" and "ab" are 0 apart.
 */
int units_distance(const struct units *a, const struct units *b);
