/* What is amiss with mail: who can't be reached, what waits, what was refused. */
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/plural.h"
#include "ledger.h"
#include "status.h"

#define TEXT_SIZE 512
#define REFUSED_HOURS INT64_C(24) /* a mailbox that is full for an hour is nobody's concern */

/* What the rows say, gathered in one go through them; those of a name come together. */
struct rows {
	int64_t now;
	char name[VSEE_NAME_SIZE];
	int64_t sent, refused; /* the last time each, of that name; 0: never */
	struct tally_names names;
	uint64_t waiting;
	int64_t oldest; /* when the first of those that wait was made; 0: none waits */
};

static void end_name(struct rows *rows)
{
	if (rows->refused > rows->sent)
		tally_name(&rows->names, rows->name);
	rows->refused = rows->sent = 0;
}

static void look_at_refusal(struct rows *rows, const struct reminder *row, bool open)
{
	const bool long_since = row->refused_since > 0 &&
				rows->now - row->refused_since >= REFUSED_HOURS * STATUS_HOUR;

	if ((row->state == REMINDER_FAILED || (open && long_since)) &&
	    row->last_try > rows->refused)
		rows->refused = row->last_try;
}

static int look(void *context, const struct reminder *row)
{
	struct rows *rows = context;
	const bool open = row->state == REMINDER_DEFERRED || row->state == REMINDER_UNKNOWN;

	if (strcmp(rows->name, row->name) != 0) {
		end_name(rows);
		(void)snprintf(rows->name, sizeof(rows->name), "%s", row->name);
	}
	if (row->sent > rows->sent)
		rows->sent = row->sent;
	if (row->deadline < vsee_day_of(rows->now))
		return 0;
	look_at_refusal(rows, row, open);
	if (!open)
		return 0;
	rows->waiting++;
	if (rows->oldest == 0 || row->created < rows->oldest)
		rows->oldest = row->created;
	return 0;
}

static void check_unreadable(struct status *status, const struct scan *scan, int fault)
{
	problem_add(&status->problems, PROBLEM_LEDGER_UNREADABLE, "%s/" LEDGER_NAME ": %s",
		    scan->paths.mail, ledger_fault(fault));
}

static void check_rows(struct status *status, const struct scan *scan)
{
	struct rows rows = {.now = scan->now};
	char text[TEXT_SIZE];
	int64_t hours;
	int r;

	r = ledger_visit(scan->mailing.ledger, NULL, look, &rows);
	if (r < 0) {
		check_unreadable(status, scan, r);
		return;
	}
	end_name(&rows);
	hours = (scan->now - rows.oldest) / STATUS_HOUR;
	if (rows.names.count > 0)
		problem_add(&status->problems, PROBLEM_MAIL_REFUSED,
			    "mail servers refuse the reminders of %" PRIu64 " account%s: %s",
			    rows.names.count, vsee_plural(rows.names.count),
			    tally_text(&rows.names, text, sizeof(text)));
	if (rows.waiting > 0)
		problem_add(&status->problems, PROBLEM_MAIL_BACKLOG,
			    "%" PRIu64 " reminder%s could not be sent yet, the oldest for %" PRId64
			    " hour%s",
			    rows.waiting, vsee_plural(rows.waiting), hours,
			    vsee_plural((uint64_t)hours));
}

/* Send takes the file away once nothing is left to do: its age tells for how long there was. */
static void check_late(struct status *status, const struct scan *scan)
{
	char path[PATH_MAX];
	struct ledger_counts counts = {0};
	int64_t hours;
	struct stat due;

	if (snprintf(path, sizeof(path), "%s/due", scan->paths.mail) >= (int)sizeof(path) ||
	    lstat(path, &due) < 0)
		return;
	if (scan->mailing.ledger && ledger_count(scan->mailing.ledger, &counts) < 0)
		return;
	hours = (scan->now -
		 (counts.last_sent > due.st_mtim.tv_sec ? counts.last_sent : due.st_mtim.tv_sec)) /
		STATUS_HOUR;
	if (hours >= STATUS_LATE_HOURS)
		problem_add(&status->problems, PROBLEM_MAIL_LATE,
			    "reminders are due, but none was sent for %" PRId64 " hour%s", hours,
			    vsee_plural((uint64_t)hours));
}

void status_check_mail(struct status *status, const struct scan *scan)
{
	const struct tally_names *names = &scan->tally.no_address;
	char text[TEXT_SIZE];

	if (!vsee_policy_mails(&scan->policy))
		return;
	if (scan->mailing.address_fault < 0)
		problem_add(&status->problems, PROBLEM_ADDRESSES_UNREADABLE,
			    "a source of addresses can't be read: %s",
			    strerror(-scan->mailing.address_fault));
	if (names->count > 0)
		problem_add(&status->problems, PROBLEM_NO_ADDRESS,
			    "accounts that would be reminded, but have no address that mail can "
			    "go to: %" PRIu64 " (%s)",
			    names->count, tally_text(names, text, sizeof(text)));
	if (scan->mailing.ledger_fault < 0)
		check_unreadable(status, scan, scan->mailing.ledger_fault);
	if (scan->mailing.ledger)
		check_rows(status, scan);
	check_late(status, scan);
}
