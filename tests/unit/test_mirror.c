/* What is written to shadow, when, and how it comes back. */
#include "policy_case.h"
#include "policy/mirror.h"

#define ON INT64_C(20060)
#define NONE VSEE_NONE
#define STEP(kind) VSEE_MIRROR_##kind /* steps and notes share a prefix */
#define ZEROED(...)                                                                                \
	STATE(.zero = VSEE_MIRROR_DONE, .before_change = UNSET, .mirror = VSEE_MIRROR_OVERWRITTEN, \
	      .before_max = 99999, .before_warn = 7, .mirror_max = 60, .mirror_warn = 10,          \
	      __VA_ARGS__)
#define INTENT(...) MIRRORED(.mirror = VSEE_MIRROR_INTENT, __VA_ARGS__)

static const struct row {
	const char *name;
	bool uncovered;
	struct vsee_rules rules;
	struct vsee_aging shadow;
	struct vsee_enrolment state;
	vsee_day today;
	/* the plan */
	enum vsee_mirror_step step;
	vsee_day last_change, max_days, warn_days;
	enum vsee_mirror mirror, zero; /* behind it */
} rows[] = {
	{"first time", false, RULES(), SHADOW(), STATE(), 20001, STEP(SET_MAX), NONE, 60, 10,
	 STEP(DONE), STEP(NONE)},
	{"as it should be", false, RULES(), OURS(), MIRRORED(), 20001, STEP(KEEP), NONE, NONE, NONE,
	 STEP(DONE), STEP(NONE)},
	{"theirs happens to agree", false, RULES(), OURS(), STATE(), 20001, STEP(KEEP), NONE, NONE,
	 NONE, STEP(NONE), STEP(NONE)},
	{"a floor: max beyond the lifetime", false, RULES(), OURS(), MIRRORED(.deadline = 20070),
	 20050, STEP(SET_MAX), NONE, 70, 10, STEP(DONE), STEP(NONE)},
	{"another warn", false, RULES(.warn_days = 14), OURS(), MIRRORED(), 20001, STEP(SET_MAX),
	 NONE, 60, 14, STEP(DONE), STEP(NONE)},
	{"max 0", false, RULES(), SHADOW(), STATE(.deadline = CHANGED), 20001, STEP(SET_MAX), NONE,
	 0, 10, STEP(DONE), STEP(NONE)},
	{"max_days = shadow: never", false, RULES(.max_days = UNSET), SHADOW(), STATE(), 20001,
	 STEP(KEEP), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"max_days = shadow: taken back", false, RULES(.max_days = UNSET), OURS(), MIRRORED(),
	 20001, STEP(RESTORE), NONE, 99999, 7, STEP(NONE), STEP(NONE)},
	{"not enrolled: nothing", false, RULES(), SHADOW(), STATE(.enrolled = false), 20001,
	 STEP(KEEP), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"locked: nothing", false, RULES(), SHADOW(.password = VSEE_PASSWORD_LOCKED), STATE(),
	 20001, STEP(KEEP), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"asked for: nothing", false, RULES(), SHADOW(.last_change = 0), STATE(), 20001, STEP(KEEP),
	 NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	/* intents */
	{"intent, carried out", false, RULES(), OURS(), INTENT(), 20001, STEP(CONFIRM), NONE, NONE,
	 NONE, STEP(DONE), STEP(NONE)},
	{"intent, not carried out", false, RULES(), SHADOW(), INTENT(), 20001, STEP(SET_MAX), NONE,
	 60, 10, STEP(DONE), STEP(NONE)},
	{"intent, the old mirrored value stands", false, RULES(), OURS(.max_days = 50),
	 INTENT(.mirror_old = 50), 20001, STEP(SET_MAX), NONE, 60, 10, STEP(DONE), STEP(NONE)},
	{"intent not carried out, and the old value fits again", false, RULES(), OURS(),
	 INTENT(.mirror_max = 50, .mirror_old = 60), 20001, STEP(CONFIRM), NONE, NONE, NONE,
	 STEP(DONE), STEP(NONE)},
	{"intent, a value of theirs", false, RULES(), SHADOW(.max_days = 365), INTENT(), 20001,
	 STEP(SET_MAX), NONE, 60, 10, STEP(DONE), STEP(NONE)},
	{"intent, carried out and overwritten", false, RULES(), OURS(.max_days = 365), INTENT(),
	 20001, STEP(CONFIRM), NONE, NONE, NONE, STEP(OVERWRITTEN), STEP(NONE)},
	{"intent to write 0, carried out", false, RULES(), SHADOW(.last_change = 0),
	 ZEROED(.zero = VSEE_MIRROR_INTENT), ON, STEP(CONFIRM), NONE, NONE, NONE, STEP(OVERWRITTEN),
	 STEP(DONE)},
	{"intent to write 0, not carried out", false, RULES(), SHADOW(.last_change = UNSET),
	 ZEROED(.zero = VSEE_MIRROR_INTENT), ON, STEP(SET_ZERO), 0, NONE, NONE, STEP(OVERWRITTEN),
	 STEP(DONE)},
	/* overwritten, or no believed date: 0 at the told deadline */
	{"overwritten: noted, not fought", false, RULES(), SHADOW(.warn_days = 10), MIRRORED(),
	 20001, STEP(CONFIRM), NONE, NONE, NONE, STEP(OVERWRITTEN), STEP(NONE)},
	{"overwritten, the day before", false, RULES(), SHADOW(),
	 MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN), ON - 1, STEP(KEEP), NONE, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(NONE)},
	{"overwritten, on the told deadline", false, RULES(), SHADOW(),
	 MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN), ON, STEP(SET_ZERO), 0, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(DONE)},
	{"overwritten, the day after", false, RULES(), SHADOW(),
	 MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN), ON + 1, STEP(SET_ZERO), 0, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(DONE)},
	{"overwritten, untold", false, RULES(), SHADOW(),
	 MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN, .told = UNSET), ON, STEP(KEEP), NONE, NONE,
	 NONE, STEP(OVERWRITTEN), STEP(NONE)},
	{"overwritten by a value that says expired already", false, RULES(), SHADOW(.max_days = 9),
	 MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN), ON, STEP(KEEP), NONE, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(NONE)},
	{"empty date: no max", false, RULES(), SHADOW(.last_change = UNSET), STATE(), 20001,
	 STEP(KEEP), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"empty date: 0 on the told deadline", false, RULES(), SHADOW(.last_change = UNSET),
	 STATE(), ON, STEP(SET_ZERO), 0, NONE, NONE, STEP(NONE), STEP(DONE)},
	{"date no longer believed: max goes back", false, RULES(), OURS(.last_change = 20100),
	 MIRRORED(), 20001, STEP(RESTORE), NONE, 99999, 7, STEP(NONE), STEP(NONE)},
	{"date no longer believed, deadline come: both at once", false, RULES(),
	 OURS(.last_change = 20100), MIRRORED(), ON, STEP(SET_ZERO), 0, 99999, 7, STEP(NONE),
	 STEP(DONE)},
	{"the 0 stays", false, RULES(), SHADOW(.last_change = 0), ZEROED(), ON, STEP(KEEP), NONE,
	 NONE, NONE, STEP(OVERWRITTEN), STEP(DONE)},
	{"the 0 goes when the deadline moves", false, RULES(), SHADOW(.last_change = 0),
	 ZEROED(.deadline = 20070, .told = 20070), ON, STEP(RESTORE), UNSET, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(NONE)},
	{"the 0 is gone with a new password", false, RULES(), SHADOW(.last_change = ON),
	 ZEROED(.deadline = 20120, .told = UNSET), ON, STEP(CONFIRM), NONE, NONE, NONE,
	 STEP(OVERWRITTEN), STEP(NONE)},
	/* no longer enforced */
	{"uncovered", true, RULES(), OURS(), MIRRORED(), 20001, STEP(RESTORE), NONE, 99999, 7,
	 STEP(NONE), STEP(NONE)},
	{"mode remind", false, RULES(.mode = VSEE_MODE_REMIND), OURS(), MIRRORED(), 20001,
	 STEP(RESTORE), NONE, 99999, 7, STEP(NONE), STEP(NONE)},
	{"mode off, nothing was there before", false, RULES(.mode = VSEE_MODE_OFF), OURS(),
	 MIRRORED(.before_max = UNSET, .before_warn = UNSET), 20001, STEP(RESTORE), NONE, UNSET,
	 UNSET, STEP(NONE), STEP(NONE)},
	{"uncovered, max is theirs by now", true, RULES(), SHADOW(.max_days = 365), MIRRORED(),
	 20001, STEP(CONFIRM), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"uncovered, max is theirs, warn still ours", true, RULES(), OURS(.max_days = 365),
	 MIRRORED(), 20001, STEP(RESTORE), NONE, 365, 7, STEP(NONE), STEP(NONE)},
	{"uncovered, warn is theirs, max still ours", true, RULES(), OURS(.warn_days = 5),
	 MIRRORED(), 20001, STEP(RESTORE), NONE, 99999, 5, STEP(NONE), STEP(NONE)},
	{"uncovered, intent not carried out", true, RULES(), SHADOW(), INTENT(), 20001,
	 STEP(CONFIRM), NONE, NONE, NONE, STEP(NONE), STEP(NONE)},
	{"uncovered, 0 of ours", true, RULES(), SHADOW(.last_change = 0),
	 ZEROED(.before_change = CHANGED), ON, STEP(RESTORE), CHANGED, NONE, NONE, STEP(NONE),
	 STEP(NONE)},
	{"uncovered, 0 and warn at once", true, RULES(), SHADOW(.last_change = 0, .warn_days = 10),
	 ZEROED(.before_change = CHANGED), ON, STEP(RESTORE), CHANGED, 99999, 7, STEP(NONE),
	 STEP(NONE)},
	{"uncovered, nothing of ours", true, RULES(), SHADOW(), STATE(), 20001, STEP(KEEP), NONE,
	 NONE, NONE, STEP(NONE), STEP(NONE)},
};

