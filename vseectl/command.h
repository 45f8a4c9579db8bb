/* Programs of the system that do a part of the switch: pam-auth-update(8), systemctl(1). */
#pragma once

#include <stdbool.h>

/* Whether a program of that name is where an administrator's programs are. */
bool command_exists(const char *name);

/*
 * Run arguments (NULL-terminated, the name first), found in /usr/sbin, /usr/bin, /sbin or /bin and
 * nowhere else, with an environment of our own, no standard input, and its output on our standard
 * error; quiet: nowhere. Its exit status, 128 + N for signal N, or negative errno.
 */
int command_run(const char *const *arguments, bool quiet);
