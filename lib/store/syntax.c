#include "store/syntax.h"

#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool starts(const char *text, size_t size, const char *with)
{
	return size >= strlen(with) && memcmp(text, with, strlen(with)) == 0;
}

/* The bytes of the character that starts at text; 0 when it is none that may stand there. */
static size_t character_size(const unsigned char *text, size_t size)
{
	/* least: below it the form is too long for its value, or the value a control character. */
	static const struct {
		unsigned char mask, lead;
		uint32_t least;
	} forms[] = {
		{0x80, 0x00, 0x20}, {0xe0, 0xc0, 0xa0}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	size_t form = 0;

	while (form < COUNT(forms) && (text[0] & forms[form].mask) != forms[form].lead)
		form++;
	if (form == COUNT(forms) || form >= size)
		return 0;

	uint32_t value = text[0] & (unsigned char)~forms[form].mask;

	for (size_t i = 1; i <= form; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3fu);
	}
	if (value < forms[form].least || value == 0x7f || value > 0x10ffff ||
	    (value >= 0xd800 && value <= 0xdfff))
		return 0;
	return form + 1;
}

bool vsee_syntax_text(const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t step = character_size((const unsigned char *)text + at, size - at);

		if (step == 0)
			return false;
		at += step;
	}
	return true;
}

bool vsee_syntax_host(const char *text, size_t size)
{
	size_t label = 0;

	if (size == 0 || size > 253)
		return false;
	for (size_t i = 0; i < size; i++) {
		bool inner = label > 0 && i + 1 < size && text[i + 1] != '.';

		if (text[i] == '.' && label > 0 && i + 1 < size)
			label = 0;
		else if ((is_alnum(text[i]) || (text[i] == '-' && inner)) && label < 63)
			label++;
		else
			return false;
	}
	return true;
}

bool vsee_syntax_url(const char *text, size_t size)
{
	size_t at = starts(text, size, "https://") ? 8 : 7;

	if (at == 7 && !starts(text, size, "http://"))
		return false;
	if (at >= size || text[at] == '/' || text[at] == ':' || text[at] == '?' || text[at] == '#')
		return false;
	for (; at < size; at++) {
		if (text[at] <= ' ' || text[at] > '~' || strchr("\"'<>`\\{}|^", text[at]))
			return false;
		if (text[at] != '%')
			continue;
		at++;
		if (at >= size || (text[at] != 'H' && text[at] != '%'))
			return false;
	}
	return true;
}

/* [address]: bytes of an IPv6 address and its brackets; 0 when there is none. */
static size_t bracket_size(const char *text, size_t size)
{
	const char *end = size > 0 && text[0] == '[' ? memchr(text, ']', size) : NULL;

	if (!end || end == text + 1)
		return 0;
	for (const char *c = text + 1; c < end; c++) {
		if (!strchr("0123456789abcdefABCDEF:.", *c) || *c == '\0')
			return 0;
	}
	return (size_t)(end - text) + 1;
}

bool vsee_syntax_path(const char *text, size_t size)
{
	return size > 0 && text[0] == '/' && vsee_syntax_text(text, size);
}

bool vsee_syntax_smtp(const char *text, size_t size)
{
	if (starts(text, size, "maildir:"))
		return vsee_syntax_path(text + 8, size - 8);

	size_t skip = starts(text, size, "smtps://") ? 8 : 7;

	if (skip == 7 && !starts(text, size, "smtp://"))
		return false;
	text += skip;
	size -= skip;

	size_t host = bracket_size(text, size);

	if (host == 0) {
		const char *colon = memchr(text, ':', size);

		host = colon ? (size_t)(colon - text) : size;
		if (!vsee_syntax_host(text, host))
			return false;
	}

	int64_t port;

	return host == size ||
	       (text[host] == ':' &&
		vsee_number_parse(text + host + 1, size - host - 1, 1, 65535, &port) == 0);
}

bool vsee_syntax_address(const char *text, size_t size)
{
	const char *at = memrchr(text, '@', size);
	size_t local = at ? (size_t)(at - text) : 0;

	if (local == 0 || local > 64 || size > 254 || text[0] == '.' || text[local - 1] == '.')
		return false;
	for (size_t i = 0; i < local; i++) {
		if (!is_alnum(text[i]) &&
		    !(text[i] > ' ' && strchr(".!#$%&'*+-/=?^_`{|}~", text[i])))
			return false;
		if (text[i] == '.' && text[i + 1] == '.')
			return false;
	}
	return vsee_syntax_host(text + local + 1, size - local - 1);
}

/* A name before <...>: quoted without quotes inside, or without any of RFC 5322's specials. */
static bool is_display_name(const char *text, size_t size)
{
	bool quoted = size >= 2 && text[0] == '"' && text[size - 1] == '"';

	if (quoted) {
		text++;
		size -= 2;
	}
	for (size_t i = 0; i < size; i++) {
		if (strchr(quoted ? "\"\\" : "()<>[]:;@\\,.\"", text[i]))
			return false;
	}
	return vsee_syntax_text(text, size);
}

bool vsee_syntax_mailbox(const char *text, size_t size)
{
	const char *open = memrchr(text, '<', size);

	if (!open)
		return vsee_syntax_address(text, size);

	size_t name = (size_t)(open - text);
	size_t rest = size - name;

	while (name > 0 && text[name - 1] == ' ')
		name--;
	return text[size - 1] == '>' && rest > 2 && is_display_name(text, name) &&
	       vsee_syntax_address(open + 1, rest - 2);
}
