#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"

#define LINE_SIZE 2048

static const struct level {
	const char *prefix;
	unsigned priority; /* as syslog(3) has it */
} error = {"error: ", 3}, warning = {"warning: ", 4}, note = {"", 5};

static unsigned warning_count;
static char last_error[LINE_SIZE];

/* Of the next message. */
static struct journal_entry entry;

__attribute__((format(printf, 3, 0))) static void print_clean(char *text, size_t size,
							      const char *format, va_list arguments)
{
	if (vsnprintf(text, size, format, arguments) < 0)
		text[0] = '\0';
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

__attribute__((format(printf, 2, 0))) static void print_line(const struct level *level,
							     const char *format, va_list arguments)
{
	char line[LINE_SIZE];

	print_clean(line, sizeof(line), format, arguments);
	if (level == &error)
		memcpy(last_error, line, sizeof(last_error));
	if (!log_is_journal() || journal_send(&entry, level->priority, line) < 0)
		(void)fprintf(stderr, "reminderd: %s%s\n", level->prefix,
			      line); /* nowhere else to complain */
	entry = (struct journal_entry){0};
}

void log_error(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(&error, format, arguments);
	va_end(arguments);
}

void log_warning(const char *format, ...)
{
	va_list arguments;

	warning_count++;
	va_start(arguments, format);
	print_line(&warning, format, arguments);
	va_end(arguments);
}

void log_note(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print_line(&note, format, arguments);
	va_end(arguments);
}

void log_field(const char *name, const char *format, ...)
{
	struct journal_field *field = &entry.fields[entry.count];
	va_list arguments;

	if (entry.count == LOG_FIELDS_MAX)
		return;
	entry.count++;
	field->name = name;
	va_start(arguments, format);
	print_clean(field->value, sizeof(field->value), format, arguments);
	va_end(arguments);
}

void log_about(const char *message_id, const char *account)
{
	entry = (struct journal_entry){.message_id = message_id};
	if (account)
		log_field("VSEE_ACCOUNT", "%s", account);
}

bool log_is_journal(void)
{
	static enum { UNKNOWN, NO, YES } answer;

	if (answer == UNKNOWN)
		answer = journal_is_stderr() ? YES : NO;
	return answer == YES;
}

const char *log_last_error(void)
{
	return last_error;
}

unsigned log_warning_count(void)
{
	return warning_count;
}
