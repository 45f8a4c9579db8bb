/* Messages for the administrator on standard error; the journal picks them up there. */
#pragma once

/* Each is one line; control characters are shown as '?', whoever wrote them. */
__attribute__((format(printf, 1, 2))) void log_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_warning(const char *format, ...);
__attribute__((format(printf, 1, 2))) void log_note(const char *format, ...);

/* How many warnings were given so far. */
unsigned log_warning_count(void);
