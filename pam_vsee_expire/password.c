#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>
#include <security/pam_ext.h>

#include "answer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "handle.h"
#include "link.h"
#include "policy/login.h"
#include "state.h"
#include "store/history.h"
#include "store/lock.h"
#include "talk.h"
#include "token.h"

#define TOKEN_LENGTH_MAX 511 /* PAM_MAX_RESP_SIZE, with its NUL */

/* pam_unix replaces shadow through its folder; on a read-only one its part would fail. */
static int shadow_replaceable(const struct context *context)
{
	char folder[PATH_MAX];

	strcpy(folder, context->paths.shadow); /* of the same size */
	*strrchr(folder, '/') = '\0';
	return faccessat(AT_FDCWD, folder, W_OK, AT_EACCESS) < 0 ? -errno : 0;
}

int password_ready(const struct context *context)
{
	autostate struct state state = STATE_CLOSED;
	int r;

	if (context->subject.newer)
		return -EPROTONOSUPPORT;
	r = shadow_replaceable(context);
	return r < 0 ? r : state_open(context, VSEE_LOCK_TIMEOUT_MS, &state);
}

/* Whether what we find is only told, not refused. */
static bool only_tells(const struct context *context)
{
	return context->subject.facts.rules->mode != VSEE_MODE_ENFORCE ||
	       (context_admin_reset(context) && !context->options.enforce_for_root);
}

static int refuse(const struct context *context, enum vsee_message message, int code)
{
	char link[TALK_LINK_SIZE] = "";

	talk_log(context, LOG_NOTICE, "password", vsee_message_code(message));
	answer_set(context, message);
	link_support(context, link);
	talk_show(context, message, true, link);
	return code;
}

/* State can't be read or written. Reuse could not be seen, so nothing is changed. */
static int refuse_fault(const struct context *context, int error)
{
	talk_fault(context, "password-state", error);
	if (only_tells(context))
		return PAM_SUCCESS;
	if (error == -EBUSY)
		return refuse(context, VSEE_MESSAGE_BUSY, PAM_AUTHTOK_LOCK_BUSY);
	return refuse(context, VSEE_MESSAGE_FAULT, PAM_AUTHTOK_ERR);
}

/*
 * Not even who is covered could be read. An administrator may still set a password: somebody must
 * be able to mend things.
 */
static int unknown_fault(const struct context *context)
{
	if (context_admin_reset(context) && !context->options.enforce_for_root)
		return PAM_IGNORE;
	answer_set(context, VSEE_MESSAGE_FAULT);
	talk_show(context, VSEE_MESSAGE_FAULT, true, "");
	return PAM_AUTHTOK_ERR;
}

static bool too_soon(const struct context *context)
{
	/* The flag alone proves no demand: with passwd -k anybody sets it. */
	const bool demanded =
		(context->flags & PAM_CHANGE_EXPIRED_AUTHTOK) && context->judgement.possible;

	return !demanded && vsee_login_too_soon(context->subject.facts.rules, &context->judgement,
						context->today);
}

int password_prelim(pam_handle_t *pamh, unsigned flags, const struct options *options)
{
	autocontext struct context context;
	int r;

	(void)handle_keep_attempt(pamh, NULL); /* an earlier attempt in this handle is void */
	answer_clear(pamh);
	switch (context_load(pamh, flags, options, &context)) {
	case CONTEXT_NOT_OURS:
		return PAM_IGNORE;
	case CONTEXT_FAULT:
		return unknown_fault(&context);
	case CONTEXT_OURS:
		break;
	}
	if (!only_tells(&context) && context.judgement.verdict == VSEE_INACTIVE)
		return refuse(&context, VSEE_MESSAGE_INACTIVE, PAM_AUTHTOK_ERR);
	if (!only_tells(&context) && too_soon(&context))
		return refuse(&context, VSEE_MESSAGE_TOO_SOON, PAM_AUTHTOK_ERR);
	r = password_ready(&context);
	return r < 0 ? refuse_fault(&context, r) : PAM_SUCCESS;
}

static void read_machine_id(const struct context *context, char *ret_id)
{
	autosecret struct vsee_secret text = {0};

	ret_id[0] = '\0';
	if (vsee_file_read(AT_FDCWD, context->paths.machine_id, 0, VSEE_MACHINE_ID_SIZE - 1,
			   &text) < 0)
		return; /* no id: as if all hosts had the same */
	text.text[strcspn(text.text, "\n")] = '\0';
	strcpy(ret_id, text.text);
}

/* Read, observe and settle the account under its lock. */
static int open_account(const struct context *context, const struct state *state,
			struct vsee_account *account, enum vsee_account_news *news)
{
	char machine_id[VSEE_MACHINE_ID_SIZE];
	const char *hash = context->subject.shadow.hash;
	int r = vsee_account_load(state->accounts_fd, 0, context->user, context->subject.uid,
				  account, news);

