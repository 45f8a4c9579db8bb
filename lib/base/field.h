/* Fields between colons, found eight bytes at a time: a scan goes through ten million lines. */
#pragma once

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Eight bytes as a number, the first one lowest. */
static inline uint64_t vsee_field_load(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return le64toh(word);
}

/* The top bit of each byte of word that is a colon. */
static inline uint64_t vsee_field_colons(uint64_t word)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	const uint64_t zero = word ^ UINT64_C(0x3a3a3a3a3a3a3a3a);

	return ~(((zero & low) + low) | zero | low);
}

/* word without what comes from its first colon on; colons: its colons. */
static inline uint64_t vsee_field_cut(uint64_t word, uint64_t colons)
{
	return colons ? word & (((colons & -colons) >> 7) - 1) : word;
}

/*
 * What stands behind so many colons (at least 1), looked for in whole words only: NULL also where
 * the last of them stands in the last 7 bytes.
 */
static inline const char *vsee_field_behind(const char *text, size_t size, unsigned count)
{
	for (; size >= 8; text += 8, size -= 8)
		for (uint64_t colons = vsee_field_colons(vsee_field_load(text)); colons;
		     colons &= colons - 1)
			if (--count == 0)
				return text + __builtin_ctzll(colons) / 8 + 1;
	return NULL;
}
