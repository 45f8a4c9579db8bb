#include "line.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "log.h"

#define LINE_WARNINGS_MAX 100

void line_warn(struct line_log *log, uint64_t number, const char *text)
{
	if (++log->warnings <= LINE_WARNINGS_MAX)
		log_warning("%s:%" PRIu64 ": %s", log->path, number, text);
	else if (log->warnings == LINE_WARNINGS_MAX + 1)
		log_warning("%s: more such lines are not listed", log->path);
}

const char *line_fault_text(enum vsee_record_fault fault, const struct vsee_line *line)
{
	static const char *const texts[] = {
		[VSEE_LINE_OK] = "is no good line",
		[VSEE_LINE_LONG] = "the line is too long, it is passed over",
		[VSEE_LINE_NUL] = "the line holds a NUL byte, it is passed over",
		[VSEE_LINE_UNTERMINATED] = "the last line has no end, it is passed over",
	};

	return fault == VSEE_RECORD_LINE ? texts[line->fault] : vsee_record_fault_text(fault);
}

bool line_name(const struct vsee_line *line, char *ret_name)
{
	const char *colon = memchr(line->text, ':', line->size);
	const size_t size = colon ? (size_t)(colon - line->text) : 0;

	if (size == 0 || size >= VSEE_NAME_SIZE || memchr(line->text, '\0', size))
		return false;
	memcpy(ret_name, line->text, size);
	ret_name[size] = '\0';
	return vsee_name_valid(ret_name);
}

int line_count(const char *path, const char *name)
{
	const size_t size = strlen(name);
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	autoclose int fd = vsee_file_open(path);
	struct vsee_line line;
	int r, count = 0;

	if (fd < 0)
		return fd;
	r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	while (r >= 0 && count < 2 && (r = vsee_lines_next(&lines, &line)) > 0)
		if (line.size > size && line.text[size] == ':' &&
		    memcmp(line.text, name, size) == 0)
			count++;
	return r < 0 ? r : count;
}
