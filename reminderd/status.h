/* reminderd status: what is amiss on this host, by the policy in force. */
#pragma once

#include "problem.h"
#include "scan.h"
#include "store/hold.h"
#include "store/lastrun.h"

#define STATUS_HOUR 3600
#define STATUS_LATE_HOURS 26 /* a timer once a day, with some room */
#define STATUS_OLD_HOURS 48  /* from then on logins doubt the dates */

struct status {
	struct view view; /* first: the view that scan hands back is this status */
	bool looked;	  /* all accounts could be looked at */
	struct problem_list problems;
	struct vsee_lastrun last;
	int last_result; /* of vsee_lastrun_load() */
	struct vsee_hold hold;
	int hold_result; /* of vsee_hold_load() */
};

/* The verb. Its exit code is that of a Nagios plug-in, see enum severity. */
enum exit_code status_run(const struct options *options);

/* How a wrong command line ends: 1, or 3 with a line on standard output where --nagios is in argv.
 */
enum exit_code status_usage(char **argv);

/* What is amiss with mail. */
void status_check_mail(struct status *status, const struct scan *scan);

/* The problems are sorted. scan: NULL where the accounts could not be looked at. */
void status_print_text(const struct status *status, const struct scan *scan);
void status_print_nagios(const struct status *status, const struct scan *scan);
void status_print_json(const struct status *status, const struct scan *scan);
