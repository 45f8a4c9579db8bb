#include "language.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static const char *const tags[] = {[VSEE_LANGUAGE_EN] = "en", [VSEE_LANGUAGE_DE] = "de"};

#define LANGUAGES (sizeof(tags) / sizeof(tags[0]))
#define WEIGHT_FULL 1000

const char *language_tag(enum vsee_language language)
{
	return tags[language];
}

/* "q=0.8" in thousandths, RFC 9110 section 12.4.2; what can't be read counts in full. */
static int read_weight(const char *text, size_t size)
{
	int weight = 0, unit = 100;

	while (size > 0 && (*text == ' ' || *text == '\t'))
		text++, size--;
	if (size < 3 || (text[0] != 'q' && text[0] != 'Q') || text[1] != '=')
		return WEIGHT_FULL;
	if (text[2] != '0')
		return WEIGHT_FULL;
	for (size_t i = 4; i < size && text[i] >= '0' && text[i] <= '9'; i++, unit /= 10)
		weight += (text[i] - '0') * unit;
	return weight;
}

/* Whether a range such as "de-AT" means the language: its first part does. */
static bool names(const char *range, size_t size, const char *tag)
{
	const size_t length = strlen(tag);

	return size >= length && strncasecmp(range, tag, length) == 0 &&
	       (size == length || range[length] == '-');
}

/* One range with its weight; the first of equal weight wins. */
static void weigh(const char *item, size_t size, int *best, enum vsee_language *language)
{
	const char *const mark = memchr(item, ';', size);
	size_t range = mark ? (size_t)(mark - item) : size;
	const int weight = mark ? read_weight(mark + 1, size - range - 1) : WEIGHT_FULL;

	while (range > 0 && (item[range - 1] == ' ' || item[range - 1] == '\t'))
		range--;
	for (size_t i = 0; i < LANGUAGES; i++) {
		if (weight > *best && names(item, range, tags[i])) {
			*best = weight;
			*language = (enum vsee_language)i;
		}
	}
}

enum vsee_language language_choose(const char *wanted, const char *accept,
				   enum vsee_language fallback)
{
	enum vsee_language language = fallback;
	int best = 0; /* of weight 0: not wanted at all */

	for (size_t i = 0; wanted && i < LANGUAGES; i++)
		if (strcmp(wanted, tags[i]) == 0)
			return (enum vsee_language)i;
	while (accept && *accept) {
		accept += strspn(accept, " \t,");
		const size_t size = strcspn(accept, ",");

		weigh(accept, size, &best, &language);
		accept += size;
	}
	return language;
}
