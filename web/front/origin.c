#include "origin.h"

#include <string.h>
#include <strings.h>

static size_t size_without_port(const char *authority)
{
	const size_t size = strlen(authority);

	return size >= 4 && strcmp(authority + size - 4, ":443") == 0 ? size - 4 : size;
}

bool origin_is_host(const char *host, const char *authority)
{
	const size_t size = size_without_port(host);

	return size > 0 && size == size_without_port(authority) &&
	       strncasecmp(host, authority, size) == 0;
}

static bool is_same(const char *origin, const char *ours)
{
	const size_t scheme = strlen("https://");

	return strncmp(origin, "https://", scheme) == 0 && strlen(ours) > scheme &&
	       origin_is_host(origin + scheme, ours + scheme);
}

enum origin_verdict origin_judge(const char *fetch_site, const char *origin, const char *ours)
{
	if (fetch_site && strcmp(fetch_site, "same-origin") != 0)
		return ORIGIN_FOREIGN;
	if (origin && !is_same(origin, ours))
		return ORIGIN_FOREIGN;
	return fetch_site || origin ? ORIGIN_OURS : ORIGIN_UNSAID;
}
