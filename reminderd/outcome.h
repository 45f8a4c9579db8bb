/* What becomes of a row when its mail came to an end. */
#pragma once

#include <stdint.h>

#include "reminder.h"
#include "transport.h"

/*
 * Write the result of one try into the row. now: wall clock, as rows have it. random: for the
 * back-off. Only what the server says to the message itself counts as a refusal of its receiver.
 */
void outcome_apply(const struct result *result, int64_t now, uint32_t random, struct reminder *row);

/* Put a claimed row back that was never handed over: it was not tried. */
void outcome_release(struct reminder *row);

/* The same where no server could be reached: it waits, and says why. */
void outcome_put_off(const char *why, int64_t now, uint32_t random, struct reminder *row);

/* The mail can't be made: no later try would do better. */
void outcome_fail(const char *why, int64_t now, struct reminder *row);
