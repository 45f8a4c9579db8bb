/* One account of the report: what its row says, and which counts it adds to. */
#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/reuse.h"
#include "report.h"
#include "store/entry.h"
#include "store/syntax.h"
#include "target.h"

/* Ours are printable, but a policy's file may have any name. */
static void make_printable(char *text)
{
	if (vsee_syntax_text(text, strlen(text)))
		return;
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || (unsigned char)*c > '~')
			*c = '?';
}

const char *report_source_text(const struct vsee_source *source, char *ret_text)
{
	if (source->line > 0)
		(void)snprintf(ret_text, REPORT_TEXT_SIZE, "%s:%u", source->file, source->line);
	else
		(void)snprintf(ret_text, REPORT_TEXT_SIZE, "the defaults");
	make_printable(ret_text);
	return ret_text;
}

static void set_text(struct report_row *row, enum report_field field, const char *text)
{
	if (text[0])
		row->cells[field] = (struct report_cell){.set = true, .text = text};
}

static void set_number(struct report_row *row, enum report_field field, int64_t number)
{
	row->cells[field] = (struct report_cell){.set = true, .number = number};
}

static void set_day(struct report_row *row, enum report_field field, vsee_day day)
{
	if (day >= 0)
		set_number(row, field, day);
}

static const struct vsee_rules *rules_of(const struct target *target)
{
	return &target->subject.section->rules;
}

static bool covered(const struct target *target)
{
	return target->subject.section && rules_of(target)->mode != VSEE_MODE_OFF;
}

/* Days a password may live by the policy, or by shadow where that decides alone. */
static vsee_day allowed_days(const struct target *target)
{
	const vsee_day max_days = rules_of(target)->max_days;

	return max_days == VSEE_UNSET ? target->judgement.lifetime : max_days;
}

static bool is_old(const struct report *report, const struct target *target)
{
	const vsee_day allowed = allowed_days(target);

	return allowed < VSEE_NEVER &&
	       report->scan->today >= target->judgement.change.day + allowed;
}

static enum report_counter why_granted(enum vsee_reason reason)
{
	switch (reason) {
	case VSEE_REASON_FLOOR:
		return REPORT_OLD_NOTICE;
	case VSEE_REASON_UNTOLD:
		return REPORT_OLD_UNTOLD;
	case VSEE_REASON_EXTENSION:
		return REPORT_OLD_EXTENSION;
	case VSEE_REASON_NEVER:
	case VSEE_REASON_LIFETIME:
	case VSEE_REASON_SHADOW:
	case VSEE_REASON_ENROLLED:
		break;
	}
	return REPORT_OLD_OTHER;
}

/* Why a password older than max_days is still there. */
static enum report_counter why_old(const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;
	const enum vsee_verdict verdict = judgement->verdict;

	if (verdict == VSEE_ACCOUNT_EXPIRED || verdict == VSEE_NO_PASSWORD)
		return REPORT_OLD_UNUSABLE;
	if (rules_of(target)->mode == VSEE_MODE_WATCH)
		return REPORT_OLD_MODE;
	if (verdict == VSEE_INACTIVE || verdict == VSEE_MUST_CHANGE)
		return REPORT_OLD_EXPIRED;
	if (rules_of(target)->mode == VSEE_MODE_REMIND && !target->subject.section->rules.held)
		return REPORT_OLD_MODE;
	if (judgement->lenient == VSEE_LENIENT_MODE)
		return REPORT_OLD_HOLD; /* before its date the hold makes no difference */
	if (judgement->lenient == VSEE_LENIENT_UNTOLD)
		return REPORT_OLD_UNTOLD;
	if (judgement->lenient != VSEE_LENIENT_NOT)
		return REPORT_OLD_OTHER;
	return why_granted(judgement->reason);
}

static void write_reason(struct report_row *row, const struct target *target)
{
	static const char *const texts[] = {
		[VSEE_REASON_NEVER] = "nothing ends this password",
		[VSEE_REASON_LIFETIME] = "last change + max_days",
		[VSEE_REASON_SHADOW] = "last change + shadow's own max, which is smaller",
		[VSEE_REASON_FLOOR] = "notice: the date moved forward, and notice_days are granted",
		[VSEE_REASON_UNTOLD] = "put off until the person has been told the date",
		[VSEE_REASON_EXTENSION] = "an administrator granted days (vseectl extend)",
		[VSEE_REASON_ENROLLED] = "promised by an earlier scan",
	};

	const struct vsee_account *account = &target->subject.account;
	const enum vsee_reason reason = target->judgement.reason;

	if (reason == VSEE_REASON_EXTENSION && account->extension_reason[0])
		(void)snprintf(row->reason, sizeof(row->reason), "%s (%s) by uid %ld: %s",
			       texts[reason], vsee_reason_name(reason),
			       account->extension_by == VSEE_NO_UID ? -1L
								    : (long)account->extension_by,
			       account->extension_reason);
	else
		(void)snprintf(row->reason, sizeof(row->reason), "%s (%s)", texts[reason],
			       vsee_reason_name(reason));
}

