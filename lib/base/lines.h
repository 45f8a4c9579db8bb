/* A file read line by line with bounded memory; a bad line never bleeds into its neighbour. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum vsee_line_fault {
	VSEE_LINE_OK,
	VSEE_LINE_LONG, /* longer than the reader's limit: text holds its first line_max bytes */
	VSEE_LINE_NUL,	/* holds a NUL byte */
	VSEE_LINE_UNTERMINATED, /* the file ends without a newline: a writer died, or is writing */
};

struct vsee_line {
	const char *text; /* not NUL-terminated, without the newline; valid until the next call */
	size_t size;
	uint64_t number; /* from 1 */
	enum vsee_line_fault fault;
};

struct vsee_lines {
	int fd; /* not owned */
	char *buffer;
	size_t capacity, line_max;
	size_t begin, end; /* what is read and not handed out */
	size_t nul;	   /* the first NUL byte in there; end: none */
	size_t touched;	   /* bytes of buffer ever used: what must be wiped */
	uint64_t number;
	bool eof;
	bool skip; /* the rest of an over-long line comes next */
};

/*
 * Start reading fd at its current position. line_max: the longest good line in bytes, at least 1.
 * Memory is line_max or 256 KiB, whichever is more, whatever the file's size.
 * 0, or -ENOMEM. The caller keeps fd open and calls vsee_lines_clear() at the end.
 */
int vsee_lines_open(int fd, size_t line_max, struct vsee_lines *ret_lines);

/* The next line. 1: ret_line is set (look at its fault). 0: end of file. Negative errno: read(2).
 */
int vsee_lines_next(struct vsee_lines *lines, struct vsee_line *ret_line);

/*
 * The next line that begins with prefix (size bytes, no newline in it, at most line_max), whatever
 * its fault; lines between are only counted. Results as vsee_lines_next().
 */
int vsee_lines_find(struct vsee_lines *lines, const char *prefix, size_t size,
		    struct vsee_line *ret_line);

/*
 * The next line that wanted says yes to, or that has a fault; the others are only counted. wanted
 * sees text and size of whole good lines, each line once or twice. Results as vsee_lines_next().
 */
typedef bool (*vsee_line_wanted)(const void *context, const char *text, size_t size);
int vsee_lines_next_wanted(struct vsee_lines *lines, vsee_line_wanted wanted, const void *context,
			   struct vsee_line *ret_line);

/* Start again with line 1 of the file, which must be seekable. 0, or negative errno of lseek(2). */
int vsee_lines_rewind(struct vsee_lines *lines);

/* Wipe and free the buffer (it may hold hashes); fd stays open. */
void vsee_lines_clear(struct vsee_lines *lines);
