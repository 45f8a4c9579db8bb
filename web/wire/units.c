#include "units.h"

#include <string.h>

#include "base/utf8.h"

void units_clear(struct units *units)
{
	explicit_bzero(units, sizeof(*units));
}

/* One code point of valid UTF-8; returns its bytes. */
static size_t read_point(const unsigned char *text, uint32_t *ret_point)
{
	const size_t size = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
	static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	uint32_t point = text[0] & first_bits[size];

	for (size_t i = 1; i < size; i++)
		point = point << 6 | (text[i] & 0x3f);
	*ret_point = point;
	return size;
}

void units_read(const char *text, bool by_byte, struct units *ret_units)
{
	const unsigned char *bytes = (const unsigned char *)text;
	const size_t size = strlen(text);
	size_t i = 0;

	if (!by_byte)
		by_byte = !vsee_utf8_valid(text, size);
	ret_units->count = 0;
	while (i < size && ret_units->count < UNITS_MAX) {
		uint32_t *unit = &ret_units->unit[ret_units->count++];

		if (by_byte)
			*unit = bytes[i++];
		else
			i += read_point(bytes + i, unit);
	}
}

void units_lower(struct units *units)
{
	for (size_t i = 0; i < units->count; i++)
		if (units->unit[i] >= 'A' && units->unit[i] <= 'Z')
			units->unit[i] += 'a' - 'A';
}

void units_reverse(struct units *units)
{
	for (size_t i = 0, j = units->count; i + 1 < j; i++) {
		const uint32_t unit = units->unit[i];

		units->unit[i] = units->unit[--j];
		units->unit[j] = unit;
	}
}

bool units_contain(const struct units *whole, const struct units *part)
{
	const size_t size = part->count * sizeof(part->unit[0]);

	for (size_t i = 0; i + part->count <= whole->count; i++)
		if (memcmp(&whole->unit[i], part->unit, size) == 0)
			return true;
	return false;
}

static int least(int a, int b, int c)
{
	if (b < a)
		a = b;
	return c < a ? c : a;
}

int units_distance(const struct units *a, const struct units *b)
{
	int row[UNITS_MAX + 1]; /* of the table, for a[0..i) against each b[0..j) */

	for (size_t j = 0; j <= b->count; j++)
		row[j] = (int)j;
	for (size_t i = 1; i <= a->count; i++) {
		int before = row[0];

		row[0] = (int)i;
		for (size_t j = 1; j <= b->count; j++) {
			const int above = row[j];

			row[j] = least(before, above, row[j - 1]) +
				 (a->unit[i - 1] != b->unit[j - 1]);
			before = above;
		}
	}
	return row[b->count];
}
