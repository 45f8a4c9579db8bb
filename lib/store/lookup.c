/* The half of records.h that opens files. */
#include "store/records.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"

#define autolines CLEANUP(vsee_lines_clear)

/* "name:", what a line of that name begins with. False: no line can. */
static bool make_prefix(const char *name, char prefix[VSEE_NAME_SIZE + 1], size_t *ret_size)
{
	const size_t size = strnlen(name, VSEE_NAME_SIZE);

	if (!vsee_name_valid_sized(name, size) || name[0] == '#')
		return false;
	memcpy(prefix, name, size);
	prefix[size] = ':';
	*ret_size = size + 1;
	return true;
}

/* The two kinds of record differ only in how a line is parsed. */
typedef enum vsee_record_fault (*parse_function)(const struct vsee_line *line, void *ret);

static enum vsee_record_fault parse_shadow(const struct vsee_line *line, void *ret)
{
	return vsee_shadow_parse(line, ret);
}

static enum vsee_record_fault parse_passwd(const struct vsee_line *line, void *ret)
{
	return vsee_passwd_parse(line, ret);
}

static int find(const char *path, const char *name, parse_function parse, void *ret,
		enum vsee_record_fault *ret_fault, uint64_t *ret_line)
{
	autolines struct vsee_lines lines = {.fd = -1};
	autoclose int fd = vsee_file_open(path);
	char prefix[VSEE_NAME_SIZE + 1];
	struct vsee_line line;
	size_t size;
	int r;

	if (fd < 0)
		return fd;
	if (!make_prefix(name, prefix, &size))
		return -ENOENT;
	r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	if (r < 0)
		return r;
	r = vsee_lines_find(&lines, prefix, size, &line);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;

	const enum vsee_record_fault fault = parse(&line, ret);

	if (fault == VSEE_RECORD_OK)
		return 0;
	if (ret_fault)
		*ret_fault = fault;
	if (ret_line)
		*ret_line = line.number;
	return -EBADMSG;
}

int vsee_shadow_find(const char *path, const char *name, struct vsee_shadow *ret,
		     enum vsee_record_fault *ret_fault, uint64_t *ret_line)
{
	return find(path, name, parse_shadow, ret, ret_fault, ret_line);
}

int vsee_passwd_find(const char *path, const char *name, struct vsee_passwd *ret,
		     enum vsee_record_fault *ret_fault, uint64_t *ret_line)
{
	return find(path, name, parse_passwd, ret, ret_fault, ret_line);
}

int vsee_passwd_cursor_open(const char *path, struct vsee_passwd_cursor *ret_cursor)
{
	autoclose int fd = vsee_file_open(path);
	int r;

	if (fd < 0)
		return fd;
	r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &ret_cursor->lines);
	if (r < 0)
		return r;
	ret_cursor->fd = fd;
	fd = -1;
	return 0;
}

/* From here to the end, then from the beginning to here. 1, 0, or negative errno. */
static int find_around(struct vsee_lines *lines, const char *prefix, size_t size,
		       struct vsee_line *ret_line)
{
	const uint64_t here = lines->number;
	int r;

	r = vsee_lines_find(lines, prefix, size, ret_line);
	if (r != 0)
		return r;
	r = vsee_lines_rewind(lines);
	while (r >= 0 && lines->number < here) {
		r = vsee_lines_next(lines, ret_line);
		if (r == 0)
			return 0;
		if (r > 0 && ret_line->size >= size && memcmp(ret_line->text, prefix, size) == 0)
			return 1;
	}
	return r < 0 ? r : 0;
}

int vsee_passwd_cursor_find(struct vsee_passwd_cursor *cursor, const char *name,
			    struct vsee_passwd *ret)
{
	char prefix[VSEE_NAME_SIZE + 1];
	struct vsee_line line;
	size_t size;
	int r;

	if (!make_prefix(name, prefix, &size))
		return -ENOENT;
	r = find_around(&cursor->lines, prefix, size, &line);
	if (r <= 0)
		return r < 0 ? r : -ENOENT;
	return vsee_passwd_parse(&line, ret) == VSEE_RECORD_OK ? 0 : -EBADMSG;
}

void vsee_passwd_cursor_clear(struct vsee_passwd_cursor *cursor)
{
	vsee_lines_clear(&cursor->lines);
	vsee_cleanup_close(&cursor->fd);
	cursor->fd = -1;
}

struct field {
	const char *text;
	size_t size;
};

static bool blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether the line sets key; ret_value: without the blanks and quotes around it. */
static bool login_defs_value(const struct vsee_line *line, const char *key, struct field *ret_value)
{
	const char *text = line->text;
	const char *end = line->text + line->size;
	const size_t size = strlen(key);

	while (text < end && blank(*text))
		text++;
	if ((size_t)(end - text) <= size || memcmp(text, key, size) != 0 || !blank(text[size]))
		return false;
	text += size;
	while (text < end && (blank(*text) || *text == '"'))
		text++;
	while (end > text && (blank(end[-1]) || end[-1] == '"'))
		end--;
	*ret_value = (struct field){text, (size_t)(end - text)};
	return true;
}

/* 0 also when the line is about something else; -EBADMSG. */
static int login_defs_line(const struct vsee_line *line, uid_t *uid_min, uid_t *uid_max)
{
	struct field value;
	uid_t *target = uid_min;
	int64_t id;

	if (!login_defs_value(line, "UID_MIN", &value)) {
		if (!login_defs_value(line, "UID_MAX", &value))
			return 0;
		target = uid_max;
	}
	/* shadow reads a leading zero as octal: better refused than read otherwise. */
	if ((value.size > 1 && value.text[0] == '0') || line->fault == VSEE_LINE_LONG)
		return -EBADMSG;
	if (vsee_number_parse(value.text, value.size, 0, UINT32_MAX - 1, &id) < 0)
		return -EBADMSG;
	*target = (uid_t)id;
	return 0;
}

int vsee_login_defs_read(const char *path, uid_t *ret_uid_min, uid_t *ret_uid_max,
			 uint64_t *ret_line)
{
	autolines struct vsee_lines lines = {.fd = -1};
	autoclose int fd = vsee_file_open(path);
	uid_t uid_min = 1000, uid_max = 60000;
	struct vsee_line line = {0};
	int r = 0;

	if (fd < 0 && fd != -ENOENT)
		return fd;
	if (fd >= 0)
		r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	while (fd >= 0 && r >= 0) {
		r = vsee_lines_next(&lines, &line);
		if (r == 0)
			break;
		if (r > 0)
			r = login_defs_line(&line, &uid_min, &uid_max);
		if (r == -EBADMSG)
			*ret_line = line.number;
	}
	if (r < 0)
		return r;
	*ret_uid_min = uid_min;
	*ret_uid_max = uid_max;
	return 0;
}
