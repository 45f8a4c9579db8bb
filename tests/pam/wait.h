/* Waiting costs a test nothing: nanosleep(2) moves the monotonic clock on and returns. */
#pragma once

#include <stdint.h>

/* Milliseconds that anybody in this program slept since the last call. */
int64_t wait_slept_ms(void);
