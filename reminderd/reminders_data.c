/* What reminders prints for programs: JSON lines, and CSV. The same fields in both. */
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "csv.h"
#include "log.h"
#include "reminders.h"

#define CELL_SIZE 32

/* One line of the answer; numbers below 0 and empty texts are null. */
struct line {
	const char *name, *state, *address, *language, *answer, *queue_id, *message_id;
	const char *skipped, *detail;
	int64_t uid, stage, deadline, last_change, attempts, code;
	int64_t created, last_try, next_try, sent, refused_since;
};

enum kind { TEXT, NUMBER, DAY, TIME };

/* clang-format off */
static const struct field {
	const char *key;
	enum kind kind;
	size_t offset;
} fields[] = {
	{"name", TEXT, offsetof(struct line, name)},
	{"uid", NUMBER, offsetof(struct line, uid)},
	{"stage", NUMBER, offsetof(struct line, stage)},
	{"deadline", DAY, offsetof(struct line, deadline)},
	{"last_change", DAY, offsetof(struct line, last_change)},
	{"state", TEXT, offsetof(struct line, state)},
	{"address", TEXT, offsetof(struct line, address)},
	{"language", TEXT, offsetof(struct line, language)},
	{"attempts", NUMBER, offsetof(struct line, attempts)},
	{"created", TIME, offsetof(struct line, created)},
	{"last_try", TIME, offsetof(struct line, last_try)},
	{"next_try", TIME, offsetof(struct line, next_try)},
	{"sent", TIME, offsetof(struct line, sent)},
	{"refused_since", TIME, offsetof(struct line, refused_since)},
	{"code", NUMBER, offsetof(struct line, code)},
	{"answer", TEXT, offsetof(struct line, answer)},
	{"queue_id", TEXT, offsetof(struct line, queue_id)},
	{"message_id", TEXT, offsetof(struct line, message_id)},
	{"skipped", TEXT, offsetof(struct line, skipped)},
	{"detail", TEXT, offsetof(struct line, detail)},
};
/* clang-format on */

static const char *text_of(const struct line *line, const struct field *field)
{
	const char *text;

	memcpy(&text, (const char *)line + field->offset, sizeof(text));
	return text;
}

static int64_t number_of(const struct line *line, const struct field *field)
{
	int64_t number;

	memcpy(&number, (const char *)line + field->offset, sizeof(number));
	return number;
}

static int64_t or_none(int64_t time)
{
	return time > 0 ? time : -1;
}

static const char *language_name(enum vsee_language language)
{
	return language == VSEE_LANGUAGE_DE ? "de" : "en";
}

static struct line line_of_row(const struct reminder *row)
{
	return (struct line){
		.name = row->name,
		.state = reminder_state_name(row->state),
		.address = row->address,
		.language = language_name(row->language),
		.answer = row->answer,
		.queue_id = row->queue_id,
		.message_id = row->message_id,
		.skipped = "",
		.detail = "",
		.uid = row->uid,
		.stage = row->stage,
		.deadline = row->deadline,
		.last_change = row->last_change,
		.attempts = row->attempts,
		.code = row->code > 0 ? row->code : -1,
		.created = or_none(row->created),
		.last_try = or_none(row->last_try),
		.next_try = row->state == REMINDER_DEFERRED || row->state == REMINDER_UNKNOWN
				    ? or_none(row->next_try)
				    : -1,
		.sent = or_none(row->sent),
		.refused_since = or_none(row->refused_since),
	};
}

static struct line line_of_account(const struct snapshot_account *account)
{
	return (struct line){
		.name = account->name,
		.state = "skipped",
		.address = account->address,
		.language = language_name(account->language),
		.answer = "",
		.queue_id = "",
		.message_id = "",
		.skipped = account->skipped,
		.detail = account->detail,
		.uid = account->uid,
		.stage = account->due_stage,
		.deadline = account->deadline < VSEE_NEVER ? account->deadline : -1,
		.last_change = account->last_change,
		.attempts = -1,
		.code = -1,
		.created = -1,
		.last_try = -1,
		.next_try = -1,
		.sent = -1,
		.refused_since = -1,
	};
}

static json_t *value_of(const struct line *line, const struct field *field)
{
	if (field->kind == TEXT) {
		const char *text = text_of(line, field);

		/* Not UTF-8: a damaged file; the rest of the line is worth having. */
		json_t *value = text[0] ? json_string(text) : json_null();

		return value ? value : json_null();
	}

	const int64_t number = number_of(line, field);

	return number < 0 ? json_null() : json_integer((json_int_t)number);
}

static void put_json(const struct line *line)
{
	json_t *object = json_object();
	int r = object ? 0 : -1;

	for (size_t i = 0; r == 0 && i < sizeof(fields) / sizeof(fields[0]); i++)
		r = json_object_set_new(object, fields[i].key, value_of(line, &fields[i]));
	if (r < 0 || json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII) < 0)
		log_warning("a line could not be printed");
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}

static void json_row(const struct reminder *row)
{
	const struct line line = line_of_row(row);

	put_json(&line);
}

static void json_account(const struct snapshot_account *account)
{
	const struct line line = line_of_account(account);

	put_json(&line);
}

const struct reminders_format reminders_json = {.row = json_row, .account = json_account};

/* Dates of UTC, as reports have them. */
static void put_moment(enum kind kind, int64_t number)
{
	const time_t time = (time_t)(kind == DAY ? number * VSEE_SECONDS_PER_DAY : number);
	char text[CELL_SIZE];
	struct tm tm;

	if (gmtime_r(&time, &tm) &&
	    strftime(text, sizeof(text), kind == DAY ? "%F" : "%FT%TZ", &tm) > 0)
		(void)fputs(text, stdout);
	else
		(void)printf("%" PRId64, number);
}

static void put_csv(const struct line *line)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *field = &fields[i];

		if (i > 0)
			(void)putchar(',');
		if (field->kind == TEXT)
			csv_put(stdout, text_of(line, field));
		else if (number_of(line, field) >= 0 && field->kind == NUMBER)
			(void)printf("%" PRId64, number_of(line, field));
		else if (number_of(line, field) >= 0)
			put_moment(field->kind, number_of(line, field));
	}
	(void)fputs(CSV_END_OF_LINE, stdout);
}

static void csv_begin(const char *name)
{
	(void)name;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		(void)printf("%s%s", i > 0 ? "," : "", fields[i].key);
	(void)fputs(CSV_END_OF_LINE, stdout);
}

static void csv_row(const struct reminder *row)
{
	const struct line line = line_of_row(row);

	put_csv(&line);
}

static void csv_account(const struct snapshot_account *account)
{
	const struct line line = line_of_account(account);

	put_csv(&line);
}

const struct reminders_format reminders_csv = {
	.begin = csv_begin, .row = csv_row, .account = csv_account};
