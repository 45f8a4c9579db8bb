/* Which of pam-auth-update's files somebody edited, so that it refuses to touch any of them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define PROFILE_EDITED_SIZE 128

/*
 * Compare each /etc/pam.d/common-* with what pam-auth-update keeps of it in /var/lib/pam, by the
 * modules of its blocks. True with ret_file (PROFILE_EDITED_SIZE bytes) "FILE:LINE" or "FILE" for
 * the first that differs.
 */
bool profile_edited(char *ret_file);
