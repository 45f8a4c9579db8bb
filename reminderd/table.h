/* What a dry run prints on standard output, as a table or as JSON. */
#pragma once

#include "target.h"

/* Above the first account of a table. */
void table_begin(const struct scan *scan);

/* One account; its section is NULL where none covers it any more and shadow is to be restored. */
void table_add(const struct scan *scan, const struct target *target);
