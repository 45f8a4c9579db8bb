/* vseectl history export: what we remember, in the form that pam_pwhistory reads. */
#pragma once

#include "verb.h"

/* Write a new file at path (0600, never over another). only: NULL, or the one account wanted. */
enum exit_code export_run(const struct context *context, const char *path, const char *only);
