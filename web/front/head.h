/* The lines of a request's head that we go by. */
#pragma once

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

/* Strings belong to the library, until the request's end; NULL: was not sent. */
struct head {
	const char *host, *content_type, *content_length;
	const char *origin, *fetch_site, *cookie;
	const char *forwarded;	     /* the last X-Forwarded-For */
	const char *accept_language; /* the first one */
	bool encoded;		     /* Transfer-Encoding was sent */
	bool doubled;		     /* twice, what may be sent once only */
	bool loose;		     /* folded, ended without CR, a NUL, no name or value */
	size_t size;		     /* bytes, with the request line */
};

/* method, version: as the library hands them to the handler, before and behind the target. */
void head_read(struct MHD_Connection *connection, const char *method, const char *version,
	       struct head *ret_head);

/*
 * Whether the library saw only a part of the target (length bytes at target, as it shows them
 * first): a NUL stands in it.
 */
bool head_is_cut(const char *target, size_t length, const char *version);
