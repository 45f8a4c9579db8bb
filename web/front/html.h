/* HTML as it grows: what is put in is escaped, so that no value can become markup. */
#pragma once

#include <stdio.h>

/*
 * Write format to the stream; in it "%s" stands for a text that is escaped (fit for content and for
 * an attribute in double quotes), "%u" for an unsigned number, "%%" for a percent sign. format
 * itself is ours: markup, or a text of texts.h. What goes wrong shows in ferror(3) of the stream.
 */
void html_put(FILE *stream, const char *format, ...);

/* The same for a sentence of ours whose own "&" or "<" must not become markup either. */
void html_say(FILE *stream, const char *format, ...);
