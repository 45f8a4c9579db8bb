/* When an answer goes out: its time must not say what was found on the way. */
#pragma once

#include <stdint.h>

#include "wire/wire.h"

#define DEADLINE_FAILURE_MS 2000
#define DEADLINE_STEP_MS 250

/*
 * The time of the answer, in milliseconds since the request came. spent_ms: 0 or more. What failed
 * waits for DEADLINE_FAILURE_MS; all else, and what took longer, for the next step. Pure.
 */
int64_t deadline_of(enum wire_status status, int64_t spent_ms);

/* The moment of the request, for deadline_wait(). */
int64_t deadline_begin(void);
void deadline_wait(enum wire_status status, int64_t began_ns);
