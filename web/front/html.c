#include "html.h"

#include <stdarg.h>
#include <stdbool.h>

#include "base/html.h"

static void escape(FILE *stream, char c)
{
	const char *const entity = vsee_html_entity(c);

	/* The stream remembers what failed. */
	(void)(entity ? fputs(entity, stream) : fputc(c, stream));
}

static void put_text(FILE *stream, const char *text)
{
	for (; *text; text++)
		escape(stream, *text);
}

static void put(FILE *stream, bool is_text, const char *format, va_list arguments)
{
	for (; *format; format++) {
		if (*format != '%') {
			if (is_text)
				escape(stream, *format);
			else
				(void)fputc(*format, stream);
			continue;
		}
		format++;
		if (*format == 's')
			put_text(stream, va_arg(arguments, const char *));
		else if (*format == 'u')
			(void)fprintf(stream, "%u", va_arg(arguments, unsigned));
		else
			(void)fputc('%', stream);
	}
}

void html_put(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(stream, false, format, arguments);
	va_end(arguments);
}

void html_say(FILE *stream, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	put(stream, true, format, arguments);
	va_end(arguments);
}
