/* The tags of the lines that were called, in order. */
#pragma once

#include <stdio.h>
#include <string.h>

struct calls {
	char text[8192];
};

static inline void answer_note(struct calls *calls, const char *tag)
{
	const size_t length = strlen(calls->text);

	(void)snprintf(calls->text + length, sizeof(calls->text) - length, "%s ", tag);
}
