/* The auth phase: notices who typed an expired password, decides nothing. */
#pragma once

#include <security/pam_modules.h>

#include "options.h"

/* Always PAM_IGNORE. */
int auth_notice(pam_handle_t *pamh, unsigned flags, const struct options *options);
