#include "store/fact.h"

#include <assert.h>
#include <inttypes.h>

#include "base/number.h"
#include "store/entry.h"
#include "store/syntax.h"

#define SECONDS_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)

enum kind {
	KIND_NAME,
	KIND_UID,
	KIND_DAY,
	KIND_SECONDS,
	KIND_HASH,
	KIND_SETTING,
	KIND_TEXT,
	KIND_WORD,
};

static const char *const answers[] = {"no", "yes"};
static const char *const reasons[] = {"never",	"lifetime",  "shadow",	"floor",
				      "untold", "extension", "enrolled"};
static const char *const mirrors[] = {"none", "intent", "done", "overwritten"};

static_assert(COUNT(reasons) == VSEE_REASON_ENROLLED + 1, "a word for every reason");
static_assert(COUNT(mirrors) == VSEE_MIRROR_OVERWRITTEN + 1, "a word for every state");
static_assert(sizeof(struct vsee_enrolment) == 21 * sizeof(vsee_day), "a fact for every field");
static_assert(sizeof(bool) == 1 && sizeof(enum vsee_reason) == sizeof(unsigned) &&
		      sizeof(enum vsee_mirror) == sizeof(unsigned),
	      "word_get() and word_set() know two sizes");

struct fact {
	const char *key;
	enum kind kind;
	size_t offset, size;
	const char *const *words;
	size_t word_count;
};

#define FIELD(key, kind, field)                                                                    \
	{                                                                                          \
		key, kind, offsetof(struct vsee_account, field),                                   \
			sizeof(((struct vsee_account *)NULL)->field), NULL, 0                      \
	}
#define WORDS(key, field, words)                                                                   \
	{                                                                                          \
		key, KIND_WORD, offsetof(struct vsee_account, field),                              \
			sizeof(((struct vsee_account *)NULL)->field), words, COUNT(words)          \
	}

/* In the order of the file. A fact that is as in an empty account is not written. */
static const struct fact facts[] = {
	FIELD("name", KIND_NAME, name),
	FIELD("uid", KIND_UID, uid),
	FIELD("hash", KIND_HASH, shadow_hash),
	FIELD("seen", KIND_DAY, seen),
	WORDS("enrolled", enrolment.enrolled, answers),
	WORDS("password-before", enrolment.password_before, answers),
	FIELD("known-change", KIND_DAY, enrolment.known_change),
	FIELD("known-ahead", KIND_DAY, enrolment.known_ahead),
	FIELD("disbelieved", KIND_DAY, enrolment.disbelieved),
	FIELD("lifetime", KIND_DAY, enrolment.lifetime),
	FIELD("deadline", KIND_DAY, enrolment.deadline),
	WORDS("reason", enrolment.reason, reasons),
	FIELD("floor", KIND_DAY, enrolment.floor),
	FIELD("floor-ahead", KIND_DAY, enrolment.floor_ahead),
	FIELD("floor-change", KIND_DAY, enrolment.floor_change),
	FIELD("floor-lifetime", KIND_DAY, enrolment.floor_lifetime),
	FIELD("told", KIND_DAY, enrolment.told),
	FIELD("extension", KIND_DAY, enrolment.extension),
	FIELD("extension-by", KIND_UID, extension_by),
	FIELD("extension-reason", KIND_TEXT, extension_reason),
	WORDS("mirror", enrolment.mirror, mirrors),
	FIELD("mirror-max", KIND_DAY, enrolment.mirror_max),
	FIELD("mirror-warn", KIND_DAY, enrolment.mirror_warn),
	FIELD("mirror-old", KIND_DAY, enrolment.mirror_old),
	FIELD("before-max", KIND_DAY, enrolment.before_max),
	FIELD("before-warn", KIND_DAY, enrolment.before_warn),
	WORDS("zero", enrolment.zero, mirrors),
	FIELD("before-change", KIND_DAY, enrolment.before_change),
	FIELD("token", KIND_HASH, token),
	FIELD("token-expires", KIND_SECONDS, token_expires),
	FIELD("setting", KIND_SETTING, settings[0]),
	FIELD("old-setting", KIND_SETTING, settings[1]),
	FIELD("current", KIND_HASH, current),
	FIELD("pending", KIND_HASH, pending),
	FIELD("pending-base", KIND_HASH, pending_base),
};

