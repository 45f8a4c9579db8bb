/* The password phase: what may not be taken again is refused before pam_unix writes it. */
#pragma once

#include <security/pam_modules.h>

#include "context.h"

int password_prelim(pam_handle_t *pamh, unsigned flags, const struct options *options);
int password_update(pam_handle_t *pamh, unsigned flags, const struct options *options);

/*
 * Whether a change could be carried out now: state of a version we know, its folder and shadow's
 * writable, lock free. 0 or negative errno (-EBUSY: the lock; -EPROTONOSUPPORT: newer state).
 */
int password_ready(const struct context *context);
