/* A stable, unkeyed hash of a text: for spreading days, lock offsets and sets. No security. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* FNV-1a, 64 bit. The value is kept in files and must never change between releases. */
static inline uint64_t vsee_digest(const char *text, size_t size)
{
	uint64_t digest = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < size; i++)
		digest = (digest ^ (unsigned char)text[i]) * UINT64_C(1099511628211);
	return digest;
}
