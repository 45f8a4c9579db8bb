/* The link to the password page. */
#pragma once

#include <stddef.h>

/*
 * base_url with %H replaced by host and %% by %, without a final slash, then "/?user=NAME" and,
 * where token is not NULL, "&token=TOKEN". The name is escaped as vsee_name_escape() does, which is
 * what RFC 3986 asks for; the token must be of unreserved characters.
 * 0, or -ENOBUFS: then ret_link is "".
 */
int vsee_link_format(const char *base_url, const char *host, const char *name, const char *token,
		     char *ret_link, size_t size);

/*
 * url with %H replaced by host and %% by %, and nothing else: [web] support. 0, or -ENOBUFS: then
 * ret_link is "".
 */
int vsee_link_expand(const char *url, const char *host, char *ret_link, size_t size);
