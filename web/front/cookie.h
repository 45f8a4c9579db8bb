/* Our three cookies, as browsers send them back and as we set them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/name.h"

#define COOKIE_DAY_SECONDS 86400
#define COOKIE_DONE_SECONDS 60
#define COOKIE_LINE_SIZE 1024 /* of a Set-Cookie header, with NUL */

enum cookie {
	COOKIE_LINK, /* a one-time link that was followed: token and name */
	COOKIE_FORM, /* the form token, for browsers without Origin */
	COOKIE_DONE, /* "1": a change has just succeeded */
	COOKIES,
};

struct cookie_value {
	const char *text; /* into the header; NULL: not sent */
	size_t size;
};

struct cookies {
	struct cookie_value values[COOKIES];
};

/*
 * Find ours in a Cookie header (NULL: none was sent); others are passed over. 0, or -EINVAL where
 * one of ours stands there twice: no browser does that with "__Host-" names.
 */
int cookie_parse(const char *header, struct cookies *ret_cookies);

/* A Set-Cookie header. value NULL: the cookie is to be removed. 0 or -ENOBUFS. */
int cookie_print(enum cookie cookie, const char *value, unsigned seconds, char *ret_line);

/*
 * The link cookie's value: token, '.', name escaped. ret_text holds COOKIE_LINK_SIZE bytes; the
 * caller wipes it. token and name must be valid.
 */
#define COOKIE_TOKEN_SIZE 44 /* of store/token.h, with NUL */
#define COOKIE_LINK_SIZE (COOKIE_TOKEN_SIZE + VSEE_FILE_NAME_SIZE)
void cookie_link_print(const char *token, const char *name, char *ret_text);

/*
 * And back: 0, or -EINVAL for what was not printed so. ret_token holds COOKIE_TOKEN_SIZE bytes,
 * ret_name VSEE_NAME_SIZE; both are undefined after an error, and the caller wipes the token.
 */
int cookie_link_parse(const struct cookie_value *value, char *ret_token, char *ret_name);

/* The form token: 32 lower-case hexadecimal digits. */
#define COOKIE_FORM_SIZE 33
bool cookie_form_valid(const struct cookie_value *value);
