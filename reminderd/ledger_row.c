/* A row of the ledger, out of a file that a program of fewer rights writes, and into it. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "ledger_db.h"

#define TIME_MAX (INT64_C(1) << 40)

/* In the order of LEDGER_COLUMNS; the ranges are those of the schema. */
/* clang-format off */
static const struct column {
	size_t offset;
	size_t text_size; /* 0: a number */
	size_t size;	  /* of the number in struct reminder */
	int64_t min, max;
} columns[] = {
#define NUMBER(field, least, most) \
	{offsetof(struct reminder, field), 0, sizeof(((struct reminder *)0)->field), least, most}
#define TEXT(field) \
	{offsetof(struct reminder, field), sizeof(((struct reminder *)0)->field), 0, 0, 0}
	NUMBER(id, 1, INT64_MAX),
	TEXT(name),
	NUMBER(uid, 0, UINT32_MAX - INT64_C(1)),
	NUMBER(last_change, VSEE_UNSET, VSEE_DAY_MAX * 2),
	NUMBER(deadline, 0, VSEE_DAY_MAX * 2),
	NUMBER(stage, 0, 365),
	TEXT(address),
	NUMBER(language, VSEE_LANGUAGE_EN, VSEE_LANGUAGE_DE),
	NUMBER(state, REMINDER_DUE, REMINDER_OBSOLETE),
	NUMBER(attempts, 0, 1000000),
	NUMBER(created, 0, TIME_MAX),
	NUMBER(next_try, 0, TIME_MAX),
	NUMBER(claimed_until, 0, TIME_MAX),
	NUMBER(last_try, 0, TIME_MAX),
	NUMBER(sent, 0, TIME_MAX),
	NUMBER(refused_since, 0, TIME_MAX),
	NUMBER(code, 0, 999),
	TEXT(answer),
	TEXT(queue_id),
	TEXT(message_id),
#undef NUMBER
#undef TEXT
};
/* clang-format on */

/* Every number of struct reminder has 4 or 8 bytes; those of 4 hold no negative ones. */
static int read_number(sqlite3_stmt *statement, int place, const struct column *column, char *row)
{
	const int64_t number = sqlite3_column_int64(statement, place);
	const uint32_t small = (uint32_t)number;

	if (sqlite3_column_type(statement, place) != SQLITE_INTEGER || number < column->min ||
	    number > column->max)
		return -EBADMSG;
	if (column->size == sizeof(small))
		memcpy(row + column->offset, &small, sizeof(small));
	else
		memcpy(row + column->offset, &number, sizeof(number));
	return 0;
}

static int read_text(sqlite3_stmt *statement, int place, const struct column *column, char *row)
{
	const unsigned char *text = sqlite3_column_text(statement, place);
	const size_t size = (size_t)sqlite3_column_bytes(statement, place);

	if (!text || sqlite3_column_type(statement, place) != SQLITE_TEXT ||
	    size >= column->text_size)
		return -EBADMSG;
	for (size_t i = 0; i < size; i++)
		if (text[i] < ' ' || text[i] == 0x7f)
			return -EBADMSG;
	memcpy(row + column->offset, text, size);
	row[column->offset + size] = '\0';
	return 0;
}

int ledger_row_read(sqlite3_stmt *statement, struct reminder *ret_row)
{
	struct reminder row = {0};
	int r = 0;

	for (int i = 0; r == 0 && i < (int)COUNT(columns); i++)
		r = columns[i].text_size > 0 ? read_text(statement, i, &columns[i], (char *)&row)
					     : read_number(statement, i, &columns[i], (char *)&row);
	if (r < 0)
		return r;
	if (!vsee_name_valid(row.name))
		return -EBADMSG;
	*ret_row = row;
	return 0;
}

int ledger_row_take(struct ledger *ledger, sqlite3_stmt *statement, struct reminder *ret_row)
{
	const int r = ledger_row_read(statement, ret_row);

	if (r < 0)
		(void)snprintf(ledger->error, sizeof(ledger->error),
			       "a row of it makes no sense; see reminderd(8), salvage");
	return r;
}

static void bind(sqlite3_stmt *statement, int place, const struct column *column, const char *value)
{
	uint32_t small;
	int64_t number;

	if (column->text_size > 0) {
		(void)sqlite3_bind_text(statement, place, value, -1, SQLITE_STATIC);
		return;
	}
	if (column->size == sizeof(small)) {
		memcpy(&small, value, sizeof(small));
		number = small;
	} else {
		memcpy(&number, value, sizeof(number));
	}
	(void)sqlite3_bind_int64(statement, place, number);
}

/* Binding can't fail: the statement was reset, and what is bound is not copied. */
void ledger_row_bind(sqlite3_stmt *statement, const struct reminder *row)
{
	const int count = sqlite3_bind_parameter_count(statement);

	for (int i = 0; i < (int)COUNT(columns) && i < count; i++)
		bind(statement, i + 1, &columns[i], (const char *)row + columns[i].offset);
}
