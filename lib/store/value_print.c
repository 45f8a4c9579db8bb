#include "store/value.h"

#include <inttypes.h>

static void print_days(const struct vsee_key *key, const vsee_day *days, struct vsee_writer *writer)
{
	if (*days == VSEE_UNSET && key->special)
		vsee_writer_add(writer, "%s", key->special);
	else
		vsee_writer_add(writer, "%" PRId64, *days);
}

static void print_stages(const vsee_day *stages, struct vsee_writer *writer)
{
	size_t count = *(const size_t *)(const void *)(stages + VSEE_STAGES_MAX);

	for (size_t i = 0; i < count; i++)
		vsee_writer_add(writer, "%s%" PRId64, i > 0 ? " " : "", stages[i]);
}

static void print_words(char *const *const *list, struct vsee_writer *writer)
{
	size_t count = *(const size_t *)(const void *)(list + 1);

	for (size_t i = 0; i < count; i++)
		vsee_writer_add(writer, "%s%s", i > 0 ? " " : "", (*list)[i]);
}

static void print_groups(const struct vsee_policy *policy, uint64_t bits,
			 struct vsee_writer *writer)
{
	const char *between = "";

	for (size_t i = 0; i < policy->group_count; i++) {
		if (!(bits & UINT64_C(1) << i))
			continue;
		vsee_writer_add(writer, "%s%s", between, policy->groups[i]);
		between = " ";
	}
}

static void print_text(const char *text, struct vsee_writer *writer)
{
	vsee_writer_add(writer, "%s", text ? text : "");
}

void vsee_value_print(const struct vsee_key *key, const void *base, struct vsee_writer *writer)
{
	const void *target = (const char *)base + key->offset;

	switch (key->type) {
	case VSEE_KEY_DAYS:
		print_days(key, target, writer);
		return;
	case VSEE_KEY_COUNT:
		vsee_writer_add(writer, "%u", *(const unsigned *)target);
		return;
	case VSEE_KEY_CHOICE:
		vsee_writer_add(writer, "%s", key->words[*(const unsigned *)target]);
		return;
	case VSEE_KEY_STAGES:
		print_stages(target, writer);
		return;
	case VSEE_KEY_WORDS:
		print_words(target, writer);
		return;
	case VSEE_KEY_GROUPS:
		print_groups(base, *(const uint64_t *)target, writer);
		return;
	case VSEE_KEY_TEXT:
	case VSEE_KEY_URL:
	case VSEE_KEY_MAILBOX:
	case VSEE_KEY_ADDRESS:
	case VSEE_KEY_SMTP:
	case VSEE_KEY_HOST:
	case VSEE_KEY_PATH:
		print_text(*(char *const *)target, writer);
		return;
	}
}

static void expect_words(const char *before, const char *const *words, struct vsee_writer *writer)
{
	vsee_writer_add(writer, "%s", before);
	for (size_t i = 0; words[i]; i++)
		vsee_writer_add(writer, "%s%s", i > 0 ? ", " : " ", words[i]);
}

static void expect_number(const struct vsee_key *key, struct vsee_writer *writer)
{
	vsee_writer_add(writer, "a number from %" PRId64 " to %" PRId64, key->min, key->max);
	if (key->special)
		vsee_writer_add(writer, " or \"%s\"", key->special);
}

static void expect_list(const struct vsee_key *key, struct vsee_writer *writer)
{
	if (key->words)
		expect_words("each once, out of", key->words, writer);
	else
		vsee_writer_add(writer, "up to %d names with blanks between, each once",
				VSEE_WORDS_MAX);
}

/* What may also be nothing. */
static void expect_optional(const char *text, struct vsee_writer *writer)
{
	vsee_writer_add(writer, "%s, or nothing", text);
}

void vsee_value_expect(const struct vsee_key *key, struct vsee_writer *writer)
{
	switch (key->type) {
	case VSEE_KEY_DAYS:
	case VSEE_KEY_COUNT:
		expect_number(key, writer);
		return;
	case VSEE_KEY_CHOICE:
		expect_words("one of", key->words, writer);
		return;
	case VSEE_KEY_STAGES:
		vsee_writer_add(writer, "up to %d falling numbers from 365 to 0", VSEE_STAGES_MAX);
		return;
	case VSEE_KEY_WORDS:
	case VSEE_KEY_GROUPS:
		expect_list(key, writer);
		return;
	case VSEE_KEY_TEXT:
		vsee_writer_add(writer, "%" PRId64 " to %" PRId64 " bytes of UTF-8 text", key->min,
				key->max);
		return;
	case VSEE_KEY_URL:
		vsee_writer_add(writer,
				"an http:// or https:// address of at most %" PRId64
				" bytes with no %% but %%H and %%%%, or nothing",
				key->max);
		return;
	case VSEE_KEY_MAILBOX:
		expect_optional("\"Name\" <user@example.com>", writer);
		return;
	case VSEE_KEY_SMTP:
		expect_optional("smtp://HOST:PORT, smtps://HOST:PORT or maildir:/PATH", writer);
		return;
	case VSEE_KEY_ADDRESS:
		expect_optional("user@example.com", writer);
		return;
	case VSEE_KEY_PATH:
		vsee_writer_add(writer, "an absolute path of at most %" PRId64 " bytes, or nothing",
				key->max);
		return;
	case VSEE_KEY_HOST:
		expect_optional("a host name", writer);
		return;
	}
}
