#include "context.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>
#include <security/pam_ext.h>

#include "base/loginuid.h"
#include "base/name.h"

static int read_items(struct context *context)
{
	const void *service = NULL;
	int code = pam_get_user(context->pamh, &context->user, NULL);

	if (code != PAM_SUCCESS)
		return code;
	code = pam_get_item(context->pamh, PAM_SERVICE, &service);
	context->service = service ? service : "";
	return code;
}

static bool in_passwd(const struct context *context)
{
	struct vsee_passwd passwd;
	const int r = vsee_passwd_find(context->paths.passwd, context->user, &passwd, NULL, NULL);

	return r == 0 || r == -EBADMSG;
}

/* What no account of the host is called may be a password: people type it for their name. */
static enum context_news fault(const struct context *context, const char *what, int error)
{
	pam_syslog(context->pamh, LOG_ERR, "user=%s service=%s fault=\"%s\" errno=%d error=\"%s\"",
		   in_passwd(context) ? context->user : "-", context->service, what, -error,
		   strerror(-error));
	return CONTEXT_FAULT;
}

static void log_news(const struct context *context)
{
	const struct vsee_subject *subject = &context->subject;

	if (subject->hold_fault < 0)
		pam_syslog(context->pamh, LOG_WARNING,
			   "user=%s hold=unreadable errno=%d error=\"%s\" action=held",
			   context->user, -subject->hold_fault, strerror(-subject->hold_fault));
	if (subject->newer)
		pam_syslog(context->pamh, LOG_WARNING, "user=%s state=newer action=read-only",
			   context->user);
	else if (subject->news == VSEE_ACCOUNT_DAMAGED)
		pam_syslog(context->pamh, LOG_ERR, "user=%s state=damaged action=salvaged",
			   context->user);
	else if (subject->news == VSEE_ACCOUNT_REUSED)
		pam_syslog(context->pamh, LOG_WARNING, "user=%s state=other-uid action=fresh",
			   context->user);
}

/*
 * A local account without a shadow line is a mistake of somebody's. One of a directory is none, and
 * would fill the log; nor has it a name there, for it may be nobody's: see fault().
 */
static void log_not_local(const struct context *context)
{
	if (in_passwd(context))
		pam_syslog(context->pamh, LOG_WARNING,
			   "user=%s service=%s error=no-shadow-line action=ignore", context->user,
			   context->service);
	else if (context->options.debug)
		pam_syslog(context->pamh, LOG_DEBUG, "user=- service=%s local=no action=ignore",
			   context->service);
}

static enum context_news load_subject(struct context *context)
{
	const char *what = "";
	int r = vsee_paths_init("", context->options.state, &context->paths);

	if (r < 0)
		return fault(context, "state-path", r);
	r = vsee_subject_load(&context->paths, 0, context->user, context->now, &context->subject,
			      &what);
	if (r < 0)
		return fault(context, what, r);
	if (!context->subject.local && context->subject.policy.section_count > 0)
		log_not_local(context);
	context->judgement = vsee_judge(&context->subject.facts);
	if (context->judgement.verdict == VSEE_NOT_COVERED)
		return CONTEXT_NOT_OURS;
	log_news(context);
	return CONTEXT_OURS;
}

enum context_news context_load(pam_handle_t *pamh, unsigned flags, const struct options *options,
			       struct context *ret_context)
{
	*ret_context = (struct context){.pamh = pamh, .flags = flags, .options = *options};
	if (geteuid() != 0)
		return CONTEXT_NOT_OURS;
	if (read_items(ret_context) != PAM_SUCCESS || !ret_context->user)
		return CONTEXT_NOT_OURS;
	if (!vsee_name_valid(ret_context->user)) {
		/* It can stand in no shadow line; nor shall it stand in the log as it is. */
		pam_syslog(pamh, LOG_WARNING, "service=%s error=bad-user-name",
			   ret_context->service);
		return CONTEXT_NOT_OURS;
	}
	ret_context->now = (int64_t)time(NULL);
	ret_context->today = vsee_day_of(ret_context->now);
	return load_subject(ret_context);
}

void context_clear(struct context *context)
{
	vsee_subject_clear(&context->subject);
}

bool context_su_by_root(const struct context *context)
{
	return getuid() == 0 &&
	       (strcmp(context->service, "su") == 0 || strcmp(context->service, "su-l") == 0);
}

bool context_admin_reset(const struct context *context)
{
	const bool tool = strcmp(context->service, "passwd") == 0 ||
			  strcmp(context->service, "chpasswd") == 0;

	/* A daemon that runs as root for its user never looks like this. */
	return tool && getuid() == 0 && !(context->flags & PAM_CHANGE_EXPIRED_AUTHTOK) &&
	       (!context->subject.local ||
		vsee_loginuid_read("/proc/self/loginuid") != context->subject.uid);
}
