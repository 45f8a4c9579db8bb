/* Which names a pass has met: a Bloom filter, so memory is the same for any number of accounts. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define SEEN_BYTES (UINT64_C(16) * 1024 * 1024)

struct seen {
	uint64_t *words;
	uint64_t seed;
};

/* seed: another one finds other false positives, so none lasts. 0 or -ENOMEM. */
int seen_init(uint64_t seed, struct seen *ret_seen);
void seen_clear(struct seen *seen);

/* False: certainly never added. True: very likely added (one in a million at 1 million names). */
bool seen_test(const struct seen *seen, const char *name);
void seen_add(struct seen *seen, const char *name);
