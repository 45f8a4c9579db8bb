#include "record.h"

#include <string.h>

#include "log.h"
#include "store/lastrun.h"

static enum exit_code complain(const struct scan *scan, const char *name, int error,
			       enum exit_code code)
{
	log_error("%s/%s: %s", scan->paths.state, name, strerror(-error));
	return code == EXIT_GOOD ? EXIT_FILES : code;
}

enum exit_code record_run(const struct scan *scan, enum exit_code code)
{
	struct vsee_lastrun last = {.finished = VSEE_UNSET};
	int r;

	if (scan->lock_fd < 0)
		return code;
	/* Missing, damaged or newer: then nothing is known of the runs before this one. */
	(void)vsee_lastrun_load(scan->state_fd, scan->owner, &last);
	last = (struct vsee_lastrun){
		.time = scan->now > 0 ? scan->now : 0,
		.finished = scan->finished ? scan->now : last.finished,
		.code = code,
		.covered = (int64_t)scan->covered,
		.saved = (int64_t)scan->saved,
		.mirrored = (int64_t)scan->mirrored,
		.failed = (int64_t)scan->failed,
		.left = (int64_t)scan->queue.dropped,
		.warnings = log_warning_count(),
		.config_errors = (int64_t)scan->config_errors,
	};
	r = vsee_lastrun_save(scan->state_fd, &last);
	if (r < 0)
		return complain(scan, "lastrun", r, code);
	r = metrics_save(scan, &last);
	return r < 0 ? complain(scan, METRICS_NAME, r, code) : code;
}
