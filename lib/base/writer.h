/* Text composed into a buffer of fixed size; overflow is noticed once, at the end. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct vsee_writer {
	char *text; /* owned by the caller; always NUL-terminated */
	size_t size, length;
	bool overflow;
};

/* Append as printf(3) does. Once something did not fit, nothing more is appended. */
__attribute__((format(printf, 2, 3))) void vsee_writer_add(struct vsee_writer *writer,
							   const char *format, ...);
