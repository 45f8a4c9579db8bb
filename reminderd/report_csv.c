/* The report as RFC 4180 has it: a row an account, host and time in each. */
#include "csv.h"
#include "report.h"

static void begin(const struct report *report)
{
	(void)fputs("host,time,policy", report->out);
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++)
		(void)fprintf(report->out, ",%s", report_columns[i].key);
	(void)fputs(CSV_END_OF_LINE, report->out);
}

static void row(const struct report *report, const struct report_row *row)
{
	char text[REPORT_TIME_SIZE];

	csv_put(report->out, report->host);
	(void)fprintf(report->out, ",%s,%s", report->time_utc, report->scan->policy.digest);
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++) {
		const char *cell = report_cell_text(i, &row->cells[i], false, text);

		(void)fputc(',', report->out);
		if (report_columns[i].kind == REPORT_TEXT)
			csv_put(report->out, cell);
		else
			(void)fputs(cell, report->out); /* a number may be negative */
	}
	(void)fputs(CSV_END_OF_LINE, report->out);
}

/* One table is all that the format has: counts are for whoever reads it to make. */
static void nothing(const struct report *report)
{
	(void)report;
}

const struct report_format report_csv = {
	.name = "csv",
	.begin = begin,
	.row = row,
	.summary = nothing,
	.end = nothing,
};
