#include "store/value.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/name.h"
#include "base/number.h"
#include "store/syntax.h"

struct words {
	char **list;
	size_t count;
};

static void words_clear(struct words *words)
{
	for (size_t i = 0; i < words->count; i++)
		free(words->list[i]);
	free(words->list);
	*words = (struct words){0};
}

static bool is_word(const char *text, size_t size, const char *word)
{
	return strlen(word) == size && memcmp(text, word, size) == 0;
}

static int choice_find(const char *const *words, const char *text, size_t size, unsigned *ret_index)
{
	for (unsigned i = 0; words[i]; i++) {
		if (!is_word(text, size, words[i]))
			continue;
		*ret_index = i;
		return 0;
	}
	return -EINVAL;
}

/* A comment that begins with '#', or a ';' without a blank before it, would pass as a name. */
static bool word_valid(const struct vsee_key *key, const char *word)
{
	unsigned index;

	if (key->words)
		return choice_find(key->words, word, strlen(word), &index) == 0;
	return vsee_name_valid(word) && word[0] != '#' && !strpbrk(word, ";\"");
}

static int words_add(const struct vsee_key *key, const char *text, size_t size, struct words *words)
{
	if (size == 0 || size >= VSEE_NAME_SIZE || memchr(text, '\0', size))
		return -EINVAL;
	for (size_t i = 0; i < words->count; i++) {
		if (is_word(text, size, words->list[i]))
			return -EINVAL;
	}

	char *word = strndup(text, size);

	if (!word)
		return -ENOMEM;
	words->list[words->count++] = word;
	return word_valid(key, word) ? 0 : -EINVAL;
}

static int parse_words(const struct vsee_key *key, const char *text, size_t size,
		       struct words *ret_words)
{
	CLEANUP(words_clear) struct words words = {0};
	size_t count = size > 0 ? 1 : 0;

	for (size_t i = 0; i < size; i++)
		count += text[i] == ' ' ? 1 : 0;
	if (count > VSEE_WORDS_MAX)
		return -ERANGE;
	words.list = calloc(count + 1, sizeof(*words.list));
	if (!words.list)
		return -ENOMEM;
	for (size_t at = 0; words.count < count;) {
		const char *blank = memchr(text + at, ' ', size - at);
		size_t end = blank ? (size_t)(blank - text) : size;
		int r = words_add(key, text + at, end - at, &words);

		if (r < 0)
			return r;
		at = end + 1;
	}
	*ret_words = words;
	words = (struct words){0};
	return 0;
}

static int store_groups(struct vsee_policy *policy, const struct words *groups, uint64_t *bits)
{
	for (size_t i = 0; i < groups->count; i++) {
		unsigned bit;
		int r = vsee_policy_group(policy, groups->list[i], &bit);

		if (r < 0)
			return r;
		*bits |= UINT64_C(1) << bit;
	}
	return 0;
}

static int parse_list(const struct vsee_key *key, const char *text, size_t size, void *base,
		      void *target)
{
	CLEANUP(words_clear) struct words words = {0};
	int r = parse_words(key, text, size, &words);

	if (r < 0 || !target)
		return r;
	if (key->type == VSEE_KEY_GROUPS)
		return store_groups(base, &words, target);
	*(char ***)target = words.list;
	*(size_t *)(void *)((char *)target + sizeof(char **)) = words.count;
	words = (struct words){0};
	return 0;
}

static int number(const struct vsee_key *key, const char *text, size_t size, int64_t *ret_number)
{
	if (size > 1 && text[0] == '0')
		return -EINVAL;
	return vsee_number_parse(text, size, key->min, key->max, ret_number);
}

static int parse_days(const struct vsee_key *key, const char *text, size_t size, vsee_day *target)
{
	int64_t days = VSEE_UNSET;

	if (!key->special || !is_word(text, size, key->special)) {
		int r = number(key, text, size, &days);

		if (r < 0)
			return r;
	}
	if (target)
		*target = days;
	return 0;
}

static int parse_count(const struct vsee_key *key, const char *text, size_t size, unsigned *target)
{
	int64_t count;
	int r = number(key, text, size, &count);

	if (r == 0 && target)
		*target = (unsigned)count;
	return r;
}

static int parse_choice(const struct vsee_key *key, const char *text, size_t size, void *target)
{
	unsigned index;
	int r = choice_find(key->words, text, size, &index);

	if (r == 0 && target)
		memcpy(target, &index, sizeof(index));
	return r;
}

static int parse_stages(const struct vsee_key *key, const char *text, size_t size, vsee_day *target)
{
	vsee_day stages[VSEE_STAGES_MAX] = {0};
	size_t count = 0;

	for (size_t at = 0; at < size || (at == size && size > 0);) {
		const char *blank = memchr(text + at, ' ', size - at);
		size_t end = blank ? (size_t)(blank - text) : size;
		int r = count < VSEE_STAGES_MAX ? number(key, text + at, end - at, &stages[count])
						: -ERANGE;

		if (r < 0)
			return r;
		if (count > 0 && stages[count] >= stages[count - 1])
			return -EINVAL;
		count++;
		at = end + 1;
	}
	if (target) {
		memcpy(target, stages, sizeof(stages));
		memcpy(target + VSEE_STAGES_MAX, &count, sizeof(count));
	}
	return 0;
}

static int parse_text(const struct vsee_key *key, bool valid, const char *text, size_t size,
		      char **target)
{
	if ((int64_t)size < key->min || (int64_t)size > key->max)
		return -ERANGE;
	if (!valid && size > 0)
		return -EINVAL;
	if (!target)
		return 0;

	char *copy = strndup(text, size);

	if (!copy)
		return -ENOMEM;
	*target = copy;
	return 0;
}

int vsee_value_parse(const struct vsee_key *key, const char *text, size_t size, void *base)
{
	void *target = base ? (char *)base + key->offset : NULL;

	switch (key->type) {
	case VSEE_KEY_DAYS:
		return parse_days(key, text, size, target);
	case VSEE_KEY_COUNT:
		return parse_count(key, text, size, target);
	case VSEE_KEY_CHOICE:
		return parse_choice(key, text, size, target);
	case VSEE_KEY_STAGES:
		return parse_stages(key, text, size, target);
	case VSEE_KEY_WORDS:
	case VSEE_KEY_GROUPS:
		return parse_list(key, text, size, base, target);
	case VSEE_KEY_TEXT:
		return parse_text(key, vsee_syntax_text(text, size), text, size, target);
	case VSEE_KEY_URL:
		return parse_text(key, vsee_syntax_url(text, size), text, size, target);
	case VSEE_KEY_MAILBOX:
		return parse_text(key, vsee_syntax_mailbox(text, size), text, size, target);
	case VSEE_KEY_HOST:
		return parse_text(key, vsee_syntax_host(text, size), text, size, target);
	case VSEE_KEY_SMTP:
		return parse_text(key, vsee_syntax_smtp(text, size), text, size, target);
	case VSEE_KEY_ADDRESS:
		return parse_text(key, vsee_syntax_address(text, size), text, size, target);
	case VSEE_KEY_PATH:
		return parse_text(key, vsee_syntax_path(text, size), text, size, target);
	}
	return -EINVAL;
}
