#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_SIZE 1024

void log_line(int priority, const char *format, ...)
{
	char line[LINE_SIZE];
	va_list arguments;
	size_t size;
	int r;

	size = (size_t)snprintf(line, sizeof(line), "<%d>", priority);
	va_start(arguments, format);
	r = vsnprintf(line + size, sizeof(line) - size - 1, format, arguments);
	va_end(arguments);
	if (r < 0)
		return;
	for (; line[size] != '\0'; size++)
		if (line[size] < ' ' || line[size] > '~')
			line[size] = '?';
	line[size++] = '\n';
	/* One write(2) a line: there are many threads, and nowhere else to complain. */
	if (write(STDERR_FILENO, line, size) < 0)
		return;
}