static void apply(struct vsee_aging *shadow, const struct vsee_mirror_plan *plan)
{
	if (plan->last_change != NONE)
		shadow->last_change = plan->last_change;
	if (plan->max_days != NONE)
		shadow->max_days = plan->max_days;
	if (plan->warn_days != NONE)
		shadow->warn_days = plan->warn_days;
}

/* The administrator's values, as our notes have them, must be the same at every point. */
static void check_own(const struct vsee_facts *facts, const struct vsee_aging *wanted)
{
	const struct vsee_aging own = vsee_own_aging(facts);

	assert_int_equal(own.max_days, wanted->max_days);
	assert_int_equal(own.warn_days, wanted->warn_days);
	assert_int_equal(own.last_change, wanted->last_change);
}

static void check(void **state)
{
	const struct row *row = *state;
	struct vsee_facts facts = {
		.rules = row->uncovered ? NULL : &row->rules,
		.shadow = row->shadow,
		.state = row->state,
		.hash_known = true,
		.last_scan = row->today - 1,
		.today = row->today,
	};
	const struct vsee_aging own = vsee_own_aging(&facts);
	const struct vsee_mirror_plan plan = vsee_mirror_plan(&facts);

	assert_int_equal(plan.step, row->step);
	assert_int_equal(plan.last_change, row->last_change);
	assert_int_equal(plan.max_days, row->max_days);
	assert_int_equal(plan.warn_days, row->warn_days);
	assert_int_equal(plan.after.mirror, row->mirror);
	assert_int_equal(plan.after.zero, row->zero);
	facts.state = plan.before; /* killed before chage */
	check_own(&facts, &own);
	apply(&facts.shadow, &plan); /* killed behind it */
	check_own(&facts, &own);
	facts.state = plan.after;
	check_own(&facts, &own);
	assert_true(vsee_mirror_plan(&facts).step <= VSEE_MIRROR_CONFIRM);
}