	if (r < 0)
		return r;
	r = vsee_history_observe(account, hash, context->today);
	if (r < 0)
		return r;
	read_machine_id(context, machine_id);
	return vsee_history_settle(account, hash, machine_id);
}

static int keep_attempt(const struct context *context, const struct vsee_account *account)
{
	struct attempt attempt = {0};
	int code;

	/* The sizes agree by type; nothing can be cut. */
	strcpy(attempt.user, context->user);
	strcpy(attempt.setting, account->settings[0].text);
	strcpy(attempt.hash, account->pending);
	strcpy(attempt.base, context->subject.shadow.hash);
	code = handle_keep_attempt(context->pamh, &attempt);
	explicit_bzero(&attempt, sizeof(attempt));
	return code;
}

static int judge_reuse(const struct context *context, enum vsee_reuse reuse)
{
	if (reuse == VSEE_REUSE_FRESH)
		return PAM_SUCCESS;
	if (!only_tells(context))
		return refuse(context,
			      reuse == VSEE_REUSE_CURRENT ? VSEE_MESSAGE_CURRENT
							  : VSEE_MESSAGE_REUSED,
			      PAM_AUTHTOK_ERR);
	talk_log(context, LOG_NOTICE, "password", "reused-let-through");
	if (context->subject.facts.rules->mode == VSEE_MODE_ENFORCE)
		talk_show(context, VSEE_MESSAGE_RESET_REUSED, false, "");
	return PAM_SUCCESS;
}

/* Check the token against the history and keep it as pending: one critical section. */
static int check_reuse(const struct context *context, const char *token)
{
	autostate struct state state = STATE_CLOSED;
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	autocandidate struct vsee_candidate candidate = {.password = token};
	struct vsee_reuse_result result;
	enum vsee_account_news news;
	int r = state_open(context, VSEE_LOCK_TIMEOUT_MS, &state), code;

	if (r == 0)
		r = open_account(context, &state, &account, &news);
	if (r == 0)
		r = vsee_history_check(&account, &candidate, context->subject.facts.rules->remember,
				       context->judgement.lifetime, context->today, &result);
	if (r < 0)
		return refuse_fault(context, r);
	if (result.unusable > 0)
		pam_syslog(context->pamh, LOG_WARNING, "user=%s history_unusable=%u", context->user,
			   result.unusable);
	code = judge_reuse(context, result.reuse);
	if (code != PAM_SUCCESS)
		return code;
	r = vsee_history_pend(&account, &candidate);
	if (r == 0)
		r = vsee_account_save(state.accounts_fd, &account, news);
	if (r < 0)
		return refuse_fault(context, r);
	return keep_attempt(context, &account);
}

static int check_token(const struct context *context, const char *token)
{
	const size_t length = strlen(token);

	if (context->subject.facts.rules->mode == VSEE_MODE_ENFORCE) {
		if (length == 0)
			return refuse(context, VSEE_MESSAGE_EMPTY, PAM_AUTHTOK_ERR);
		if (length > TOKEN_LENGTH_MAX)
			return refuse(context, VSEE_MESSAGE_TOO_LONG, PAM_AUTHTOK_ERR);
	}
	return check_reuse(context, token);
}

static int try_tokens(const struct context *context)
{
	const struct options *options = &context->options;
	const int tries = options->use_authtok || options->retry == 0 ? 1 : options->retry;
	int code = PAM_AUTHTOK_ERR;

	for (int i = 0; i < tries; i++) {
		const char *token = NULL;

		code = token_take(context->pamh, &token);
		if (code == PAM_SUCCESS)
			code = check_token(context, token);
		if (code == PAM_SUCCESS)
			return code;
		token_blank(context->pamh);
		if (code != PAM_AUTHTOK_ERR)
			return code;
	}
	return options->retry > 0 && !options->use_authtok ? PAM_MAXTRIES : code;
}

/*
 * For those whom the policy does not cover we may still be the first line of the stack, and
 * pam_unix behind us with use_authtok asks for nothing: then we ask for it.
 */
static int pass_on(pam_handle_t *pamh, const struct options *options)
{
	const char *token = NULL;
	const int code = options->use_authtok ? PAM_SUCCESS : token_take(pamh, &token);

	return code == PAM_SUCCESS ? PAM_IGNORE : code;
}

int password_update(pam_handle_t *pamh, unsigned flags, const struct options *options)
{
	autocontext struct context context;
	int code;

	switch (context_load(pamh, flags, options, &context)) {
	case CONTEXT_NOT_OURS:
		return pass_on(pamh, options);
	case CONTEXT_FAULT:
		code = unknown_fault(&context);
		if (code == PAM_IGNORE)
			return pass_on(pamh, options);
		token_blank(pamh); /* where our line is not requisite, pam_unix would take it */
		return code;
	case CONTEXT_OURS:
		break;
	}
	return try_tokens(&context);
}
