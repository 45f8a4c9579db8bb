/* A person who has a one-time link instead of the current password. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "answer.h"
#include "base/file.h"
#include "log.h"
#include "policy/page.h"
#include "renew.h"
#include "store/history.h"
#include "store/lock.h"
#include "store/token.h"

#define RUN_DIR "/run/vsee-expire"

/* Takes the lock of the state folder's account in ret_lock. 0 or negative errno. */
static int lock_account(const struct work *work, int *ret_state, int *ret_lock)
{
	*ret_state = vsee_dir_open(AT_FDCWD, work->paths.state, 0);
	if (*ret_state < 0)
		return *ret_state;
	*ret_lock = vsee_lock_take(*ret_state, work->request->user, VSEE_LOCK_TIMEOUT_MS);
	return *ret_lock < 0 ? *ret_lock : 0;
}

static int save_void(int state_fd, struct vsee_subject *subject)
{
	autoclose int accounts_fd = vsee_accounts_open(state_fd, 0, false);

	if (accounts_fd < 0)
		return accounts_fd;
	(void)vsee_token_void(&subject->account); /* what was observed may have ended it already */
	return vsee_account_save(accounts_fd, &subject->account, subject->news);
}

/*
 * Whether the token is the account's, and the account is served. Each case hashes once, and what is
 * pending belongs to the hash that shadow has now, because the account observes it first.
 * ret_pending: one stands in the account's file.
 */
static enum wire_status judge(struct work *work, struct vsee_subject *subject, bool *ret_pending)
{
	const char *token = work->request->token.text;
	int matches, eligible;

	if (work_load(work, subject) < 0)
		return WIRE_FAULT;
	*ret_pending = subject->account.token[0] != '\0';
	if (subject->local && vsee_history_observe(&subject->account, subject->shadow.hash,
						   vsee_day_of(work->now)) < 0)
		return WIRE_FAULT;
	matches = vsee_token_matches(&subject->account, token, work->now);
	if (matches < 0) {
		work->reason = "token";
		log_fault("the link can't be looked at: %s", strerror(-matches));
		return WIRE_FAULT;
	}
	eligible = work_eligible(work, subject, true);
	if (matches == 0) {
		work->reason = "token";
		return WIRE_LINK_BAD; /* whatever is known of the account */
	}
	return eligible < 0 ? WIRE_FAULT : eligible > 0 ? WIRE_LINK_GOOD : WIRE_LINK_BAD;
}

/* Under the account's lock; a locked account's link ends for good, also when it is unlocked. */
static enum wire_status judge_and_void(struct work *work, struct vsee_subject *subject)
{
	autoclose int state_fd = -1, lock_fd = -1;
	enum wire_status status;
	bool pending = false;
	int r = lock_account(work, &state_fd, &lock_fd);

	if (r == -EBUSY)
		return WIRE_BUSY;
	if (r < 0) {
		work->reason = "state";
		log_fault("%s: %s", work->paths.state, strerror(-r));
		return WIRE_FAULT;
	}
	status = judge(work, subject, &pending);
	if (!pending || status != WIRE_LINK_BAD ||
	    subject->shadow.aging.password != VSEE_PASSWORD_LOCKED)
		return status;
	r = save_void(state_fd, subject);
	if (r < 0)
		log_fault("user=%s: the link of a locked account can't be made void: %s",
			  work->request->user, strerror(-r));
	return status;
}

/* The change has ended it: our module's last line saw to that, and the new hash does. */
static void bury(struct work *work)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	autoclose int state_fd = -1, lock_fd = -1;
	int r = lock_account(work, &state_fd, &lock_fd);

	if (r == 0)
		r = work_load(work, &subject);
	if (r == 0 && subject.account.token[0])
		r = save_void(state_fd, &subject);
	if (r < 0)
		log_fault("user=%s: the used link stands in the state until the next login: %s",
			  work->request->user, strerror(-r));
}

static struct wire_reply use(struct work *work, const struct vsee_subject *subject)
{
	const struct wire_request *request = work->request;
	autosession struct session session = {0};
	struct wire_reply reply;
	enum wire_status status;

	work->code = session_open(VSEE_PAGE_LINK_SERVICE, request->user, request->source, &session);
	work->reason = "pam-start";
	if (work->code != PAM_SUCCESS)
		return work_reply(WIRE_FAULT);
	work->code = session.code = pam_acct_mgmt(session.pamh, PAM_SILENT);
	work->reason = "account";
	if (!answer_account(session.code, WIRE_LINK_BAD, &status))
		return work_reply(status);
	work->reason = "";
	reply = renew(work, &session, subject, "");
	if (reply.status == WIRE_CHANGED)
		bury(work);
	return reply;
}

/* One use at a time: the second finds that the first has ended the link. */
static struct wire_reply use_alone(struct work *work)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	autoclose int run_fd = vsee_dir_open(AT_FDCWD, RUN_DIR, 0);
	autoclose int lock_fd = -1;
	enum wire_status status;

	lock_fd = run_fd < 0 ? run_fd
			     : vsee_lock_take(run_fd, work->request->user, VSEE_LOCK_TIMEOUT_MS);
	if (lock_fd == -EBUSY)
		return work_reply(WIRE_BUSY);
	if (lock_fd < 0) {
		work->reason = "lock";
		log_fault("%s/lock: %s", RUN_DIR, strerror(-lock_fd));
		return work_reply(WIRE_FAULT);
	}
	status = judge_and_void(work, &subject);
	return status == WIRE_LINK_GOOD ? use(work, &subject) : work_reply(status);
}

/*
 * Only the source is charged: nobody guesses 32 random bytes, and whoever fails on purpose with
 * somebody's name must not keep them from the link. A change forgives the account's failures.
 */
struct wire_reply link_change(struct work *work)
{
	struct wire_reply reply;
	bool changed;

	if (!work_charge(work, NULL, &reply))
		return reply;
	reply = use_alone(work);
	changed = reply.status == WIRE_CHANGED;
	if (reply.status != WIRE_LINK_BAD)
		work_return(work, changed ? work->request->user : NULL, changed);
	return reply;
}

enum wire_status link_look(struct work *work)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	bool pending;

	return judge(work, &subject, &pending);
}

/* Mail scanners look at links, too: nothing is used up, and nothing written but the attempt. */
struct wire_reply link_peek(struct work *work)
{
	struct wire_reply reply;

	if (!work_charge(work, NULL, &reply))
		return reply;
	reply = work_reply(link_look(work));
	if (reply.status != WIRE_LINK_BAD)
		work_return(work, NULL, false);
	return reply;
}
