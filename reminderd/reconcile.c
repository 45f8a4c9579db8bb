#include "reconcile.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "log.h"
#include "message_id.h"
#include "notify.h"
#include "policy/remind.h"
#include "snapshot.h"

#define WANTED_NAME "scan-wanted"
#define ASKED_NUMBER "asked"

bool reconcile_due(const struct snapshot_account *account, vsee_day today, struct reminder *ret_due)
{
	struct vsee_rules rules = {.stage_count = account->stage_count};
	vsee_day stage;

	if (account->skipped[0] || account->mode < VSEE_MODE_REMIND || !account->address[0] ||
	    account->deadline < 0 || account->deadline >= VSEE_NEVER ||
	    account->last_change == VSEE_UNSET)
		return false;
	memcpy(rules.stages, account->stages, sizeof(rules.stages));
	stage = vsee_remind_stage(&rules, account->deadline - today);
	if (stage == VSEE_UNSET)
		return false;
	*ret_due = (struct reminder){
		.uid = account->uid,
		.last_change = account->last_change,
		.deadline = account->deadline,
		.stage = stage,
		.language = account->language,
	};
	memcpy(ret_due->name, account->name, sizeof(ret_due->name));
	memcpy(ret_due->address, account->address, sizeof(ret_due->address));
	return true;
}

static enum exit_code failed_ledger(const struct sending *sending)
{
	log_error("%s/" LEDGER_NAME ": %s", sending->paths.mail, ledger_error(sending->ledger));
	return EXIT_FILES;
}

/* The file that systemd watches. */
static enum exit_code want_scan(struct sending *sending)
{
	char text[64];
	const int size = snprintf(text, sizeof(text), "%" PRId64 "\n", sending->now);
	const int r = vsee_file_replace(sending->mail_fd, WANTED_NAME, 0660, text, (size_t)size);

	if (r < 0) {
		log_error("%s/" WANTED_NAME ": %s", sending->paths.mail, strerror(-r));
		return EXIT_FILES;
	}
	sending->wants_scan = true;
	return EXIT_GOOD;
}

/* Only snapshots that were overtaken count, and none after which mail went out. */
static int count_ask(struct sending *sending, enum freshness freshness)
{
	const int64_t before = sending->tally.sent > 0 ? 0 : sending->asked;
	const int r = freshness == STALE_SHADOW
			      ? ledger_set_number(sending->ledger, ASKED_NUMBER, before + 1)
			      : 0;

	return r < 0 ? r : ledger_commit(sending->ledger);
}

enum exit_code reconcile_ask(struct sending *sending, enum freshness freshness)
{
	const char *why = freshness_text(freshness);

	if (count_ask(sending, freshness) < 0)
		return failed_ledger(sending);
	if (want_scan(sending) != EXIT_GOOD)
		return EXIT_FILES;
	log_about(MESSAGE_SCAN_WANTED, NULL);
	log_field("VSEE_RESULT", "%s", why);
	log_note("%s/" SNAPSHOT_NAME " %s: asked for a scan, which systemd starts; elsewhere run: "
		 "reminderd",
		 sending->paths.state, why);
	return EXIT_GOOD;
}

static enum exit_code failed_snapshot(struct sending *sending, uint64_t line, int error)
{
	if (error == -ENOENT)
		return reconcile_ask(sending, STALE_MISSING);
	if (error == -EBADMSG) {
		log_error("%s/" SNAPSHOT_NAME ":%" PRIu64 ": damaged: nothing was sent; asked for "
			  "a scan, which makes it anew",
			  sending->paths.state, line);
		/* No commit: what was noted up to that line is forgotten. The code tells already.
		 */
		(void)want_scan(sending);
		return EXIT_FILES;
	}
	log_error("%s/" SNAPSHOT_NAME ": %s", sending->paths.state,
		  error == -EPERM ? "it belongs to somebody else, or others can write it"
		  : error == -EPROTONOSUPPORT ? "a newer version wrote it"
					      : strerror(-error));
	return EXIT_FILES;
}

static int note_one(const struct sending *sending, const struct snapshot_account *account)
{
	const char *at = strchr(sending->sender, '@');
	struct reminder due;

	if (!reconcile_due(account, sending->header.day, &due))
		return 0;
	return ledger_note(sending->ledger, &due, account->stages, account->stage_count,
			   at ? at + 1 : sending->host, sending->now);
}

static enum exit_code note_all(struct sending *sending, struct snapshot_reader *reader)
{
	struct snapshot_account account;
	int r, noted = ledger_note_begin(sending->ledger);

	if (noted < 0)
		return failed_ledger(sending);
	while ((r = snapshot_read_next(reader, &account)) > 0) {
		noted = note_one(sending, &account);
		(void)notify_alive();
		if (noted < 0)
			return failed_ledger(sending);
	}
	/* Cut short: whoever is missing in it would be taken for somebody who changed. */
	if (r < 0)
		return failed_snapshot(sending, reader->line, r);
	noted = ledger_note_end(sending->ledger, sending->header.day);
	return noted < 0 ? failed_ledger(sending) : EXIT_GOOD;
}

enum exit_code reconcile_run(struct sending *sending)
{
	CLEANUP(snapshot_read_clear) struct snapshot_reader reader = {0};
	enum freshness freshness;
	int r;

	if (ledger_number(sending->ledger, ASKED_NUMBER, &sending->asked) < 0)
		return failed_ledger(sending);
	r = snapshot_read_open(sending->state_fd, sending->owner, &reader, &sending->header);
	if (r < 0)
		return failed_snapshot(sending, 1, r);
	if (fstat(fileno(reader.stream), &sending->snapshot) < 0)
		return failed_snapshot(sending, 1, -errno);
	freshness = sending_judge(sending, sending->now);
	if (freshness != FRESH)
		return reconcile_ask(sending, freshness);
	return note_all(sending, &reader);
}
