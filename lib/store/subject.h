/* All that is known about one account, gathered for a judgement. */
#pragma once

#include "policy/verdict.h"
#include "store/account.h"
#include "store/cover.h"
#include "store/hold.h"
#include "store/paths.h"
#include "store/scanday.h"

struct vsee_subject {
	struct vsee_policy policy;
	const struct vsee_section *section; /* into policy; NULL: not covered */
	bool exempt;
	bool local; /* has a good shadow line and a passwd line of the host's own */
	struct vsee_shadow shadow;
	uid_t uid;
	gid_t gid;
	struct vsee_account account; /* empty when there is no state */
	enum vsee_account_news news;
	bool newer; /* state written by a newer version: judged as not enrolled, never written */
	struct vsee_scanday scanday;
	bool held;	/* the policy says enforce, and a hold makes it remind: rules.held */
	int hold_fault; /* negative errno: a hold is there and can't be read; it counts. Else 0 */
	struct vsee_facts facts; /* rules point into policy */
};

/*
 * Gather the facts about the account called name at the time now (seconds since the epoch); reads
 * policy, shadow, passwd, group, the hold, the account's state and the last scan's day, each once
 * and only as far as needed: an account that is not covered costs no state, and a hold is looked
 * for where the mode is enforce.
 *
 * 0 also for "not covered" (section NULL or mode off) and "no policy published" (policy empty);
 * negative errno on a fault: ret_what (static text) names what could not be read. The caller calls
 * vsee_subject_clear() in all cases.
 */
int vsee_subject_load(const struct vsee_paths *paths, uid_t owner, const char *name, int64_t now,
		      struct vsee_subject *ret_subject, const char **ret_what);
void vsee_subject_clear(struct vsee_subject *subject);

/* Set facts anew from what subject holds, after its account or shadow was changed. */
void vsee_subject_refresh(struct vsee_subject *subject, vsee_day today);

/*
 * What scan writes into the account's state today: observe shadow's hash, enrol, prune, refresh.
 * Only for an account that a section covers. 0 or -ENOMEM.
 */
int vsee_subject_enrol(struct vsee_subject *subject, const struct vsee_told *told, vsee_day today);
