/* The textfile for the node exporter, in Prometheus' text format. */
#include <inttypes.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/writer.h"
#include "record.h"
#include "store/hold.h"
#include "store/lastrun.h"

#define TEXT_SIZE 8192
#define PREFIX "vsee_expire_"

static void head(struct vsee_writer *writer, const char *name, const char *help)
{
	vsee_writer_add(writer, "# HELP " PREFIX "%s %s\n# TYPE " PREFIX "%s gauge\n", name, help,
			name);
}

static void gauge(struct vsee_writer *writer, const char *name, const char *help, int64_t value)
{
	head(writer, name, help);
	vsee_writer_add(writer, PREFIX "%s %" PRId64 "\n", name, value);
}

static void add_hold(struct vsee_writer *writer, const struct scan *scan)
{
	static const char name[] = "hold_until_timestamp_seconds";
	static const char help[] = "Until when enforcement is held; 0 without a hold, +Inf for one "
				   "that can't be read.";
	struct vsee_hold hold;
	const int r = vsee_hold_load(scan->state_fd, scan->owner, &hold);

	if (r == 0 || r == -ENOENT) {
		gauge(writer, name, help, r == 0 && scan->now < hold.until ? hold.until : 0);
		return;
	}
	head(writer, name, help);
	vsee_writer_add(writer, PREFIX "%s +Inf\n", name);
}

/* Known only where the pass went through. */
static void add_accounts(struct vsee_writer *writer, const struct scan *scan)
{
	const struct tally *tally = &scan->tally;

	head(writer, "accounts", "Covered accounts by verdict.");
	for (unsigned i = 0; i < TALLY_VERDICTS; i++)
		vsee_writer_add(writer, PREFIX "accounts{verdict=\"%s\"} %" PRIu64 "\n",
				vsee_verdict_name((enum vsee_verdict)i), tally->verdicts[i]);
	head(writer, "accounts_by_mode", "Covered accounts by the mode of their section.");
	for (unsigned i = VSEE_MODE_WATCH; i < TALLY_MODES; i++)
		vsee_writer_add(writer, PREFIX "accounts_by_mode{mode=\"%s\"} %" PRIu64 "\n",
				vsee_mode_name((enum vsee_mode)i), tally->modes[i]);
	gauge(writer, "mirror_overwritten", "Accounts whose mirrored max somebody else changed.",
	      (int64_t)tally->overwritten.count);
	gauge(writer, "state_set_aside", "Damaged or reused state files kept for a look.",
	      (int64_t)tally->set_aside.count);
	gauge(writer, "no_address", "Accounts that would be reminded, but can't be reached.",
	      (int64_t)tally->no_address.count);
	gauge(writer, "extensions", "Accounts with an extension.", (int64_t)tally->extended.count);
}

static void add_run(struct vsee_writer *writer, const struct vsee_lastrun *last)
{
	gauge(writer, "last_scan_timestamp_seconds", "When the last scan began, however it ended.",
	      last->time);
	gauge(writer, "last_success_timestamp_seconds",
	      "When the last scan began that judged all accounts; 0 for none.",
	      last->finished == VSEE_UNSET ? 0 : last->finished);
	gauge(writer, "last_exit_code", "Exit code of the last scan, see reminderd(8).",
	      last->code);
	gauge(writer, "accounts_failed", "Accounts that the last scan could not handle.",
	      last->failed);
	gauge(writer, "mirror_pending", "Shadow lines that the next scan is to change.",
	      last->left);
	gauge(writer, "config_errors", "Errors in the configuration, as the last scan found it.",
	      last->config_errors);
}

int metrics_save(const struct scan *scan, const struct vsee_lastrun *lastrun)
{
	autofree char *text = calloc(1, TEXT_SIZE);
	struct vsee_writer writer = {.text = text, .size = TEXT_SIZE};

	if (!text)
		return -ENOMEM;
	add_run(&writer, lastrun);
	if (scan->finished)
		add_accounts(&writer, scan);
	add_hold(&writer, scan);
	head(&writer, "info", "Version, and digest of the policy of the last scan.");
	vsee_writer_add(&writer, PREFIX "info{version=\"%s\",policy=\"%s\"} 1\n", VSEE_VERSION,
			scan->policy.digest);
	if (writer.overflow)
		return -EFBIG;
	/* Readable by all: the exporter runs without privileges. */
	return vsee_file_replace(scan->state_fd, METRICS_NAME, 0644, text, writer.length);
}
