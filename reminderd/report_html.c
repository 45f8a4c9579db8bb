/* The report as one page without script or anything from elsewhere, for screen and paper. */
#include <inttypes.h>

#include "base/html.h"
#include "date.h"
#include "report.h"
#include "report_style.h"

#define BAR_LEFT 76
#define BAR_WIDTH 200
#define BAR_STEP 20

/* Every text that is not ours goes through here. */
static void put_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		const char *const entity = vsee_html_entity(*text);

		(void)(entity ? fputs(entity, out) : fputc(*text, out));
	}
}

static void put_element(FILE *out, const char *tag, const char *attributes, const char *text)
{
	(void)fprintf(out, "<%s%s>", tag, attributes);
	put_text(out, text);
	(void)fprintf(out, "</%s>", tag);
}

static void put_term(FILE *out, const char *term, const char *text)
{
	(void)fputs("<div>", out);
	put_element(out, "dt", "", term);
	put_element(out, "dd", "", text);
	(void)fputs("</div>\n", out);
}

/* A table that is too wide for the page scrolls by itself, also by keyboard. */
static void open_table(FILE *out, const char *label)
{
	(void)fprintf(out,
		      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
		      "aria-label=\"%s\">\n<table>\n<caption>%s</caption>\n<thead><tr>",
		      label, label);
}

static void close_table(FILE *out)
{
	(void)fputs("</tbody>\n</table>\n</div>\n", out);
}

static void put_head(const struct report *report)
{
	FILE *out = report->out;
	const struct vsee_policy *policy = &report->scan->policy;
	char text[REPORT_TEXT_SIZE], date[DATE_SIZE];

	(void)fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		    "style-src '" REPORT_STYLE_HASH "'; base-uri 'none'; form-action 'none'\">\n"
		    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		    "<meta name=\"referrer\" content=\"no-referrer\">\n"
		    "<title>Password expiry on ",
		    out);
	put_text(out, report->host);
	(void)fputs("</title>\n<style>" REPORT_STYLE "</style>\n</head>\n<body>\n<main>\n"
		    "<h1>Password expiry on ",
		    out);
	put_text(out, report->host);
	(void)fputs("</h1>\n<dl>\n", out);
	put_term(out, "Time", report->time);
	put_term(out, "Version", VSEE_VERSION);
	put_term(out, "Policy digest",
		 policy->section_count > 0 ? policy->digest
					   : "no policy is published: no account is covered");
	put_term(out, "Last scan", date_print(report->scan->scanday.last_scan, date));
	(void)report_hold_text(report, text);
	put_term(out, "Hold", text[0] ? text : "none in force");
	(void)fputs("</dl>\n", out);
}

static void put_sections(const struct report *report)
{
	const struct vsee_policy *policy = &report->scan->policy;
	FILE *out = report->out;
	struct report_setting settings[REPORT_SETTINGS];
	char name[VSEE_SECTION_TEXT_SIZE], where[REPORT_TEXT_SIZE];

	if (policy->section_count == 0)
		return;
	(void)fputs("<h2>Sections</h2>\n", out);
	open_table(out, "Settings in force");
	(void)fputs("<th scope=\"col\">section</th><th scope=\"col\">where</th>", out);
	report_settings(&policy->sections[0], settings);
	for (size_t k = 0; k < REPORT_SETTINGS; k++)
		put_element(out, "th", " scope=\"col\"", settings[k].key);
	(void)fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < policy->section_count; i++) {
		(void)fputs("<tr>", out);
		put_element(out, "th", " scope=\"row\"",
			    vsee_section_text(&policy->sections[i], name));
		put_element(out, "td", "", report_source_text(&policy->sections[i].source, where));
		report_settings(&policy->sections[i], settings);
		for (size_t k = 0; k < REPORT_SETTINGS; k++)
			put_element(out, "td", "", settings[k].value);
		(void)fputs("</tr>\n", out);
	}
	close_table(out);
}

static void begin(const struct report *report)
{
	put_head(report);
	put_sections(report);
}

static void put_counts(const struct report *report)
{
	FILE *out = report->out;
	char text[REPORT_TEXT_SIZE], number[REPORT_TIME_SIZE];

	(void)fputs("<h2>Summary</h2>\n", out);
	put_element(out, "p", " class=\"statement\"", report_statement(report, text));
	(void)fputs("\n", out);
	open_table(out, "Accounts by what was found");
	(void)fputs("<th scope=\"col\">What</th><th scope=\"col\">Accounts</th></tr></thead>\n"
		    "<tbody>\n",
		    out);
	for (size_t i = 0; i < REPORT_COUNTER_COUNT; i++) {
		(void)snprintf(number, sizeof(number), "%" PRIu64, report->counters[i]);
		(void)fputs("<tr>", out);
		put_element(out, "th",
			    i > REPORT_OLD ? " scope=\"row\" class=\"part\"" : " scope=\"row\"",
			    report_counters[i].title);
		put_element(out, "td", " class=\"number\"", number);
		(void)fputs("</tr>\n", out);
	}
	close_table(out);
}

