/* Random PAM stacks: as wild as pam.conf(5) permits, and a little wilder; the same for one seed. */
#pragma once

#include <stdint.h>

#define THICKET_FOLDER "/etc/pam.d"
#define THICKET_SERVICE "thicket"

/*
 * Write the service's file, those it includes, and "other", into the sandbox's /etc/pam.d. module:
 * the path of answer.c's. seed: not 0. What an earlier one wrote is gone.
 */
void thicket_grow(uint64_t seed, const char *module);
