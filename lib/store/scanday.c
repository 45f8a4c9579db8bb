#include "store/scanday.h"

#include <errno.h>
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/writer.h"
#include "store/cursor.h"

#define FILE_NAME "scan"
#define FILE_BYTES_MAX 4096 /* a newer version may say more */
#define FILE_VERSION 1
#define NOTED_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)

static int parse(const char *text, size_t size, struct vsee_scanday *ret_scanday)
{
	struct vsee_cursor cursor = {text, size};
	struct vsee_scanday scanday;
	const int r = vsee_cursor_version(&cursor, "vsee-expire scan ", FILE_VERSION);

	if (r < 0)
		return r;
	if (!vsee_cursor_number(&cursor, "last ", VSEE_DAY_MAX, &scanday.last_scan) ||
	    !vsee_cursor_number(&cursor, "noted ", NOTED_MAX, &scanday.noted) || cursor.left > 0)
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
