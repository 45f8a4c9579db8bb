#include "facts.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "date.h"
#include "policy/mirror.h"
#include "policy/verdict.h"
#include "store/section.h"
#include "store/token.h"

#define LABEL "  %-18s "

static void print_day(const char *label, vsee_day day)
{
	char text[DATE_SIZE];

	(void)printf(LABEL "%s\n", label, date_print(day, text));
}

static void print_count(const char *label, vsee_day days)
{
	if (days == VSEE_UNSET)
		(void)printf(LABEL "-\n", label);
	else
		(void)printf(LABEL "%lld days\n", label, (long long)days);
}

static void print_shadow(const struct vsee_subject *subject)
{
	static const char *const passwords[] = {
		[VSEE_PASSWORD_USABLE] = "set",
		[VSEE_PASSWORD_EMPTY] = "empty",
		[VSEE_PASSWORD_LOCKED] = "locked, or none that crypt(3) made",
	};
	const struct vsee_aging *aging = &subject->shadow.aging;

	(void)printf("shadow:\n");
	(void)printf(LABEL "%s\n", "password", passwords[aging->password]);
	if (aging->last_change == 0)
		(void)printf(LABEL "0 (a new password is asked for)\n", "last change");
	else
		print_day("last change", aging->last_change);
	print_count("min", aging->min_days);
	print_count("max", aging->max_days);
	print_count("warn", aging->warn_days);
	print_count("inactive", aging->inactive_days);
	print_day("account expires", aging->expire);
}

static const char *mirror_text(enum vsee_mirror mirror)
{
	static const char *const texts[] = {
		[VSEE_MIRROR_NONE] = "no",
		[VSEE_MIRROR_INTENT] = "begun, not yet seen to be done",
		[VSEE_MIRROR_DONE] = "yes",
		[VSEE_MIRROR_OVERWRITTEN] = "was overwritten by somebody else, left alone",
	};

	return texts[mirror];
}

static const char *max_text(const struct vsee_enrolment *state)
{
	return vsee_mirror_given_up(state) ? "chage sets none here, left alone"
					   : mirror_text(state->mirror);
}

static void print_promise(const struct vsee_enrolment *state)
{
	if (!state->enrolled) {
		(void)printf(LABEL "no: no scan has enrolled it, nothing is enforced\n",
			     "enrolled");
		return;
	}
	print_day("enrolled until", state->deadline);
	print_day("told", state->told);
	print_day("floor", state->floor);
	print_day("extension", state->extension);
}

static void print_extension_reason(const struct vsee_account *account)
{
	char name[AUDIT_NAME_SIZE];

	if (account->extension_reason[0])
		(void)printf(LABEL "%s\n", "extended because", account->extension_reason);
	if (account->extension_by != VSEE_NO_UID)
		(void)printf(LABEL "%s\n", "extended by", audit_name(account->extension_by, name));
}

static void print_link(const struct vsee_account *account, int64_t now)
{
	char until[DATE_SIZE];

	if (vsee_token_pending(account, now))
		(void)printf(LABEL "pending until %s\n", "one-time link",
			     time_print(account->token_expires, until));
}

static void print_state(const struct vsee_subject *subject, int64_t now)
{
	const struct vsee_enrolment *state = &subject->account.enrolment;

	(void)printf("our state:\n");
	if (subject->newer) {
		(void)printf(LABEL "written by a newer version, not read\n", "file");
		return;
	}
	if (subject->news == VSEE_ACCOUNT_NEW) {
		(void)printf(LABEL "none yet: run reminderd scan\n", "file");
		return;
	}
	if (subject->news == VSEE_ACCOUNT_DAMAGED)
		(void)printf(LABEL "damaged; what could be read counts\n", "file");
	if (subject->news == VSEE_ACCOUNT_REUSED)
		(void)printf(LABEL "of another uid; the next scan starts afresh\n", "file");
	(void)printf(LABEL "%s\n", "password known",
		     subject->facts.hash_known ? "yes" : "no, it was changed since the last scan");
	print_promise(state);
	print_extension_reason(&subject->account);
	print_link(&subject->account, now);
	(void)printf(LABEL "%s\n", "mirrored max", max_text(state));
	(void)printf(LABEL "%s\n", "mirrored expiry", mirror_text(state->zero));
	(void)printf(LABEL "%zu\n", "old passwords", subject->account.entry_count);
	print_day("last scan", subject->scanday.last_scan);
}

static const char *reason_text(enum vsee_reason reason)
{
	static const char *const texts[] = {
		[VSEE_REASON_NEVER] = "nothing ends this password",
		[VSEE_REASON_LIFETIME] = "last change + max_days",
		[VSEE_REASON_SHADOW] = "last change + shadow's own max",
		[VSEE_REASON_FLOOR] = "the date moved forward: notice_days are granted",
		[VSEE_REASON_UNTOLD] = "put off: no reminder reached the person yet",
		[VSEE_REASON_EXTENSION] = "an administrator granted days",
		[VSEE_REASON_ENROLLED] = "promised at the last scan",
	};

	return (size_t)reason < COUNT(texts) ? texts[reason] : "unknown";
}

