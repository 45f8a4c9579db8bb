/* A strict reader of the HTML that we write: what no reader of ours would make is a fault. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether html is elements of a short list, properly nested, with attributes of a short list in
 * double quotes; every '<', '>' and '&' else escaped; and every address one of http, of mail, or
 * on the same host. A value that got in unescaped breaks one of these.
 */
bool markup_good(const char *html, size_t size);
