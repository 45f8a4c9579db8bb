#include "wire/strength.h"

#include <string.h>

#include "units.h"

#define NAME_MIN 4 /* libpwquality looks for no shorter words, whatever its manual says */

enum kind {
	KIND_DIGIT,
	KIND_UPPER,
	KIND_LOWER,
	KIND_OTHER,
	KIND_COUNT,
};

/* What is counted in a password. Runs: the longest of equal units, of one kind, and so on. */
struct tally {
	int64_t count, kind[KIND_COUNT], classes;
	int64_t repeat, class_repeat, sequence;
};

static uint32_t bits_of(const bool list[CRITERION_COUNT])
{
	uint32_t bits = 0;

	for (unsigned i = 0; i < CRITERION_COUNT; i++)
		if (list[i])
			bits |= CRITERION_BIT(i);
	return bits;
}

uint32_t strength_criteria(const struct strength *strength)
{
	const bool in_force[CRITERION_COUNT] = {
		[CRITERION_LENGTH] = true,
		[CRITERION_LONG] = true,
		[CRITERION_DIGIT] = strength->digit_credit<
			0,
			[CRITERION_UPPER] = strength->upper_credit<
				0,
				[CRITERION_LOWER] = strength->lower_credit<
					0,
					[CRITERION_OTHER] = strength->other_credit<
						0, [CRITERION_CLASSES] =
							   strength->classes> 1, /* one
										    there
										    is
										    always
										  */
					[CRITERION_REPEAT] = strength->repeat> 0,
				[CRITERION_CLASS_REPEAT] = strength->class_repeat> 0,
			[CRITERION_SEQUENCE] = strength->sequence> 0,
		[CRITERION_NAME] = strength->name,
		[CRITERION_DIFFERENT] = true, /* the same one again is refused whatever difok is */
		[CRITERION_COMMON] = strength->common,
		[CRITERION_REMEMBERED] = strength->remember > 0,
	};

	return bits_of(in_force);
}

static enum kind kind_of(uint32_t unit)
{
	if (unit >= '0' && unit <= '9')
		return KIND_DIGIT;
	if (unit >= 'A' && unit <= 'Z')
		return KIND_UPPER;
	return unit >= 'a' && unit <= 'z' ? KIND_LOWER : KIND_OTHER;
}

static void run(bool goes_on, int64_t *length, int64_t *longest)
{
	*length = goes_on ? *length + 1 : 1;
	if (*length > *longest)
		*longest = *length;
}

static struct tally count(const struct units *password)
{
	struct tally tally = {.count = (int64_t)password->count};
	int64_t same = 0, same_kind = 0, up = 0, down = 0;
	uint32_t before = UINT32_MAX - 1; /* no unit is near it */

	for (size_t i = 0; i < password->count; i++) {
		const uint32_t unit = password->unit[i];
		const enum kind kind = kind_of(unit);

		if (tally.kind[kind]++ == 0)
			tally.classes++;
		run(unit == before, &same, &tally.repeat);
		run(i > 0 && kind == kind_of(before), &same_kind, &tally.class_repeat);
		run(unit == before + 1, &up, &tally.sequence);
		run(unit + 1 == before, &down, &tally.sequence);
		before = unit;
	}
	return tally;
}

/* A credit above 0 takes up to so much off the length; one below demands so many. */
static int64_t credit(int credit, int64_t count)
{
	if (credit <= 0)
		return 0;
	return count < credit ? count : credit;
}

