/* Any bytes as shadow and passwd file: lines keep their places, what is accepted reads back alike.
 */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/records.h"
#include "fuzz.h"

static struct vsee_line line_of(const char *text, size_t size)
{
	return (struct vsee_line){.text = text, .size = size, .number = 1, .fault = VSEE_LINE_OK};
}

static int print_day(char *text, size_t size, vsee_day day)
{
	return day == VSEE_UNSET ? 0 : snprintf(text, size, "%lld", (long long)day);
}

static void check_shadow(const struct vsee_line *line)
{
	struct vsee_shadow first, second;
	char text[2 * VSEE_RECORD_LINE_MAX];

	if (vsee_shadow_parse(line, &first) != VSEE_RECORD_OK)
		return;

	const vsee_day days[] = {first.aging.last_change,   first.aging.min_days,
				 first.aging.max_days,	    first.aging.warn_days,
				 first.aging.inactive_days, first.aging.expire};
	int length = snprintf(text, sizeof(text), "%s:%s:", first.name, first.hash);

	for (size_t i = 0; i < COUNT(days); i++) {
		CHECK(days[i] >= VSEE_UNSET && days[i] <= VSEE_DAY_MAX);
		length += print_day(text + length, sizeof(text) - (size_t)length, days[i]);
		text[length++] = ':';
	}

	const struct vsee_line printed = line_of(text, (size_t)length);

	CHECK(vsee_name_valid(first.name));
	CHECK(vsee_shadow_parse(&printed, &second) == VSEE_RECORD_OK);
	CHECK(strcmp(first.name, second.name) == 0 && strcmp(first.hash, second.hash) == 0);
	CHECK(memcmp(&first.aging, &second.aging, offsetof(struct vsee_aging, password)) == 0);
	CHECK(first.aging.password == second.aging.password);
}

static void check_passwd(const struct vsee_line *line)
{
	static struct vsee_passwd first, second;
	char text[2 * VSEE_RECORD_LINE_MAX];

	if (vsee_passwd_parse(line, &first) != VSEE_RECORD_OK)
		return;

	const int length = snprintf(text, sizeof(text), "%s:x:%u:%u:%s::", first.name, first.uid,
				    first.gid, first.gecos);
	const struct vsee_line printed = line_of(text, (size_t)length);

	CHECK(vsee_passwd_parse(&printed, &second) == VSEE_RECORD_OK);
	CHECK(strcmp(first.name, second.name) == 0 && strcmp(first.gecos, second.gecos) == 0);
	CHECK(first.uid == second.uid && first.gid == second.gid);
}

/* Whether the reader's line is what a plain look at the bytes says; returns where the next begins.
 */
static size_t check_line(const struct vsee_line *line, const char *text, size_t size, size_t begin,
			 size_t line_max)
{
	const char *newline = memchr(text + begin, '\n', size - begin);
	const size_t length = newline ? (size_t)(newline - text) - begin : size - begin;
	enum vsee_line_fault fault = newline ? VSEE_LINE_OK : VSEE_LINE_UNTERMINATED;

	if (length > line_max)
		fault = VSEE_LINE_LONG;
	else if (memchr(text + begin, '\0', length))
		fault = VSEE_LINE_NUL;
	CHECK(line->fault == fault);
	CHECK(line->size == (length > line_max ? line_max : length));
	CHECK(memcmp(line->text, text + begin, line->size) == 0);
	return begin + length + (newline ? 1 : 0);
}

static int check_file(int fd, const char *text, size_t size, size_t line_max)
{
	struct vsee_lines lines;
	struct vsee_line line;
	size_t begin = 0;
	uint64_t number = 0;

	int r;

	CHECK(lseek(fd, 0, SEEK_SET) == 0);
	r = vsee_lines_open(fd, line_max, &lines);
	if (r < 0)
		return r;
	while (vsee_lines_next(&lines, &line) > 0) {
		CHECK(line.number == ++number);
		begin = check_line(&line, text, size, begin, line_max);
		(void)vsee_record_silent(&line);
		check_shadow(&line);
		check_passwd(&line);
	}
	CHECK(begin == size);
	vsee_lines_clear(&lines);
	return 0;
}

static int check_lookup(int fd)
{
	struct vsee_shadow shadow;
	struct vsee_passwd passwd;
	uid_t uid_min, uid_max;
	uint64_t line;
	char path[40];

	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = vsee_shadow_find(path, "a", &shadow, NULL, NULL);
	CHECK(r != 0 || strcmp(shadow.name, "a") == 0);
	if (r == -ENOMEM)
		return r;
	r = vsee_passwd_find(path, "a", &passwd, NULL, NULL);
	CHECK(r != 0 || strcmp(passwd.name, "a") == 0);
	if (r == -ENOMEM)
		return r;
	return vsee_login_defs_read(path, &uid_min, &uid_max, &line);
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autoclose int fd = memfd_create("fuzz", MFD_CLOEXEC);
	int r;

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	r = check_file(fd, (const char *)data, size, VSEE_RECORD_LINE_MAX);
	if (r == 0)
		r = check_file(fd, (const char *)data, size, 16);
	return r < 0 ? r : check_lookup(fd);
}
