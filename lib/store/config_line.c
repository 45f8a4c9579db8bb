#include "store/config_line.h"

#include <string.h>

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* inih knows comments at the start of a line, and ';' behind a blank. */
static size_t content_size(const char *text, size_t size)
{
	for (size_t i = 1; i < size; i++) {
		if (text[i] == ';' && is_blank(text[i - 1])) {
			size = i;
			break;
		}
	}
	while (size > 0 && is_blank(text[size - 1]))
		size--;
	return size;
}

static const char *character_fault(const char *text, size_t size)
{
	if (size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0)
		return "begins with a byte-order mark; save the file as UTF-8 without one";
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '\0')
			return "holds a NUL byte";
		if (text[i] == '\r')
			return "holds a carriage return; end lines by a newline alone";
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') || text[i] == 0x7f)
			return "holds a control character";
	}
	return NULL;
}

static const char *key_fault(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '=')
			return NULL;
		if (text[i] == ':')
			return "has ':' where '=' belongs";
	}
	return "has no '='; write KEY = VALUE, [SECTION] or a comment";
}

const char *vsee_config_line_bytes(const char *text, size_t size, size_t max)
{
	const char *fault = character_fault(text, size);

	return fault || size <= max ? fault : "is too long; 198 bytes are read at most";
}

const char *vsee_config_line_judge(const char *text, size_t size, size_t max,
				   enum vsee_config_line *ret_kind)
{
	const char *fault = vsee_config_line_bytes(text, size, max);
	size_t start = 0;

	if (fault)
		return fault;
	while (start < size && is_blank(text[start]))
		start++;
	if (start == size || text[start] == '#' || text[start] == ';') {
		*ret_kind = VSEE_CONFIG_BLANK;
		return NULL;
	}
	if (start > 0)
		return "begins with a blank; a line can't be continued";
	size = content_size(text, size);
	*ret_kind = text[0] == '[' ? VSEE_CONFIG_SECTION : VSEE_CONFIG_KEY;
	if (*ret_kind == VSEE_CONFIG_KEY)
		return key_fault(text, size);
	return memchr(text, ']', size) == text + size - 1 ? NULL
							  : "is no section; write [SECTION] alone";
}

const char *vsee_config_line_section(const char *text, size_t size, size_t *ret_size)
{
	*ret_size = content_size(text, size) - 2;
	return text + 1;
}