static uint32_t judge_tally(const struct strength *strength, const struct tally *tally)
{
	const int64_t *kind = tally->kind;
	const int64_t needed = strength->min_length -
			       credit(strength->digit_credit, kind[KIND_DIGIT]) -
			       credit(strength->upper_credit, kind[KIND_UPPER]) -
			       credit(strength->lower_credit, kind[KIND_LOWER]) -
			       credit(strength->other_credit, kind[KIND_OTHER]);
	const bool unmet[CRITERION_COUNT] = {
		[CRITERION_LENGTH] = tally->count == 0 || tally->count < needed,
		[CRITERION_DIGIT] = kind[KIND_DIGIT] < -(int64_t)strength->digit_credit,
		[CRITERION_UPPER] = kind[KIND_UPPER] < -(int64_t)strength->upper_credit,
		[CRITERION_LOWER] =
			kind[KIND_LOWER]<
				-(int64_t)strength->lower_credit,
				[CRITERION_OTHER] =
					kind[KIND_OTHER]<
						-(int64_t)strength->other_credit,
						[CRITERION_CLASSES] =
							tally->classes<strength->classes,
								       [CRITERION_REPEAT] =
									       tally->repeat>
								strength->repeat,
						[CRITERION_CLASS_REPEAT] = tally->class_repeat>
						strength->class_repeat,
				[CRITERION_SEQUENCE] = tally->sequence>
				strength->sequence,
	};

	return bits_of(unmet);
}

/* As libpwquality 1.4.5: distance 0 is the word again with letters doubled or doubles dropped. */
static bool word_in(const struct units *password, const struct units *word)
{
	return units_contain(password, word) || units_distance(password, word) == 0;
}

/* Both in small letters. */
static bool name_in(const struct strength *strength, const struct units *password,
		    const struct units *name)
{
	const size_t demanded = (size_t)strength->name_part; /* never negative */
	const size_t size = demanded >= NAME_MIN && demanded < name->count ? demanded : name->count;

	if (name->count < NAME_MIN)
		return false;
	for (size_t i = 0; i + size <= name->count; i++) {
		struct units part = {.count = size};

		memcpy(part.unit, &name->unit[i], size * sizeof(part.unit[0]));
		if (word_in(password, &part))
			return true;
		units_reverse(&part);
		if (word_in(password, &part))
			return true;
	}
	return false;
}

/* Both in small letters. */
static bool too_like(const struct strength *strength, const struct units *password,
		     const struct units *current)
{
	autounits struct units twice = {.count = 0};

	if (strength->different == 0 || current->count == 0)
		return false;
	if (password->count < 2 * current->count &&
	    units_distance(current, password) < strength->different)
		return true;
	if (current->count > UNITS_MAX / 2) /* pam_unix has no password of that length */
		return units_contain(current, password);
	twice.count = 2 * current->count;
	memcpy(twice.unit, current->unit, current->count * sizeof(twice.unit[0]));
	memcpy(&twice.unit[current->count], current->unit, current->count * sizeof(twice.unit[0]));
	return units_contain(&twice, password); /* the same, or rotated */
}

static uint32_t judge_units(const struct strength *strength, bool by_byte, const char *password,
			    const char *current, const char *user)
{
	autounits struct units fresh, old;
	struct units name;
	struct tally tally;
	uint32_t bits;

	units_read(password, by_byte, &fresh);
	units_read(current, by_byte, &old);
	units_read(user, by_byte, &name);
	tally = count(&fresh);
	bits = judge_tally(strength, &tally);
	explicit_bzero(&tally, sizeof(tally));

	units_lower(&fresh);
	units_lower(&old);
	units_lower(&name);
	if (fresh.count > 0 && name_in(strength, &fresh, &name))
		bits |= CRITERION_BIT(CRITERION_NAME);
	if (fresh.count > 0 && too_like(strength, &fresh, &old))
		bits |= CRITERION_BIT(CRITERION_DIFFERENT);
	return bits;
}

uint32_t strength_judge(const struct strength *strength, const char *password, const char *current,
			const char *user)
{
	uint32_t bits = judge_units(strength, false, password, current, user) |
			judge_units(strength, true, password, current, user);

	if (strlen(password) > STRENGTH_BYTES_MAX)
		bits |= CRITERION_BIT(CRITERION_LONG);
	if (password[0] != '\0' && strcmp(password, current) == 0)
		bits |= CRITERION_BIT(CRITERION_DIFFERENT);
	return bits & strength_criteria(strength);
}
