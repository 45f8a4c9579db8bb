/* What shadow's own fields should say, so that every other tool agrees with our deadline. */
#pragma once

#include "policy/enrolment.h"

enum vsee_mirror_step {
	VSEE_MIRROR_KEEP,     /* shadow is as it should be, or not ours to touch */
	VSEE_MIRROR_CONFIRM,  /* an intent was carried out: only our state changes */
	VSEE_MIRROR_SET_MAX,  /* chage -M max -W warn */
	VSEE_MIRROR_SET_ZERO, /* chage -d 0: the told deadline has come and max can't say so */
	VSEE_MIRROR_RESTORE,  /* take back what is still ours */
};

struct vsee_mirror_plan {
	enum vsee_mirror_step step;
	/*
	 * Values for one chage, whatever the step: a date may go back where max is set, or the
	 * other way round. VSEE_NONE for a field to leave alone, VSEE_UNSET to empty it.
	 */
	vsee_day last_change, max_days, warn_days;
	/* Our state before chage runs (the intent), and once it has succeeded. */
	struct vsee_enrolment before, after;
};

/*
 * Plan for one account; facts->state is what vsee_enrol() just returned.
 *
 * Covered in mode enforce with a deadline: max = deadline - last_change and warn = warn_days, where
 * shadow's date is believed and nobody overwrites our max; else last change 0 from the told
 * deadline on, taken back if the deadline moves. All others: what we mirrored is restored where
 * the value is still ours. max_days = shadow: never mirrored. The step that was planned and
 * carried out leads to KEEP or CONFIRM on the same day. Cannot fail.
 */
struct vsee_mirror_plan vsee_mirror_plan(const struct vsee_facts *facts);

/* Whether the plan has a maximum or a date other than 0: what a shadow may turn out to lack. */
bool vsee_mirror_can_give_up(const struct vsee_mirror_plan *plan);

/*
 * Note in our state, as it was saved before chage ran, that chage refused such a plan or set
 * nothing of it: its maximum is given up first, and counts as overwritten from then on; its date
 * else, which is emptied instead of coming back. Both let people in until last change 0 ends the
 * password. Cannot fail.
 */
void vsee_mirror_give_up(const struct vsee_mirror_plan *plan, struct vsee_enrolment *state);

/* Whether shadow's maximum was given up so: nobody overwrote it. */
bool vsee_mirror_given_up(const struct vsee_enrolment *state);
