#include "store/hold.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/day.h"
#include "base/file.h"
#include "store/cursor.h"
#include "store/syntax.h"

#define FILE_NAME "hold"
#define FILE_BYTES_MAX 4096 /* a newer version may say more */
#define FILE_VERSION 1
#define SECONDS_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)
#define UID_LAST ((int64_t)UINT32_MAX - 1) /* (uid_t)-1 is nobody's */

static bool reason_good(const char *reason, size_t size)
{
	return size > 0 && size < VSEE_HOLD_REASON_SIZE && vsee_syntax_text(reason, size);
}

int vsee_hold_print(const struct vsee_hold *hold, struct vsee_writer *writer)
{
	if (hold->begin < 0 || hold->begin > SECONDS_MAX || hold->until < 0 ||
	    hold->until > SECONDS_MAX || hold->by > UID_LAST ||
	    !reason_good(hold->reason, strnlen(hold->reason, sizeof(hold->reason))))
		return -EINVAL;
	vsee_writer_add(writer,
			"vsee-expire hold %d\nbegin %" PRId64 "\nuntil %" PRId64 "\nby %" PRIu32
			"\nreason %s\n",
			FILE_VERSION, hold->begin, hold->until, hold->by, hold->reason);
	return 0;
}

int vsee_hold_parse(const char *text, size_t size, struct vsee_hold *ret_hold)
{
	struct vsee_cursor cursor = {text, size};
	struct vsee_hold hold = {0};
	const char *reason;
	int64_t by;
	const int r = vsee_cursor_version(&cursor, "vsee-expire hold ", FILE_VERSION);

	if (r < 0)
		return r;
	if (!vsee_cursor_number(&cursor, "begin ", SECONDS_MAX, &hold.begin) || hold.begin < 0 ||
	    !vsee_cursor_number(&cursor, "until ", SECONDS_MAX, &hold.until) || hold.until < 0 ||
	    !vsee_cursor_number(&cursor, "by ", UID_LAST, &by) || by < 0 ||
	    !vsee_cursor_value(&cursor, "reason ", &reason, &size) || !reason_good(reason, size) ||
	    cursor.left > 0)
		return -EBADMSG;
	hold.by = (uid_t)by;
	memcpy(hold.reason, reason, size);
	*ret_hold = hold;
	return 0;
}

int vsee_hold_load(int state_fd, uid_t owner, struct vsee_hold *ret_hold)
{
	autosecret struct vsee_secret text = {0}; /* no secret, but the one way to read a file */
	const int r = vsee_file_read(state_fd, FILE_NAME, owner, FILE_BYTES_MAX, &text);

	if (r == -EFBIG)
		return -EBADMSG;
	return r < 0 ? r : vsee_hold_parse(text.text, text.length, ret_hold);
}

int vsee_hold_save(int state_fd, const struct vsee_hold *hold)
{
	char text[128 + VSEE_HOLD_REASON_SIZE];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};
	const int r = vsee_hold_print(hold, &writer);

	if (r < 0)
		return r;
	/* Readable by all, as the policy is: status and metrics need no privileges. */
	return vsee_file_replace(state_fd, FILE_NAME, 0644, text, writer.length);
}

int vsee_hold_remove(int state_fd)
{
	if (unlinkat(state_fd, FILE_NAME, 0) < 0)
		return errno == ENOENT ? 0 : -errno;
	return fsync(state_fd) < 0 ? -errno : 0;
}

bool vsee_hold_in_force(int state_fd, uid_t owner, int64_t now, int *ret_fault)
{
	struct vsee_hold hold;
	const int r = vsee_hold_load(state_fd, owner, &hold);
	const int fault = r == -ENOENT ? 0 : r;

	if (ret_fault)
		*ret_fault = fault;
	return r == 0 ? now < hold.until : fault < 0;
}