static uint64_t most(const struct report *report)
{
	uint64_t all = 1; /* of an empty chart, too */

	for (size_t i = 0; i < REPORT_WEEKS; i++)
		all = report->weeks[i] > all ? report->weeks[i] : all;
	return all;
}

static void put_chart(const struct report *report)
{
	const uint64_t all = most(report);
	FILE *out = report->out;
	char text[REPORT_TIME_SIZE];

	(void)fprintf(out,
		      "<svg viewBox=\"0 0 320 %d\" role=\"img\" aria-labelledby=\"chart-title "
		      "chart-text\">\n<title id=\"chart-title\">Passwords that end, by "
		      "weeks</title>\n<desc id=\"chart-text\">One bar a week; the table below "
		      "has the same numbers.</desc>\n",
		      REPORT_WEEKS * BAR_STEP);
	for (size_t i = 0; i < REPORT_WEEKS; i++) {
		const int y = (int)i * BAR_STEP;
		const int width = (int)(report->weeks[i] * BAR_WIDTH / all);

		(void)fprintf(out,
			      "<text x=\"0\" y=\"%d\">%s</text><rect x=\"%d\" y=\"%d\" "
			      "width=\"%d\" height=\"14\"></rect><text x=\"%d\" "
			      "y=\"%d\">%" PRIu64 "</text>\n",
			      y + 12, report_week_text(report, i, text), BAR_LEFT, y + 1, width,
			      BAR_LEFT + width + 4, y + 12, report->weeks[i]);
	}
	(void)fputs("</svg>\n", out);
}

static void put_weeks(const struct report *report)
{
	FILE *out = report->out;
	char text[REPORT_TIME_SIZE];

	(void)fputs("<h2>The coming weeks</h2>\n", out);
	put_chart(report);
	open_table(out, "Passwords that end, by weeks");
	(void)fputs("<th scope=\"col\">Week from (UTC)</th><th scope=\"col\">Passwords</th>"
		    "</tr></thead>\n<tbody>\n",
		    out);
	for (size_t i = 0; i < REPORT_WEEKS; i++)
		(void)fprintf(out,
			      "<tr><th scope=\"row\">%s</th><td class=\"number\">%" PRIu64
			      "</td></tr>\n",
			      report_week_text(report, i, text), report->weeks[i]);
	(void)fprintf(out,
		      "<tr><th scope=\"row\">later</th><td class=\"number\">%" PRIu64
		      "</td></tr>\n<tr><th scope=\"row\">never</th><td class=\"number\">%" PRIu64
		      "</td></tr>\n",
		      report->later, report->never);
	close_table(out);
}

static void summary(const struct report *report)
{
	FILE *out = report->out;

	put_counts(report);
	put_weeks(report);
	(void)fputs("<h2>Accounts</h2>\n", out);
	open_table(out, "Local accounts");
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++)
		put_element(out, "th", " scope=\"col\"", report_columns[i].title);
	(void)fputs("</tr></thead>\n<tbody>\n", out);
}

static const char *attributes_of(size_t field)
{
	static const char *const kinds[] = {
		[REPORT_TEXT] = "",
		[REPORT_NUMBER] = " class=\"number\"",
		[REPORT_DATE] = " class=\"date\"",
	};

	if (field == REPORT_NAME)
		return " scope=\"row\"";
	return field == REPORT_REASON || field == REPORT_REMARK ? " class=\"long\""
								: kinds[report_columns[field].kind];
}

static void row(const struct report *report, const struct report_row *row)
{
	char text[REPORT_TIME_SIZE];

	(void)fputs("<tr>", report->out);
	for (size_t i = 0; i < REPORT_FIELD_COUNT; i++)
		put_element(report->out, i == REPORT_NAME ? "th" : "td", attributes_of(i),
			    report_cell_text(i, &row->cells[i], true, text));
	(void)fputs("</tr>\n", report->out);
}

static void end(const struct report *report)
{
	close_table(report->out);
	(void)fputs("</main>\n</body>\n</html>\n", report->out);
}

const struct report_format report_html = {
	.name = "html",
	.summary_first = true,
	.begin = begin,
	.row = row,
	.summary = summary,
	.end = end,
};
