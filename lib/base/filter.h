/* Which names a line may begin with: a guess in a few cycles, for readers of millions of lines. */
#pragma once

#include <stdbool.h>

#include "base/field.h"

#define VSEE_FILTER_BITS 16
#define VSEE_FILTER_REACH ((size_t)16) /* bytes of a line that are looked at */

/* Names are told apart by their first 8 bytes. Zeroed: no name. */
struct vsee_filter {
	uint64_t bits[1 << (VSEE_FILTER_BITS - 6)];
};

static inline size_t vsee_filter_place(uint64_t key)
{
	/* The golden ratio: the top bits of the product depend on all of the key's. */
	return (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - VSEE_FILTER_BITS));
}

/* Want lines of this name, too. */
static inline void vsee_filter_add(struct vsee_filter *filter, const char *name, size_t size)
{
	char text[8] = {0};
	size_t place;

	memcpy(text, name, size < sizeof(text) ? size : sizeof(text));
	place = vsee_filter_place(vsee_field_load(text));
	filter->bits[place / 64] |= UINT64_C(1) << place % 64;
}

/*
 * Whether a line may begin with one of the names and a colon. Never false for a name that was
 * added, nor for a short line or one without a colon in reach.
 */
static inline bool vsee_filter_wants(const struct vsee_filter *filter, const char *text,
				     size_t size)
{
	if (size < VSEE_FILTER_REACH)
		return true;

	const uint64_t word = vsee_field_load(text), colons = vsee_field_colons(word);
	const size_t place = vsee_filter_place(vsee_field_cut(word, colons));

	return (filter->bits[place / 64] >> place % 64 & 1) ||
	       (!colons && !vsee_field_colons(vsee_field_load(text + 8)));
}