static_assert(COUNT(facts) <= VSEE_FACTS_MAX, "a reader can keep a bit for each");

bool vsee_slice_is(struct vsee_slice slice, const char *word)
{
	return slice.size == strlen(word) && memcmp(slice.text, word, slice.size) == 0;
}

struct vsee_slice vsee_slice_word(struct vsee_slice line, struct vsee_slice *ret_rest)
{
	const char *blank = memchr(line.text, ' ', line.size);
	const size_t size = blank ? (size_t)(blank - line.text) : line.size;
	const size_t skip = blank ? size + 1 : size;

	*ret_rest = (struct vsee_slice){line.text + skip, line.size - skip};
	return (struct vsee_slice){line.text, size};
}

bool vsee_day_read(struct vsee_slice text, vsee_day *ret_day)
{
	if (vsee_slice_is(text, "unset"))
		*ret_day = VSEE_UNSET;
	else if (vsee_slice_is(text, "none"))
		*ret_day = VSEE_NONE;
	else if (vsee_slice_is(text, "never"))
		*ret_day = VSEE_NEVER;
	else
		return vsee_number_parse(text.text, text.size, 0, VSEE_NEVER, ret_day) == 0;
	return true;
}

/* Sums with VSEE_NEVER are as late as it; a day before 1970 is no date of a password. */
static vsee_day day_tame(vsee_day day)
{
	return day < VSEE_NONE ? VSEE_UNSET : vsee_day_min(day, VSEE_NEVER);
}

void vsee_day_write(struct vsee_writer *writer, vsee_day day)
{
	const vsee_day tame = day_tame(day);

	if (tame == VSEE_NEVER)
		vsee_writer_add(writer, "never");
	else if (tame == VSEE_NONE)
		vsee_writer_add(writer, "none");
	else if (tame == VSEE_UNSET)
		vsee_writer_add(writer, "unset");
	else
		vsee_writer_add(writer, "%" PRId64, tame);
}

static unsigned word_get(const struct fact *fact, const void *field)
{
	unsigned value = 0;

	if (fact->size == sizeof(bool))
		return *(const bool *)field ? 1 : 0;
	memcpy(&value, field, sizeof(value));
	return value;
}

static void word_set(const struct fact *fact, void *field, unsigned value)
{
	if (fact->size == sizeof(bool))
		*(bool *)field = value != 0;
	else
		memcpy(field, &value, sizeof(value));
}

static bool word_read(const struct fact *fact, struct vsee_slice text, void *field)
{
	for (size_t i = 0; i < fact->word_count; i++) {
		if (vsee_slice_is(text, fact->words[i])) {
			word_set(fact, field, (unsigned)i);
			return true;
		}
	}
	return false;
}

static bool text_read(struct vsee_slice text, size_t room, char *field)
{
	if (!vsee_hash_storable(text.text, text.size) || text.size >= room)
		return false;
	memcpy(field, text.text, text.size);
	return true;
}

/* What an administrator wrote: blanks are part of it. */
static bool line_read(struct vsee_slice text, size_t room, char *field)
{
	if (text.size == 0 || text.size >= room || !vsee_syntax_text(text.text, text.size))
		return false;
	memcpy(field, text.text, text.size);
	return true;
}

static bool setting_read(struct vsee_slice text, struct vsee_setting *setting)
{
	struct vsee_setting read = {0};
	struct vsee_slice rest;
	const struct vsee_slice machine_id = vsee_slice_word(text, &rest);

	if (!vsee_slice_is(machine_id, "-") &&
	    !text_read(machine_id, sizeof(read.machine_id), read.machine_id))
		return false;
	if (!text_read(rest, sizeof(read.text), read.text))
		return false;
	*setting = read;
	return true;
}

