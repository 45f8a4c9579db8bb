#include "account.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "codes.h"
#include "context.h"
#include "handle.h"
#include "link.h"
#include "password.h"
#include "talk.h"
#include "watch.h"

static struct vsee_login_case describe(struct context *context)
{
	const struct vsee_rules *rules = context->subject.facts.rules;
	struct vsee_login_case facts = {
		.mode = rules->mode,
		.judgement = &context->judgement,
		.expired = context->options.expired_set ? context->options.expired : rules->expired,
		.key_login = rules->key_login,
		.reports_only =
			vsee_policy_reports_only(&context->subject.policy, context->service) ||
			context_su_by_root(context),
		.typed = handle_marked(context->pamh, HANDLE_TYPED, context->user) ||
			 handle_unix_verified(context->pamh),
	};

	/* Asked only where it matters: it takes the account's lock for a moment. */
	if (context->judgement.verdict == VSEE_MUST_CHANGE && !facts.reports_only) {
		const int r = password_ready(context);

		/* Busy lets nobody in: a person may stop a passwd of their own that holds it. */
		facts.ready = r == 0 || r == -EBUSY;
	}
	return facts;
}

static void tell(struct context *context, enum vsee_login login)
{
	const enum vsee_message message = vsee_login_message(login, &context->judgement);
	const bool refuses = vsee_login_refuses(login);
	char link[TALK_LINK_SIZE] = "";

	if (message == VSEE_MESSAGE_COUNT || (context->flags & PAM_SILENT))
		return;
	if (!refuses && handle_marked(context->pamh, HANDLE_SAID, context->user))
		return;
	if (login == VSEE_LOGIN_DENY)
		link_with_token(context, link);
	else if (login == VSEE_LOGIN_INACTIVE || login == VSEE_LOGIN_ENDED)
		link_support(context, link);
	else
		link_plain(context, link);
	talk_show(context, message, refuses, link);
	explicit_bzero(link, sizeof(link));
	(void)handle_mark(context->pamh, HANDLE_SAID, context->user); /* else it is said twice */
}

/* Who watches wants to read what would have happened; nobody wants a line for each valid login. */
static int level_of(const struct context *context, enum vsee_login login)
{
	const enum vsee_verdict verdict = context->judgement.verdict;
	const bool enrolled = context->subject.account.enrolment.enrolled;

	if (context->would || verdict == VSEE_NOT_ENFORCEABLE ||
	    (login != VSEE_LOGIN_IGNORE && !enrolled))
		return LOG_NOTICE;
	if (login == VSEE_LOGIN_IGNORE)
		return verdict < VSEE_WARN && verdict != VSEE_NO_PASSWORD ? LOG_NOTICE : LOG_DEBUG;
	if (login == VSEE_LOGIN_ALLOW)
		return LOG_DEBUG;
	return login == VSEE_LOGIN_WARN ? LOG_INFO : LOG_NOTICE;
}

static int act(struct context *context)
{
	const struct vsee_login_case facts = describe(context);
	const enum vsee_login login = vsee_login_decide(&facts);

	if (facts.mode == VSEE_MODE_WATCH)
		context->would = watch_would(&context->subject.facts, &facts);
	talk_log(context, level_of(context, login), "account", vsee_login_name(login));
	tell(context, login);
	if (login == VSEE_LOGIN_DEMAND &&
	    handle_mark(context->pamh, HANDLE_DEMAND, context->user) != PAM_SUCCESS)
		return PAM_BUF_ERR;
	return codes_account(login);
}

int account_check(pam_handle_t *pamh, unsigned flags, const struct options *options)
{
	autocontext struct context context;

	/* One of an earlier call in this handle would have the next line jump over pam_unix. */
	handle_unmark(pamh, HANDLE_DEMAND);
	switch (context_load(pamh, flags, options, &context)) {
	case CONTEXT_NOT_OURS:
		return PAM_IGNORE;
	case CONTEXT_FAULT:
		return PAM_SERVICE_ERR; /* the stack hands this to pam_unix */
	case CONTEXT_OURS:
		break;
	}
	return act(&context);
}

int account_again(pam_handle_t *pamh)
{
	const char *user = NULL;

	if (pam_get_user(pamh, &user, NULL) != PAM_SUCCESS || !user)
		return PAM_IGNORE;
	return handle_marked(pamh, HANDLE_DEMAND, user) ? PAM_NEW_AUTHTOK_REQD : PAM_IGNORE;
}
