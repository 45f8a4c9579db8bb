#include "say.h"

#include <stdarg.h>
#include <stdio.h>

#define LINE_SIZE 2048

__attribute__((format(printf, 2, 0))) static void print_line(const char *kind, const char *format,
							     va_list arguments)
{
	char line[LINE_SIZE];

	if (vsnprintf(line, sizeof(line), format, arguments) < 0)
		line[0] = '\0';
	for (char *c = line; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
	(void)fprintf(stderr, "vseectl: %s%s\n", kind, line); /* nowhere else to complain */
}

void say_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line("error: ", format, arguments);
	va_end(arguments);
}

void say_warning(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line("warning: ", format, arguments);
	va_end(arguments);
}
