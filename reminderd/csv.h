/* Cells of comma-separated values as RFC 4180 has them. */
#pragma once

#include <stdio.h>

#define CSV_END_OF_LINE "\r\n"

/*
 * A cell of text from outside: quoted where it must be, and with an apostrophe before it where a
 * spreadsheet would take it for a formula (see reminderd(8)).
 */
void csv_put(FILE *stream, const char *text);
