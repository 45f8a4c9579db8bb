#include "csv.h"

#include <string.h>

void csv_put(FILE *stream, const char *text)
{
	const char *guard = text[0] && strchr("=+-@\t\r", text[0]) ? "'" : "";

	if (!strpbrk(text, ",\"\r\n")) {
		(void)fprintf(stream, "%s%s", guard, text);
		return;
	}
	(void)fprintf(stream, "\"%s", guard);
	for (const char *c = text; *c; c++)
		(void)fprintf(stream, *c == '"' ? "\"\"" : "%c", *c);
	(void)fputc('"', stream);
}
