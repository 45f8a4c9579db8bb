/* The report as aligned text for a terminal. */
#include <inttypes.h>
#include <string.h>

#include "date.h"
#include "report.h"

static void print_head(const struct report *report)
{
	const struct vsee_policy *policy = &report->scan->policy;
	char text[REPORT_TEXT_SIZE], date[DATE_SIZE];

	(void)fprintf(report->out, "Password expiry on %s, %s\n", report->host, report->time);
	(void)fprintf(report->out, "vsee-expire %s, policy %s, last scan %s\n", VSEE_VERSION,
		      policy->section_count > 0 ? policy->digest : "none",
		      date_print(report->scan->scanday.last_scan, date));
	(void)report_hold_text(report, text);
	(void)fprintf(report->out, "%s\n", text[0] ? text : "No hold is in force.");
	if (policy->section_count == 0)
		(void)fprintf(report->out,
			      "No policy is published: no account is covered. See vseectl "
			      "apply.\n");
}

static void print_sections(const struct report *report)
{
	const struct vsee_policy *policy = &report->scan->policy;

	(void)fprintf(report->out, "\nSections\n");
	for (size_t i = 0; i < policy->section_count; i++) {
		struct report_setting settings[REPORT_SETTINGS];
		char name[VSEE_SECTION_TEXT_SIZE], where[REPORT_TEXT_SIZE];

		(void)fprintf(report->out, "  [%s] of %s\n   ",
			      vsee_section_text(&policy->sections[i], name),
			      report_source_text(&policy->sections[i].source, where));
		report_settings(&policy->sections[i], settings);
		for (size_t k = 0; k < REPORT_SETTINGS; k++)
			(void)fprintf(report->out, " %s=%s", settings[k].key, settings[k].value);
		(void)fputc('\n', report->out);
	}
}

static void begin(const struct report *report)
{
	print_head(report);
	print_sections(report);
}

static void summary(const struct report *report)
{
	char text[REPORT_TEXT_SIZE];

	(void)fprintf(report->out, "\nSummary\n  %s\n", report_statement(report, text));
	for (size_t i = 0; i < REPORT_OLD; i++)
		(void)fprintf(report->out, "  %8" PRIu64 "  %s\n", report->counters[i],
			      report_counters[i].title);
	(void)fprintf(report->out, "\nPasswords that end, by weeks\n");
	for (size_t i = 0; i < REPORT_WEEKS; i++)
		(void)fprintf(report->out, "  from %s  %8" PRIu64 "\n",
			      report_week_text(report, i, text), report->weeks[i]);
	(void)fprintf(report->out,
		      "  later            %8" PRIu64 "\n  never            %8" PRIu64 "\n",
		      report->later, report->never);
	(void)fprintf(report->out, "\nAccounts\n");
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++)
		if (report_columns[i].width > 0)
			(void)fprintf(report->out, " %-*s", report_columns[i].width,
				      report_columns[i].title);
	(void)fputc('\n', report->out);
}

static void row(const struct report *report, const struct report_row *row)
{
	const char *between = "\n    ";
	char text[REPORT_TIME_SIZE];

	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++)
		if (report_columns[i].width > 0)
			(void)fprintf(report->out, " %-*s", report_columns[i].width,
				      report_cell_text(i, &row->cells[i], true, text));
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++) {
		if (report_columns[i].width > 0 || !row->cells[i].set)
			continue;
		(void)fprintf(report->out, "%s%s: %s", between, report_columns[i].key,
			      report_cell_text(i, &row->cells[i], true, text));
		between = "; ";
	}
	(void)fputc('\n', report->out);
}

static void end(const struct report *report)
{
	(void)report; /* the rows are the last that is printed */
}

const struct report_format report_table = {
	.name = "table",
	.summary_first = true,
	.begin = begin,
	.row = row,
	.summary = summary,
	.end = end,
};
