#include "report.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "log.h"
#include "target.h"

static const struct report_format *const formats[] = {&report_csv, &report_html, &report_json,
						      &report_table};

static const struct report_format *find_format(const char *name)
{
	if (!name)
		return &report_table;
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

static void load_hold(struct report *report, const struct scan *scan)
{
	const int r = scan->state_fd < 0
			      ? -ENOENT
			      : vsee_hold_load(scan->state_fd, scan->owner, &report->hold);

	report->hold_fault = r == -ENOENT ? 0 : r;
	report->held = r == 0 ? scan->now < report->hold.until : r != -ENOENT;
}

static void name_host(struct report *report, const struct scan *scan)
{
	if (scan->options->root[0])
		(void)snprintf(report->host, sizeof(report->host), "%s", scan->options->root);
	else if (gethostname(report->host, sizeof(report->host)) < 0)
		(void)snprintf(report->host, sizeof(report->host), "unknown");
	report->host[sizeof(report->host) - 1] = '\0';
	for (char *c = report->host; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
}

static void begin(struct view *view, const struct scan *scan)
{
	struct report *report = (struct report *)view;

	report->scan = scan;
	name_host(report, scan);
	report_time_text(scan->now, true, report->time);
	report_time_text(scan->now, false, report->time_utc);
	load_hold(report, scan);
	report->out = stdout;
	report->format->begin(report);
	/* Unlinked and for us alone: memory stays flat, whatever the number of accounts. */
	if (report->format->summary_first)
		report->out = tmpfile();
}

static int add(struct view *view, const struct scan *scan, const struct target *target)
{
	struct report *report = (struct report *)view;
	struct report_row row;

	(void)scan;
	if (!report->out)
		return 0; /* said at the end */
	if (!report_row_make(report, target, &row))
		return 0;
	report->format->row(report, &row);
	report->rows++;
	return 0;
}

/* Put what was kept aside behind the summary. 0 or negative errno. */
static int append_rows(FILE *rows)
{
	char buffer[16384];
	size_t size;

	if (fflush(rows) != 0 || ferror(rows) || fseek(rows, 0, SEEK_SET) != 0)
		return -EIO;
	while ((size = fread(buffer, 1, sizeof(buffer), rows)) > 0)
		if (fwrite(buffer, 1, size, stdout) != size)
			return 0; /* the run looks at standard output itself */
	return ferror(rows) ? -EIO : 0;
}

static enum exit_code end(struct view *view, const struct scan *scan)
{
	struct report *report = (struct report *)view;
	autofile FILE *aside = report->format->summary_first ? report->out : NULL;

	report->counters[REPORT_FAILED] = scan->failed;
	report->out = stdout;
	report->format->summary(report);
	if (report->format->summary_first && (!aside || append_rows(aside) < 0)) {
		log_error("the rows could not be kept in a temporary file: %s. Give room in "
			  "/tmp, or use --format csv or json, which need none",
			  strerror(errno));
		return EXIT_FILES;
	}
	report->format->end(report);
	return scan->failed > 0 ? EXIT_SOME : EXIT_GOOD;
}

enum exit_code report_run(const struct options *options)
{
	struct report report = {
		.view = {.everybody = true,
			 .in_force = true,
			 .begin = begin,
			 .add = add,
			 .end = end},
		.format = find_format(options->format),
	};

	if (report.format)
		return scan_view(options, &report.view);
	log_error("--format %s: there are csv, html, json and table", options->format);
	return EXIT_USAGE;
}