/* What an auditor's own scanner may say of it, and what is true. */
static void write_old(const struct report *report, const struct target *target,
		      enum report_counter why, struct report_row *row)
{
	static const char *const texts[REPORT_COUNTER_COUNT] = {
		[REPORT_OLD_EXPIRED] = "expired, a login is refused or must change it",
		[REPORT_OLD_UNUSABLE] = "no password login is possible",
		[REPORT_OLD_NOTICE] = "rolled in: a scanner of shadow's max would flag it",
		[REPORT_OLD_UNTOLD] = "not enforced until the person has been told",
		[REPORT_OLD_EXTENSION] = "extended by an administrator",
		[REPORT_OLD_HOLD] = "not enforced while the hold is in force",
		[REPORT_OLD_MODE] = "not enforced in this mode",
		[REPORT_OLD_OTHER] = "not enforced now",
	};
	static const char *const lenient[] = {
		[VSEE_LENIENT_NOT_ENROLLED] = "not enforced: no scan has enrolled it yet",
		[VSEE_LENIENT_SCAN_OLD] = "not enforced: the last scan is too old",
	};
	const struct vsee_judgement *judgement = &target->judgement;
	const char *text = why == REPORT_OLD_OTHER && judgement->lenient < COUNT(lenient) &&
					   lenient[judgement->lenient]
				   ? lenient[judgement->lenient]
				   : texts[why];
	const struct report_cell deadline = {.set = true, .number = judgement->deadline};
	const char *lead = why == REPORT_OLD_NOTICE ? ", because notice runs until " : ", ends ";
	const bool ahead = judgement->days_left > 0 && judgement->deadline < VSEE_NEVER;
	char until[REPORT_TIME_SIZE];

	(void)snprintf(row->remark, sizeof(row->remark),
		       "%s (%" PRId64 " days since the last change, max_days %" PRId64 ")%s%s",
		       text, report->scan->today - judgement->change.day, allowed_days(target),
		       ahead ? lead : "",
		       ahead ? report_cell_text(REPORT_DEADLINE, &deadline, true, until) : "");
}

static void count_week(struct report *report, const struct vsee_judgement *judgement)
{
	if (judgement->verdict < VSEE_MUST_CHANGE)
		return; /* no password that could be used */
	if (judgement->days_left == VSEE_NEVER)
		report->never++;
	else if (judgement->days_left >= INT64_C(7) * REPORT_WEEKS)
		report->later++;
	else if (judgement->days_left >= 0)
		report->weeks[judgement->days_left / 7]++;
}

static void count_covered(struct report *report, const struct target *target,
			  struct report_row *row)
{
	static const enum report_counter counters[] = {
		[VSEE_NOT_COVERED] = REPORT_OFF,
		[VSEE_ACCOUNT_EXPIRED] = REPORT_ENDED,
		[VSEE_NO_PASSWORD] = REPORT_NO_PASSWORD,
		[VSEE_INACTIVE] = REPORT_INACTIVE,
		[VSEE_MUST_CHANGE] = REPORT_MUST_CHANGE,
		[VSEE_NOT_ENFORCEABLE] = REPORT_LENIENT,
		[VSEE_WARN] = REPORT_WARN,
		[VSEE_VALID] = REPORT_VALID,
	};
	const struct vsee_judgement *judgement = &target->judgement;

	report->counters[REPORT_COVERED]++;
	report->counters[counters[judgement->verdict]]++;
	report->counters[REPORT_UNDATED] += !judgement->change.believed && !judgement->change.asked;
	report->counters[REPORT_EXTENDED] += judgement->reason == VSEE_REASON_EXTENSION;
	count_week(report, judgement);
	if (!is_old(report, target))
		return;

	const enum report_counter why = why_old(target);

	report->counters[REPORT_OLD]++;
	report->counters[why]++;
	write_old(report, target, why, row);
}

static unsigned remembered(const struct report *report, const struct target *target)
{
	const struct vsee_account *account = &target->subject.account;
	vsee_day replaced[VSEE_ENTRIES_MAX];
	size_t count = 0;

	for (size_t i = 0; i < account->entry_count && count < COUNT(replaced); i++)
		replaced[count++] = account->entries[i].replaced;
	return (unsigned)vsee_reuse_kept(replaced, count, rules_of(target)->remember,
					 target->judgement.lifetime, report->scan->today);
}

/* What is in doubt about an account that nothing else is said of. */
static void remark_state(const struct target *target, struct report_row *row)
{
	static const char *const texts[] = {
		[VSEE_ACCOUNT_GOOD] = "",
		[VSEE_ACCOUNT_NEW] = "no scan has enrolled it yet: nothing is enforced",
		[VSEE_ACCOUNT_DAMAGED] = "its state file is damaged: what could be read counts",
		[VSEE_ACCOUNT_REUSED] = "its state belongs to another uid: nothing is enforced",
	};

	if (!row->remark[0])
		(void)snprintf(row->remark, sizeof(row->remark), "%s", texts[target->subject.news]);
}

