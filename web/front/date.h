/* A time as a visitor reads it. */
#pragma once

#include <stdint.h>

#include "policy/message.h"

#define DATE_SIZE 64

/*
 * seconds since the epoch as date, time and zone of this host, in the language's own form:
 * "26 November 2026, 11:00 CET". ret_text holds DATE_SIZE bytes; "" where it has no date.
 */
const char *date_print(int64_t seconds, enum vsee_language language, char *ret_text);
