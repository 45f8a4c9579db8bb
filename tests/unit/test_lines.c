#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "base/lines.h"

#define LINE_MAX_BYTES 8
#define LINES_MAX 6
#define CHUNK ((size_t)256 * 1024)

#define OK VSEE_LINE_OK
#define LONG VSEE_LINE_LONG
#define NUL VSEE_LINE_NUL
#define OPEN VSEE_LINE_UNTERMINATED

static struct row {
	const char *name, *input;
	size_t size;
	struct {
		const char *text;
		enum vsee_line_fault fault;
	} lines[LINES_MAX];
} rows[] = {
#define INPUT(text) text, sizeof(text) - 1
	{"an empty file", INPUT(""), {{NULL, OK}}},
	{"a file of only newlines", INPUT("\n\n\n"), {{"", OK}, {"", OK}, {"", OK}}},
	{"two lines", INPUT("a\nbc\n"), {{"a", OK}, {"bc", OK}}},
	{"unterminated", INPUT("a\nbc"), {{"a", OK}, {"bc", OPEN}}},
	{"one byte", INPUT("a"), {{"a", OPEN}}},
	{"as long as allowed", INPUT("12345678\nb\n"), {{"12345678", OK}, {"b", OK}}},
	{"one byte longer", INPUT("123456789\nb\n"), {{"12345678", LONG}, {"b", OK}}},
	{"much longer", INPUT("1234567890abc\nb\n"), {{"12345678", LONG}, {"b", OK}}},
	{"two long ones",
	 INPUT("123456789\n123456789x\nb\n"),
	 {{"12345678", LONG}, {"12345678", LONG}, {"b", OK}}},
	{"longest, unterminated", INPUT("12345678"), {{"12345678", OPEN}}},
	{"long and unterminated", INPUT("123456789"), {{"12345678", LONG}}},
	{"NUL inside", INPUT("a\nb\0c\nd\n"), {{"a", OK}, {"b", NUL}, {"d", OK}}},
	{"NUL at the end", INPUT("a\0\nd\n"), {{"a", NUL}, {"d", OK}}},
	{"NUL twice, then again",
	 INPUT("\0\0\nx\n\0\ny\n"),
	 {{"", NUL}, {"x", OK}, {"", NUL}, {"y", OK}}},
	{"NUL and unterminated", INPUT("a\n\0"), {{"a", OK}, {"", NUL}}},
	{"NUL in the cut part", INPUT("12345678x\0\nb\n"), {{"12345678", LONG}, {"b", OK}}},
	{"carriage return stays", INPUT("a\r\n"), {{"a\r", OK}}},
};

