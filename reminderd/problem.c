#include "problem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* By enum problem_kind. */
static const struct row {
	const char *name;
	enum severity severity;
	const char *remedy;
} rows[PROBLEM_COUNT] = {
	[PROBLEM_ACCOUNTS_FAILED] = {"accounts-failed", SEVERITY_WARNING,
				     "Run reminderd scan: it names them and says why."},
	[PROBLEM_ADDRESSES_UNREADABLE] =
		{"addresses-unreadable", SEVERITY_CRITICAL,
		 "No reminder goes out until it is mended, or taken out of "
		 "[mail] addresses: reminderd scan names it."},
	[PROBLEM_CLOCK_NOTED] = {"clock-noted", SEVERITY_WARNING,
				 "Look at date(1). Two runs an hour apart that agree go on by "
				 "themselves; at once: reminderd scan --accept-clock."},
	[PROBLEM_CLOCK_REFUSED] = {"clock-refused", SEVERITY_CRITICAL,
				   "Look at date(1) and set the clock; if the date is right: "
				   "reminderd scan --accept-clock."},
	[PROBLEM_CONFIG_ERRORS] = {"config-errors", SEVERITY_WARNING,
				   "The policy published last goes on. Mend what vseectl "
				   "apply --check names, then: vseectl apply."},
	[PROBLEM_EDITS_NOT_APPLIED] = {"edits-not-applied", SEVERITY_OK,
				       "See what they would do with reminderd preview; the next "
				       "scan applies them, or at once: vseectl apply."},
	[PROBLEM_EXTENSIONS] = {"extensions", SEVERITY_OK, ""},
	[PROBLEM_HOLD] = {"hold", SEVERITY_WARNING, "End it with: vseectl hold --release."},
	[PROBLEM_HOLD_UNREADABLE] = {"hold-unreadable", SEVERITY_CRITICAL,
				     "Nobody is made to change a password until it is set anew or "
				     "removed: vseectl hold --release."},
	[PROBLEM_LAST_RUN_FAILED] = {"last-run-failed", SEVERITY_WARNING,
				     "See journalctl -u reminderd-scan, or run reminderd scan."},
	[PROBLEM_LEDGER_UNREADABLE] = {"ledger-unreadable", SEVERITY_CRITICAL,
				       "No reminder goes out, and no password expires that nobody "
				       "was told of. See reminderd(8), salvage."},
	[PROBLEM_LEFTOVERS] = {"leftovers", SEVERITY_WARNING,
			       "The next scan puts back what stood there before; without a policy: "
			       "reminderd restore."},
	[PROBLEM_MAIL_BACKLOG] = {"mail-backlog", SEVERITY_WARNING,
				  "They are tried again by themselves; vseectl reminders says "
				  "what the server answered."},
	[PROBLEM_MAIL_LATE] = {"mail-late", SEVERITY_WARNING,
			       "Look at systemctl status reminderd-send.timer, or run reminderd "
			       "send."},
	[PROBLEM_MAIL_REFUSED] =
		{"mail-refused", SEVERITY_WARNING,
		 "See vseectl reminders USER, and mend the address or the mailbox; "
		 "these people are told at login."},
	[PROBLEM_MIRROR_OVERWRITTEN] = {"mirror-overwritten", SEVERITY_WARNING,
					"Have it leave the maximum age of these accounts alone, or "
					"use max_days = shadow."},
	[PROBLEM_MIRROR_PENDING] = {"mirror-pending", SEVERITY_OK,
				    "The next scan does it, at most mirror_per_run at a time."},
	[PROBLEM_NEVER_SCANNED] = {"never-scanned", SEVERITY_CRITICAL,
				   "Run reminderd scan, and enable reminderd-scan.timer."},
	[PROBLEM_NO_ADDRESS] = {"no-address", SEVERITY_WARNING,
				"They are told at login alone. Put their addresses where [mail] "
				"addresses looks; vseectl reminders USER says why there is none."},
	[PROBLEM_NOT_ENROLLED] = {"not-enrolled", SEVERITY_OK,
				  "Nothing is enforced for them until the next scan."},
	[PROBLEM_NOT_LOOKED] = {"not-looked", SEVERITY_CRITICAL, "Mend what standard error names."},
	[PROBLEM_NOT_ROOT] = {"not-root", SEVERITY_UNKNOWN, "Run this as root."},
	[PROBLEM_PAM_LINES] =
		{"pam-lines", SEVERITY_CRITICAL,
		 "pam_unix alone acts on the dates in shadow, and stops cron jobs and sudo of "
		 "people whose date has come. See vseectl lint; vseectl enable brings the lines "
		 "back, reminderd restore takes the dates out."},
	[PROBLEM_SCAN_LATE] = {"scan-late", SEVERITY_WARNING,
			       "Look at systemctl status reminderd-scan.timer."},
	[PROBLEM_SCAN_OLD] =
		{"scan-old", SEVERITY_CRITICAL,
		 "Dates that fell since then are not enforced. Run reminderd scan, and "
		 "look at systemctl status reminderd-scan.timer."},
	[PROBLEM_STATE_MISSING] = {"state-missing", SEVERITY_CRITICAL,
				   "Bring the folder back from a backup before the next scan: it "
				   "makes a new one, and takes what it wrote into shadow for "
				   "shadow's own."},
	[PROBLEM_STATE_NEWER] = {"state-newer", SEVERITY_WARNING,
				 "Install the newer version again; these people are let in."},
	[PROBLEM_STATE_SET_ASIDE] = {"state-set-aside", SEVERITY_WARNING,
				     "Find out what damaged them, then remove these files."},
};

enum severity problem_severity(enum problem_kind kind)
{
	return rows[kind].severity;
}

const char *problem_name(enum problem_kind kind)
{
	return rows[kind].name;
}

const char *problem_remedy(enum problem_kind kind)
{
	return rows[kind].remedy;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

	return names[severity];
}

void problem_add(struct problem_list *list, enum problem_kind kind, const char *format, ...)
{
	struct problem *problem = &list->items[list->count];
	va_list arguments;

	if (list->count == PROBLEM_COUNT)
		return;
	list->count++;
	problem->kind = kind;
	va_start(arguments, format);
	if (vsnprintf(problem->text, sizeof(problem->text), format, arguments) < 0)
		problem->text[0] = '\0';
	va_end(arguments);
	for (char *c = problem->text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == '\x7f')
			*c = '?';
}

static int compare(const void *left, const void *right)
{
	const struct problem *a = left, *b = right;
	const int by_severity = (int)rows[b->kind].severity - (int)rows[a->kind].severity;

	return by_severity != 0 ? by_severity : (int)a->kind - (int)b->kind;
}

void problem_sort(struct problem_list *list)
{
	qsort(list->items, list->count, sizeof(list->items[0]), compare);
}

enum severity problem_worst(const struct problem_list *list)
{
	enum severity worst = SEVERITY_OK;

	for (size_t i = 0; i < list->count; i++)
		if (rows[list->items[i].kind].severity > worst)
			worst = rows[list->items[i].kind].severity;
	return worst;
}
