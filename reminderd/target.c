#include "target.h"

#include <errno.h>
#include <string.h>

void target_clear(struct target *target)
{
	vsee_subject_clear(&target->subject);
}

int target_load(const struct scan *scan, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	const char *name = subject->shadow.name;
	int r = 0;

	subject->local = true;
	subject->scanday = scan->scanday;
	subject->news = VSEE_ACCOUNT_NEW;
	if (scan->accounts_fd < 0)
		subject->account = vsee_account_empty(name, subject->uid);
	else
		r = vsee_account_load(scan->accounts_fd, scan->owner, name, subject->uid,
				      &subject->account, &subject->news);
	if (r < 0)
		return r;
	vsee_subject_refresh(subject, scan->today);
	return 0;
}

int target_find(const struct scan *scan, const char *name, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	struct vsee_passwd passwd;
	int r;

	r = vsee_shadow_find(scan->paths.shadow, name, &subject->shadow, NULL, NULL);
	if (r < 0)
		return r;
	r = vsee_passwd_find(scan->paths.passwd, name, &passwd, NULL, NULL);
	if (r < 0)
		return r;
	subject->uid = passwd.uid;
	subject->gid = passwd.gid;
	subject->section = vsee_cover(&scan->policy, &scan->members, name, subject->uid,
				      subject->gid, &subject->exempt);
	return target_load(scan, target);
}

/* Plan; where only our notes have to change, note it at once and plan what comes after. */
static void plan(const struct scan *scan, struct target *target)
{
	struct vsee_subject *subject = &target->subject;

	vsee_subject_refresh(subject, scan->today);
	target->plan = vsee_mirror_plan(&subject->facts);
	if (target->plan.step != VSEE_MIRROR_CONFIRM)
		return;
	subject->account.enrolment = target->plan.after;
	vsee_subject_refresh(subject, scan->today);
	target->plan = vsee_mirror_plan(&subject->facts);
}

/* After this run the last scan is today's: logins judge so, and so does the snapshot. */
static void judge(struct target *target)
{
	struct vsee_facts facts = target->subject.facts;

	facts.last_scan = facts.today;
	target->judgement = vsee_judge(&facts);
}

static int update(struct scan *scan, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	const struct vsee_told told = mailing_told(scan, target);
	int r;

	r = vsee_subject_enrol(subject, &told, scan->today);
	if (r < 0)
		return r;
	plan(scan, target);
	judge(target);
	return 0;
}

int target_enrol(struct scan *scan, struct target *target)
{
	struct vsee_account *account = &target->subject.account;
	autosecret struct vsee_secret before = {0};
	autosecret struct vsee_secret after = {0};
	int r;

	r = vsee_account_print(account, &before);
	if (r < 0)
		return r;
	r = update(scan, target);
	if (r < 0)
		return r;
	r = vsee_account_print(account, &after);
	if (r < 0)
		return r;
	target->changed = target->subject.news != VSEE_ACCOUNT_GOOD ||
			  before.length != after.length ||
			  memcmp(before.text, after.text, after.length) != 0;
	return 0;
}

void target_judge(const struct scan *scan, struct target *target)
{
	struct vsee_subject *subject = &target->subject;

	vsee_subject_refresh(subject, scan->today);
	target->plan = vsee_mirror_plan(&subject->facts);
	target->judgement = vsee_judge(&subject->facts);
}

int target_save(const struct scan *scan, const struct target *target)
{
	return vsee_account_save(scan->accounts_fd, &target->subject.account, target->subject.news);
}
