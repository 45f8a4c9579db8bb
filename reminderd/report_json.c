/* The report as one JSON document, written piece by piece. */
#include <jansson.h>

#include "log.h"
#include "report.h"

#define COMPACT (JSON_COMPACT | JSON_ENSURE_ASCII)
#define REPORT_JSON_FORMAT 1

/* Takes the object. Without memory the document is void, and a warning says so. */
static void put(const struct report *report, const char *before, json_t *object)
{
	(void)fputs(before, report->out);
	if (!object || json_dumpf(object, report->out, COMPACT) < 0) {
		(void)fputs("null", report->out);
		log_warning("a part of the report could not be written");
	}
	json_decref(object);
}

static json_t *json_day(vsee_day value)
{
	const struct report_cell cell = {.set = true, .number = value};
	char text[REPORT_TIME_SIZE];

	return value < 0 ? json_null()
			 : json_string(report_cell_text(REPORT_DEADLINE, &cell, false, text));
}

static json_t *hold(const struct report *report)
{
	char begin[REPORT_TIME_SIZE], until[REPORT_TIME_SIZE];

	if (!report->held)
		return json_null();
	if (report->hold_fault < 0)
		return json_pack("{s:s}", "fault", "the hold's file can't be read");
	return json_pack("{s:s, s:s, s:I, s:s}", "begin",
			 report_time_text(report->hold.begin, false, begin), "until",
			 report_time_text(report->hold.until, false, until), "by",
			 (json_int_t)report->hold.by, "reason", report->hold.reason);
}

static json_t *section_object(const struct vsee_section *section)
{
	struct report_setting settings[REPORT_SETTINGS];
	char name[VSEE_SECTION_TEXT_SIZE], where[REPORT_TEXT_SIZE];
	json_t *object = json_pack("{s:s, s:s}", "section", vsee_section_text(section, name),
				   "where", report_source_text(&section->source, where));

	report_settings(section, settings);
	for (size_t i = 0; object && i < REPORT_SETTINGS; i++)
		(void)json_object_set_new(object, settings[i].key, json_string(settings[i].value));
	return object;
}

static void begin_report(const struct report *report)
{
	const struct scan *scan = report->scan;
	const struct vsee_policy *policy = &scan->policy;

	put(report, "{\"report\":",
	    json_pack("{s:i, s:s, s:s, s:s, s:s, s:o, s:o, s:s}", "format", REPORT_JSON_FORMAT,
		      "version", VSEE_VERSION, "host", report->host, "time", report->time_utc,
		      "policy", policy->digest, "last_scan", json_day(scan->scanday.last_scan),
		      "hold", hold(report), "exempt_reason",
		      policy->exempt_reason ? policy->exempt_reason : ""));
	(void)fputs(",\n\"sections\":[", report->out);
	for (size_t i = 0; i < policy->section_count; i++)
		put(report, i == 0 ? "\n" : ",\n", section_object(&policy->sections[i]));
	(void)fputs("],\n\"accounts\":[", report->out);
}

static json_t *cell_value(size_t field, const struct report_cell *cell)
{
	if (!cell->set)
		return json_null();
	switch (report_columns[field].kind) {
	case REPORT_TEXT:
		return json_string(cell->text);
	case REPORT_DATE:
		return json_day(cell->number);
	case REPORT_NUMBER:
		break;
	}
	return json_integer(cell->number);
}

static void row(const struct report *report, const struct report_row *row)
{
	json_t *object = json_object();

	for (size_t i = 0; object && i < REPORT_FIELD_COUNT; i++)
		(void)json_object_set_new(object, report_columns[i].key,
					  cell_value(i, &row->cells[i]));
	put(report, report->rows == 0 ? "\n" : ",\n", object);
}

static void summary(const struct report *report)
{
	char text[REPORT_TEXT_SIZE];
	json_t *object = json_pack("{s:s}", "statement", report_statement(report, text));

	for (size_t i = 0; object && i < REPORT_COUNTER_COUNT; i++)
		(void)json_object_set_new(object, report_counters[i].key,
					  json_integer((json_int_t)report->counters[i]));
	put(report, "],\n\"summary\":", object);
}

static void end(const struct report *report)
{
	char text[REPORT_TIME_SIZE];

	(void)fputs(",\n\"weeks\":[", report->out);
	for (size_t i = 0; i < REPORT_WEEKS; i++)
		put(report, i == 0 ? "\n" : ",\n",
		    json_pack("{s:s, s:I}", "from", report_week_text(report, i, text), "ending",
			      (json_int_t)report->weeks[i]));
	put(report, "],\n\"beyond\":",
	    json_pack("{s:I, s:I}", "later", (json_int_t)report->later, "never",
		      (json_int_t)report->never));
	(void)fputs("}\n", report->out);
}

const struct report_format report_json = {
	.name = "json",
	.begin = begin_report,
	.row = row,
	.summary = summary,
	.end = end,
};
