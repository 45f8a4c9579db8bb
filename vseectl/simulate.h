/* vseectl lint --simulate: what a person's login at a service comes to, line by line. */
#pragma once

#include "verb.h"

/*
 * Print what libpam would do with the stack of the service for a login of the local account called
 * user, with the password and with a key, and for the change that is demanded, if one is. EXIT_GOOD
 * when that could be told, whatever it is; EXIT_UNKNOWN: no such service or user; EXIT_FILES.
 */
enum exit_code simulate_run(const struct context *context, const char *service, const char *user);
