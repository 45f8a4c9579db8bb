/* The half of records.h that only looks at bytes; lookup.c opens files. */
#include "store/records.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/number.h"
#include "base/utf8.h"

#define SHADOW_FIELDS 9
#define PASSWD_FIELDS 7
#define UID_LIMIT (INT64_C(0xffffffff) - 1) /* (uid_t)-1 means "no change" to chown(2) */

struct field {
	const char *text;
	size_t size;
};

const char *vsee_record_fault_text(enum vsee_record_fault fault)
{
	static const char *const texts[VSEE_RECORD_COUNT] = {
		[VSEE_RECORD_OK] = "is good",
		[VSEE_RECORD_LINE] = "is too long, holds a NUL byte or has no newline",
		[VSEE_RECORD_FIELDS] = "does not have the right number of fields",
		[VSEE_RECORD_NAME] = "holds a name that no account can have",
		[VSEE_RECORD_NUMBER] = "holds something else where a number belongs",
		[VSEE_RECORD_HASH] = "holds a password field that is too long or not printable",
	};

	return (unsigned)fault < COUNT(texts) ? texts[fault] : "has an unknown fault";
}

bool vsee_record_silent(const struct vsee_line *line)
{
	size_t i = 0;

	while (i < line->size && (line->text[i] == ' ' || line->text[i] == '\t'))
		i++;
	if (i == line->size)
		return line->fault == VSEE_LINE_OK || line->fault == VSEE_LINE_UNTERMINATED;
	return line->text[i] == '#' || line->text[0] == '+' || line->text[0] == '-';
}

/* Whether the line has exactly count fields. */
static bool split(const struct vsee_line *line, struct field *ret_fields, size_t count)
{
	const char *text = line->text;
	const char *const end = line->text + line->size;

	for (size_t i = 0; i < count; i++) {
		const char *colon = memchr(text, ':', (size_t)(end - text));

		if ((colon == NULL) != (i == count - 1))
			return false;
		ret_fields[i] = (struct field){text, (size_t)((colon ? colon : end) - text)};
		text = colon ? colon + 1 : end;
	}
	return true;
}

static void copy(char *to, const struct field *field)
{
	memcpy(to, field->text, field->size);
	to[field->size] = '\0';
}

static bool parse_day(const struct field *field, vsee_day *ret_day)
{
	int64_t day = VSEE_UNSET;
	int r;

	if (field->size > 0 && !(field->size == 2 && memcmp(field->text, "-1", 2) == 0)) {
		r = vsee_number_parse(field->text, field->size, 0, VSEE_DAY_MAX, &day);
		if (r == -ERANGE)
			day = VSEE_DAY_MAX;
		else if (r < 0)
			return false;
	}
	*ret_day = day;
	return true;
}

static bool parse_id(const struct field *field, uint32_t *ret_id)
{
	int64_t id;

	if (vsee_number_parse(field->text, field->size, 0, UID_LIMIT, &id) < 0)
		return false;
	*ret_id = (uint32_t)id;
	return true;
}

static bool in_crypt64(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '.' && c <= '9');
}

static bool all_crypt64(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!in_crypt64(text[i]))
			return false;
	return true;
}

/* "$id$...": at least three '$', something before the second and behind the last. */
static bool modular(const char *hash, size_t size)
{
	size_t dollars = 0;

	if (hash[0] != '$' || size < 2 || hash[1] == '$' || hash[size - 1] == '$')
		return false;
	for (size_t i = 0; i < size; i++) {
		const char c = hash[i];

		/* Source: crypt(5), what no hash contains. */
		if (c <= ' ' || c > '~' || c == ':' || c == ';' || c == '*' || c == '!' ||
		    c == '\\')
			return false;
		dollars += c == '$';
	}
	return dollars >= 3;
}

enum vsee_password vsee_hash_kind(const char *hash)
{
	const size_t size = strlen(hash);

	if (size == 0)
		return VSEE_PASSWORD_EMPTY;
	if (modular(hash, size) || (size == 13 && all_crypt64(hash, size)) ||
	    (size == 20 && hash[0] == '_' && all_crypt64(hash + 1, size - 1)))
		return VSEE_PASSWORD_USABLE;
	return VSEE_PASSWORD_LOCKED;
}

static bool hash_fits(const struct field *field)
{
	if (field->size >= VSEE_HASH_SIZE)
		return false;
	for (size_t i = 0; i < field->size; i++)
		if (field->text[i] < ' ' || field->text[i] > '~')
			return false;
	return true;
}

enum vsee_record_fault vsee_shadow_parse(const struct vsee_line *line, struct vsee_shadow *ret)
{
	struct field fields[SHADOW_FIELDS];
	struct vsee_aging aging;
	vsee_day reserved;

	if (line->fault != VSEE_LINE_OK)
		return VSEE_RECORD_LINE;
	if (!split(line, fields, COUNT(fields)))
		return VSEE_RECORD_FIELDS;
	if (!vsee_name_valid_sized(fields[0].text, fields[0].size))
		return VSEE_RECORD_NAME;
	if (!hash_fits(&fields[1]))
		return VSEE_RECORD_HASH;
	if (!parse_day(&fields[2], &aging.last_change) || !parse_day(&fields[3], &aging.min_days) ||
	    !parse_day(&fields[4], &aging.max_days) || !parse_day(&fields[5], &aging.warn_days) ||
	    !parse_day(&fields[6], &aging.inactive_days) || !parse_day(&fields[7], &aging.expire) ||
	    !parse_day(&fields[8], &reserved))
		return VSEE_RECORD_NUMBER;

	copy(ret->name, &fields[0]);
	copy(ret->hash, &fields[1]);
	aging.password = vsee_hash_kind(ret->hash);
	ret->aging = aging;
	return VSEE_RECORD_OK;
}

enum vsee_record_fault vsee_passwd_parse(const struct vsee_line *line, struct vsee_passwd *ret)
{
	struct field fields[PASSWD_FIELDS];
	uint32_t uid, gid;

	if (line->fault != VSEE_LINE_OK && line->fault != VSEE_LINE_UNTERMINATED)
		return VSEE_RECORD_LINE;
	if (!split(line, fields, COUNT(fields)))
		return VSEE_RECORD_FIELDS;
	if (!vsee_name_valid_sized(fields[0].text, fields[0].size))
		return VSEE_RECORD_NAME;
	if (!parse_id(&fields[2], &uid) || !parse_id(&fields[3], &gid))
		return VSEE_RECORD_NUMBER;
	if (fields[4].size >= sizeof(ret->gecos)) /* a caller's reader may allow longer lines */
		return VSEE_RECORD_LINE;

	copy(ret->name, &fields[0]);
	/* A name in another charset is no reason to lose the account: only we can't show it. */
	if (!vsee_utf8_valid(fields[4].text, fields[4].size))
		fields[4].size = 0;
	copy(ret->gecos, &fields[4]);
	ret->uid = uid;
	ret->gid = gid;
	return VSEE_RECORD_OK;
}
