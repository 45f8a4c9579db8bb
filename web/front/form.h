/* application/x-www-form-urlencoded into known fields: what a form sent, or the query of a link. */
#pragma once

#include <stddef.h>

#include "base/secret.h"

#define FORM_BYTES_MAX 8192

enum form_field {
	FORM_USER,
	FORM_CURRENT,
	FORM_NEW,
	FORM_CONFIRM,
	FORM_TOKEN, /* "form": what stands in for Origin */
	FORM_LANG,
	FORM_LINK, /* "token": of a one-time link */
	FORM_FIELDS,
};

#define FORM_BIT(field) (1U << (field))

/* text NULL: was not sent. All are wiped alike. */
struct form {
	struct vsee_secret values[FORM_FIELDS];
};

/*
 * Decode text[0..size), at most FORM_BYTES_MAX, exact to the byte: nothing is trimmed or cut.
 * allowed: bits of the fields that may stand there, each at most once. Empty text has no field.
 *
 * 0 (the caller clears ret_form), -ENOMEM, or -EINVAL: a field unknown, repeated or without '=',
 * a broken %XX, a bare control character, NUL, or a value that is not UTF-8. Source: the URL
 * standard's parser, less what browsers never send.
 */
int form_decode(const char *text, size_t size, unsigned allowed, struct form *ret_form);
void form_clear(struct form *form);
#define autoform CLEANUP(form_clear)

/* The value, or "" where it was not sent. */
const char *form_text(const struct form *form, enum form_field field);
