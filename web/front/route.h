/* What lies where. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "form.h"
#include "site.h"

enum route {
	ROUTE_HOME,   /* the form, or what a link leads to */
	ROUTE_CHANGE, /* the form is sent */
	ROUTE_LINK,   /* the form of a one-time link is sent */
	ROUTE_DONE,
	ROUTE_STYLE,
	ROUTE_SCRIPT,
	ROUTE_WELL_KNOWN, /* what password managers look for */
	ROUTE_NONE,
};

enum method { METHOD_GET, METHOD_HEAD, METHOD_POST, METHOD_OTHER };

#define METHOD_BIT(method) (1U << (method))

enum method route_method(const char *name);

/* For the log; "-" for what is none of ours. */
const char *route_method_name(enum method method);

/* The route of the raw path[0..size), compared byte by byte: no %XX, no "..", no "//" is undone. */
enum route route_find(const char *path, size_t size, const struct site *site);

/* METHOD_BIT() of those that the route has, and the header Allow that names them. */
unsigned route_methods(enum route route);
const char *route_allow(enum route route);

/* FORM_BIT() of what may stand in its query; 0: it has none. */
unsigned route_query(enum route route);

/* Whether its answer may have to wait for the worker. */
bool route_may_wait(enum route route);
