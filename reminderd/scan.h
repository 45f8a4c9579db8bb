/* One run of scan: what it reads once, and what its steps share. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "exit.h"
#include "options.h"
#include "queue.h"
#include "seen.h"
#include "snapshot.h"
#include "store/config.h"
#include "store/cover.h"
#include "store/paths.h"
#include "store/scanday.h"

struct scan {
	const struct options *options;
	struct vsee_paths paths;
	uid_t owner;
	int state_fd, accounts_fd; /* -1: missing, which only a dry run puts up with */
	int lock_fd;
	int64_t now;
	vsee_day today;
	struct vsee_scanday scanday;
	struct vsee_policy policy; /* in force during this run */
	bool publish;		   /* it is new and checked: logins get it after enrolment */
	struct vsee_members members;
	struct seen seen;   /* file names of the accounts that the pass handled */
	struct queue queue; /* accounts whose shadow line should change */
	struct snapshot snapshot;
	uint64_t covered, saved, mirrored, failed;
};

/* The verb. Says on standard error what is wrong. */
enum exit_code scan_run(const struct options *options);
