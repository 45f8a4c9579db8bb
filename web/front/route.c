#include "route.h"

#include <stdbool.h>
#include <string.h>

#include "asset.h"

#define WELL_KNOWN "/.well-known/change-password"
#define READ (METHOD_BIT(METHOD_GET) | METHOD_BIT(METHOD_HEAD))
#define WRITE METHOD_BIT(METHOD_POST)

static const struct row {
	const char *name; /* below the site's path */
	unsigned methods;
	unsigned query;
	bool may_wait;
} rows[] = {
	/* clang-format off */
	[ROUTE_HOME] = {"", READ, FORM_BIT(FORM_USER) | FORM_BIT(FORM_LINK) | FORM_BIT(FORM_LANG),
			true},
	[ROUTE_CHANGE] = {"change", WRITE, 0, true},
	[ROUTE_LINK] = {"link", WRITE, 0, true},
	[ROUTE_DONE] = {"done", READ, FORM_BIT(FORM_LANG), false},
	[ROUTE_STYLE] = {NULL, READ, 0, false},
	[ROUTE_SCRIPT] = {NULL, READ, 0, false},
	[ROUTE_WELL_KNOWN] = {NULL, READ, 0, false},
	[ROUTE_NONE] = {NULL, 0, 0, false},
	/* clang-format on */
};

static const char *const methods[] = {
	[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_OTHER] = "-",
};

enum method route_method(const char *name)
{
	for (enum method method = METHOD_GET; method < METHOD_OTHER; method++)
		if (strcmp(name, methods[method]) == 0)
			return method;
	return METHOD_OTHER;
}

const char *route_method_name(enum method method)
{
	return methods[method];
}

static const char *name_of(enum route route)
{
	if (route == ROUTE_STYLE)
		return asset_style.name;
	return route == ROUTE_SCRIPT ? asset_script.name : rows[route].name;
}

static bool is(const char *path, size_t size, const char *name)
{
	return strlen(name) == size && memcmp(path, name, size) == 0;
}

enum route route_find(const char *path, size_t size, const struct site *site)
{
	const size_t prefix = strlen(site->path);

	if (is(path, size, WELL_KNOWN))
		return ROUTE_WELL_KNOWN;
	if (size <= prefix || memcmp(path, site->path, prefix) != 0 || path[prefix] != '/')
		return ROUTE_NONE;
	path += prefix + 1;
	size -= prefix + 1;
	for (enum route route = ROUTE_HOME; route < ROUTE_WELL_KNOWN; route++)
		if (is(path, size, name_of(route)))
			return route;
	return ROUTE_NONE;
}

unsigned route_methods(enum route route)
{
	return rows[route].methods;
}

const char *route_allow(enum route route)
{
	return rows[route].methods == WRITE ? "POST" : "GET, HEAD";
}

unsigned route_query(enum route route)
{
	return rows[route].query;
}

bool route_may_wait(enum route route)
{
	return rows[route].may_wait;
}
