/* A bar on standard error, for a person at a terminal and nobody else. */
#pragma once

#include <stdint.h>

/* all: what is to be done; 0 draws nothing. Drawn again at most ten times a second. */
void progress_show(uint64_t done, uint64_t all);

/* Take it away, before anything else is said. */
void progress_clear(void);
