/*
 * Forms of values against plain rules: what each lets through can't break out of a mail's header,
 * a page, a terminal or a line. The first byte says which form, the rest is the text.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "store/syntax.h"
#include "store/token.h"
#include "fuzz.h"

static bool no_controls(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f ||
		    (c == 0xc2 && i + 1 < size && (unsigned char)text[i + 1] < 0xa0))
			return false;
	}
	return true;
}

static bool only(const char *text, size_t size, const char *more)
{
	for (size_t i = 0; i < size; i++)
		if (!((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z') ||
		      (text[i] >= '0' && text[i] <= '9') ||
		      (text[i] != '\0' && strchr(more, text[i]))))
			return false;
	return true;
}

static void check_text(const char *text, size_t size)
{
	CHECK(vsee_syntax_text(text, size) ==
	      (vsee_utf8_valid(text, size) && no_controls(text, size)));
}

static bool host_plain(const char *text, size_t size)
{
	size_t label = 0;

	if (size == 0 || size > 253 || !only(text, size, "-."))
		return false;
	for (size_t i = 0; i <= size; i++) {
		if (i < size && text[i] != '.') {
			label++;
			continue;
		}
		if (label == 0 || label > 63 || text[i - label] == '-' || text[i - 1] == '-')
			return false;
		label = 0;
	}
	return true;
}

static void check_host(const char *text, size_t size)
{
	CHECK(vsee_syntax_host(text, size) == host_plain(text, size));
}

static void check_url(const char *text, size_t size)
{
	if (!vsee_syntax_url(text, size))
		return;
	CHECK(only(text, size, "-._~:/?#[]@!$&()*+,;=%^|{}`'") && no_controls(text, size));
	CHECK(memcmp(text, "http", 4) == 0 && !memchr(text, '"', size) && !memchr(text, '<', size));
}

static void check_address(const char *text, size_t size)
{
	const char *const at = memchr(text, '@', size);

	if (!vsee_syntax_address(text, size))
		return;
	CHECK(size <= 254 && at && at > text && at - text <= 64);
	CHECK(text[0] != '.' && at[-1] != '.' && !memmem(text, (size_t)(at - text), "..", 2));
	CHECK(only(text, (size_t)(at - text), "!#$%&'*+-/=?^_`{|}~."));
	CHECK(host_plain(at + 1, size - (size_t)(at + 1 - text)));
}

static void check_smtp(const char *text, size_t size)
{
	if (!vsee_syntax_smtp(text, size))
		return;
	CHECK(vsee_syntax_text(text, size) && size > strlen("smtp://"));
	if (memcmp(text, "maildir:", 8) != 0)
		CHECK(memcmp(text, "smtp", 4) == 0 && only(text, size, "-.:/[]") &&
		      !memchr(text, '@', size));
}

static void check_path(const char *text, size_t size)
{
	if (vsee_syntax_path(text, size))
		CHECK(size > 0 && text[0] == '/' && vsee_syntax_text(text, size));
}

/* One address, and before it nothing that a reader of mail takes for another. */
static void check_mailbox(const char *text, size_t size)
{
	const char *const open = size > 0 ? memrchr(text, '<', size) : NULL;
	size_t name;

	if (!vsee_syntax_mailbox(text, size))
		return;
	CHECK(vsee_syntax_text(text, size));
	if (!open) {
		CHECK(vsee_syntax_address(text, size));
		return;
	}
	CHECK(text[size - 1] == '>' &&
	      vsee_syntax_address(open + 1, size - (size_t)(open + 1 - text) - 1));
	name = (size_t)(open - text);
	while (name > 0 && text[name - 1] == ' ')
		name--;
	if (name > 1 && text[0] == '"')
		CHECK(text[name - 1] == '"' && !memchr(text + 1, '"', name - 2) &&
		      !memchr(text, '\\', name));
	else
		CHECK(!memchr(text, ',', name) && !memchr(text, '@', name) &&
		      !memchr(text, ':', name) && !memchr(text, '"', name));
}

static void check_token(const char *text, size_t size)
{
	if (vsee_token_valid(text, size))
		CHECK(size == VSEE_TOKEN_SIZE - 1 && only(text, size, "-_"));
}

int fuzz_run(const uint8_t *data, size_t size)
{
	static void (*const checks[])(const char *text, size_t size) = {
		check_text, check_host, check_url,     check_address,
		check_smtp, check_path, check_mailbox, check_token,
	};

	if (size > 0)
		checks[data[0] % COUNT(checks)]((const char *)data + 1, size - 1);
	return 0;
}
