/*
 * Any bytes as passwords, under any settings: what is judged is a matter of the settings in force
 * only, a longer password is never too short where a shorter one is not, and the rows of units that
 * all of it rests on are the text. Five bytes of settings, then password, current one and name, a
 * NUL between.
 */
#include <errno.h>
#include <string.h>

#include "base/utf8.h"
#include "fuzz.h"
#include "wire/strength.h"
#include "wire/units.h"

#define TEXTS 3
#define DISTANCE_MAX 64 /* it takes their product */

static int small(uint8_t byte)
{
	return byte % 9 - 4;
}

static struct strength take_strength(const uint8_t *data)
{
	return (struct strength){
		.min_length = data[0] % 32,
		.digit_credit = small(data[1]),
		.upper_credit = small(data[1] / 9),
		.lower_credit = small(data[2]),
		.other_credit = small(data[2] / 9),
		.classes = data[3] % 5,
		.repeat = data[3] / 5 % 5,
		.class_repeat = data[3] / 25 % 5,
		.sequence = data[4] % 4,
		.different = data[4] / 4 % 8,
		.name = data[4] & 128,
		.name_part = data[4] / 32 % 4 + 3,
	};
}

/* As many as characters, or as bytes; a row turned round twice is the same. */
static void check_units(const char *text)
{
	struct units units, other;
	size_t expected = 0;
	const bool by_byte = !vsee_utf8_valid(text, strlen(text));

	for (const char *c = text; *c != '\0'; c++)
		expected += by_byte || ((unsigned char)*c & 0xc0) != 0x80;
	units_read(text, false, &units);
	CHECK(units.count == (expected < UNITS_MAX ? expected : UNITS_MAX));
	other = units;
	units_reverse(&other);
	if (units.count <= DISTANCE_MAX)
		CHECK(units_distance(&units, &other) >= 0);
	units_reverse(&other);
	CHECK(units.count == 0 ||
	      memcmp(units.unit, other.unit, units.count * sizeof(units.unit[0])) == 0);
	CHECK(units_contain(&units, &other));
	CHECK(units.count > DISTANCE_MAX || units_distance(&units, &other) == 0);
	units_lower(&other);
	for (size_t i = 0; i < other.count; i++)
		CHECK(other.unit[i] < 'A' || other.unit[i] > 'Z');
}

static void check_judgement(const struct strength *strength, char *const *texts)
{
	const uint32_t unmet = strength_judge(strength, texts[0], texts[1], texts[2]);
	const uint32_t force = strength_criteria(strength);
	const size_t size = strlen(texts[0]);

	CHECK((unmet & ~force) == 0);
	CHECK(((unmet & CRITERION_BIT(CRITERION_LONG)) != 0) == (size > STRENGTH_BYTES_MAX));
	if (size >= 32 * 4) /* longer than any least length, in characters */
		CHECK(!(unmet & CRITERION_BIT(CRITERION_LENGTH)));
	if (size == 0)
		CHECK(unmet & CRITERION_BIT(CRITERION_LENGTH));
	if (size > 0 && strcmp(texts[0], texts[1]) == 0)
		CHECK(unmet & CRITERION_BIT(CRITERION_DIFFERENT));
	if (strength->name && strlen(texts[2]) >= 4 && strstr(texts[0], texts[2]))
		CHECK(unmet & CRITERION_BIT(CRITERION_NAME));
}

int fuzz_run(const uint8_t *data, size_t size)
{
	char *texts[TEXTS] = {NULL};
	struct strength strength;
	int r = 0;

	if (size < 5)
		return 0;
	strength = take_strength(data);
	data += 5;
	size -= 5;
	for (size_t i = 0; i < TEXTS; i++) {
		const size_t length = strnlen((const char *)data, size);

		texts[i] = strndup((const char *)data, length);
		r = texts[i] ? r : -ENOMEM;
		data += length < size ? length + 1 : length;
		size -= length < size ? length + 1 : length;
	}
	for (size_t i = 0; i < TEXTS && r == 0; i++)
		check_units(texts[i]);
	if (r == 0)
		check_judgement(&strength, texts);
	for (size_t i = 0; i < TEXTS; i++)
		free(texts[i]);
	return r;
}
