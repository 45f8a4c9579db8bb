/* One account while scan handles it: gathered, observed, enrolled, planned, judged. */
#pragma once

#include <stdbool.h>

#include "policy/mirror.h"
#include "policy/verdict.h"
#include "scan.h"
#include "store/subject.h"

/* Whether a reminder could be addressed. */
enum reach {
	REACH_NOT_ASKED,
	REACH_UNREADABLE, /* a source of addresses can't be read */
	REACH_NONE,
	REACH_BAD, /* there is one that no mail can go to; why says more */
	REACH_GOOD,
};

struct target {
	struct vsee_subject subject; /* section points into the run's policy */
	struct vsee_mirror_plan plan;
	struct vsee_judgement judgement; /* as logins will see it when this run has ended */
	bool changed;			 /* our state is to be saved */
	enum reach reach;		 /* set by mailing_reach(), and with it: */
	char address[ADDRESS_SIZE], why[ADDRESS_WHY_SIZE];
	enum vsee_language language;
};

void target_clear(struct target *target);
#define autotarget CLEANUP(target_clear)

/*
 * Load the state of the account in target->subject, whose shadow record, uid, gid and section are
 * set, and gather its facts. 0, or negative errno of vsee_account_load().
 */
int target_load(const struct scan *scan, struct target *target);

/* Find shadow and passwd line and section of a name as well. -ENOENT when a line is missing. */
int target_find(const struct scan *scan, const char *name, struct target *target);

/* What scan writes into the state today: observe, enrol, prune; then plan and judge. 0 or errno. */
int target_enrol(struct scan *scan, struct target *target);

/* Without enrolling anybody: what logins say now, and what a scan would find amiss in shadow. */
void target_judge(const struct scan *scan, struct target *target);

/* Save the state. 0 or negative errno. */
int target_save(const struct scan *scan, const struct target *target);
