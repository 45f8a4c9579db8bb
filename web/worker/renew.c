#include "renew.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/cleanup.h"
#include "confine.h"
#include "log.h"
#include "policy/page.h"
#include "pwdlock.h"
#include "quality.h"
#include "store/candidate.h"

#define PWDLOCK "/etc/.pwd.lock"
#define PWDLOCK_TIMEOUT_MS 5000

/*
 * The saved uid stays root's, so the way back can't be refused; should it be, nothing more may be
 * done in the person's name or ours, and the front says that it does not know.
 */
static int chauthtok_as(pam_handle_t *pamh, uid_t uid)
{
	int code;

	confine_block_signals();
	if (setresuid(uid, 0, 0) < 0) {
		log_fault("setresuid: %s", strerror(errno));
		return PAM_ABORT;
	}
	code = pam_chauthtok(pamh, 0);
	if (setresuid(0, 0, 0) < 0) {
		log_fault("setresuid back: %s", strerror(errno));
		_exit(EXIT_FAILURE);
	}
	return code;
}

static int run_chauthtok(struct work *work, struct session *session, uid_t uid, const char *current)
{
	const char *fresh = work->request->fresh.text;
	const char *const answers[] = {current, fresh, fresh};
	const size_t skip = current[0] ? 0 : 1;

	conversation_begin(&session->conversation, answers + skip, COUNT(answers) - skip);
	session->code = chauthtok_as(session->pamh, uid);
	return work->code = session->code;
}

static enum answer_trace trace(const struct work *work, const char *before)
{
	autocandidate struct vsee_candidate candidate = {.password = work->request->fresh.text};
	struct vsee_shadow shadow = {0};
	enum answer_trace trace = ANSWER_UNKNOWN;
	int r = vsee_shadow_find(work->paths.shadow, work->request->user, &shadow, NULL, NULL);

	if (r == 0 && vsee_hash_equal(shadow.hash, before)) {
		trace = ANSWER_SAME;
	} else if (r == 0) {
		r = vsee_candidate_verify(&candidate, shadow.hash);
		if (r >= 0)
			trace = r == 1 ? ANSWER_OURS : ANSWER_FOREIGN;
	}
	explicit_bzero(&shadow, sizeof(shadow));
	return trace;
}

static struct wire_reply conclude(struct work *work, const struct session *session,
				  const char *before)
{
	const enum wire_status status = answer_trace(session->code, trace(work, before));
	const struct answer_refusal refusal = {
		.code = session->code,
		.message = pam_getenv(session->pamh, VSEE_PAGE_ANSWER),
		.until = pam_getenv(session->pamh, VSEE_PAGE_UNTIL),
		.text = session->conversation.text,
	};

	if (status == WIRE_CHANGED && session->code != PAM_SUCCESS)
		log_fault("user=%s: the password was changed, but the PAM stack failed: %s",
			  work->request->user, pam_strerror(session->pamh, session->code));
	if (status == WIRE_FAULT)
		log_fault("user=%s: the PAM stack was content, but %s is as before",
			  work->request->user, work->paths.shadow);
	if (status != WIRE_REFUSED)
		return work_reply(status);
	work->reason = refusal.message ? "module" : "stack";
	return answer_refusal(&refusal);
}

struct wire_reply renew(struct work *work, struct session *session,
			const struct vsee_subject *subject, const char *current)
{
	const struct wire_request *request = work->request;
	autoclose int lock_fd = -1;
	const char *what = "";
	enum wire_status link;
	uint32_t unmet;
	int r = quality_check(subject->section->rules.remember, request->user, current,
			      request->fresh.text, &unmet, &what);

	if (r < 0) {
		work->reason = "criteria";
		log_fault("%s: %s; no new password can be checked", what, strerror(-r));
		return work_reply(WIRE_FAULT);
	}
	if (unmet)
		return (struct wire_reply){.status = WIRE_UNMET, .criteria = unmet};
	lock_fd = pwdlock_take(PWDLOCK, PWDLOCK_TIMEOUT_MS);
	if (lock_fd < 0) {
		work->reason = "pwd-lock";
		log_fault("%s: %s; %s can't be changed without it", PWDLOCK, strerror(-lock_fd),
			  work->paths.shadow);
		return work_reply(lock_fd == -EBUSY ? WIRE_BUSY : WIRE_FAULT);
	}
	/*
	 * Somebody may have locked the account meanwhile; as root pam_unix would unlock it. From
	 * here on they wait for the lock.
	 */
	if (trace(work, subject->shadow.hash) != ANSWER_SAME)
		return work_reply(WIRE_BUSY);
	/* Or have made the link void while we waited. */
	link = current[0] ? WIRE_LINK_GOOD : link_look(work);
	if (link != WIRE_LINK_GOOD)
		return work_reply(link);
	(void)run_chauthtok(work, session, current[0] ? subject->uid : 0, current);
	return conclude(work, session, subject->shadow.hash);
}
