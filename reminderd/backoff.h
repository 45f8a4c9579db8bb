/* When a reminder that was put off is tried again. */
#pragma once

#include <stdint.h>

/*
 * Seconds to wait after the attempts-th try (from 1): 5 minutes, 15 minutes, 1 hour, then 4 hours,
 * shortened by up to a fifth, so that a fleet does not come back in one moment. random: any.
 */
int64_t backoff_seconds(unsigned attempts, uint32_t random);
