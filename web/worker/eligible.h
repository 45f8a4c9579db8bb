/* Whom the page serves. Whoever is not served is told nothing that a wrong password is not told. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include "policy/verdict.h"

enum eligible {
	ELIGIBLE,
	ELIGIBLE_NOT_COVERED, /* unknown, not local, exempt, no section, or mode off */
	ELIGIBLE_ROOT,	      /* uid 0, whatever it is called */
	ELIGIBLE_ENDED,	      /* shadow's expire */
	ELIGIBLE_LOCKED,      /* or empty, or none that crypt(3) made */
	ELIGIBLE_INACTIVE,
	ELIGIBLE_NO_LINKS, /* token_deny_groups; or nobody could find out */
};

struct eligible_case {
	enum vsee_verdict verdict;
	enum vsee_mode mode;
	uid_t uid;
	bool link, link_denied;
};

enum eligible eligible_decide(const struct eligible_case *facts);

/* A stable lower-case word for the log. Never NULL. */
const char *eligible_name(enum eligible eligible);
