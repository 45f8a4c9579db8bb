#include "snapshot_read.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "decode.h"
#include "policy/verdict.h"
#include "snapshot.h"
#include "store/syntax.h"

#define LINE_SIZE 8192
#define BAD (-EBADMSG)

/* The next line as an object of ours. 0; -ENODATA: the file ends here; BAD or negative errno. */
static int next_object(struct snapshot_reader *reader, json_t **ret_object)
{
	size_t size;

	errno = 0;
	if (!fgets(reader->text, (int)reader->size, reader->stream)) {
		if (ferror(reader->stream))
			return errno > 0 ? -errno : -EIO;
		return -ENODATA;
	}
	reader->line++;
	size = strlen(reader->text);
	if (size == 0 || reader->text[size - 1] != '\n')
		return BAD; /* cut, over-long, or with a NUL byte in it */
	return decode_object(reader->text, size, ret_object);
}

static bool take_number(const json_t *object, const char *key, int64_t min, int64_t max,
			int64_t *ret_number)
{
	const json_t *value = json_object_get(object, key);
	const int64_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < min || number > max)
		return false;
	*ret_number = number;
	return true;
}

/* A day, or null for none. */
static bool take_day(const json_t *object, const char *key, vsee_day none, vsee_day *ret_day)
{
	if (!json_is_null(json_object_get(object, key)))
		return take_number(object, key, -VSEE_DAY_MAX, VSEE_DAY_MAX * 2, ret_day);
	*ret_day = none;
	return true;
}

/* Text that may be shown, shorter than size; null is "". */
static bool take_text(const json_t *object, const char *key, char *ret_text, size_t size)
{
	const json_t *value = json_object_get(object, key);
	const char *text = json_is_null(value) ? "" : json_string_value(value);
	const size_t length = text ? strlen(text) : size;

	if (length >= size || !vsee_syntax_text(text, length))
		return false;
	memcpy(ret_text, text, length + 1);
	return true;
}

static bool is_word(const char *text)
{
	return text[strspn(text, "abcdefghijklmnopqrstuvwxyz-")] == '\0';
}

static bool take_word(const json_t *object, const char *key, char *ret_text, size_t size)
{
	return take_text(object, key, ret_text, size) && is_word(ret_text);
}

static bool take_shadow(const json_t *object, struct shadow_mark *mark)
{
	const json_t *shadow = json_object_get(object, "shadow");
	int64_t inode;

	if (json_is_null(shadow)) {
		*mark = (struct shadow_mark){0};
		return true;
	}
	if (!take_number(shadow, "inode", INT64_MIN, INT64_MAX, &inode) ||
	    !take_number(shadow, "size", 0, INT64_MAX, &mark->size) ||
	    !take_number(shadow, "seconds", INT64_MIN, INT64_MAX, &mark->seconds) ||
	    !take_number(shadow, "nanoseconds", 0, 999999999, &mark->nanoseconds))
		return false;
	mark->inode = (uint64_t)inode;
	return true;
}

static int take_header(const json_t *object, struct snapshot_header *ret_header)
{
	struct snapshot_header header;
	int64_t format;

	if (!take_number(object, "format", 1, INT64_MAX, &format))
		return BAD;
	if (format > SNAPSHOT_FORMAT)
		return -EPROTONOSUPPORT;
	if (!take_number(object, "time", 0, INT64_MAX, &header.time) ||
	    !take_day(object, "day", VSEE_UNSET, &header.day) ||
	    !take_text(object, "policy", header.policy, sizeof(header.policy)) ||
	    !take_shadow(object, &header.shadow))
		return BAD;
	*ret_header = header;
	return 0;
}

static bool take_mode(const json_t *object, enum vsee_mode *ret_mode)
{
	char word[16];

	if (!take_word(object, "mode", word, sizeof(word)))
		return false;
	for (unsigned mode = VSEE_MODE_OFF; mode <= VSEE_MODE_ENFORCE; mode++) {
		if (strcmp(word, vsee_mode_name((enum vsee_mode)mode)) != 0)
			continue;
		*ret_mode = (enum vsee_mode)mode;
		return true;
	}
	return false;
}

static bool take_language(const json_t *object, enum vsee_language *ret_language)
{
	char word[8];

	if (!take_word(object, "language", word, sizeof(word)) ||
	    (strcmp(word, "en") != 0 && strcmp(word, "de") != 0))
		return false;
	*ret_language = word[0] == 'd' ? VSEE_LANGUAGE_DE : VSEE_LANGUAGE_EN;
	return true;
}

