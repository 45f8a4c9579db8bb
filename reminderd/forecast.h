/* On which of the coming days accounts reach a reminder stage: what preview and plan count. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/rules.h"

struct target;

/*
 * Add the mails of an account to mails[0..days): whatever is due today counts on day 0, later ones
 * on the day on which another stage is reached. least: the mode from which on accounts count.
 * Whether there was any, or will be later.
 */
bool forecast_add(const struct target *target, enum vsee_mode least, uint64_t *mails, size_t days);
