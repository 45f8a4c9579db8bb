#include "store/lastrun.h"

#include <errno.h>
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/file.h"
#include "base/writer.h"
#include "store/cursor.h"

#define FILE_NAME "lastrun"
#define FILE_BYTES_MAX 4096 /* a newer version may say more */
#define FILE_VERSION 1
#define VERSION_LABEL "vsee-expire lastrun "
#define COUNT_MAX (INT64_C(1) << 53) /* what JSON can tell apart */
#define TIME_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)

/* In the file's order. */
static const struct field {
	const char *label;
	size_t offset;
	int64_t min, max;
} fields[] = {
	{"time ", offsetof(struct vsee_lastrun, time), 0, TIME_MAX},
	{"finished ", offsetof(struct vsee_lastrun, finished), VSEE_UNSET, TIME_MAX},
	{"code ", offsetof(struct vsee_lastrun, code), 0, 255},
	{"covered ", offsetof(struct vsee_lastrun, covered), 0, COUNT_MAX},
	{"saved ", offsetof(struct vsee_lastrun, saved), 0, COUNT_MAX},
	{"mirrored ", offsetof(struct vsee_lastrun, mirrored), 0, COUNT_MAX},
	{"failed ", offsetof(struct vsee_lastrun, failed), 0, COUNT_MAX},
	{"left ", offsetof(struct vsee_lastrun, left), 0, COUNT_MAX},
	{"warnings ", offsetof(struct vsee_lastrun, warnings), 0, COUNT_MAX},
	{"config-errors ", offsetof(struct vsee_lastrun, config_errors), 0, COUNT_MAX},
};

static int64_t *field_of(struct vsee_lastrun *lastrun, const struct field *field)
{
	return (int64_t *)(void *)((char *)lastrun + field->offset);
}

int vsee_lastrun_parse(const char *text, size_t size, struct vsee_lastrun *ret_lastrun)
{
	struct vsee_cursor cursor = {text, size};
	const int r = vsee_cursor_version(&cursor, VERSION_LABEL, FILE_VERSION);
	struct vsee_lastrun lastrun;

	if (r < 0)
		return r;
	for (size_t i = 0; i < COUNT(fields); i++) {
		int64_t *field = field_of(&lastrun, &fields[i]);

		if (!vsee_cursor_number(&cursor, fields[i].label, fields[i].max, field) ||
		    *field < fields[i].min)
			return -EBADMSG;
	}
	if (cursor.left > 0)
		return -EBADMSG;
	*ret_lastrun = lastrun;
	return 0;
}

int vsee_lastrun_print(const struct vsee_lastrun *lastrun, char *ret_text, size_t *ret_size)
{
	struct vsee_writer writer = {.text = ret_text, .size = VSEE_LASTRUN_BYTES_MAX};
	struct vsee_lastrun values = *lastrun;

	vsee_writer_add(&writer, VERSION_LABEL "%d\n", FILE_VERSION);
	for (size_t i = 0; i < COUNT(fields); i++) {
		const int64_t value = *field_of(&values, &fields[i]);

		if (value < fields[i].min || value > fields[i].max)
			return -EINVAL;
		if (value == VSEE_UNSET)
			vsee_writer_add(&writer, "%s-\n", fields[i].label);
		else
			vsee_writer_add(&writer, "%s%" PRId64 "\n", fields[i].label, value);
	}
	*ret_size = writer.length;
	return 0;
}

int vsee_lastrun_load(int state_fd, uid_t owner, struct vsee_lastrun *ret_lastrun)
{
	autosecret struct vsee_secret text = {0}; /* no secret, but the one way to read a file */
	const int r = vsee_file_read(state_fd, FILE_NAME, owner, FILE_BYTES_MAX, &text);

	if (r < 0)
		return r == -EFBIG ? -EBADMSG : r;
	return vsee_lastrun_parse(text.text, text.length, ret_lastrun);
}

int vsee_lastrun_save(int state_fd, const struct vsee_lastrun *lastrun)
{
	char text[VSEE_LASTRUN_BYTES_MAX];
	size_t size;
	const int r = vsee_lastrun_print(lastrun, text, &size);

	return r < 0 ? r : vsee_file_replace(state_fd, FILE_NAME, 0644, text, size);
}