/* Falling, as configuration has them. */
static bool take_stages(const json_t *object, struct snapshot_account *account)
{
	const json_t *stages = json_object_get(object, "stages");
	vsee_day before = 366;

	account->stage_count = json_array_size(stages);
	if (!json_is_array(stages) || account->stage_count > VSEE_STAGES_MAX)
		return false;
	for (size_t i = 0; i < account->stage_count; i++) {
		const json_t *stage = json_array_get(stages, i);
		const vsee_day day = json_integer_value(stage);

		if (!json_is_integer(stage) || day < 0 || day >= before)
			return false;
		account->stages[i] = day;
		before = day;
	}
	return true;
}

static bool take_who(const json_t *object, struct snapshot_account *account)
{
	int64_t uid;

	if (!take_text(object, "name", account->name, sizeof(account->name)) ||
	    !vsee_name_valid(account->name) ||
	    !take_number(object, "uid", 0, UINT32_MAX - 1, &uid) ||
	    !take_text(object, "address", account->address, sizeof(account->address)))
		return false;
	account->uid = (uid_t)uid;
	return !account->address[0] ||
	       vsee_syntax_address(account->address, strlen(account->address));
}

static bool take_account(const json_t *object, struct snapshot_account *account)
{
	return take_who(object, account) && take_mode(object, &account->mode) &&
	       take_word(object, "verdict", account->verdict, sizeof(account->verdict)) &&
	       take_word(object, "skipped", account->skipped, sizeof(account->skipped)) &&
	       take_text(object, "detail", account->detail, sizeof(account->detail)) &&
	       take_day(object, "last_change", VSEE_UNSET, &account->last_change) &&
	       take_day(object, "deadline", VSEE_NEVER, &account->deadline) &&
	       take_day(object, "days_left", VSEE_NEVER, &account->days_left) &&
	       take_day(object, "due_stage", VSEE_UNSET, &account->due_stage) &&
	       take_language(object, &account->language) && take_stages(object, account);
}

int snapshot_read_begin(FILE *stream, struct snapshot_reader *ret_reader,
			struct snapshot_header *ret_header)
{
	CLEANUP(snapshot_read_clear)
	struct snapshot_reader reader = {
		.stream = stream, .text = malloc(LINE_SIZE), .size = LINE_SIZE};
	autojson json_t *object = NULL;
	int r;

	if (!reader.text)
		return -ENOMEM;
	r = next_object(&reader, &object);
	if (r == 0)
		r = take_header(object, ret_header);
	if (r < 0)
		return r == -ENODATA ? BAD : r;
	*ret_reader = reader;
	reader = (struct snapshot_reader){0};
	return 0;
}

int snapshot_read_open(int state_fd, uid_t owner, struct snapshot_reader *ret_reader,
		       struct snapshot_header *ret_header)
{
	autoclose int fd = vsee_file_open_trusted(state_fd, SNAPSHOT_NAME, owner);
	FILE *stream;

	if (fd < 0)
		return fd == -EINVAL || fd == -ELOOP ? -EPERM : fd;
	stream = fdopen(fd, "r");
	if (!stream)
		return -ENOMEM;
	fd = -1; /* the stream's now */
	return snapshot_read_begin(stream, ret_reader, ret_header);
}

static int take_end(struct snapshot_reader *reader, const json_t *object)
{
	int64_t count;

	if (!take_number(object, "end", 0, INT64_MAX, &count) ||
	    (uint64_t)count != reader->accounts || fgetc(reader->stream) != EOF)
		return BAD;
	return 0;
}

int snapshot_read_next(struct snapshot_reader *reader, struct snapshot_account *ret_account)
{
	autojson json_t *object = NULL;
	struct snapshot_account account = {0};
	int r;

	r = next_object(reader, &object);
	if (r < 0)
		return r == -ENODATA ? BAD : r;
	if (json_object_get(object, "end"))
		return take_end(reader, object);
	if (!take_account(object, &account))
		return BAD;
	reader->accounts++;
	*ret_account = account;
	return 1;
}

void snapshot_read_clear(struct snapshot_reader *reader)
{
	if (reader->stream)
		(void)fclose(reader->stream); /* read only */
	free(reader->text);
	*reader = (struct snapshot_reader){0};
}
