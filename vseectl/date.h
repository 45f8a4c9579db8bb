/* A day as a person reads it. */
#pragma once

#include <stddef.h>

#include "base/day.h"

#define DATE_SIZE 48

/*
 * 00:00 UTC of that day as the host's own date, time and zone: "2026-11-22 01:00 CET"; "never" and
 * "-" where there is no day. ret_text holds DATE_SIZE bytes. Returns ret_text.
 */
const char *date_print(vsee_day day, char *ret_text);

/* The same for a time in seconds since the epoch; "-" below 0. */
const char *time_print(int64_t seconds, char *ret_text);
