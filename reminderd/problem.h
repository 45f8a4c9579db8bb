/* What can be amiss on a host, how severe it is, and what helps. */
#pragma once

#include <stddef.h>

/* Exit codes of `reminderd status`, whatever the format. Source: the plug-in rules of Nagios. */
enum severity { SEVERITY_OK, SEVERITY_WARNING, SEVERITY_CRITICAL, SEVERITY_UNKNOWN };

/* Sorted by name; problem.c has a row for each. */
enum problem_kind {
	PROBLEM_ACCOUNTS_FAILED,
	PROBLEM_ADDRESSES_UNREADABLE,
	PROBLEM_CLOCK_NOTED,
	PROBLEM_CLOCK_REFUSED,
	PROBLEM_CONFIG_ERRORS,
	PROBLEM_EDITS_NOT_APPLIED,
	PROBLEM_EXTENSIONS,
	PROBLEM_HOLD,
	PROBLEM_HOLD_UNREADABLE,
	PROBLEM_LAST_RUN_FAILED,
	PROBLEM_LEDGER_UNREADABLE,
	PROBLEM_LEFTOVERS,
	PROBLEM_MAIL_BACKLOG,
	PROBLEM_MAIL_LATE,
	PROBLEM_MAIL_REFUSED,
	PROBLEM_MIRROR_OVERWRITTEN,
	PROBLEM_MIRROR_PENDING,
	PROBLEM_NEVER_SCANNED,
	PROBLEM_NO_ADDRESS,
	PROBLEM_NOT_ENROLLED,
	PROBLEM_NOT_LOOKED,
	PROBLEM_NOT_ROOT,
	PROBLEM_PAM_LINES,
	PROBLEM_SCAN_LATE,
	PROBLEM_SCAN_OLD,
	PROBLEM_STATE_MISSING,
	PROBLEM_STATE_NEWER,
	PROBLEM_STATE_SET_ASIDE,
	PROBLEM_COUNT,
};

struct problem {
	enum problem_kind kind;
	char text[1024]; /* one line */
};

struct problem_list {
	size_t count;
	struct problem items[PROBLEM_COUNT]; /* each kind at most once */
};

/* Note one; control characters are shown as '?', whoever wrote them. */
__attribute__((format(printf, 3, 4))) void
problem_add(struct problem_list *list, enum problem_kind kind, const char *format, ...);

/* Most severe first, then by kind. */
void problem_sort(struct problem_list *list);

/* The most severe of them; OK without any. */
enum severity problem_worst(const struct problem_list *list);

enum severity problem_severity(enum problem_kind kind);
/* Stable lower-case words; a sentence, "" where nothing is to be done. Never NULL. */
const char *problem_name(enum problem_kind kind);
const char *problem_remedy(enum problem_kind kind);
/* "CRITICAL" */
const char *severity_name(enum severity severity);
