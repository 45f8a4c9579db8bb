#include "login.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "date.h"
#include "policy/link.h"
#include "policy/login.h"

#define LINK_SIZE 512
#define TEXT_SIZE 1024

enum kind { KIND_PASSWORD, KIND_KEY, KIND_REPORT };

static enum vsee_login decide(const struct vsee_rules *rules,
			      const struct vsee_judgement *judgement, enum kind kind)
{
	const struct vsee_login_case facts = {
		.mode = rules->mode,
		.judgement = judgement,
		.expired = rules->expired,
		.key_login = rules->key_login,
		.reports_only = kind == KIND_REPORT,
		.typed = kind != KIND_KEY,
		.ready = true,
	};

	return vsee_login_decide(&facts);
}

static const char *result_of(enum vsee_login login, const struct vsee_judgement *judgement)
{
	switch (login) {
	case VSEE_LOGIN_IGNORE:
	case VSEE_LOGIN_ALLOW:
		return "let in, nothing said";
	case VSEE_LOGIN_WARN:
	case VSEE_LOGIN_KEY:
		return "let in, told";
	case VSEE_LOGIN_LENIENT:
		return judgement->verdict == VSEE_MUST_CHANGE
			       ? "let in, since shadow does not ask for a change (yet)"
			       : "let in, told";
	case VSEE_LOGIN_REPORT:
		return "let in, only logged";
	case VSEE_LOGIN_DEMAND:
		return "must choose a new password";
	case VSEE_LOGIN_DENY:
	case VSEE_LOGIN_INACTIVE:
	case VSEE_LOGIN_ENDED:
		return "refused";
	case VSEE_LOGIN_FAULT:
		break;
	}
	return "left to pam_unix, by a fault of ours";
}

static void add_link(const struct vsee_subject *subject, enum vsee_login login, char *ret_link)
{
	const struct vsee_policy *policy = &subject->policy;
	const bool support = login == VSEE_LOGIN_INACTIVE || login == VSEE_LOGIN_ENDED;
	char host[HOST_NAME_MAX + 1] = "";

	if (gethostname(host, sizeof(host)) < 0)
		memcpy(host, "localhost", sizeof("localhost"));
	if (policy->base_url[0] && !support)
		(void)vsee_link_format(policy->base_url, host, subject->shadow.name, NULL, ret_link,
				       LINK_SIZE);
	else
		(void)vsee_link_expand(policy->support, host, ret_link, LINK_SIZE);
}

static void print_message(const struct vsee_subject *subject,
			  const struct vsee_judgement *judgement, enum vsee_message message,
			  const char *link)
{
	char date[DATE_SIZE], text[TEXT_SIZE];
	const struct vsee_message_values values = {
		.product = subject->policy.product,
		.date = date_print(judgement->deadline, date),
		.link = link,
		.days = judgement->days_left,
	};

	if (message == VSEE_MESSAGE_COUNT)
		return;
	if (vsee_message_format(message, subject->policy.language, &values, text, sizeof(text)) ==
	    0)
		(void)printf("    %s\n", text);
}

static void print_kind(const struct vsee_subject *subject, const struct vsee_judgement *judgement,
		       const char *title, enum kind kind)
{
	const enum vsee_login login = decide(subject->facts.rules, judgement, kind);
	const enum vsee_message message = vsee_login_message(login, judgement);
	char link[LINK_SIZE] = "";

	(void)printf("  %s: %s%s\n", title, result_of(login, judgement),
		     kind == KIND_REPORT && message != VSEE_MESSAGE_COUNT
			     ? ", where the service shows messages"
			     : "");
	add_link(subject, login, link);
	print_message(subject, judgement, message, link);
}

static void print_change(const struct context *context, const struct vsee_subject *subject,
			 const struct vsee_judgement *judgement)
{
	const struct vsee_rules *rules = subject->facts.rules;
	const bool enforced = rules->mode == VSEE_MODE_ENFORCE;

	if (enforced && vsee_login_too_soon(rules, judgement, context->today)) {
		(void)printf("  a password change: refused, except by an administrator\n");
		print_message(subject, judgement, VSEE_MESSAGE_TOO_SOON, subject->policy.support);
		return;
	}
	(void)printf("  a password change: possible; the current password and the last %u %s\n",
		     rules->remember, enforced ? "are refused" : "are told, and taken");
}

void login_print(const struct context *context, const struct vsee_subject *subject,
		 const struct vsee_judgement *judgement, const char *service)
{
	char title[64 + VSEE_NAME_SIZE];

	(void)printf("what people see now:\n");
	if (service && vsee_policy_reports_only(&subject->policy, service)) {
		(void)snprintf(title, sizeof(title), "%s (report only)", service);
		print_kind(subject, judgement, title, KIND_REPORT);
		return;
	}
	(void)snprintf(title, sizeof(title), "%s with the password", service ? service : "a login");
	print_kind(subject, judgement, title, KIND_PASSWORD);
	(void)snprintf(title, sizeof(title), "%s with a key or ticket",
		       service ? service : "a login");
	print_kind(subject, judgement, title, KIND_KEY);
	if (service)
		return;
	print_kind(subject, judgement, "a report-only service (cron, sudo)", KIND_REPORT);
	print_change(context, subject, judgement);
}
