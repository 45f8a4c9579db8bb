#include "link.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "handle.h"
#include "policy/link.h"
#include "state.h"
#include "store/history.h"
#include "store/lock.h"
#include "store/token.h"

static void host_name(char ret_host[HOST_NAME_MAX + 1])
{
	if (gethostname(ret_host, HOST_NAME_MAX + 1) < 0)
		strcpy(ret_host, "localhost");
	ret_host[HOST_NAME_MAX] = '\0';
}

static void compose(const struct context *context, const char *token, char *ret_link)
{
	char host[HOST_NAME_MAX + 1];

	host_name(host);
	(void)vsee_link_format(context->subject.policy.base_url, host, context->user, token,
			       ret_link, TALK_LINK_SIZE); /* "" when it does not fit */
}

void link_support(const struct context *context, char *ret_link)
{
	const char *support = context->subject.policy.support;
	char host[HOST_NAME_MAX + 1];

	host_name(host);
	(void)vsee_link_expand(support ? support : "", host, ret_link, TALK_LINK_SIZE);
}

void link_plain(const struct context *context, char *ret_link)
{
	const char *url = context->subject.policy.base_url;

	if (url && url[0])
		compose(context, NULL, ret_link);
	else
		link_support(context, ret_link);
}

/* A network login or a terminal window can open a link; a console can't. */
static bool can_open_links(const struct context *context)
{
	const void *item = NULL;
	const char *tty;

	if (pam_get_item(context->pamh, PAM_TTY, &item) != PAM_SUCCESS || !item)
		return false;
	tty = item;
	if (strncmp(tty, "/dev/", 5) == 0)
		tty += 5;
	return strcmp(tty, "ssh") == 0 || strncmp(tty, "pts/", 4) == 0;
}

static int store_token(struct context *context, char *ret_token)
{
	autostate struct state state = STATE_CLOSED;
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	enum vsee_account_news news;
	int r = state_open(context, VSEE_LOCK_TIMEOUT_MS, &state);

	if (r < 0)
		return r;
	r = vsee_account_load(state.accounts_fd, 0, context->user, context->subject.uid, &account,
			      &news);
	if (r < 0)
		return r;
	/* It belongs to the password that shadow has now; who looks later would else end it. */
	r = vsee_history_observe(&account, context->subject.shadow.hash, context->today);
	if (r < 0)
		return r;
	r = vsee_token_draw(&account, context->now, VSEE_TOKEN_LOGIN_SECONDS, ret_token);
	if (r < 0)
		return r;
	return vsee_account_save(state.accounts_fd, &account, news);
}

/* 1: this person, on this terminal, may have one. 0: not. Negative errno. */
static int may_have_token(const struct context *context)
{
	const struct vsee_subject *subject = &context->subject;
	const char *group;
	int r;

	if (!can_open_links(context) || !handle_marked(context->pamh, HANDLE_TYPED, context->user))
		return 0;
	r = vsee_cover_denies_link(context->paths.group, &subject->policy, context->user,
				   subject->uid, subject->gid, &group);
	return r < 0 ? r : r == 0;
}

void link_with_token(struct context *context, char *ret_link)
{
	const char *url = context->subject.policy.base_url;
	char token[VSEE_TOKEN_SIZE];
	int r;

	link_plain(context, ret_link);
	if (!url || !url[0])
		return;
	r = may_have_token(context);
	if (r == 0)
		return;
	if (r > 0)
		r = store_token(context, token);
	if (r == 0)
		compose(context, token, ret_link);
	else
		talk_fault(context, "link-token", r);
	explicit_bzero(token, sizeof(token));
}
