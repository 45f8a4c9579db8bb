/* The three forms of reminderd send --dry-run. */
#include <inttypes.h>
#include <jansson.h>

#include "base/cleanup.h"
#include "csv.h"
#include "date.h"
#include "send_table.h"

#define ROW "%-20s %-32s %5s %4s %-21s %-7s %s\n"
#define NUMBER_SIZE 24

static const char *number(vsee_day value, char *ret_text)
{
	if (value == VSEE_UNSET)
		(void)snprintf(ret_text, NUMBER_SIZE, "-");
	else
		(void)snprintf(ret_text, NUMBER_SIZE, "%" PRId64, value);
	return ret_text;
}

static void table_begin(void)
{
	(void)printf(ROW, "NAME", "ADDRESS", "STAGE", "LEFT", "DEADLINE", "ACTION", "WHY");
}

static void table_line(const struct send_line *line)
{
	const struct snapshot_account *account = line->account;
	char stage[NUMBER_SIZE], left[NUMBER_SIZE], date[DATE_SIZE];

	(void)printf(ROW, account->name, account->address[0] ? account->address : "-",
		     number(line->stage, stage), number(line->days_left, left),
		     date_print(account->deadline, date), send_action_name(line->action),
		     line->why);
}

static void table_end(const struct send_summary *summary)
{
	const struct sending *sending = summary->sending;
	const uint64_t *counts = summary->counts;
	char time[DATE_SIZE];

	(void)printf("\n%" PRIu64 " to be sent, %" PRIu64 " wait for their next try, %" PRIu64
		     " sent already, %" PRIu64 " failed, %" PRIu64 " skipped, %" PRIu64
		     " not due yet.\n",
		     counts[ACTION_SEND], counts[ACTION_WAIT], counts[ACTION_SENT],
		     counts[ACTION_FAILED], counts[ACTION_SKIP], counts[ACTION_NOT_DUE]);
	(void)printf("The snapshot is of %s, %" PRId64 " minutes old.\n",
		     time_print(sending->header.time, time),
		     (sending->now - sending->header.time) / 60);
	if (summary->stale)
		(void)printf("It %s: a run would ask for a scan first.\n", summary->stale);
	if (summary->idle)
		(void)printf("A run would send nothing: %s.\n", summary->idle);
	if (sending->policy.delivery.max_per_run > 0)
		(void)printf("A run sends at most %u (max_per_run).\n",
			     sending->policy.delivery.max_per_run);
}

static void print_json(json_t *object)
{
	if (object)
		(void)json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	(void)putchar('\n'); /* the end of the run looks at stdout's errors */
	json_decref(object);
}

static json_t *json_day(vsee_day value)
{
	return value == VSEE_UNSET || value >= VSEE_NEVER ? json_null() : json_integer(value);
}

static void json_begin(void)
{
}

static void json_line(const struct send_line *line)
{
	const struct snapshot_account *account = line->account;
	char date[DATE_SIZE];

	print_json(json_pack("{s:s, s:I, s:s, s:o, s:o, s:o, s:s, s:s, s:s}", "name", account->name,
			     "uid", (json_int_t)account->uid, "address", account->address, "stage",
			     json_day(line->stage), "days_left", json_day(line->days_left),
			     "deadline", json_day(account->deadline), "date",
			     date_print(account->deadline, date), "action",
			     send_action_name(line->action), "why", line->why));
}

static void json_end(const struct send_summary *summary)
{
	json_t *totals = json_object();

	for (unsigned i = 0; i < ACTION_COUNT; i++)
		(void)json_object_set_new(totals, send_action_name((enum send_action)i),
					  json_integer((json_int_t)summary->counts[i]));
	print_json(json_pack("{s:o, s:I, s:I, s:s?, s:s?}", "totals", totals, "snapshot_time",
			     (json_int_t)summary->sending->header.time, "snapshot_age",
			     (json_int_t)(summary->sending->now - summary->sending->header.time),
			     "stale", summary->stale, "idle", summary->idle));
}

static void csv_begin(void)
{
	(void)fputs("name,address,stage,days_left,deadline,action,why" CSV_END_OF_LINE, stdout);
}

static void csv_number(vsee_day value)
{
	(void)putchar(',');
	if (value != VSEE_UNSET)
		(void)printf("%" PRId64, value);
}

static void csv_line(const struct send_line *line)
{
	char date[DATE_SIZE];

	csv_put(stdout, line->account->name);
	(void)putchar(',');
	csv_put(stdout, line->account->address);
	csv_number(line->stage);
	csv_number(line->days_left);
	(void)printf(",%s,%s,", date_print(line->account->deadline, date),
		     send_action_name(line->action));
	csv_put(stdout, line->why);
	(void)fputs(CSV_END_OF_LINE, stdout);
}

/* One table is all that the format has. */
static void csv_end(const struct send_summary *summary)
{
	(void)summary;
}

const struct send_format send_as_table = {table_begin, table_line, table_end};
const struct send_format send_as_json = {json_begin, json_line, json_end};
const struct send_format send_as_csv = {csv_begin, csv_line, csv_end};
