/* reminderd send: from the snapshot to the server, by way of the ledger. */
#include "send.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/plural.h"
#include "batch.h"
#include "log.h"
#include "message_id.h"
#include "notify.h"
#include "reconcile.h"
#include "send_metrics.h"
#include "send_table.h"
#include "snapshot.h"

#define DUE_NAME "due" /* the condition of send's unit: there is something to do */

/* Somebody took it away: who was reminded stood in it. */
static void warn_if_lost(const struct sending *sending)
{
	if (faccessat(sending->mail_fd, LEDGER_NAME, F_OK, 0) == 0 || errno != ENOENT ||
	    faccessat(sending->mail_fd, SEND_METRICS_NAME, F_OK, 0) < 0)
		return;
	log_warning("%s/" LEDGER_NAME " is gone, though mail was sent before: a new one is made, "
		    "and people may be reminded a second time",
		    sending->paths.mail);
}

static enum exit_code open_ledger(struct sending *sending)
{
	const char *folder = sending->paths.mail;

	warn_if_lost(sending);

	const int r = ledger_open(folder, &sending->ledger);

	if (r == 0)
		return EXIT_GOOD;
	if (r == -EBUSY) {
		log_error("another run of send is under way; nothing was done");
		return EXIT_FILES;
	}
	if (r == -EBADMSG) {
		log_about(MESSAGE_LEDGER_DAMAGED, NULL);
		log_error("%s/" LEDGER_NAME " is damaged: nothing is sent, so that nobody is told "
			  "twice. What can be read of it is saved by: reminderd salvage",
			  folder);
		return EXIT_FILES;
	}
	log_error("%s/" LEDGER_NAME ": %s", folder, ledger_fault(r));
	return EXIT_FILES;
}

static bool make_due(const struct sending *sending)
{
	autoclose int fd = openat(sending->mail_fd, DUE_NAME,
				  O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);

	return fd >= 0 || errno == EEXIST; /* scan's own, which we can't open for writing */
}

