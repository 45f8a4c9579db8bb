/* One run of scan: what it reads once, and what its steps share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "exit.h"
#include "mailing.h"
#include "options.h"
#include "policy/clock.h"
#include "queue.h"
#include "seen.h"
#include "snapshot.h"
#include "store/config.h"
#include "store/cover.h"
#include "store/paths.h"
#include "store/scanday.h"
#include "tally.h"

struct scan;
struct target;

/* Who looks at the accounts in a run that writes nothing. */
struct view {
	bool everybody; /* accounts that no section covers as well: verdict not-covered */
	/*
	 * By the policy in force, as logins judge now, whatever the clock says; else by the
	 * configuration, as after a scan of today.
	 */
	bool in_force;
	bool addresses; /* look them up even where no mail is configured */
	void (*begin)(struct view *view, const struct scan *scan); /* before the first account */
	/* 0, or negative errno, which ends the run. */
	int (*add)(struct view *view, const struct scan *scan, const struct target *target);
	/* After the last one, where all could be read; its code is the run's. */
	enum exit_code (*end)(struct view *view, const struct scan *scan);
};

struct scan {
	const struct options *options;
	struct view *view; /* NULL: this run writes */
	struct vsee_paths paths;
	uid_t owner;
	int state_fd, accounts_fd; /* -1: missing, which only a dry run puts up with */
	int lock_fd;
	int64_t now;
	vsee_day today;
	struct vsee_scanday scanday;
	enum vsee_clock clock;	   /* what this run makes of it */
	struct vsee_policy policy; /* in force during this run; no sections: none is published */
	bool publish;		   /* it is new and checked: logins get it after enrolment */
	bool undo;		   /* everything of ours in shadow is taken back */
	bool held;		   /* break glass: nobody's date is enforced */
	bool hold_unknown;	   /* the hold is there and can't be read: it counts as in force */
	bool finished;		   /* all accounts were judged, and the day is noted */
	size_t config_errors;	   /* of the configuration as this run found it */
	struct vsee_members members;
	struct seen seen;   /* file names of the accounts that the pass handled */
	struct queue queue; /* accounts whose shadow line should change */
	struct snapshot snapshot;
	struct mailing mailing;
	struct tally tally;
	uint64_t covered, saved, mirrored, failed;
};

/* The verb. Says on standard error what is wrong. */
enum exit_code scan_run(const struct options *options);

/*
 * Make a run ready (its options and places, no file touched yet), hand it to work, and release what
 * it took. view: NULL for a run that writes.
 */
enum exit_code scan_start(const struct options *options, struct view *view,
			  enum exit_code (*work)(struct scan *scan));

/* A run that writes nothing and locks nothing. Says on standard error what is wrong. */
enum exit_code scan_view(const struct options *options, struct view *view);
