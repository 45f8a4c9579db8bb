#include "talk.h"

#include <string.h>
#include <syslog.h>
#include <time.h>
#include <security/pam_ext.h>

#define TEXT_SIZE 1024
#define DATE_SIZE 64

/* The instant at which the password ends, as the host's clock shows it. */
static void format_deadline(vsee_day deadline, char *ret_date)
{
	const time_t instant = (time_t)(deadline * VSEE_SECONDS_PER_DAY);
	struct tm tm;

	ret_date[0] = '\0';
	if (deadline >= 0 && deadline <= VSEE_DAY_MAX && localtime_r(&instant, &tm) &&
	    strftime(ret_date, DATE_SIZE, "%Y-%m-%d %H:%M %Z", &tm) == 0)
		ret_date[0] = '\0';
}

void talk_show(const struct context *context, enum vsee_message message, bool error,
	       const char *link)
{
	const struct vsee_policy *policy = &context->subject.policy;
	char date[DATE_SIZE], text[TEXT_SIZE];
	const struct vsee_message_values values = {
		.product = policy->product ? policy->product : "",
		.date = date,
		.link = link,
		.days = context->judgement.days_left,
	};

	if (context->flags & PAM_SILENT)
		return;
	format_deadline(context->judgement.deadline, date);
	if (vsee_message_format(message, policy->language, &values, text, sizeof(text)) < 0)
		return;
	if (error)
		(void)pam_error(context->pamh, "%s", text); /* nobody to tell that it failed */
	else
		(void)pam_info(context->pamh, "%s", text);
	explicit_bzero(text, sizeof(text)); /* the link may carry a token */
}

void talk_log(const struct context *context, int level, const char *phase, const char *action)
{
	const struct vsee_judgement *judgement = &context->judgement;
	const struct vsee_section *section = context->subject.section;

	if (level == LOG_DEBUG && !context->options.debug)
		return;
	pam_syslog(context->pamh, level,
		   "user=%s service=%s phase=%s action=%s verdict=%s lenient=%s deadline=%lld "
		   "days_left=%lld reason=%s mode=%s enrolled=%s%s%s%s",
		   context->user, context->service, phase, action,
		   vsee_verdict_name(judgement->verdict), vsee_lenient_name(judgement->lenient),
		   judgement->deadline == VSEE_NEVER ? -1LL : (long long)judgement->deadline,
		   judgement->days_left == VSEE_NEVER ? -1LL : (long long)judgement->days_left,
		   vsee_reason_name(judgement->reason),
		   section ? vsee_mode_name(section->rules.mode) : "none",
		   context->subject.account.enrolment.enrolled ? "yes" : "no",
		   context->subject.held ? " held=yes" : "", context->would ? " would=" : "",
		   context->would ? context->would : "");
}

void talk_fault(const struct context *context, const char *what, int error)
{
	pam_syslog(context->pamh, LOG_ERR, "user=%s service=%s fault=\"%s\" errno=%d error=\"%s\"",
		   context->user, context->service, what, -error, strerror(-error));
}
