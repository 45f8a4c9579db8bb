/* The step that writes a promise; apart from what a login loads, which only judges. */
#include "store/history.h"
#include "store/subject.h"

int vsee_subject_enrol(struct vsee_subject *subject, const struct vsee_told *told, vsee_day today)
{
	const int r = vsee_history_observe(&subject->account, subject->shadow.hash, today);

	if (r < 0)
		return r;
	vsee_subject_refresh(subject, today);
	subject->account.enrolment = vsee_enrol(&subject->facts, told);
	vsee_subject_refresh(subject, today);
	vsee_history_prune(&subject->account, subject->section->rules.remember,
			   vsee_lifetime(&subject->facts), today);
	return 0;
}
