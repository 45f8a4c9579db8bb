/* What goes to standard error. */
#pragma once

/* One line each; control characters are shown as '?', whoever wrote them. */
__attribute__((format(printf, 1, 2))) void say_error(const char *format, ...);
__attribute__((format(printf, 1, 2))) void say_warning(const char *format, ...);
