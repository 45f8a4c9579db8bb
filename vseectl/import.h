/* vseectl history import: what pam_pwhistory remembered becomes ours. */
#pragma once

#include "verb.h"

/* only: NULL, or the one account whose line counts. */
enum exit_code import_run(const struct context *context, const char *path, const char *only);
