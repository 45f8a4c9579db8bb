#include "undo.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "log.h"
#include "mirror.h"
#include "restore.h"
#include "state.h"

/*
 * Neither clock nor configuration may stop this. An unreadable day counts as none; a date that is
 * not believed only means that no date of today is written anywhere.
 */
static void read_clock(struct scan *scan)
{
	scan->now = (int64_t)time(NULL);
	scan->today = vsee_day_of(scan->now);
	if (vsee_scanday_load(scan->state_fd, scan->owner, &scan->scanday) < 0)
		scan->scanday = (struct vsee_scanday){VSEE_UNSET, VSEE_UNSET};
	scan->clock = vsee_clock_judge(scan->now, VSEE_BUILD_DAY, scan->scanday.last_scan,
				       scan->scanday.noted);
}

/*
 * No section is loaded, so that every account counts as not covered. Negative errno after a message
 * also where chage(1) failed for each of them: then shadow can't be written, whoever it is for.
 */
static int take_back(struct scan *scan)
{
	uint64_t failed;
	int r;

	scan->queue = queue_empty(SIZE_MAX);
	r = seen_init((uint64_t)scan->now, &scan->seen);
	if (r < 0) {
		log_error("%s", strerror(-r));
		return r;
	}
	r = restore_run(scan);
	if (r < 0)
		return r;
	failed = scan->failed;
	r = mirror_run(scan);
	return r == 0 && scan->failed > failed && scan->failed - failed == scan->queue.count ? -EIO
											     : r;
}

/*
 * Shadow first, the policy last. In between a module that still enforces meets shadow's own fields,
 * and asks for a change only where these agree: people are let in. The other way round pam_unix
 * alone would meet our dates: jobs of the expired would not run, and who must change or has let
 * the time pass would be refused without our floors and holds. So the policy also stays where
 * nothing could be taken back. Where single accounts failed it goes all the same: they were named,
 * and one of them must not keep everybody under a module that was to be off.
 */
static enum exit_code undo(struct scan *scan)
{
	enum exit_code code;
	int r;

	scan->undo = true;
	code = state_open(scan);
	if (code != EXIT_GOOD)
		return code;
	if (scan->state_fd < 0) {
		(void)printf("There is no %s: nothing is to be put back.\n", scan->paths.state);
		return EXIT_GOOD;
	}
	read_clock(scan);
	if (scan->accounts_fd < 0 && scan->scanday.last_scan != VSEE_UNSET)
		log_warning("%s/accounts is gone, so what stood in shadow before is not known: "
			    "look at the maximum ages with chage -l, and set what they should be",
			    scan->paths.state);
	if (take_back(scan) < 0) {
		log_error("the policy stays in force; run this again when that is mended");
		return EXIT_FILES;
	}
	r = vsee_policy_unpublish(scan->state_fd);
	if (r < 0) {
		log_error("%s/policy can't be removed: %s", scan->paths.state, strerror(-r));
		return EXIT_FILES;
	}
	(void)printf("%" PRIu64 " account%s shadow's own values back, %" PRIu64
		     " failed. No policy is published: nothing is enforced.\n",
		     scan->mirrored, scan->mirrored == 1 ? " has" : "s have", scan->failed);
	return scan->failed > 0 ? EXIT_SOME : EXIT_GOOD;
}

enum exit_code undo_run(const struct options *options)
{
	enum exit_code code = scan_start(options, NULL, undo);

	if (fflush(stdout) == 0 && !ferror(stdout))
		return code;
	log_error("standard output: can't be written");
	return code == EXIT_GOOD ? EXIT_FILES : code;
}
