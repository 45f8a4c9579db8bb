/* A person who knows the current password. */
#include <string.h>

#include "answer.h"
#include "log.h"
#include "policy/page.h"
#include "renew.h"
#include "store/candidate.h"

/* As much work as pam_unix has with a password that is there. */
static void hash_for_nothing(const char *password)
{
	autocandidate struct vsee_candidate candidate = {.password = password};
	char setting[VSEE_HASH_SIZE];
	const char *hash;

	if (vsee_setting_draw("", setting, sizeof(setting)) == 0)
		(void)vsee_candidate_hash(&candidate, setting, false, &hash); /* not wanted */
}

/* pam_unix hashes nothing where shadow has no hash; it must not be seen in what we use up. */
static void level_work(const struct work *work)
{
	struct vsee_shadow shadow = {0};

	if (vsee_shadow_find(work->paths.shadow, work->request->user, &shadow, NULL, NULL) < 0 ||
	    shadow.aging.password != VSEE_PASSWORD_USABLE)
		hash_for_nothing(work->request->current.text);
	explicit_bzero(&shadow, sizeof(shadow));
}

static bool authenticate(struct work *work, struct session *session, enum wire_status *ret_status)
{
	const char *const answers[] = {work->request->current.text};

	conversation_begin(&session->conversation, answers, COUNT(answers));
	work->code = session->code =
		pam_authenticate(session->pamh, PAM_DISALLOW_NULL_AUTHTOK | PAM_SILENT);
	level_work(work);
	if (session->conversation.broken) { /* whatever modules make of it */
		work->reason = "second-factor";
		*ret_status = WIRE_WRONG;
		return false;
	}
	work->reason = "authenticate";
	if (!answer_authenticate(session->code, WIRE_WRONG, ret_status))
		return false;
	work->reason = "";
	return true;
}

static bool check_account(struct work *work, struct session *session, enum wire_status *ret_status)
{
	work->code = session->code = pam_acct_mgmt(session->pamh, PAM_SILENT);
	work->reason = "account";
	if (!answer_account(session->code, WIRE_WRONG, ret_status))
		return false;
	work->reason = "";
	return true;
}

/* What the current password is good for; nothing was said of the account so far. */
static struct wire_reply proceed(struct work *work, struct session *session)
{
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	enum wire_status status;

	if (!authenticate(work, session, &status))
		return work_reply(status);
	if (work_load(work, &subject) < 0)
		return work_reply(WIRE_FAULT);
	if (!work_eligible(work, &subject, false))
		return work_reply(WIRE_WRONG);
	if (!check_account(work, session, &status))
		return work_reply(status);
	return renew(work, session, &subject, work->request->current.text);
}

struct wire_reply change_run(struct work *work)
{
	const struct wire_request *request = work->request;
	autosession struct session session = {0};
	struct wire_reply reply;

	if (!work_charge(work, request->user, &reply))
		return reply;
	work->code = session_open(VSEE_PAGE_SERVICE, request->user, request->source, &session);
	if (work->code != PAM_SUCCESS) {
		work->reason = "pam-start";
		reply = work_reply(WIRE_FAULT);
	} else {
		reply = proceed(work, &session);
	}
	if (reply.status != WIRE_WRONG)
		work_return(work, request->user, reply.status != WIRE_FAULT);
	return reply;
}