/* A shadow that keeps no maximum, then one that takes no date: 0 ends the password all the same. */
static void what_shadow_does_not_keep_is_given_up(void **state)
{
	const struct vsee_rules rules = RULES();
	struct vsee_facts facts = {
		.rules = &rules, .shadow = SHADOW(), .state = STATE(), .hash_known = true};
	struct vsee_mirror_plan plan;

	(void)state;
	facts.today = 20001;
	plan = vsee_mirror_plan(&facts);
	assert_true(vsee_mirror_can_give_up(&plan));
	facts.state = plan.before;
	vsee_mirror_give_up(&plan, &facts.state);
	assert_true(vsee_mirror_given_up(&facts.state));
	assert_int_equal(vsee_mirror_plan(&facts).step, VSEE_MIRROR_KEEP);

	facts.today = ON;
	plan = vsee_mirror_plan(&facts);
	assert_int_equal(plan.step, VSEE_MIRROR_SET_ZERO);
	assert_false(vsee_mirror_can_give_up(&plan));
	facts.state = plan.after;
	facts.shadow.last_change = 0;

	facts.rules = NULL;
	plan = vsee_mirror_plan(&facts);
	assert_int_equal(plan.last_change, CHANGED);
	assert_int_equal(plan.max_days, NONE);
	assert_true(vsee_mirror_can_give_up(&plan));
	facts.state = plan.before;
	vsee_mirror_give_up(&plan, &facts.state);
	plan = vsee_mirror_plan(&facts);
	assert_int_equal(plan.last_change, UNSET);
	assert_false(vsee_mirror_can_give_up(&plan));
}

static void who_was_overwritten_has_given_up_nothing(void **state)
{
	const struct vsee_enrolment overwritten = MIRRORED(.mirror = VSEE_MIRROR_OVERWRITTEN);
	const struct vsee_enrolment done = MIRRORED(), none = STATE();

	(void)state;
	assert_false(vsee_mirror_given_up(&overwritten));
	assert_false(vsee_mirror_given_up(&done));
	assert_false(vsee_mirror_given_up(&none));
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(what_shadow_does_not_keep_is_given_up),
		cmocka_unit_test(who_was_overwritten_has_given_up_nothing),
	};

	return RUN_ROWS(rows, check) + cmocka_run_group_tests(others, NULL, NULL);
}
