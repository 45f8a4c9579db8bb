/* A line of shadow that is in doubt: what it is called, what is wrong with it, who is told. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "store/records.h"

struct line_log {
	const char *path;
	unsigned warnings;
};

/* Warn with file and number; after 100 such warnings the rest is passed over with one more. */
void line_warn(struct line_log *log, uint64_t number, const char *text);

/* What is wrong with a line that vsee_shadow_parse() refused. */
const char *line_fault_text(enum vsee_record_fault fault, const struct vsee_line *line);

/* The line's name (VSEE_NAME_SIZE bytes); false when there is none that can be an account's. */
bool line_name(const struct vsee_line *line, char *ret_name);

/* How many lines of the file begin with the name: 0, 1, or 2 for more; or negative errno. */
int line_count(const char *path, const char *name);