static int make_file(const char *text, size_t size)
{
	const int fd = memfd_create("lines", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static void check_lines(const struct row *row, struct vsee_lines *lines)
{
	struct vsee_line line;

	for (size_t i = 0; i < LINES_MAX && row->lines[i].text; i++) {
		assert_int_equal(vsee_lines_next(lines, &line), 1);
		assert_int_equal(line.number, i + 1);
		assert_int_equal(line.fault, row->lines[i].fault);
		assert_memory_equal(line.text, row->lines[i].text, strlen(row->lines[i].text));
		if (line.fault != NUL)
			assert_int_equal(line.size, strlen(row->lines[i].text));
	}
	assert_int_equal(vsee_lines_next(lines, &line), 0);
	assert_int_equal(vsee_lines_next(lines, &line), 0);
}

static void check(void **state)
{
	const struct row *row = *state;
	struct vsee_lines lines;
	autoclose int fd = make_file(row->input, row->size);

	assert_int_equal(vsee_lines_open(fd, LINE_MAX_BYTES, &lines), 0);
	check_lines(row, &lines);
	assert_int_equal(vsee_lines_rewind(&lines), 0);
	check_lines(row, &lines);
	vsee_lines_clear(&lines);
	assert_null(lines.buffer);
}

/* The same lines where a chunk of the reader's ends at each byte of them in turn. */
static void check_chunks(void **state)
{
	const struct row *row = *state;

	for (size_t cut = 0; cut <= row->size; cut++) {
		const size_t before = CHUNK - cut;
		autofree char *text = malloc(before + row->size);
		struct vsee_lines lines;
		struct vsee_line line;

		assert_non_null(text);
		memset(text, '\n', before);
		memcpy(text + before, row->input, row->size);

		autoclose int fd = make_file(text, before + row->size);

		assert_int_equal(vsee_lines_open(fd, LINE_MAX_BYTES, &lines), 0);
		for (size_t i = 0; i < before; i++)
			assert_true(vsee_lines_next(&lines, &line) == 1);
		assert_int_equal(line.number, before);
		lines.number = 0;
		check_lines(row, &lines);
		vsee_lines_clear(&lines);
	}
}

static bool begins_with(const void *context, const char *text, size_t size)
{
	return size > 0 && text[0] == *(const char *)context;
}

/* What is not wanted is left out, all else comes as it would without; wherever a chunk ends. */
static void check_wanted(void **state)
{
	const struct row *row = *state;

	for (size_t cut = 0; cut <= row->size; cut++) {
		const size_t before = CHUNK - cut;
		autofree char *text = malloc(before + row->size);
		struct vsee_lines all, wanted;
		struct vsee_line line, expected;
		int r;

		assert_non_null(text);
		memset(text, '\n', before);
		memcpy(text + before, row->input, row->size);

		autoclose int fd = make_file(text, before + row->size);
		autoclose int again = make_file(text, before + row->size);

		assert_int_equal(vsee_lines_open(fd, LINE_MAX_BYTES, &all), 0);
		assert_int_equal(vsee_lines_open(again, LINE_MAX_BYTES, &wanted), 0);
		while ((r = vsee_lines_next(&all, &expected)) > 0) {
			if (expected.fault == OK && !begins_with("b", expected.text, expected.size))
				continue;
			assert_int_equal(vsee_lines_next_wanted(&wanted, begins_with, "b", &line),
					 1);
			assert_int_equal(line.number, expected.number);
			assert_int_equal(line.fault, expected.fault);
			assert_int_equal(line.size, expected.size);
			assert_memory_equal(line.text, expected.text, line.size);
		}
		assert_int_equal(vsee_lines_next_wanted(&wanted, begins_with, "b", &line), 0);
		vsee_lines_clear(&all);
		vsee_lines_clear(&wanted);
	}
}

/* A pipe gives what is there: one byte at a time. */
static void check_short_reads(void **state)
{
	const struct row *row = *state;
	struct vsee_lines lines;
	struct vsee_line line;
	int fds[2];
	size_t fed = 0, seen = 0;

	assert_int_equal(pipe2(fds, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(vsee_lines_open(fds[0], LINE_MAX_BYTES, &lines), 0);
	for (;;) {
		const int r = vsee_lines_next(&lines, &line);

		if (r == -EAGAIN && fed < row->size) {
			assert_int_equal(write(fds[1], row->input + fed++, 1), 1);
			continue;
		}
		if (r == -EAGAIN) {
			(void)close(fds[1]);
			continue;
		}
		if (r == 0)
			break;
		assert_int_equal(r, 1);
		assert_int_equal(line.number, seen + 1);
		assert_int_equal(line.fault, row->lines[seen].fault);
		seen++;
	}
	assert_true(seen == LINES_MAX || !row->lines[seen].text);
	vsee_lines_clear(&lines);
	(void)close(fds[0]);
}

static void check_find(void **state)
{
	static const char text[] = "xa:1\nab:2\na:3\n123456789\na:4\n1234567:\n12345678\n1234567:x";
	autoclose int fd = make_file(text, sizeof(text) - 1);
	struct vsee_lines lines;
	struct vsee_line line;

	(void)state;
	assert_int_equal(vsee_lines_open(fd, LINE_MAX_BYTES, &lines), 0);
	assert_int_equal(vsee_lines_find(&lines, "a:", 2, &line), 1);
	assert_int_equal(line.number, 3);
	assert_int_equal(vsee_lines_find(&lines, "a:", 2, &line), 1);
	assert_int_equal(line.number, 5);
	assert_int_equal(vsee_lines_find(&lines, "1234567:", 8, &line), 1);
	assert_int_equal(line.number, 6);
	assert_int_equal(vsee_lines_find(&lines, "1234567:", 8, &line), 1);
	assert_int_equal(line.number, 8);
	assert_int_equal(line.fault, LONG);
	assert_int_equal(vsee_lines_find(&lines, "a:", 2, &line), 0);
	vsee_lines_clear(&lines);
}

static void check_huge(void **state)
{
	const size_t size = 5 * 1024 * 1024;
	autofree char *text = malloc(size);
	struct vsee_lines lines;
	struct vsee_line line;

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size);
	text[size - 3] = '\n';
	text[size - 2] = 'y';
	text[size - 1] = '\n';

	autoclose int fd = make_file(text, size);

	assert_int_equal(vsee_lines_open(fd, size - 3, &lines), 0);
	assert_int_equal(vsee_lines_next(&lines, &line), 1);
	assert_int_equal(line.fault, OK);
	assert_int_equal(line.size, size - 3);
	vsee_lines_clear(&lines);

	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(vsee_lines_open(fd, 100, &lines), 0);
	assert_int_equal(vsee_lines_next(&lines, &line), 1);
	assert_int_equal(line.fault, LONG);
	assert_int_equal(line.size, 100);
	assert_true(lines.capacity <= CHUNK);
	assert_int_equal(vsee_lines_next(&lines, &line), 1);
	assert_int_equal(line.number, 2);
	assert_int_equal(line.fault, OK);
	assert_int_equal(line.text[0], 'y');
	vsee_lines_clear(&lines);
}

static void check_error(void **state)
{
	struct vsee_lines lines;
	struct vsee_line line;

	(void)state;
	assert_int_equal(vsee_lines_open(-1, 10, &lines), 0);
	assert_int_equal(vsee_lines_next(&lines, &line), -EBADF);
	vsee_lines_clear(&lines);
}

int main(void)
{
	enum { EACH = 4 };
	struct CMUnitTest tests[COUNT(rows) * EACH + 3];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const CMUnitTestFunction functions[EACH] = {check, check_chunks, check_wanted,
							    check_short_reads};

		for (size_t j = 0; j < EACH; j++)
			tests[count++] = (struct CMUnitTest){.name = rows[i].name,
							     .test_func = functions[j],
							     .initial_state = &rows[i]};
	}
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_find);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_huge);
	tests[count++] = (struct CMUnitTest)cmocka_unit_test(check_error);
	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