static const char *lenient_text(enum vsee_lenient lenient)
{
	static const char *const texts[] = {
		[VSEE_LENIENT_NOT] = "",
		[VSEE_LENIENT_NOT_ENROLLED] = "no scan has enrolled the account",
		[VSEE_LENIENT_MODE] = "the mode is not enforce",
		[VSEE_LENIENT_UNTOLD] = "the person was not told this date",
		[VSEE_LENIENT_SCAN_OLD] = "the last scan is too old: see that it runs",
	};

	return (size_t)lenient < COUNT(texts) ? texts[lenient] : "unknown";
}

static void print_judgement(const struct vsee_judgement *judgement)
{
	(void)printf("verdict: %s\n", vsee_verdict_name(judgement->verdict));
	if (judgement->lenient != VSEE_LENIENT_NOT)
		(void)printf(LABEL "%s\n", "let in because", lenient_text(judgement->lenient));
	print_day("last change taken", judgement->change.day);
	(void)printf(LABEL "%s\n", "shadow's date",
		     judgement->change.believed ? "believed"
		     : judgement->change.asked	? "asks for a new password"
						: "not believed");
	print_day("deadline", judgement->deadline);
	(void)printf(LABEL "%s (%s)\n", "reason", reason_text(judgement->reason),
		     vsee_reason_name(judgement->reason));
	if (judgement->days_left < VSEE_NEVER)
		(void)printf(LABEL "%lld\n", "days left", (long long)judgement->days_left);
	if (judgement->shadow_decides)
		(void)printf(LABEL "shadow's own fields, as without us\n", "enforced are");
}

/* Addresses and what was sent are reminderd's to tell: we link neither JSON nor a database. */
static void print_mail(const char *name, const struct vsee_subject *subject)
{
	if (subject->section->rules.mode < VSEE_MODE_REMIND)
		return;
	(void)printf("mail:\n");
	if (!vsee_policy_mails(&subject->policy))
		(void)printf(LABEL "none, [mail] smtp is not set: told at login\n", "reminders");
	else if (subject->section->rules.stage_count == 0)
		(void)printf(LABEL "none, reminders lists no day: told at login\n", "reminders");
	else
		(void)printf(LABEL "vseectl reminders %s shows the address, or why there is none, "
				   "and what was sent\n",
			     "reminders", name);
}

/* True: there is more to say. */
static bool print_section(const struct context *context, const char *name,
			  const struct vsee_subject *subject)
{
	const struct vsee_section *section = subject->section;
	char text[VSEE_SECTION_TEXT_SIZE];

	if (subject->policy.section_count == 0) {
		(void)printf("%s: not covered: no policy is published in %s, run vseectl apply\n",
			     name, context->paths.state);
		return false;
	}
	if (subject->exempt) {
		(void)printf("%s: not covered: exempt by %s:%u\n", name,
			     subject->policy.exempt_source.file,
			     subject->policy.exempt_source.line);
		return false;
	}
	if (!section) {
		(void)printf("%s: not covered: uid %lu is outside %lu..%lu, and no section names "
			     "it\n",
			     name, (unsigned long)subject->uid,
			     (unsigned long)subject->policy.uid_min,
			     (unsigned long)subject->policy.uid_max);
		return false;
	}
	(void)printf("%s: uid %lu, section [%s] of ", name, (unsigned long)subject->uid,
		     vsee_section_text(section, text));
	if (section->source.line > 0)
		(void)printf("%s:%u", section->source.file, section->source.line);
	else
		(void)printf("the defaults");
	(void)printf(", mode %s%s\n", vsee_mode_name(section->rules.mode),
		     section->rules.held ? " (enforce, held)" : "");
	if (section->rules.mode != VSEE_MODE_OFF)
		return true;
	(void)printf("not covered: the section's mode is off\n");
	return false;
}

/* Loaded anew for its reason: judging only asks whether there is one. */
static void print_hold(const struct context *context, const struct vsee_subject *subject)
{
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	char until[DATE_SIZE], name[AUDIT_NAME_SIZE];
	struct vsee_hold hold;

	(void)printf("hold: every mode enforce counts as remind\n");
	if (subject->hold_fault < 0 || state_fd < 0 ||
	    vsee_hold_load(state_fd, context->owner, &hold) < 0) {
		(void)printf(LABEL "%s; it counts until vseectl hold --release\n", "unreadable",
			     strerror(-subject->hold_fault));
		return;
	}
	(void)printf(LABEL "%s\n", "until", time_print(hold.until, until));
	(void)printf(LABEL "%s\n", "reason", hold.reason);
	(void)printf(LABEL "%s\n", "by", audit_name(hold.by, name));
}

void facts_print(const struct context *context, const char *name,
		 const struct vsee_subject *subject, const struct vsee_judgement *judgement)
{
	if (!print_section(context, name, subject)) {
		(void)printf("logins: nothing of ours is said, pam_unix alone decides\n");
		return;
	}
	if (subject->held)
		print_hold(context, subject);
	print_shadow(subject);
	print_state(subject, context->now);
	print_judgement(judgement);
	print_mail(name, subject);
	if (subject->section->rules.mode == VSEE_MODE_WATCH)
		(void)printf(
			"mode watch: this is what enforce would say; logins hear nothing of it\n");
}
