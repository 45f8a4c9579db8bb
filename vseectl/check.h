/* The configuration, read for an administrator: every error is shown. */
#pragma once

#include "store/config.h"
#include "verb.h"

/*
 * Read it and print its errors as "file:line: text". EXIT_GOOD, EXIT_CONFIG or EXIT_FILES; the
 * caller calls vsee_config_clear() in all cases.
 */
enum exit_code check_config(const struct context *context, struct vsee_config *ret_config);
