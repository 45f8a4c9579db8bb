#include "status.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/plural.h"
#include "date.h"
#include "log.h"
#include "store/culprit.h"
#include "store/mention.h"

#define TEXT_SIZE 768
#define MODULE "pam_vsee_expire.so"

static bool any_mode(const struct vsee_policy *policy, enum vsee_mode least)
{
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].rules.held || policy->sections[i].rules.mode >= least)
			return true;
	return false;
}

static void check_clock(struct status *status, const struct scan *scan)
{
	char today[DATE_SIZE], last[DATE_SIZE];

	switch (scan->clock) {
	case VSEE_CLOCK_GOOD:
		return;
	case VSEE_CLOCK_NOTE:
		problem_add(&status->problems, PROBLEM_CLOCK_NOTED,
			    "the last scan's day (%s) does not fit today's date (%s)",
			    date_print(scan->scanday.last_scan, last),
			    date_print(scan->today, today));
		return;
	case VSEE_CLOCK_REFUSE:
		break;
	}
	problem_add(&status->problems, PROBLEM_CLOCK_REFUSED,
		    "today's date (%s) can't be right, the last scan was on %s: no scan does "
		    "anything",
		    date_print(scan->today, today), date_print(scan->scanday.last_scan, last));
}

/* Before the first record, or where it can't be read, the day of the last scan is all there is. */
static int64_t last_scan_time(const struct status *status, const struct scan *scan)
{
	if (status->last_result == 0 && status->last.finished != VSEE_UNSET &&
	    vsee_day_of(status->last.finished) <= scan->scanday.last_scan)
		return status->last.finished;
	return scan->scanday.last_scan * VSEE_SECONDS_PER_DAY;
}

static void never_scanned(struct status *status)
{
	problem_add(&status->problems, PROBLEM_NEVER_SCANNED,
		    "no scan has ever gone through, so nothing is enforced");
}

static void check_age(struct status *status, const struct scan *scan)
{
	int64_t hours;

	if (!any_mode(&scan->policy, VSEE_MODE_WATCH))
		return;
	if (scan->scanday.last_scan == VSEE_UNSET) {
		never_scanned(status);
		return;
	}
	hours = (scan->now - last_scan_time(status, scan)) / STATUS_HOUR;
	if (hours >= STATUS_OLD_HOURS && any_mode(&scan->policy, VSEE_MODE_ENFORCE))
		problem_add(&status->problems, PROBLEM_SCAN_OLD,
			    "the last scan that went through is %" PRId64 " hour%s old", hours,
			    vsee_plural((uint64_t)hours));
	else if (hours >= STATUS_LATE_HOURS)
		problem_add(&status->problems, PROBLEM_SCAN_LATE,
			    "the last scan that went through is %" PRId64 " hour%s old", hours,
			    vsee_plural((uint64_t)hours));
}

static void check_last_run(struct status *status)
{
	const struct vsee_lastrun *last = &status->last;

	if (status->last_result < 0)
		return;
	if (last->failed > 0)
		problem_add(&status->problems, PROBLEM_ACCOUNTS_FAILED,
			    "%" PRId64 " account%s could not be handled by the last scan",
			    last->failed, vsee_plural((uint64_t)last->failed));
	/* Broken configuration and clock have problems of their own, as they are now. */
	if (last->code == EXIT_FILES || last->code == EXIT_USAGE)
		problem_add(&status->problems, PROBLEM_LAST_RUN_FAILED,
			    "the last scan ended with exit code %" PRId64, last->code);
}

static void check_hold(struct status *status, const struct scan *scan)
{
	char until[DATE_SIZE];

	if (status->hold_result == -ENOENT)
		return;
	if (status->hold_result < 0) {
		problem_add(&status->problems, PROBLEM_HOLD_UNREADABLE,
			    "a hold is there, but it can't be read: %s",
			    strerror(-status->hold_result));
		return;
	}
	if (scan->now < status->hold.until)
		problem_add(&status->problems, PROBLEM_HOLD,
			    "enforcement is held until %s by uid %u: %s",
			    time_print(status->hold.until, until), (unsigned)status->hold.by,
			    status->hold.reason);
}

static void check_edits(struct status *status, const struct scan *scan,
			const struct vsee_policy *policy)
{
	const bool published = scan->policy.section_count > 0;

	if (published ? strcmp(policy->digest, scan->policy.digest) == 0
		      : !any_mode(policy, VSEE_MODE_WATCH))
		return;
	if (!published && scan->scanday.last_scan == VSEE_UNSET)
		never_scanned(status);
	problem_add(&status->problems, PROBLEM_EDITS_NOT_APPLIED,
		    published ? "the configuration is another one than the policy in force"
			      : "the configuration has a mode on, but no policy is published");
}

static void check_config(struct status *status, const struct scan *scan)
{
	CLEANUP(vsee_config_clear) struct vsee_config config = {0};
	const int r = vsee_config_read(&scan->paths, scan->owner, &config);
	const struct vsee_config_error *first = config.errors;

	if (r == -EINVAL && config.error_count > 0) {
		problem_add(&status->problems, PROBLEM_CONFIG_ERRORS,
			    "%zu error%s, first %s:%u: %s", config.error_count,
			    config.error_count == 1 ? "" : "s", first->file, first->line,
			    first->text);
		return;
	}
	if (r < 0) {
		problem_add(&status->problems, PROBLEM_CONFIG_ERRORS, "%s: %s",
			    scan->paths.config_dir, strerror(-r));
		return;
	}
	check_edits(status, scan, &config.policy);
}

static bool first_is_enough(void *context, const char *path)
{
	(void)path;
	*(bool *)context = true;
	return false;
}

