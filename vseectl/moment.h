/* A point in time as a person writes it, in the host's own time. */
#pragma once

#include <stdint.h>

/*
 * "2026-11-23 18:00" or with a T between; "2026-11-23": the begin of that day; "+4h", "+90m",
 * "+2d": from now. 0; -EINVAL where it is none of these, or no such time exists (a leap of the
 * clock).
 */
int moment_parse(const char *text, int64_t now, int64_t *ret_seconds);
