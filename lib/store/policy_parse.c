/* The published policy read back: each login does it, so it is one pass without any choice. */
#include "store/policy.h"

#include <inttypes.h>

#include "base/digest.h"
#include "base/name.h"
#include "base/number.h"
#include "store/keys.h"
#include "store/value.h"

struct span {
	const char *text;
	size_t size;
};

struct cursor {
	const char *begin, *at, *end;
	unsigned line; /* the last one taken */
};

static bool starts(struct span span, const char *with)
{
	size_t size = strlen(with);

	return span.size >= size && memcmp(span.text, with, size) == 0;
}

static bool is(struct span span, const char *text)
{
	return span.size == strlen(text) && starts(span, text);
}

static struct span rest(const struct cursor *cursor)
{
	return (struct span){cursor->at, (size_t)(cursor->end - cursor->at)};
}

/* Take the next line, which must begin with name; ret_value is what follows. */
static int take(struct cursor *cursor, const char *name, struct span *ret_value)
{
	const char *newline = memchr(cursor->at, '\n', rest(cursor).size);

	cursor->line++;
	if (!newline)
		return -EBADMSG;

	struct span line = {cursor->at, (size_t)(newline - cursor->at)};

	if (!starts(line, name))
		return -EBADMSG;
	*ret_value = (struct span){line.text + strlen(name), line.size - strlen(name)};
	cursor->at = newline + 1;
	return 0;
}

/* A number as printf(3) writes it. */
static int number(struct span span, int64_t max, int64_t *ret_number)
{
	if (span.size > 1 && span.text[0] == '0')
		return -EBADMSG;
	return vsee_number_parse(span.text, span.size, 0, max, ret_number) < 0 ? -EBADMSG : 0;
}

/* Split at the first blank. */
static int split(struct span span, struct span *ret_first, struct span *ret_second)
{
	const char *blank = memchr(span.text, ' ', span.size);

	if (!blank)
		return -EBADMSG;
	*ret_first = (struct span){span.text, (size_t)(blank - span.text)};
	*ret_second = (struct span){blank + 1, span.size - ret_first->size - 1};
	return 0;
}

static int copy(struct span span, char **ret_text)
{
	char *text = strndup(span.text, span.size);

	if (!text)
		return -ENOMEM;
	*ret_text = text;
	return 0;
}

static int take_version(struct cursor *cursor)
{
	struct span value;
	int64_t version;

	if (take(cursor, "vsee-policy ", &value) < 0 || number(value, INT32_MAX, &version) < 0 ||
	    version == 0)
		return -EBADMSG;
	return version == 1 ? 0 : -EPROTONOSUPPORT;
}

static int take_uids(struct cursor *cursor, struct vsee_policy *policy)
{
	struct span value, first, second;
	int64_t min, max;

	if (take(cursor, "uids=", &value) < 0 || split(value, &first, &second) < 0 ||
	    number(first, UINT32_MAX, &min) < 0 || number(second, UINT32_MAX, &max) < 0)
		return -EBADMSG;
	policy->uid_min = (uid_t)min;
	policy->uid_max = (uid_t)max;
	return 0;
}

static int take_source(struct cursor *cursor, struct vsee_source *source)
{
	struct span value, first, file;
	int64_t line;

	if (take(cursor, "source=", &value) < 0 || split(value, &first, &file) < 0 ||
	    number(first, INT32_MAX, &line) < 0)
		return -EBADMSG;
	for (size_t i = 0; i < file.size; i++) {
		if ((unsigned char)file.text[i] < ' ' || file.text[i] == 0x7f)
			return -EBADMSG;
	}
	source->line = (unsigned)line;
	return copy(file, &source->file);
}

/* Groups are printed in the order of their bits, whatever the order they were written in. */
static bool in_order(struct vsee_policy *policy, struct span groups)
{
	struct span word = {groups.text, 0};
	unsigned last = 0;

	while (groups.size > 0) {
		char name[VSEE_NAME_SIZE] = "";
		unsigned bit = 0;

		if (split(groups, &word, &groups) < 0) {
			word = groups;
			groups.size = 0;
		}
		memcpy(name, word.text, word.size); /* a value that was parsed: each word fits */
		if (vsee_policy_group(policy, name, &bit) < 0 || bit < last)
			return false;
		last = bit;
	}
	return true;
}

static int take_keys(struct cursor *cursor, bool in_section, void *base)
{
	for (size_t i = 0; i < vsee_key_count; i++) {
		const struct vsee_key *key = &vsee_keys[i];
		struct span value;

		if (key->in_section != in_section)
			continue;
		if (take(cursor, key->name, &value) < 0 || !starts(value, "="))
			return -EBADMSG;

		int r = vsee_value_parse(key, value.text + 1, value.size - 1, base);

		if (r < 0)
			return r == -ENOMEM ? r : -EBADMSG;
		if (key->type == VSEE_KEY_GROUPS &&
		    !in_order(base, (struct span){value.text + 1, value.size - 1}))
			return -EBADMSG;
	}
	return 0;
}

