/* Lines on standard error, each with its priority in front, as the journal reads them. */
#pragma once

#include <syslog.h> /* for its names of priorities only */

/* One line; control characters and what is not ASCII are shown as '?'. */
__attribute__((format(printf, 2, 3))) void log_line(int priority, const char *format, ...);

#define log_error(...) log_line(LOG_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_WARNING, __VA_ARGS__)
