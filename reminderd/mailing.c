#include "mailing.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ledger.h"
#include "log.h"
#include "message_id.h"
#include "skip.h"
#include "target.h"

#define DUE_NAME "due"
#define WARNINGS_MAX 100

static void open_ledger(struct scan *scan)
{
	struct mailing *mailing = &scan->mailing;
	const int r = ledger_open_read(scan->paths.mail, &mailing->ledger);

	if (r == 0 || r == -ENOENT)
		return;
	mailing->ledger = NULL;
	mailing->ledger_fault = r;
	if (scan->view && scan->view->in_force)
		return; /* status has a sentence of its own */
	log_warning("%s/" LEDGER_NAME " can't be read (%s): nobody counts as told, so no password "
		    "expires until it is mended; see reminderd(8), salvage",
		    scan->paths.mail, ledger_fault(r));
}

void mailing_open(struct scan *scan)
{
	const bool mails = vsee_policy_mails(&scan->policy);
	struct mailing *mailing = &scan->mailing;

	if (!mails && !(scan->view && scan->view->addresses))
		return;
	mailing->address_fault = addresses_load(&scan->policy, scan->options->root, scan->owner,
						&mailing->addresses, &mailing->bad);
	if (mailing->address_fault < 0) {
		mailing->addresses = NULL;
		log_warning("addresses can't be looked up, so no reminder goes out and nobody "
			    "counts as told: mend what the line before names, or take it out of "
			    "[mail] addresses");
	}
	if (mails)
		open_ledger(scan);
}

void mailing_clear(struct mailing *mailing)
{
	addresses_free(mailing->addresses);
	ledger_close(mailing->ledger);
	*mailing = (struct mailing){0};
}

bool mailing_wants_gecos(const struct scan *scan)
{
	return scan->mailing.addresses && addresses_want_gecos(scan->mailing.addresses);
}

void mailing_reach(const struct scan *scan, const char *gecos, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	int r;

	target->language = scan->policy.language;
	if (scan->mailing.address_fault < 0)
		target->reach = REACH_UNREADABLE;
	if (!scan->mailing.addresses)
		return;
	r = address_find(scan->mailing.addresses, subject->shadow.name, subject->uid, gecos,
			 target->address, &target->language, target->why);
	if (r == 0)
		target->reach = REACH_GOOD;
	else
		target->reach = r == -ENOENT ? REACH_NONE : REACH_BAD;
}

static struct vsee_told ask_ledger(struct scan *scan, const struct target *target)
{
	const struct vsee_subject *subject = &target->subject;
	const vsee_day change = vsee_change_resolve(&subject->facts).day;
	struct vsee_told told = {.mail = VSEE_MAIL_PENDING};
	int r;

	if (!scan->mailing.ledger)
		return told;
	r = ledger_told(scan->mailing.ledger, subject->shadow.name, subject->uid, change,
			subject->section->rules.notice_days, scan->now, &told);
	if (r == 0)
		return told;
	if (scan->mailing.ledger_fault == 0)
		log_warning("%s/" LEDGER_NAME ": %s: who is not known to be told counts as not "
			    "told",
			    scan->paths.mail, ledger_fault(r));
	scan->mailing.ledger_fault = r;
	return (struct vsee_told){.mail = VSEE_MAIL_PENDING};
}

struct vsee_told mailing_told(struct scan *scan, const struct target *target)
{
	struct vsee_told told = {.mail = VSEE_MAIL_NONE};

	if (!vsee_policy_mails(&scan->policy) || target->subject.section->rules.stage_count == 0)
		return told;
	switch (target->reach) {
	case REACH_NONE:
	case REACH_BAD:
		return told;
	case REACH_NOT_ASKED:
	case REACH_UNREADABLE:
		told.mail = VSEE_MAIL_PENDING;
		return told;
	case REACH_GOOD:
		break;
	}
	return ask_ledger(scan, target);
}

static void warn_bad(struct scan *scan, const struct target *target)
{
	const char *name = target->subject.shadow.name;

	scan->mailing.bad++;
	if (++scan->mailing.bad_accounts == WARNINGS_MAX + 1)
		log_warning("more accounts with a bad address are not listed");
	if (scan->mailing.bad_accounts > WARNINGS_MAX)
		return;
	log_about(MESSAGE_ACCOUNT_SKIPPED, name);
	log_field("VSEE_RESULT", "%s", target->why);
	log_warning("%s: no reminder can be sent: %s", name, target->why);
}

void mailing_note(struct scan *scan, const struct target *target)
{
	if (!vsee_policy_mails(&scan->policy) || skip_verdict(target))
		return;
	if (target->reach == REACH_BAD && !(scan->view && scan->view->in_force))
		warn_bad(scan, target);
	if (!skip_reason(scan, target) && skip_stage(target) != VSEE_UNSET)
		scan->mailing.due = true;
}

void mailing_call(const struct scan *scan)
{
	autoclose int folder = -1, fd = -1;

	if (!scan->mailing.due)
		return;
	folder = open(scan->paths.mail, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder >= 0)
		fd = openat(folder, DUE_NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
			    0660);
	if (fd >= 0 || (folder >= 0 && errno == EEXIST))
		return;
	log_warning("reminders are due, but %s can't be written: %s. It belongs to the user "
		    "vsee-expire, mode 2771",
		    scan->paths.mail, strerror(errno));
}

bool mailing_failed(const struct scan *scan)
{
	const struct mailing *mailing = &scan->mailing;

	return mailing->bad > 0 || mailing->address_fault < 0 || mailing->ledger_fault < 0;
}
