#include "scan.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/plural.h"
#include "clock.h"
#include "log.h"
#include "message_id.h"
#include "mirror.h"
#include "notify.h"
#include "pass.h"
#include "record.h"
#include "restore.h"
#include "scan_policy.h"
#include "state.h"
#include "table.h"

static void scan_clear(struct scan *scan)
{
	snapshot_clear(scan);
	mailing_clear(&scan->mailing);
	queue_clear(&scan->queue);
	seen_clear(&scan->seen);
	vsee_members_clear(&scan->members);
	vsee_policy_clear(&scan->policy);
	vsee_cleanup_close(&scan->accounts_fd);
	vsee_cleanup_close(&scan->lock_fd);
	vsee_cleanup_close(&scan->state_fd);
}

/* The likeliest typing error of all: it would cover nobody without a word. */
static void warn_missing_groups(const struct scan *scan)
{
	const uint64_t missing = scan->members.wanted & ~scan->members.found;

	for (size_t i = 0; i < scan->policy.group_count; i++)
		if (missing >> i & 1)
			log_warning("group %s of the configuration is not in %s: nobody is in it",
				    scan->policy.groups[i], scan->paths.group);
}

/* Where only names and groups cover, who they are by passwd saves looking at everybody else. */
static int load_members(struct scan *scan)
{
	int r;

	if (scan->policy.section_count == 0)
		return 0;
	r = vsee_members_load(scan->paths.group, &scan->policy, NULL, &scan->members);
	if (r < 0) {
		log_error("%s: %s", scan->paths.group, strerror(-r));
		return r;
	}
	if (!scan->view || !scan->view->in_force)
		warn_missing_groups(scan);
	if (scan->policy.sections[0].rules.mode != VSEE_MODE_OFF ||
	    (scan->view && scan->view->everybody))
		return 0;
	r = vsee_members_load_passwd(scan->paths.passwd, &scan->policy, &scan->members);
	if (r < 0)
		log_error("%s: %s", scan->paths.passwd, strerror(-r));
	return r;
}

static enum exit_code prepare(struct scan *scan)
{
	int r;

	scan_policy_hold(scan);
	scan->queue = queue_empty(scan->policy.mirror_per_run);
	r = seen_init((uint64_t)scan->today, &scan->seen);
	if (r < 0) {
		log_error("%s", strerror(-r));
		return EXIT_FILES;
	}
	r = load_members(scan);
	if (r < 0)
		return EXIT_FILES;
	mailing_open(scan);
	return EXIT_GOOD;
}

static enum exit_code failed_file(const struct scan *scan, const char *name, int error)
{
	log_error("%s/%s: %s", scan->paths.state, name, strerror(-error));
	return EXIT_FILES;
}

/* Logins get the policy only now, when each account has its floor under it. */
static enum exit_code finish(struct scan *scan)
{
	const struct vsee_scanday done = {scan->today, VSEE_UNSET};
	int r;

	r = scan_policy_publish(scan);
	if (r < 0)
		return failed_file(scan, "policy", r);
	(void)mirror_run(scan); /* what it could not do is counted as failed */
	r = snapshot_publish(scan);
	if (r < 0)
		return failed_file(scan, SNAPSHOT_NAME, r);
	mailing_call(scan);
	r = vsee_scanday_save(scan->state_fd, &done);
	if (r < 0)
		return failed_file(scan, "scan", r);
	scan->finished = true;
	return EXIT_GOOD;
}

static enum exit_code act(struct scan *scan)
{
	int r;

	r = snapshot_open(scan);
	if (r < 0)
		return failed_file(scan, SNAPSHOT_NAME, r);
	if (pass_run(scan) < 0 || restore_run(scan) < 0)
		return EXIT_FILES;
	return finish(scan);
}

static int view_accounts(struct scan *scan)
{
	const int r = scan->policy.section_count > 0 ? pass_run(scan) : 0;

	if (r < 0 || scan->view->everybody)
		return r;
	return restore_run(scan);
}

static enum exit_code show(struct scan *scan)
{
	struct view *view = scan->view;
	enum exit_code code;

