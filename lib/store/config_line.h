/* One line of the configuration, judged before inih sees it. */
#pragma once

#include <stddef.h>

#include "store/policy.h"

#define VSEE_CONFIG_LINE_MAX 198 /* inih's 200, less newline and NUL */

enum vsee_config_line {
	VSEE_CONFIG_BLANK, /* nothing, or a comment */
	VSEE_CONFIG_SECTION,
	VSEE_CONFIG_KEY,
};

/*
 * What kind of line text[0..size) is (without its newline). max: the longest good one.
 *
 * Refuses what inih would cut, join, guess or pass over: over-long lines, a blank before a key
 * (continuation), control characters, a byte-order mark, ':' in place of '=', text behind a
 * section's ']'. Returns NULL with ret_kind set, or English for what is wrong (static).
 */
const char *vsee_config_line_judge(const char *text, size_t size, size_t max,
				   enum vsee_config_line *ret_kind);

/* The same for bytes and length alone, whatever the line says. NULL, or English (static). */
const char *vsee_config_line_bytes(const char *text, size_t size, size_t max);

/* The text between the brackets of a line judged VSEE_CONFIG_SECTION. */
const char *vsee_config_line_section(const char *text, size_t size, size_t *ret_size);
