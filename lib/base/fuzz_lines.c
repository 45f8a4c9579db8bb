/*
 * The reader of lines where the file comes in pieces: all three ways through it find the lines that
 * a plain look at the bytes finds. The first byte says how long a line may be and what is looked
 * for, the second how long the pieces are; the rest is the file.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/lines.h"
#include "fuzz.h"

#define PIECES_MAX 100

struct file {
	const char *text;
	size_t size, piece, line_max;
};

/* Each read(2) gives one piece, whatever it asked for. */
static int open_file(const struct file *file)
{
	autoclose int from = -1, to = -1;
	int fds[2];

	CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) == 0);
	to = fds[0];
	for (size_t at = 0; at < file->size; at += file->piece) {
		const size_t left = file->size - at;
		const size_t size = left < file->piece ? left : file->piece;

		CHECK(send(to, file->text + at, size, 0) == (ssize_t)size);
	}
	from = fds[1];

	const int result = from;

	from = -1;
	return result;
}

static size_t line_size(const struct file *file, size_t begin, bool *ret_ended)
{
	const char *const text = file->text + begin;
	const char *const newline = memchr(text, '\n', file->size - begin);

	*ret_ended = newline;
	return newline ? (size_t)(newline - text) : file->size - begin;
}

static enum vsee_line_fault fault_of(const struct file *file, size_t begin, size_t size, bool ended)
{
	if (size > file->line_max)
		return VSEE_LINE_LONG;
	if (memchr(file->text + begin, '\0', size))
		return VSEE_LINE_NUL;
	return ended ? VSEE_LINE_OK : VSEE_LINE_UNTERMINATED;
}

static bool has_prefix(const void *context, const char *text, size_t size)
{
	const char *const prefix = context;

	return size >= strlen(prefix) && memcmp(text, prefix, strlen(prefix)) == 0;
}

enum way { WAY_ALL, WAY_FIND, WAY_WANTED };

static bool is_due(enum way way, const char *prefix, const char *text, size_t size,
		   enum vsee_line_fault fault)
{
	return way == WAY_ALL || (way == WAY_WANTED && fault != VSEE_LINE_OK) ||
	       has_prefix(prefix, text, size);
}

static int next(enum way way, struct vsee_lines *lines, const char *prefix, struct vsee_line *line)
{
	if (way == WAY_FIND)
		return vsee_lines_find(lines, prefix, strlen(prefix), line);
	if (way == WAY_WANTED)
		return vsee_lines_next_wanted(lines, has_prefix, prefix, line);
	return vsee_lines_next(lines, line);
}

static int check(const struct file *file, enum way way, const char *prefix)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {.fd = -1};
	autoclose int fd = open_file(file);
	struct vsee_line line;
	uint64_t number = 0;
	size_t begin = 0;
	bool ended;
	int r;

	r = vsee_lines_open(fd, file->line_max, &lines);
	if (r < 0)
		return r;
	while (begin < file->size) {
		const size_t whole = line_size(file, begin, &ended);
		const size_t size = whole < file->line_max ? whole : file->line_max;
		const enum vsee_line_fault fault = fault_of(file, begin, whole, ended);

		number++;
		if (is_due(way, prefix, file->text + begin, size, fault)) {
			CHECK(next(way, &lines, prefix, &line) == 1);
			CHECK(line.number == number && line.fault == fault && line.size == size);
			CHECK(memcmp(line.text, file->text + begin, size) == 0);
		}
		begin += whole + (ended ? 1 : 0);
	}
	CHECK(next(way, &lines, prefix, &line) == 0);
	return 0;
}

int fuzz_run(const uint8_t *data, size_t size)
{
	static const char *const prefixes[] = {"a:", "", "alice:", "a-long-name:"};
	struct file file;
	const char *prefix;
	int r = 0;

	if (size < 3)
		return 0;
	file = (struct file){.text = (const char *)data + 2, .size = size - 2};
	prefix = prefixes[data[0] % COUNT(prefixes)];
	file.line_max = data[0] / 8 + 13U;
	file.piece = data[1] + 1U;
	if (file.size > PIECES_MAX * file.piece)
		file.size = PIECES_MAX * file.piece; /* more the socket does not hold */
	for (enum way way = WAY_ALL; way <= WAY_WANTED && r == 0; way++)
		r = check(&file, way, prefix);
	return r;
}
