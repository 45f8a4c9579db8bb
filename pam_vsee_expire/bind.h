/* The line behind pam_unix: what was accepted has been written, so it becomes history. */
#pragma once

#include <security/pam_modules.h>

#include "options.h"

/* PAM_SUCCESS: bound. PAM_IGNORE: nothing to bind. PAM_SERVICE_ERR: not bound, and logged; then
 * shadow's own hash stands for the password, at one hashing more for each check. */
int bind_update(pam_handle_t *pamh, unsigned flags, const struct options *options);
