#include "store/cursor.h"

#include <errno.h>
#include <string.h>

#include "base/day.h"
#include "base/number.h"

bool vsee_cursor_value(struct vsee_cursor *cursor, const char *label, const char **ret_value,
		       size_t *ret_size)
{
	const size_t label_size = strlen(label);
	const char *newline = memchr(cursor->text, '\n', cursor->left);

	if (!newline || (size_t)(newline - cursor->text) < label_size ||
	    memcmp(cursor->text, label, label_size) != 0)
		return false;
	*ret_value = cursor->text + label_size;
	*ret_size = (size_t)(newline - *ret_value);
	cursor->left -= (size_t)(newline + 1 - cursor->text);
	cursor->text = newline + 1;
	return true;
}

bool vsee_cursor_number(struct vsee_cursor *cursor, const char *label, int64_t max,
			int64_t *ret_number)
{
	struct vsee_cursor next = *cursor;
	const char *value;
	size_t size;

	if (!vsee_cursor_value(&next, label, &value, &size))
		return false;
	if (size == 1 && value[0] == '-')
		*ret_number = VSEE_UNSET;
	else if (vsee_number_parse(value, size, 0, max, ret_number) < 0)
		return false;
	*cursor = next;
	return true;
}

int vsee_cursor_version(struct vsee_cursor *cursor, const char *label, int64_t version)
{
	int64_t found;

	if (!vsee_cursor_number(cursor, label, INT64_MAX, &found) || found < 1)
		return -EBADMSG;
	return found > version ? -EPROTONOSUPPORT : 0;
}
