#include "bind.h"

#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "context.h"
#include "handle.h"
#include "state.h"
#include "store/history.h"
#include "talk.h"

/*
 * The password is written: whoever gave up now would lose it, should another change come before
 * anybody has looked. Others give up sooner, so that our turn comes, however many there are.
 */
#define TIMEOUT_MS 60000

/* The candidate as UPDATE left it: hashed under the history's setting already. */
static void recall(const struct attempt *attempt, const char *token,
		   struct vsee_candidate *candidate)
{
	candidate->password = token;
	strcpy(candidate->memo[0].setting, attempt->setting);
	strcpy(candidate->memo[0].hash, attempt->hash);
	candidate->memo_count = 1;
}

static int bind_locked(const struct context *context, const struct attempt *attempt,
		       struct vsee_candidate *candidate, bool stands)
{
	autostate struct state state = STATE_CLOSED;
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	const struct vsee_rules *rules = context->subject.facts.rules;
	enum vsee_account_news news;
	int r = state_open(context, TIMEOUT_MS, &state);

	if (r == 0)
		r = vsee_account_load(state.accounts_fd, 0, context->user, context->subject.uid,
				      &account, &news);
	if (r < 0)
		return r;
	if (stands)
		r = vsee_history_bind(&account, candidate, context->subject.shadow.hash,
				      rules->remember, context->judgement.lifetime, context->today);
	else
		r = vsee_history_add(&account, attempt->hash, context->today);
	return r < 0 ? r : vsee_account_save(state.accounts_fd, &account, news);
}

static int bind_attempt(const struct context *context, const struct attempt *attempt,
			const char *token)
{
	autocandidate struct vsee_candidate candidate = {0};
	const char *hash = context->subject.shadow.hash;
	bool stands;
	int r;

	if (vsee_hash_equal(hash, attempt->base)) {
		talk_log(context, LOG_NOTICE, "bind", "not-written");
		return PAM_IGNORE;
	}
	recall(attempt, token, &candidate);
	/* Else another change of the same account came between pam_unix and us: ours was the
	 * password for a moment, and counts as used. */
	stands = vsee_candidate_verify(&candidate, hash) == 1;
	r = bind_locked(context, attempt, &candidate, stands);
	if (r < 0) {
		talk_fault(context, "bind", r);
		return PAM_SERVICE_ERR;
	}
	talk_log(context, LOG_INFO, "bind", stands ? "bound" : "overtaken");
	return PAM_SUCCESS;
}

int bind_update(pam_handle_t *pamh, unsigned flags, const struct options *options)
{
	autocontext struct context context;
	const struct attempt *attempt;
	const void *token = NULL;
	int code;

	if (context_load(pamh, flags, options, &context) != CONTEXT_OURS)
		return PAM_IGNORE;
	attempt = handle_attempt(pamh, context.user);
	if (!attempt || pam_get_item(pamh, PAM_AUTHTOK, &token) != PAM_SUCCESS || !token)
		return PAM_IGNORE;
	code = bind_attempt(&context, attempt, token);
	(void)handle_keep_attempt(pamh, NULL); /* used up */
	return code;
}
