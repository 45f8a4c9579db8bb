/* No line of a log leads to anything but a good name, a good service and a known outcome. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "watched.h"
#include "fuzz.h"

static void check(const char *text, size_t size)
{
	struct watched_line line;

	if (!watched_parse(text, size, &line))
		return;
	if (!vsee_name_valid(line.user) || strlen(line.service) == 0 || strlen(line.time) == 0 ||
	    strpbrk(line.service, " \t\x1b=():") ||
	    (line.outcome != VSEE_LOGIN_ALLOW && line.outcome != VSEE_LOGIN_REPORT &&
	     !vsee_login_refuses(line.outcome)))
		abort();
}

int fuzz_run(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *const end = text + size;

	while (text < end) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		const size_t length = (size_t)((newline ? newline : end) - text);
		char *copy = malloc(length + 1); /* of its own, so that reading past it is seen */

		if (!copy)
			return -ENOMEM;
		memcpy(copy, text, length);
		check(copy, length);
		free(copy);
		text += length + 1;
	}
	return 0;
}