static void fill_covered(struct report *report, const struct target *target, struct report_row *row)
{
	const struct vsee_section *section = target->subject.section;
	const struct vsee_judgement *judgement = &target->judgement;
	const struct vsee_enrolment *state = &target->subject.account.enrolment;

	set_text(row, REPORT_COVERED_BY, vsee_section_text(section, row->section));
	set_text(row, REPORT_WHERE, report_source_text(&section->source, row->where));
	set_text(row, REPORT_MODE,
		 section->rules.held ? "enforce, held" : vsee_mode_name(section->rules.mode));
	set_day(row, REPORT_LAST_CHANGE, judgement->change.day);
	set_day(row, REPORT_DEADLINE, judgement->deadline);
	if (judgement->days_left < VSEE_NEVER)
		set_number(row, REPORT_DAYS_LEFT, judgement->days_left);
	set_text(row, REPORT_VERDICT, vsee_verdict_name(judgement->verdict));
	write_reason(row, target);
	set_text(row, REPORT_REASON, row->reason);
	set_day(row, REPORT_FLOOR, state->floor);
	set_day(row, REPORT_EXTENSION, state->extension);
	set_day(row, REPORT_TOLD, state->told);
	set_number(row, REPORT_REMEMBER, section->rules.remember);
	set_number(row, REPORT_REMEMBERED, remembered(report, target));
	count_covered(report, target, row);
	remark_state(target, row);
}

/* Sets who is not covered and why; returns what it counts for. */
static enum report_counter fill_uncovered(const struct report *report, const struct target *target,
					  struct report_row *row)
{
	const struct vsee_subject *subject = &target->subject;
	const struct vsee_policy *policy = &report->scan->policy;
	const bool reasoned = policy->exempt_reason && policy->exempt_reason[0];

	if (subject->exempt) {
		set_text(row, REPORT_COVERED_BY, "nothing: exempt");
		set_text(row, REPORT_WHERE, report_source_text(&policy->exempt_source, row->where));
		(void)snprintf(row->reason, sizeof(row->reason), "%s",
			       reasoned ? policy->exempt_reason
					: "no reason is given ([exempt] reason)");
		return REPORT_EXEMPT;
	}
	if (subject->section) {
		set_text(row, REPORT_COVERED_BY, vsee_section_text(subject->section, row->section));
		set_text(row, REPORT_WHERE,
			 report_source_text(&subject->section->source, row->where));
		set_text(row, REPORT_MODE, vsee_mode_name(VSEE_MODE_OFF));
		(void)snprintf(row->reason, sizeof(row->reason), "the section's mode is off");
		return REPORT_OFF;
	}
	set_text(row, REPORT_COVERED_BY, "nothing");
	(void)snprintf(row->reason, sizeof(row->reason),
		       "uid outside %lu..%lu, and no section names it",
		       (unsigned long)policy->uid_min, (unsigned long)policy->uid_max);
	return REPORT_OUTSIDE;
}

/* A password that nothing ends where nobody should need one, or none at all. */
static void find(struct report *report, const struct target *target, bool system,
		 struct report_row *row)
{
	const enum vsee_password password = target->subject.shadow.aging.password;
	const char *finding = password == VSEE_PASSWORD_EMPTY
				      ? "finding: the password is empty, whoever asks gets in"
			      : password == VSEE_PASSWORD_USABLE && system
				      ? "finding: a system account with a password that never ends"
				      : NULL;

	if (!finding)
		return;
	(void)snprintf(row->remark, sizeof(row->remark), "%s", finding);
	report->counters[REPORT_FINDINGS]++;
}

bool report_row_make(struct report *report, const struct target *target, struct report_row *ret_row)
{
	const struct vsee_subject *subject = &target->subject;
	const bool locked = subject->shadow.aging.password == VSEE_PASSWORD_LOCKED;
	const bool system = subject->uid < report->scan->policy.uid_min;

	memset(ret_row->cells, 0, sizeof(ret_row->cells));
	ret_row->reason[0] = ret_row->remark[0] = '\0';
	report->counters[REPORT_ACCOUNTS]++;
	if (covered(target)) {
		fill_covered(report, target, ret_row);
	} else if (system && locked && !subject->exempt && !subject->section) {
		report->counters[REPORT_SYSTEM]++;
		return false;
	} else {
		report->counters[fill_uncovered(report, target, ret_row)]++;
		set_day(ret_row, REPORT_LAST_CHANGE, subject->shadow.aging.last_change);
		set_text(ret_row, REPORT_VERDICT, locked ? "no-password" : "not-covered");
		set_text(ret_row, REPORT_REASON, ret_row->reason);
	}
	find(report, target, system && !covered(target), ret_row);
	set_text(ret_row, REPORT_NAME, subject->shadow.name);
	set_number(ret_row, REPORT_UID, subject->uid);
	set_text(ret_row, REPORT_REMARK, ret_row->remark);
	return true;
}