/* The kind of a section, and its name taken off the line. */
static int section_kind(struct span *name, enum vsee_section_kind *ret_kind)
{
	static const struct {
		const char *word;
		enum vsee_section_kind kind;
	} kinds[] = {{"group ", VSEE_SECTION_GROUP}, {"user ", VSEE_SECTION_USER}};

	if (is(*name, "policy")) {
		*name = (struct span){"", 0};
		*ret_kind = VSEE_SECTION_POLICY;
		return 0;
	}
	for (size_t i = 0; i < COUNT(kinds); i++) {
		size_t size = strlen(kinds[i].word);

		if (!starts(*name, kinds[i].word) || memchr(name->text, '\0', name->size))
			continue;
		*name = (struct span){name->text + size, name->size - size};
		*ret_kind = kinds[i].kind;
		return 0;
	}
	return -EBADMSG;
}

/* [policy] first and once; groups and users each once, by good names. */
static bool section_fits(const struct vsee_policy *policy, const struct vsee_section *section)
{
	bool first = section == &policy->sections[0];

	if (first || section->kind == VSEE_SECTION_POLICY)
		return first && section->kind == VSEE_SECTION_POLICY;
	for (const struct vsee_section *s = policy->sections; s < section; s++) {
		if (s->kind == section->kind && strcmp(s->name, section->name) == 0)
			return false;
	}
	return vsee_name_valid(section->name);
}

static int take_section(struct cursor *cursor, struct vsee_policy *policy)
{
	struct vsee_section *section = &policy->sections[policy->section_count];
	struct span name;
	int r;

	if (take(cursor, "section=", &name) < 0 || section_kind(&name, &section->kind) < 0)
		return -EBADMSG;
	r = copy(name, &section->name);
	if (r < 0)
		return r;
	policy->section_count++;
	if (!section_fits(policy, section))
		return -EBADMSG;
	if (section->kind == VSEE_SECTION_GROUP) {
		r = vsee_policy_group(policy, section->name, &section->group);
		if (r < 0)
			return r == -ENOMEM ? r : -EBADMSG;
	}
	r = take_source(cursor, &section->source);
	return r < 0 ? r : take_keys(cursor, true, &section->rules);
}

static int take_sections(struct cursor *cursor, struct vsee_policy *policy)
{
	size_t capacity = 0;

	while (starts(rest(cursor), "section=")) {
		if (policy->section_count == capacity) {
			size_t wanted = capacity == 0 ? 8 : capacity * 2;
			struct vsee_section *sections =
				reallocarray(policy->sections, wanted, sizeof(*sections));

			if (!sections)
				return -ENOMEM;
			memset(sections + capacity, 0, (wanted - capacity) * sizeof(*sections));
			policy->sections = sections;
			capacity = wanted;
		}

		int r = policy->section_count < VSEE_SECTIONS_MAX ? take_section(cursor, policy)
								  : -EBADMSG;

		if (r < 0)
			return r;
	}
	return policy->section_count > 0 ? 0 : -EBADMSG;
}

/* The digest of all before it, and the end: a file cut short or edited by hand is no policy. */
static int take_end(struct cursor *cursor, struct vsee_policy *policy)
{
	uint64_t digest = vsee_digest(cursor->begin, (size_t)(cursor->at - cursor->begin));
	struct span value;

	(void)snprintf(policy->digest, sizeof(policy->digest), "%016" PRIx64, digest);
	if (take(cursor, "digest=", &value) < 0 || !is(value, policy->digest))
		return -EBADMSG;
	if (take(cursor, "end", &value) < 0 || value.size > 0 || cursor->at != cursor->end)
		return -EBADMSG;
	return 0;
}

static int take_policy(struct cursor *cursor, struct vsee_policy *policy)
{
	int r = take_version(cursor);

	if (r < 0)
		return r;
	r = take_uids(cursor, policy);
	if (r < 0)
		return r;
	r = take_source(cursor, &policy->exempt_source);
	if (r < 0)
		return r;
	r = take_keys(cursor, false, policy);
	if (r < 0)
		return r;
	r = take_sections(cursor, policy);
	return r < 0 ? r : take_end(cursor, policy);
}

int vsee_policy_parse(const char *text, size_t size, struct vsee_policy *ret_policy,
		      unsigned *ret_line)
{
	autopolicy struct vsee_policy policy = {0};
	struct cursor cursor = {.begin = text, .at = text, .end = text + size};
	int r = size <= VSEE_POLICY_BYTES_MAX ? take_policy(&cursor, &policy) : -EBADMSG;

	if (r < 0) {
		*ret_line = cursor.line;
		return r;
	}
	*ret_policy = policy;
	policy = (struct vsee_policy){0};
	return 0;
}
