/* Style sheet and script, compiled in; their names hold a digest of them, so they never go stale.
 */
#pragma once

#include <stddef.h>

struct asset {
	const char *name; /* "page-0123456789abcdef.css", below the site's path */
	const char *type; /* Content-Type */
	const char *text;
	size_t size;
};

extern const struct asset asset_style, asset_script;
