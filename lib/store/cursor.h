/* Small state files: labelled lines in a fixed order, read strictly from front to back. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct vsee_cursor {
	const char *text;
	size_t left;
};

/*
 * The rest of the next line, which begins with label and ends with a newline; the cursor moves
 * behind it. False, with nothing moved, where the line is another one.
 */
bool vsee_cursor_value(struct vsee_cursor *cursor, const char *label, const char **ret_value,
		       size_t *ret_size);

/* The same for a number from 0 to max, or "-" for VSEE_UNSET. */
bool vsee_cursor_number(struct vsee_cursor *cursor, const char *label, int64_t max,
			int64_t *ret_number);

/*
 * The first line of a file: label and the version of its form. 0; -EBADMSG: it is none of ours;
 * -EPROTONOSUPPORT: a newer one than version.
 */
int vsee_cursor_version(struct vsee_cursor *cursor, const char *label, int64_t version);
