/* vseectl extend: more days for one person, in force at once. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "base/cleanup.h"
#include "base/name.h"
#include "base/number.h"
#include "covered.h"
#include "date.h"
#include "program.h"
#include "say.h"
#include "state.h"
#include "store/history.h"
#include "store/section.h"
#include "store/subject.h"
#include "verb.h"

#define DAYS_MAX 90

struct wish {
	const char *name, *reason;
	int64_t days;
};

static int parse_options(int argc, char **argv, struct wish *wish)
{
	static const struct option options[] = {
		{"days", required_argument, NULL, 'd'},
		{"reason", required_argument, NULL, 'w'},
		{NULL, 0, NULL, 0},
	};
	const char *days = NULL;
	int letter;

	while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (letter == 'd')
			days = optarg;
		else if (letter == 'w')
			wish->reason = optarg;
		else
			return -EINVAL;
	}
	if (optind + 1 != argc || !days)
		return -EINVAL;
	wish->name = argv[optind];
	if (vsee_number_parse(days, strlen(days), 1, DAYS_MAX, &wish->days) == 0)
		return 0;
	say_error("--days %s is no number from 1 to %d", days, DAYS_MAX);
	return -ERANGE;
}

/* Whose section decides nothing about a date. False after a message. */
static bool may_extend(const struct context *context, const char *name,
		       const struct vsee_subject *subject)
{
	const struct vsee_section *section = subject->section;
	char text[VSEE_SECTION_TEXT_SIZE];

	if (!covered_check(context, name, subject))
		return false;
	if (section->rules.mode < VSEE_MODE_REMIND)
		say_error("%s: nothing to extend: section [%s] of %s:%u has mode = %s", name,
			  vsee_section_text(section, text), section->source.file,
			  section->source.line, vsee_mode_name(section->rules.mode));
	else if (section->rules.max_days == VSEE_UNSET)
		say_error("%s: section [%s] of %s:%u has max_days = shadow, so shadow alone "
			  "decides: see chage(1)",
			  name, vsee_section_text(section, text), section->source.file,
			  section->source.line);
	else
		return true;
	return false;
}

/* What no number of days can help with. False after a message. */
static bool days_help(const char *name, const struct vsee_judgement *judgement)
{
	if (judgement->verdict == VSEE_ACCOUNT_EXPIRED)
		say_error("%s: the account itself has ended (expire in shadow): chage -E -1 %s "
			  "opens it again",
			  name, name);
	else if (judgement->verdict == VSEE_NO_PASSWORD)
		say_error("%s: no usable password (locked, or none set): nothing to extend", name);
	else if (judgement->change.asked)
		say_error("%s: an administrator asked for a new password (last change 0 in "
			  "shadow), which days can't put off: chage -d $(date +%%F) %s takes that "
			  "back",
			  name, name);
	else if (judgement->deadline == VSEE_NEVER)
		say_error("%s: nothing ends this password: nothing to extend", name);
	else
		return true;
	return false;
}

static enum exit_code unknown(const struct context *context, const char *name)
{
	say_error("unknown user: %s (not in %s)", name, context->paths.passwd);
	return EXIT_UNKNOWN;
}

/* Extensions add up: without a limit to their sum, a help desk could grant years in small steps. */
static bool is_within_limit(const struct context *context, const struct wish *wish, vsee_day until)
{
	char text[DATE_SIZE];

	if (until <= context->today + DAYS_MAX)
		return true;
	say_error("%s: that would last until %s, more than %d days from today: nothing was changed",
		  wish->name, date_print(until, text), DAYS_MAX);
	return false;
}

/* Grant the days, and enrol as scan would today, so that the promise holds without it. */
static int grant(const struct wish *wish, vsee_day until, vsee_day today,
		 struct vsee_subject *subject)
{
	const struct vsee_told told = {
		.mail = vsee_policy_mails(&subject->policy) ? VSEE_MAIL_PENDING : VSEE_MAIL_NONE};
	struct vsee_account *account = &subject->account;

	account->enrolment.extension = until;
	account->extension_by = audit_actor();
	memset(account->extension_reason, 0, sizeof(account->extension_reason));
	memcpy(account->extension_reason, wish->reason, strlen(wish->reason));
	return vsee_subject_enrol(subject, &told, today);
}

