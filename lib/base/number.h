/* Whole decimal numbers, parsed without locale, sign or surprise. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/*
 * Parse all of text[0..size) as an unsigned decimal number.
 *
 * min, max: inclusive range, 0 <= min <= max. A leading zero is allowed, a sign or space is not.
 * Returns 0, -EINVAL when it is no number, -ERANGE when it lies outside (also when it would
 * overflow). ret_number is written only on success.
 */
int vsee_number_parse(const char *text, size_t size, int64_t min, int64_t max, int64_t *ret_number);
