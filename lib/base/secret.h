/* Passwords, hashes and tokens: one type with one way out. Never realloc()ed, a copy would stay. */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct vsee_secret {
	char *text;    /* NUL-terminated at length */
	size_t size;   /* bytes allocated */
	size_t length; /* bytes of text, without the NUL */
};

/* Wipe and free. Accepts an empty secret. */
static inline void vsee_secret_clear(struct vsee_secret *secret)
{
	if (secret->text)
		explicit_bzero(secret->text, secret->size); /* strlen() would stop at a NUL */
	free(secret->text);
	*secret = (struct vsee_secret){0};
}

/* Room for size bytes, NUL included, all zero. 0, or -ENOMEM. The caller clears ret_secret. */
static inline int vsee_secret_alloc(size_t size, struct vsee_secret *ret_secret)
{
	char *text = calloc(1, size);

	if (!text)
		return -ENOMEM;
	*ret_secret = (struct vsee_secret){.text = text, .size = size};
	return 0;
}

#define autosecret CLEANUP(vsee_secret_clear)
