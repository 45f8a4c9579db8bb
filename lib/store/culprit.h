/* Who may set shadow's fields besides us: configuration management, and jobs that run chage. */
#pragma once

#include <stddef.h>

/*
 * Those that are installed below root ("": the host), as "puppet, /etc/cron.d/aging"; "" none was
 * found. ret_text holds size bytes; what does not fit is left out. Returns ret_text.
 */
const char *vsee_culprit_list(const char *root, char *ret_text, size_t size);
