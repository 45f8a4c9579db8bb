/*
 * The ledger: which reminder went to whom, in SQLite (WAL, synchronous=FULL), written by send
 * alone.
 *
 * It lies in the folder paths.mail, which belongs to the user that sends and is writable for its
 * group (2771), as are the files in it (0660): a reader takes part in SQLite's locking, and scan
 * has no right to override modes. A file in there is never trusted further than its rows: schema
 * not trusted, no symlink followed, no extension, no mmap.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "policy/clock.h"
#include "policy/enrolment.h"
#include "reminder.h"

#define LEDGER_NAME "ledger.sqlite"
#define LEDGER_VERSION 1 /* user_version; older ones are migrated, newer ones refused */
#define LEDGER_LEASE_SECONDS (INT64_C(15) * 60)
#define LEDGER_WAIT_SECONDS (INT64_C(6) * 60 * 60) /* at most, from one try to the next */
/*
 * Rows are pruned that many days after their deadline; those of the deadline that was noted last
 * for an account later: a clock that is ahead by less is believed after an hour, and then this
 * deadline is still to come.
 */
#define LEDGER_KEEP_DAYS 30
#define LEDGER_KEEP_LAST_DAYS (LEDGER_KEEP_DAYS + VSEE_CLOCK_LEAP_DAYS)

struct ledger;

/*
 * Open for the run that writes; made new where there is none, migrated where it is older.
 * One run at a time: flock on paths.mail/lock, held until ledger_close().
 *
 * folder: paths.mail, an existing folder.
 * 0; -ENOENT: no folder; -EBUSY: another run; -EBADMSG: damaged (quick_check or schema);
 * -EPROTONOSUPPORT: written by a newer version; else what the system said (-EACCES, -EROFS,
 * -ENOSPC...). Never recreated silently: a ledger that can't be used stays as it is.
 */
int ledger_open(const char *folder, struct ledger **ret_ledger);

/* Open for reading while a run may write. Codes as above without -EBUSY; -ENOENT: no ledger yet. */
int ledger_open_read(const char *folder, struct ledger **ret_ledger);

/* Accepts NULL. What was not committed is gone. */
void ledger_close(struct ledger *ledger);
static inline void ledger_cleanup(struct ledger **ledger)
{
	ledger_close(*ledger);
}
#define autoledger __attribute__((cleanup(ledger_cleanup)))

/* What one of these errors means, for messages: "it is damaged". */
const char *ledger_fault(int error);

/* What SQLite said of the last failure: for messages. Never NULL. */
const char *ledger_error(const struct ledger *ledger);

/*
 * Bring the ledger in line with a snapshot: begin, note each account of it in any order, end. All
 * in one transaction of which nothing stands before end (or in batches after which a run that
 * begins again comes to the same end).
 *
 * note: due holds name, uid, last_change, deadline, stage, address, language of an account whose
 * reminder is due. No row is made where this deadline has a row of this stage or a smaller one that
 * is not superseded or obsolete; one of this stage that failed at another address is due again.
 * Open rows (due, claimed, deferred, unknown) of the account with another deadline or last_change
 * become obsolete, those of larger stages of the same deadline superseded; larger stages (of
 * stages[], count) without a row get one that is superseded.
 * An open row of this stage takes over address and language. refused_since is handed on from rows
 * of the same last_change.
 * end: open rows of accounts that were not noted become obsolete; old rows are pruned.
 */
int ledger_note_begin(struct ledger *ledger);
int ledger_note(struct ledger *ledger, const struct reminder *due, const vsee_day *stages,
		size_t stage_count, const char *domain, int64_t now);
int ledger_note_end(struct ledger *ledger, vsee_day today);

/*
 * Claim up to count rows that may be tried now, soonest deadline first, with a lease: due ones,
 * deferred and unknown ones whose next_try has come, claimed ones whose lease has run out. A time
 * further ahead than the longest lease or back-off (the clock went back) counts as come.
 * Durable before it returns. ret_count: how many.
 */
int ledger_claim(struct ledger *ledger, int64_t now, struct reminder *rows, size_t count,
		 size_t *ret_count);

/*
 * Write back what became of claimed rows: state, attempts, next_try, last_try, sent, refused_since,
 * code, answer, queue_id as they stand in row. Not durable before ledger_commit(), which the caller
 * calls once for all that came to their end in the same turn. A commit that failed may be tried
 * again; ledger_claim() takes the room on disk for it beforehand, and says -ENOSPC.
 */
int ledger_settle(struct ledger *ledger, const struct reminder *row);
int ledger_commit(struct ledger *ledger);

/* Count of rows in each state (by enum), and the earliest next_try among open rows; 0: none. */
struct ledger_counts {
	uint64_t states[REMINDER_OBSOLETE + 1];
	int64_t next_try;
	int64_t last_sent; /* 0: none */
};
int ledger_count(struct ledger *ledger, struct ledger_counts *ret_counts);

/*
 * How far mail went for an account, for vsee_enrol(): SENT when a row was sent for this password
 * (told.sent_for then asks for a deadline), REFUSED when refused_since is notice_days or more ago
 * and another account's mail was sent since, else PENDING. The answer holds until the next call.
 * Refused since the last one that was sent: REFUSED, for the date may have moved after that.
 * A ledger that fails says PENDING: nobody expires untold, and the caller is told by the code. Once
 * it can't be read at all it is not tried again.
 */
int ledger_told(struct ledger *ledger, const char *name, uid_t uid, vsee_day last_change,
		vsee_day notice_days, int64_t now, struct vsee_told *ret_told);

/* Rows by name and deadline, newest first; name NULL: all. visit returns negative to end it. */
int ledger_visit(struct ledger *ledger, const char *name,
		 int (*visit)(void *context, const struct reminder *row), void *context);

/* A number kept between runs, by name (at most 32 characters); 0 where none was kept. */
int ledger_number(struct ledger *ledger, const char *name, int64_t *ret_number);
int ledger_set_number(struct ledger *ledger, const char *name, int64_t number);
