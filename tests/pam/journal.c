/* These stand in for libc's: a symbol of the program comes before that of any library. */
#include "journal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>

#define EXPORT __attribute__((visibility("default")))
#define MODULE "pam_vsee_expire("
#define UNIX "pam_unix("

void (*journal_written)(void);

static char text[32768];
static size_t length;

void journal_clear(void)
{
	length = 0;
	text[0] = '\0';
}

const char *journal_text(void)
{
	return text;
}

__attribute__((format(printf, 1, 0))) static void keep(const char *format, va_list arguments)
{
	char line[2048];
	const int size = vsnprintf(line, sizeof(line), format, arguments);

	if (journal_written && strncmp(line, UNIX, strlen(UNIX)) == 0 &&
	    strstr(line, "password changed for"))
		journal_written();
	if (size < 0 || strncmp(line, MODULE, strlen(MODULE)) != 0 ||
	    length + (size_t)size + 2 > sizeof(text))
		return;
	length += (size_t)snprintf(text + length, sizeof(text) - length, "%s\n", line);
}

/* libpam calls the checked form. */
EXPORT void __syslog_chk(int priority, int flag, const char *format, ...);
EXPORT __attribute__((format(printf, 3, 4))) void __syslog_chk(int priority, int flag,
							       const char *format, ...)
{
	va_list arguments;

	(void)priority;
	(void)flag;
	va_start(arguments, format);
	keep(format, arguments);
	va_end(arguments);
}

void journal_values(const char *key, char *ret_values, size_t size)
{
	const size_t key_size = strlen(key);
	size_t used = 0;

	ret_values[0] = '\0';
	for (const char *c = text; (c = strstr(c, key)) != NULL; c += key_size) {
		const char *value = c + key_size + 1;
		const int value_size = (int)strcspn(value, " \n");

		if (c == text || c[-1] != ' ' || c[key_size] != '=' || used >= size)
			continue;
		used += (size_t)snprintf(ret_values + used, size - used, "%s%.*s", used ? " " : "",
					 value_size, value);
	}
}
