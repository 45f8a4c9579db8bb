/* What goes to syslog(3) in this program stays here. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Called when pam_unix says that it has written a password; NULL: nobody. */
extern void (*journal_written)(void);

void journal_clear(void);
/* All lines of our module, each ended by a newline. */
const char *journal_text(void);
/* The values of all "KEY=value" in our module's lines, with a blank between them. */
void journal_values(const char *key, char *ret_values, size_t size);
