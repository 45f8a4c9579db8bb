/* A pam.d file's text: lines as libpam joins them, and words as it cuts them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define STACK_LINE_SIZE 1024 /* libpam 1.5's own buffer, with NUL */

struct stack_reader {
	const char *text; /* need not end with a NUL */
	size_t size, offset;
	unsigned number; /* lines of the file seen so far */
};

struct stack_text {
	char line[STACK_LINE_SIZE];
	unsigned number; /* where it begins */
	bool cut;	 /* longer than libpam 1.5 reads: this is its beginning */
};

/*
 * The next line that says something: comments cut off, continued ones joined. 1: ret_text is set.
 * 0: the end. -EBADMSG: the file ends behind a backslash; libpam then gives up on the whole file
 * (ret_text->number says where the line begins).
 */
int stack_text_next(struct stack_reader *reader, struct stack_text *ret_text);

/*
 * The next word of *rest, NUL-terminated in place, or NULL; *rest becomes what stands behind it,
 * or NULL. "[...]" at a word's begin is one word without its brackets, "\]" in there is "]".
 */
char *stack_word_next(char **rest);