static void report(const struct context *context, const struct wish *wish,
		   const struct vsee_subject *subject, vsee_day old)
{
	const vsee_day deadline = subject->account.enrolment.deadline;
	char before[DATE_SIZE], after[DATE_SIZE];

	audit_log(context, "extend", wish->reason, "user=%s days=%lld old=%lld deadline=%lld",
		  wish->name, (long long)wish->days, (long long)old, (long long)deadline);
	if (subject->news == VSEE_ACCOUNT_DAMAGED)
		say_warning("%s: the state file was damaged; what could be read of it counts, the "
			    "file is set aside",
			    wish->name);
	(void)printf("%s: extended by %lld day%s: from %s to %s\n", wish->name,
		     (long long)wish->days, wish->days == 1 ? "" : "s", date_print(old, before),
		     date_print(deadline, after));
	if (deadline > subject->account.enrolment.extension)
		(void)printf("  (later than the days asked for: nobody's password ends before "
			     "they were told)\n");
}

/* In mode remind shadow's own dates count as they would without us. */
static void warn_shadow(const struct wish *wish, const struct vsee_subject *subject)
{
	const struct vsee_judgement judgement = vsee_judge(&subject->facts);

	if (subject->section->rules.mode != VSEE_MODE_REMIND)
		return;
	if (judgement.verdict == VSEE_MUST_CHANGE || judgement.verdict == VSEE_INACTIVE)
		say_warning("%s: the mode is remind, so shadow's own max counts, which has "
			    "expired: chage -M -1 %s takes it away",
			    wish->name, wish->name);
}

static enum exit_code extend(const struct context *context, const struct wish *wish,
			     struct vsee_subject *subject, const struct state *state)
{
	struct vsee_judgement judgement;
	vsee_day until;
	int r;

	/* Reckoned from what enforce says: a hold moves nobody's date. */
	vsee_policy_unhold(&subject->policy);
	r = vsee_history_observe(&subject->account, subject->shadow.hash, context->today);
	if (r < 0)
		return state_complain(context, wish->name, "the account's state", r);
	vsee_subject_refresh(subject, context->today);
	judgement = vsee_judge(&subject->facts);
	if (!days_help(wish->name, &judgement))
		return EXIT_UNKNOWN;
	until = vsee_day_max(context->today, judgement.deadline) + wish->days;
	if (!is_within_limit(context, wish, until))
		return EXIT_UNKNOWN;
	r = grant(wish, until, context->today, subject);
	if (r == 0)
		r = vsee_account_save(state->accounts_fd, &subject->account, subject->news);
	if (r < 0)
		return state_complain(context, wish->name, "the account's state", r);
	report(context, wish, subject, judgement.deadline);
	warn_shadow(wish, subject);
	return EXIT_GOOD;
}

static enum exit_code extend_locked(const struct context *context, const struct wish *wish)
{
	autostate struct state state = STATE_CLOSED;
	CLEANUP(vsee_subject_clear) struct vsee_subject subject = {0};
	struct vsee_passwd passwd;
	const char *what = "passwd";
	int r = -ENOENT;

	if (vsee_name_valid(wish->name))
		r = vsee_passwd_find(context->paths.passwd, wish->name, &passwd, NULL, NULL);
	if (r == -ENOENT)
		return unknown(context, wish->name);
	if (r == 0)
		r = state_open(context, wish->name, passwd.uid, true, &state, &what);
	if (r == 0) /* under the lock: what it reads of the account is what we write */
		r = vsee_subject_load(&context->paths, context->owner, wish->name, context->now,
				      &subject, &what);
	if (r < 0)
		return state_complain(context, wish->name, what, r);
	if (!may_extend(context, wish->name, &subject))
		return EXIT_UNKNOWN;
	return extend(context, wish, &subject, &state);
}

enum exit_code verb_extend(const struct context *context, int argc, char **argv)
{
	struct wish wish = {0};
	enum exit_code code;
	int status;
	const int r = parse_options(argc, argv, &wish);

	if (r == -EINVAL)
		say_error("usage: vseectl extend USER --days N --reason TEXT");
	if (r < 0 || !audit_reason_good(wish.reason))
		return EXIT_USAGE;
	code = extend_locked(context, &wish);
	if (code != EXIT_GOOD)
		return code;
	(void)fflush(stdout); /* before what the scan says */
	status = program_run(context, (const char *const[]){"scan", NULL});
	if (status != EXIT_GOOD)
		say_warning("the days count for logins already; shadow follows with the next scan "
			    "that succeeds (this one ended with status %d)",
			    status);
	return EXIT_GOOD;
}
