#include "seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"

#define PROBES 8
#define BITS (SEEN_BYTES * 8)

int seen_init(uint64_t seed, struct seen *ret_seen)
{
	uint64_t *words = calloc(1, SEEN_BYTES); /* untouched pages cost nothing */

	if (!words)
		return -ENOMEM;
	*ret_seen = (struct seen){.words = words, .seed = seed};
	return 0;
}

void seen_clear(struct seen *seen)
{
	free(seen->words);
	*seen = (struct seen){0};
}

/* The finalizer of MurmurHash3: FNV alone leaves similar names close together. */
static uint64_t mix(uint64_t value)
{
	value = (value ^ (value >> 33)) * UINT64_C(0xff51afd7ed558ccd);
	value = (value ^ (value >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
	return value ^ (value >> 33);
}

/* Bit number probe of PROBES: double hashing, Kirsch and Mitzenmacher 2006. */
static uint64_t bit_of(const struct seen *seen, uint64_t digest, unsigned probe)
{
	const uint64_t first = mix(digest ^ seen->seed), second = mix(first) | 1;

	return (first + probe * second) % BITS;
}

bool seen_test(const struct seen *seen, const char *name)
{
	const uint64_t digest = vsee_digest(name, strlen(name));

	for (unsigned i = 0; i < PROBES; i++) {
		const uint64_t bit = bit_of(seen, digest, i);

		if (!(seen->words[bit / 64] & UINT64_C(1) << bit % 64))
			return false;
	}
	return true;
}

void seen_add(struct seen *seen, const char *name)
{
	const uint64_t digest = vsee_digest(name, strlen(name));

	for (unsigned i = 0; i < PROBES; i++) {
		const uint64_t bit = bit_of(seen, digest, i);

		seen->words[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}
