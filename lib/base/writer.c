#include "base/writer.h"

#include <stdarg.h>
#include <stdio.h>

void vsee_writer_add(struct vsee_writer *writer, const char *format, ...)
{
	const size_t room = writer->size - writer->length;
	va_list arguments;

	if (writer->overflow)
		return;
	va_start(arguments, format);
	const int size = vsnprintf(writer->text + writer->length, room, format, arguments);
	va_end(arguments);

	if (size >= 0 && (size_t)size < room) {
		writer->length += (size_t)size;
		return;
	}
	writer->overflow = true;
	if (room > 0)
		writer->text[writer->length] = '\0'; /* half an item is worse than none */
}
