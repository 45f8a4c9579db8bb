/* The account phase: is this password still good, and what happens if not. */
#pragma once

#include <security/pam_modules.h>

#include "options.h"

/* The first account line. Returns PAM's code. */
int account_check(pam_handle_t *pamh, unsigned flags, const struct options *options);

/* The line with `again`: repeats a demand the first line made in this handle, else PAM_IGNORE. */
int account_again(pam_handle_t *pamh);
