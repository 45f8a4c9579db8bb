#include "store/scanday.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/number.h"
#include "base/writer.h"

#define FILE_NAME "scan"
#define FILE_BYTES_MAX 4096 /* a newer version may say more */
#define FILE_VERSION 1
#define NOTED_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)

struct cursor {
	const char *text;
	size_t left;
};

/* The rest of a line that begins with label, which is passed over. */
static bool take_value(struct cursor *cursor, const char *label, const char **ret_value,
		       size_t *ret_size)
{
	const size_t label_size = strlen(label);
	const char *newline = memchr(cursor->text, '\n', cursor->left);

	if (!newline || cursor->left < label_size || memcmp(cursor->text, label, label_size) != 0)
		return false;
	*ret_value = cursor->text + label_size;
	*ret_size = (size_t)(newline - *ret_value);
	cursor->left -= (size_t)(newline + 1 - cursor->text);
	cursor->text = newline + 1;
	return true;
}

/* A number from 0 to max, or "-" for VSEE_UNSET. */
static bool take_number(struct cursor *cursor, const char *label, int64_t max, int64_t *ret_number)
{
	const char *value;
	size_t size;

	if (!take_value(cursor, label, &value, &size))
		return false;
	if (size == 1 && value[0] == '-') {
		*ret_number = VSEE_UNSET;
		return true;
	}
	return vsee_number_parse(value, size, 0, max, ret_number) == 0;
}

static int parse(const char *text, size_t size, struct vsee_scanday *ret_scanday)
{
	struct cursor cursor = {text, size};
	struct vsee_scanday scanday;
	int64_t version;

	if (!take_number(&cursor, "vsee-expire scan ", INT64_MAX, &version) || version < 1)
		return -EBADMSG;
	if (version > FILE_VERSION)
		return -EPROTONOSUPPORT;
	if (!take_number(&cursor, "last ", VSEE_DAY_MAX, &scanday.last_scan) ||
	    !take_number(&cursor, "noted ", NOTED_MAX, &scanday.noted) || cursor.left > 0)
		return -EBADMSG;
	*ret_scanday = scanday;
	return 0;
}

int vsee_scanday_load(int state_fd, uid_t owner, struct vsee_scanday *ret_scanday)
{
	autosecret struct vsee_secret text = {0}; /* no secret, but the one way to read a file */
	int r;

	r = vsee_file_read(state_fd, FILE_NAME, owner, FILE_BYTES_MAX, &text);
	if (r == -ENOENT) {
		*ret_scanday = (struct vsee_scanday){VSEE_UNSET, VSEE_UNSET};
		return 0;
	}
	if (r == -EFBIG)
		return -EBADMSG;
	if (r < 0)
		return r;
	return parse(text.text, text.length, ret_scanday);
}

static void add_number(struct vsee_writer *writer, const char *label, int64_t number)
{
	if (number == VSEE_UNSET)
		vsee_writer_add(writer, "%s-\n", label);
	else
		vsee_writer_add(writer, "%s%" PRId64 "\n", label, number);
}

int vsee_scanday_save(int state_fd, const struct vsee_scanday *scanday)
{
	char text[128];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	if (scanday->last_scan < VSEE_UNSET || scanday->last_scan > VSEE_DAY_MAX ||
	    scanday->noted < VSEE_UNSET || scanday->noted > NOTED_MAX)
		return -EINVAL;
	vsee_writer_add(&writer, "vsee-expire scan %d\n", FILE_VERSION);
	add_number(&writer, "last ", scanday->last_scan);
	add_number(&writer, "noted ", scanday->noted);
	/* Readable by all: send and status run without privileges. */
	return vsee_file_replace(state_fd, FILE_NAME, 0644, text, writer.length);
}