	view->begin(view, scan);
	if (view_accounts(scan) < 0)
		return EXIT_FILES;
	code = view->end(view, scan);
	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	log_error("standard output: %s", strerror(errno));
	return EXIT_FILES;
}

/* Break glass may be for these very people, whom something else than our dates keeps out. */
static void warn_not_let_in(const struct scan *scan)
{
	const uint64_t *verdicts = scan->tally.verdicts;
	bool held = false;

	for (size_t i = 0; i < scan->policy.section_count; i++)
		held |= scan->policy.sections[i].rules.held;
	if (!held || verdicts[VSEE_MUST_CHANGE] + verdicts[VSEE_INACTIVE] == 0)
		return;
	log_warning("the hold does not help %" PRIu64 " accounts that must change, and %" PRIu64
		    " that are refused: shadow's own dates or an administrator ask for it. "
		    "vseectl report names them; chage -d $(date +%%F) USER lets one in",
		    verdicts[VSEE_MUST_CHANGE], verdicts[VSEE_INACTIVE]);
}

static void summarize(const struct scan *scan)
{
	warn_not_let_in(scan);
	if (!scan->options->verbose && log_warning_count() == 0 && !log_is_journal())
		return;
	log_about(MESSAGE_SCAN_DONE, NULL);
	log_field("VSEE_COVERED", "%" PRIu64, scan->covered);
	log_field("VSEE_SAVED", "%" PRIu64, scan->saved);
	log_field("VSEE_MIRRORED", "%" PRIu64, scan->mirrored);
	log_field("VSEE_LEFT", "%zu", scan->queue.dropped);
	log_field("VSEE_FAILED", "%" PRIu64, scan->failed);
	log_note("%" PRIu64 " account%s covered, %" PRIu64 " state%s written, %" PRIu64
		 " shadow line%s changed, %zu left for the next run, %" PRIu64
		 " failed, %u warning%s",
		 scan->covered, vsee_plural(scan->covered), scan->saved, vsee_plural(scan->saved),
		 scan->mirrored, vsee_plural(scan->mirrored), scan->queue.dropped, scan->failed,
		 log_warning_count(), vsee_plural(log_warning_count()));
}

static enum exit_code run(struct scan *scan)
{
	enum exit_code code;

	code = state_open(scan);
	if (code == EXIT_GOOD)
		code = clock_check(scan);
	if (code == EXIT_GOOD)
		code = scan_policy_choose(scan);
	if (code == EXIT_GOOD)
		code = prepare(scan);
	if (code == EXIT_GOOD)
		code = scan->view ? show(scan) : act(scan);
	if (scan->view)
		return code;
	notify_stopping();
	if (code != EXIT_GOOD)
		return code;
	summarize(scan);
	if (!scan->publish)
		return EXIT_CONFIG;
	return scan->failed > 0 || scan->hold_unknown || mailing_failed(scan) ? EXIT_SOME
									      : EXIT_GOOD;
}

static enum exit_code run_recorded(struct scan *scan)
{
	return record_run(scan, run(scan));
}

enum exit_code scan_start(const struct options *options, struct view *view,
			  enum exit_code (*work)(struct scan *scan))
{
	CLEANUP(scan_clear)
	struct scan scan = {
		.options = options,
		.view = view,
		.owner = geteuid(),
		.state_fd = -1,
		.accounts_fd = -1,
		.lock_fd = -1,
	};

	if (vsee_paths_init(options->root, options->state, &scan.paths) < 0) {
		log_error("--root or --state is too long");
		return EXIT_USAGE;
	}
	if (options->config && snprintf(scan.paths.config_dir, sizeof(scan.paths.config_dir), "%s",
					options->config) >= (int)sizeof(scan.paths.config_dir)) {
		log_error("--config is too long");
		return EXIT_USAGE;
	}
	return work(&scan);
}

enum exit_code scan_run(const struct options *options)
{
	if ((options->json || options->config) && !options->dry_run) {
		log_error("--json and --config need --dry-run");
		return EXIT_USAGE;
	}
	return options->dry_run ? scan_view(options, &table_view)
				: scan_start(options, NULL, run_recorded);
}

enum exit_code scan_view(const struct options *options, struct view *view)
{
	return scan_start(options, view, run);
}
