#include "base/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/field.h"

#define CAPACITY_MIN ((size_t)256 * 1024)

int vsee_lines_open(int fd, size_t line_max, struct vsee_lines *ret_lines)
{
	const size_t capacity = line_max + 1 > CAPACITY_MIN ? line_max + 1 : CAPACITY_MIN;
	char *buffer = malloc(capacity);

	if (!buffer)
		return -ENOMEM;
	*ret_lines = (struct vsee_lines){
		.fd = fd,
		.buffer = buffer,
		.capacity = capacity,
		.line_max = line_max,
	};
	return 0;
}

static size_t find_nul(const struct vsee_lines *lines, size_t begin)
{
	const char *nul = memchr(lines->buffer + begin, '\0', lines->end - begin);

	return nul ? (size_t)(nul - lines->buffer) : lines->end;
}

/* Read more behind what is there; the caller sees to it that this is at most line_max. */
static int fill(struct vsee_lines *lines)
{
	const size_t kept = lines->end - lines->begin;
	ssize_t size;

	memmove(lines->buffer, lines->buffer + lines->begin, kept);
	lines->nul -= lines->begin;
	lines->begin = 0;
	lines->end = kept;

	do
		size = read(lines->fd, lines->buffer + kept, lines->capacity - kept);
	while (size < 0 && errno == EINTR);
	if (size < 0)
		return -errno;

	lines->eof = size == 0;
	lines->end = kept + (size_t)size;
	if (lines->touched < lines->end)
		lines->touched = lines->end;
	if (lines->nul == kept)
		lines->nul = find_nul(lines, kept);
	return 0;
}

/* Pass over the rest of an over-long line. 1, 0 at the end of the file, or negative errno. */
static int skip_rest(struct vsee_lines *lines)
{
	for (;;) {
		const char *text = lines->buffer + lines->begin;
		const char *newline = memchr(text, '\n', lines->end - lines->begin);

		lines->begin = newline ? (size_t)(newline - lines->buffer) + 1 : lines->end;
		lines->nul = find_nul(lines, lines->begin);
		if (newline) {
			lines->skip = false;
			return 1;
		}
		if (lines->eof)
			return 0;

		const int r = fill(lines);

		if (r < 0)
			return r;
	}
}

/* Hand out a line of size bytes; skipped: how many are behind us then. */
static int take(struct vsee_lines *lines, size_t size, size_t skipped, enum vsee_line_fault fault,
		struct vsee_line *ret_line)
{
	const size_t next = lines->begin + skipped;
	const bool nul = lines->nul < next;

	if (nul && fault != VSEE_LINE_LONG)
		fault = VSEE_LINE_NUL;
	*ret_line = (struct vsee_line){
		.text = lines->buffer + lines->begin,
		.size = size,
		.number = ++lines->number,
		.fault = fault,
	};
	lines->begin = next;
	if (nul)
		lines->nul = find_nul(lines, next);
	return 1;
}

/* The next line where the buffer holds no whole one. */
static int next_filling(struct vsee_lines *lines, struct vsee_line *ret_line)
{
	for (;;) {
		const size_t size = lines->end - lines->begin;

		if (size > lines->line_max) {
			lines->skip = true;
			return take(lines, lines->line_max, size, VSEE_LINE_LONG, ret_line);
		}
		if (lines->eof && size == 0)
			return 0;
		if (lines->eof)
			return take(lines, size, size, VSEE_LINE_UNTERMINATED, ret_line);

		const int r = fill(lines);

		if (r < 0)
			return r;

		/* Only the new part is searched: time stays linear however little read(2) gives. */
		const char *text = lines->buffer;
		const char *newline = memchr(text + size, '\n', lines->end - size);

		if (newline && (size_t)(newline - text) > lines->line_max)
			return take(lines, lines->line_max, (size_t)(newline - text) + 1,
				    VSEE_LINE_LONG, ret_line);
		if (newline)
			return take(lines, (size_t)(newline - text), (size_t)(newline - text) + 1,
				    VSEE_LINE_OK, ret_line);
	}
}

int vsee_lines_next(struct vsee_lines *lines, struct vsee_line *ret_line)
{
	const int r = lines->skip ? skip_rest(lines) : 1;

	if (r <= 0)
		return r;

	const char *text = lines->buffer + lines->begin;
	const char *newline = memchr(text, '\n', lines->end - lines->begin);

	if (!newline)
		return next_filling(lines, ret_line);

	const size_t size = (size_t)(newline - text);

	if (size > lines->line_max)
		return take(lines, lines->line_max, size + 1, VSEE_LINE_LONG, ret_line);
	return take(lines, size, size + 1, VSEE_LINE_OK, ret_line);
}

/*
 * Pass over whole good lines that are not wanted, without what handing them out costs: of ten
 * million lines a scan looks at ten. What is in doubt stays.
 */
static inline void pass_over(struct vsee_lines *lines, vsee_line_wanted wanted, const void *context)
{
	const char *text = lines->buffer + lines->begin;
	const char *const end = lines->buffer + lines->nul;
	uint64_t number = lines->number;

	while (!lines->skip) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const size_t size = newline ? (size_t)(newline - text) : 0;

		if (!newline || size > lines->line_max || wanted(context, text, size))
			break;
		text = newline + 1;
		number++;
	}
	lines->begin = (size_t)(text - lines->buffer);
	lines->number = number;
}

struct prefix {
	const char *text;
	size_t size;
	uint64_t first; /* its first bytes, to spare a call of memcmp(3) */
};

static bool has_prefix(const void *context, const char *text, size_t size)
{
	const struct prefix *prefix = context;
	const bool words = prefix->size >= sizeof(uint64_t);

	if (size < prefix->size || (words && vsee_field_load(text) != prefix->first))
		return false;
	return memcmp(text, prefix->text, prefix->size) == 0;
}

int vsee_lines_find(struct vsee_lines *lines, const char *prefix, size_t size,
		    struct vsee_line *ret_line)
{
	const struct prefix wanted = {
		.text = prefix,
		.size = size,
		.first = size >= sizeof(uint64_t) ? vsee_field_load(prefix) : 0,
	};

	for (;;) {
		struct vsee_line line;
		int r;

		pass_over(lines, has_prefix, &wanted);
		r = vsee_lines_next(lines, &line);
		if (r <= 0)
			return r;
		if (has_prefix(&wanted, line.text, line.size)) {
			*ret_line = line;
			return 1;
		}
	}
}

int vsee_lines_next_wanted(struct vsee_lines *lines, vsee_line_wanted wanted, const void *context,
			   struct vsee_line *ret_line)
{
	for (;;) {
		struct vsee_line line;
		int r;

		pass_over(lines, wanted, context);
		r = vsee_lines_next(lines, &line);
		if (r <= 0)
			return r;
		if (line.fault != VSEE_LINE_OK || wanted(context, line.text, line.size)) {
			*ret_line = line;
			return 1;
		}
	}
}

int vsee_lines_rewind(struct vsee_lines *lines)
{
	if (lseek(lines->fd, 0, SEEK_SET) < 0)
		return -errno;
	lines->begin = lines->end = lines->nul = 0;
	lines->number = 0;
	lines->eof = lines->skip = false;
	return 0;
}

void vsee_lines_clear(struct vsee_lines *lines)
{
	if (lines->buffer)
		explicit_bzero(lines->buffer, lines->touched); /* more was never touched */
	free(lines->buffer);
	*lines = (struct vsee_lines){.fd = -1};
}
