/* reminderd, run as a part of ours: it holds what needs JSON, SQLite and the mail libraries. */
#pragma once

#include "verb.h"

#define PROGRAM_ARGUMENTS_MAX 16

/*
 * Run reminderd with arguments (NULL-terminated, the verb first, at most PROGRAM_ARGUMENTS_MAX) on
 * the context's system, with our own standard streams. Its exit code, or EXIT_FILES after a
 * message where it could not be run or was killed.
 */
int program_run(const struct context *context, const char *const *arguments);