/* Coarse on purpose: whether the lines are right and reached is for vseectl lint. */
static void check_lines(struct status *status, const struct scan *scan)
{
	const char *root = scan->options->root;
	char folder[PATH_MAX];
	bool found = false;

	if (!any_mode(&scan->policy, VSEE_MODE_ENFORCE) ||
	    snprintf(folder, sizeof(folder), "%s/etc/pam.d", root) >= (int)sizeof(folder) ||
	    access(folder, F_OK) < 0)
		return;
	if (vsee_mention_folder(root, "/etc/pam.d", MODULE, first_is_enough, &found))
		(void)vsee_mention_folder(root, "/usr/lib/pam.d", MODULE, first_is_enough, &found);
	if (!found)
		problem_add(&status->problems, PROBLEM_PAM_LINES,
			    "no file in /etc/pam.d names " MODULE ", but a section says enforce");
}

static void check_overwritten(struct status *status, const struct scan *scan)
{
	const struct tally_names *names = &scan->tally.overwritten;
	char text[TEXT_SIZE], culprits[TEXT_SIZE];

	if (names->count == 0)
		return;
	(void)vsee_culprit_list(scan->options->root, culprits, sizeof(culprits));
	problem_add(&status->problems, PROBLEM_MIRROR_OVERWRITTEN,
		    "somebody else sets shadow's maximum age of %" PRIu64 " account%s (%s%s): %s",
		    names->count, vsee_plural(names->count), culprits[0] ? "perhaps: " : "",
		    culprits[0] ? culprits : "nothing that is known to do so was found",
		    tally_text(names, text, sizeof(text)));
}

/* "TEXT: count (names)". */
static void add_names(struct status *status, enum problem_kind kind, const char *text,
		      const struct tally_names *names)
{
	char listed[TEXT_SIZE];

	if (names->count > 0)
		problem_add(&status->problems, kind, "%s: %" PRIu64 " (%s)", text, names->count,
			    tally_text(names, listed, sizeof(listed)));
}

static void check_accounts(struct status *status, const struct scan *scan)
{
	const struct tally *tally = &scan->tally;

	if (scan->accounts_fd < 0 && scan->scanday.last_scan != VSEE_UNSET &&
	    any_mode(&scan->policy, VSEE_MODE_WATCH))
		problem_add(&status->problems, PROBLEM_STATE_MISSING,
			    "accounts/ is gone, and with it all dates and old passwords");
	add_names(status, PROBLEM_STATE_NEWER, "accounts with a state that a newer version wrote",
		  &tally->newer);
	add_names(status, PROBLEM_STATE_SET_ASIDE, "files set aside in accounts/",
		  &tally->set_aside);
	add_names(status, PROBLEM_LEFTOVERS,
		  "accounts no longer covered, whose shadow line holds what we wrote",
		  &tally->leftovers);
	add_names(status, PROBLEM_NOT_ENROLLED, "accounts not enrolled yet", &tally->not_enrolled);
	add_names(status, PROBLEM_EXTENSIONS, "accounts with an extension", &tally->extended);
	check_overwritten(status, scan);
	if (tally->pending > 0)
		problem_add(&status->problems, PROBLEM_MIRROR_PENDING,
			    "%" PRIu64 " shadow lines wait to be mirrored", tally->pending);
	status_check_mail(status, scan);
}

static void print(const struct status *status, const struct scan *scan,
		  const struct options *options)
{
	if (options->nagios)
		status_print_nagios(status, scan);
	else if (options->json)
		status_print_json(status, scan);
	else
		status_print_text(status, scan);
}

static void begin(struct view *view, const struct scan *scan)
{
	struct status *status = (struct status *)view;

	status->last_result = -ENOENT;
	status->hold_result = -ENOENT;
	if (scan->state_fd < 0)
		return;
	status->last_result = vsee_lastrun_load(scan->state_fd, scan->owner, &status->last);
	status->hold_result = vsee_hold_load(scan->state_fd, scan->owner, &status->hold);
}

/* The pass counts by itself. */
static int add(struct view *view, const struct scan *scan, const struct target *target)
{
	(void)view;
	(void)scan;
	(void)target;
	return 0;
}

static enum exit_code end(struct view *view, const struct scan *scan)
{
	struct status *status = (struct status *)view;

	status->looked = true;
	check_clock(status, scan);
	check_age(status, scan);
	check_last_run(status);
	check_hold(status, scan);
	check_config(status, scan);
	check_accounts(status, scan);
	check_lines(status, scan);
	problem_sort(&status->problems);
	print(status, scan, scan->options);
	return (enum exit_code)problem_worst(&status->problems);
}

enum exit_code status_run(const struct options *options)
{
	struct status status = {.view = {.in_force = true, .begin = begin, .add = add, .end = end}};
	enum exit_code code;

	code = scan_view(options, &status.view);
	if (status.looked)
		return code;
	problem_add(&status.problems, geteuid() == 0 ? PROBLEM_NOT_LOOKED : PROBLEM_NOT_ROOT,
		    "the accounts could not be looked at: %s", log_last_error());
	print(&status, NULL, options);
	return (enum exit_code)problem_worst(&status.problems);
}

enum exit_code status_usage(char **argv)
{
	while (*argv && strcmp(*argv, "--nagios") != 0)
		argv++;
	if (!*argv)
		return EXIT_USAGE;
	(void)printf("VSEE-EXPIRE %s - wrong usage: %s\n", severity_name(SEVERITY_UNKNOWN),
		     log_last_error());
	return (enum exit_code)SEVERITY_UNKNOWN;
}