static bool is_same_snapshot(const struct sending *sending)
{
	struct stat now;

	return fstatat(sending->state_fd, SNAPSHOT_NAME, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_ino == sending->snapshot.st_ino &&
	       now.st_mtim.tv_sec == sending->snapshot.st_mtim.tv_sec &&
	       now.st_mtim.tv_nsec == sending->snapshot.st_mtim.tv_nsec;
}

/*
 * Whether the timer is to start us again. A scan publishes its snapshot first and makes the file
 * then: so it is taken away first, and made again where a newer snapshot has come meanwhile.
 */
static void set_due(const struct sending *sending, bool wanted)
{
	if (!wanted && unlinkat(sending->mail_fd, DUE_NAME, 0) < 0 && errno != ENOENT)
		log_warning("%s/" DUE_NAME ": %s", sending->paths.mail, strerror(errno));
	if ((wanted || !is_same_snapshot(sending)) && !make_due(sending))
		log_warning("%s/" DUE_NAME ": %s", sending->paths.mail, strerror(errno));
}

static uint64_t open_rows(const struct ledger_counts *counts)
{
	return counts->states[REMINDER_DUE] + counts->states[REMINDER_CLAIMED] +
	       counts->states[REMINDER_DEFERRED] + counts->states[REMINDER_UNKNOWN];
}

static void summarize(const struct sending *sending, const struct ledger_counts *counts)
{
	const struct send_tally *tally = &sending->tally;

	if (!sending->options->verbose && log_warning_count() == 0 && !log_is_journal())
		return;
	log_about(MESSAGE_SEND_DONE, NULL);
	log_field("VSEE_SENT", "%" PRIu64, tally->sent);
	log_field("VSEE_DEFERRED", "%" PRIu64, tally->deferred + tally->unknown);
	log_field("VSEE_FAILED", "%" PRIu64, tally->failed);
	log_field("VSEE_LEFT", "%" PRIu64, open_rows(counts));
	log_note("%" PRIu64 " reminder%s sent, %" PRIu64 " put off, %" PRIu64
		 " without an answer, %" PRIu64 " failed, %" PRIu64 " to be sent later",
		 tally->sent, vsee_plural(tally->sent), tally->deferred, tally->unknown,
		 tally->failed, open_rows(counts));
}

static enum exit_code failed_ledger(const struct sending *sending)
{
	log_error("%s/" LEDGER_NAME ": %s", sending->paths.mail, ledger_error(sending->ledger));
	return EXIT_FILES;
}

/* A run that went on starts the count of overtaken snapshots anew. */
static int forget_asks(struct sending *sending)
{
	int r;

	if (sending->wants_scan || sending->asked == 0)
		return 0;
	r = ledger_set_number(sending->ledger, "asked", 0);
	return r < 0 ? r : ledger_commit(sending->ledger);
}

static enum exit_code finish(struct sending *sending, enum exit_code code)
{
	const struct send_tally *tally = &sending->tally;
	struct ledger_counts counts;

	if (forget_asks(sending) < 0 || ledger_count(sending->ledger, &counts) < 0)
		return failed_ledger(sending);
	set_due(sending, open_rows(&counts) > 0 || sending->wants_scan);
	if (code == EXIT_GOOD && tally->deferred + tally->failed + tally->unknown > 0)
		code = EXIT_SOME;
	if (code == EXIT_GOOD && sending->texts.faults > 0)
		code = EXIT_SOME;
	code = send_metrics_save(sending, &counts, code);
	summarize(sending, &counts);
	return code;
}

static enum exit_code work(struct sending *sending)
{
	struct ledger_counts counts;
	enum exit_code code;

	code = open_ledger(sending);
	if (code != EXIT_GOOD)
		return code;
	batch_catch_signals();
	notify_ready();
	code = reconcile_run(sending);
	if (code != EXIT_GOOD || sending->wants_scan)
		return code;
	if (ledger_count(sending->ledger, &counts) < 0)
		return failed_ledger(sending);
	sending->tally.due = counts.states[REMINDER_DUE] + counts.states[REMINDER_CLAIMED];
	notify_status("%" PRIu64 " reminder%s due", sending->tally.due,
		      vsee_plural(sending->tally.due));
	return finish(sending, batch_run(sending));
}

/* Where nobody is to be reminded the timer must not start us every quarter of an hour. */
static enum exit_code stay_idle(const struct sending *sending, const char *why)
{
	autofree char *path = NULL;

	/* A run that was to scan as well has nothing to say of it. */
	if (sending->options->verb || sending->options->verbose)
		log_note("%s: nothing is sent", why);
	if (asprintf(&path, "%s/" DUE_NAME, sending->paths.mail) >= 0)
		(void)unlink(path); /* no folder, no file, no matter */
	notify_ready();		    /* an end without it is a failure to systemd */
	return EXIT_GOOD;
}

enum exit_code send_once(const struct options *options, bool *ret_wants_scan)
{
	autosending struct sending sending;
	enum exit_code code = sending_begin(options, &sending);
	const char *idle;

	*ret_wants_scan = false;
	if (code != EXIT_GOOD)
		return code;
	idle = sending_idle(&sending);
	if (idle)
		return stay_idle(&sending, idle);
	code = sending_equip(&sending);
	if (code == EXIT_GOOD)
		code = work(&sending);
	*ret_wants_scan = sending.wants_scan;
	notify_stopping();
	return code;
}

enum exit_code send_run(const struct options *options)
{
	bool wants_scan;

	if ((options->json || options->csv) && !options->dry_run) {
		log_error("--json and --csv need --dry-run");
		return EXIT_USAGE;
	}
	if (options->json && options->csv) {
		log_error("--json or --csv, not both");
		return EXIT_USAGE;
	}
	return options->dry_run ? send_table_run(options) : send_once(options, &wants_scan);
}
