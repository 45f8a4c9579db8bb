/* Who logged in, whatever su and sudo came after. */
#pragma once

#include <sys/types.h>

/* path: /proc/self/loginuid. (uid_t)-1 where nobody logged in, or the kernel does not tell. */
uid_t vsee_loginuid_read(const char *path);