bool vsee_fact_read(size_t index, struct vsee_slice text, struct vsee_account *account)
{
	const struct fact *fact = &facts[index];
	void *field = (char *)account + fact->offset;
	int64_t number;

	switch (fact->kind) {
	case KIND_NAME:
		return vsee_name_valid_sized(text.text, text.size) &&
		       text_read(text, fact->size, field);
	case KIND_HASH:
		return text_read(text, fact->size, field);
	case KIND_UID:
		if (vsee_number_parse(text.text, text.size, 0, (int64_t)VSEE_NO_UID - 1, &number) <
		    0)
			return false;
		*(uid_t *)field = (uid_t)number;
		return true;
	case KIND_DAY:
		return vsee_day_read(text, field);
	case KIND_SECONDS:
		return vsee_number_parse(text.text, text.size, 0, SECONDS_MAX, field) == 0;
	case KIND_SETTING:
		return setting_read(text, field);
	case KIND_TEXT:
		return line_read(text, fact->size, field);
	case KIND_WORD:
		return word_read(fact, text, field);
	}
	return false;
}

static bool fact_is_empty(const struct fact *fact, const void *field)
{
	const struct vsee_account empty = vsee_account_empty("", VSEE_NO_UID);
	const void *other = (const char *)&empty + fact->offset;

	switch (fact->kind) {
	case KIND_NAME:
	case KIND_HASH:
	case KIND_TEXT:
		return *(const char *)field == '\0';
	case KIND_SETTING:
		return ((const struct vsee_setting *)field)->text[0] == '\0';
	case KIND_DAY:
		return day_tame(*(const vsee_day *)field) == *(const vsee_day *)other;
	case KIND_UID:
	case KIND_SECONDS:
	case KIND_WORD:
		break;
	}
	return memcmp(field, other, fact->size) == 0;
}

static bool text_write(struct vsee_writer *writer, const char *text, size_t room)
{
	if (!vsee_hash_storable(text, strnlen(text, room)))
		return false;
	vsee_writer_add(writer, "%s", text);
	return true;
}

static bool line_write(struct vsee_writer *writer, const char *text, size_t room)
{
	const size_t size = strnlen(text, room);

	if (size == room || !vsee_syntax_text(text, size))
		return false;
	vsee_writer_add(writer, "%s", text);
	return true;
}

static bool setting_write(struct vsee_writer *writer, const struct vsee_setting *setting)
{
	vsee_writer_add(writer, "%s", setting->machine_id[0] ? "" : "- ");
	if (setting->machine_id[0]) {
		if (!text_write(writer, setting->machine_id, sizeof(setting->machine_id)))
			return false;
		vsee_writer_add(writer, " ");
	}
	return text_write(writer, setting->text, sizeof(setting->text));
}

static bool value_write(const struct fact *fact, const void *field, struct vsee_writer *writer)
{
	const int64_t seconds = fact->kind == KIND_SECONDS ? *(const int64_t *)field : 0;
	const unsigned word = fact->kind == KIND_WORD ? word_get(fact, field) : 0;

	switch (fact->kind) {
	case KIND_NAME:
	case KIND_HASH:
		return text_write(writer, field, fact->size);
	case KIND_SETTING:
		return setting_write(writer, field);
	case KIND_TEXT:
		return line_write(writer, field, fact->size);
	case KIND_UID:
		vsee_writer_add(writer, "%" PRIu32, *(const uid_t *)field);
		return true;
	case KIND_DAY:
		vsee_day_write(writer, *(const vsee_day *)field);
		return true;
	case KIND_SECONDS:
		vsee_writer_add(writer, "%" PRId64, seconds);
		return seconds >= 0 && seconds <= SECONDS_MAX;
	case KIND_WORD:
		if (word >= fact->word_count)
			return false;
		vsee_writer_add(writer, "%s", fact->words[word]);
		return true;
	}
	return false;
}

size_t vsee_fact_count(void)
{
	return COUNT(facts);
}

size_t vsee_fact_find(struct vsee_slice key)
{
	size_t i = 0;

	while (i < COUNT(facts) && !vsee_slice_is(key, facts[i].key))
		i++;
	return i;
}

bool vsee_fact_write(size_t index, const struct vsee_account *account, struct vsee_writer *writer)
{
	const struct fact *fact = &facts[index];
	const void *field = (const char *)account + fact->offset;

	if (fact_is_empty(fact, field))
		return true;
	vsee_writer_add(writer, "%s ", fact->key);
	if (!value_write(fact, field, writer))
		return false;
	vsee_writer_add(writer, "\n");
	return true;
}
