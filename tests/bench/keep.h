/* Files put back as they were before each call, so that every call meets the same history. */
#pragma once

/* Remember what is in the file now. 0, or -1 with errno. */
int keep_file(const char *path);

/* Write every remembered file anew. 0, or -1 with errno. */
int keep_restore(void);
