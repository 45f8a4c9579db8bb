/*
 * Messages for the administrator: journal entries where standard error is the journal's, else lines
 * on standard error.
 */
#pragma once

#include <stdbool.h>

/* Each is one line; control characters are shown as '?', whoever wrote them. */
__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_note(const char *format, ...);

/*
 * What the journal keeps of the next message beside its text: its kind (message_id.h), and fields
 * by which it can be found, at most LOG_FIELDS_MAX. account: NULL where it is about none.
 */
#define LOG_FIELDS_MAX 6
void log_about(const char *message_id, const char *account);
__attribute__((format(printf, 2, 3))) void log_field(const char *name, const char *format, ...);

/* Whether messages go into the journal with their fields. */
bool log_is_journal(void);

/* The text of the last error; "" none. */
const char *log_last_error(void);

/* How many warnings were given so far. */
unsigned log_warning_count(void);
