#include "policy/mirror.h"

static struct vsee_mirror_plan keep(const struct vsee_enrolment *state)
{
	return (struct vsee_mirror_plan){
		.step = VSEE_MIRROR_KEEP,
		.last_change = VSEE_NONE,
		.max_days = VSEE_NONE,
		.warn_days = VSEE_NONE,
		.before = *state,
		.after = *state,
	};
}

static void forget_mirror(struct vsee_enrolment *state)
{
	state->mirror = VSEE_MIRROR_NONE;
	state->mirror_max = VSEE_UNSET;
	state->mirror_warn = VSEE_UNSET;
	state->before_max = VSEE_UNSET;
	state->before_warn = VSEE_UNSET;
	state->mirror_old = VSEE_NONE;
}

static void forget_zero(struct vsee_enrolment *state)
{
	state->zero = VSEE_MIRROR_NONE;
	state->before_change = VSEE_UNSET;
}

/* Has the told deadline come? Only then may a last change of 0 say so. */
static bool due(const struct vsee_facts *facts)
{
	const struct vsee_enrolment *state = &facts->state;

	return state->deadline != VSEE_NEVER && state->told == state->deadline &&
	       facts->today >= state->deadline;
}

/*
 * The steps below add to a plan and bring facts to what they lead to, so that a plan may hold
 * several, one chage carries them out, and nothing is left for the next run.
 */
static void confirm(struct vsee_facts *facts, struct vsee_mirror_plan *plan,
		    const struct vsee_enrolment *noted)
{
	if (plan->step == VSEE_MIRROR_KEEP)
		plan->step = VSEE_MIRROR_CONFIRM;
	if (plan->step == VSEE_MIRROR_CONFIRM)
		plan->before = *noted;
	plan->after = *noted;
	facts->state = *noted;
}

static void restore(struct vsee_facts *facts, struct vsee_mirror_plan *plan)
{
	const struct vsee_aging own = vsee_own_aging(facts);
	struct vsee_enrolment forgotten = plan->after;

	if (facts->state.mirror == VSEE_MIRROR_NONE)
		return;
	forget_mirror(&forgotten);
	if (own.max_days == facts->shadow.max_days && own.warn_days == facts->shadow.warn_days) {
		confirm(facts, plan, &forgotten);
		return;
	}
	plan->step = VSEE_MIRROR_RESTORE;
	plan->max_days = own.max_days;
	plan->warn_days = own.warn_days;
	/* Killed behind chage, the next run must know whose value it finds: theirs, put back by us.
	 */
	plan->before.mirror = VSEE_MIRROR_INTENT;
	plan->before.mirror_old = facts->shadow.max_days;
	plan->before.mirror_max = own.max_days;
	plan->before.before_max = own.max_days;
	plan->before.before_warn = own.warn_days;
	plan->after = forgotten;
	facts->state = forgotten;
	facts->shadow.max_days = own.max_days;
	facts->shadow.warn_days = own.warn_days;
}

static void unzero(struct vsee_facts *facts, struct vsee_mirror_plan *plan)
{
	const vsee_day own = vsee_own_aging(facts).last_change;

	plan->step = VSEE_MIRROR_RESTORE;
	plan->last_change = own;
	facts->shadow.last_change = own;
	forget_zero(&plan->after);
	forget_zero(&facts->state);
}

static void set_zero(struct vsee_facts *facts, struct vsee_mirror_plan *plan)
{
	plan->step = VSEE_MIRROR_SET_ZERO;
	plan->last_change = 0;
	plan->before.zero = VSEE_MIRROR_INTENT;
	plan->before.before_change = facts->shadow.last_change;
	plan->after.zero = VSEE_MIRROR_DONE;
	plan->after.before_change = facts->shadow.last_change;
}

static void set_max(const struct vsee_facts *facts, vsee_day max_days,
		    struct vsee_mirror_plan *plan)
{
	const struct vsee_aging own = vsee_own_aging(facts);
	const bool ours = facts->state.mirror != VSEE_MIRROR_NONE;

	plan->step = VSEE_MIRROR_SET_MAX;
	plan->max_days = max_days;
	plan->warn_days = facts->rules->warn_days;
	plan->after.mirror = VSEE_MIRROR_DONE;
	plan->after.mirror_max = max_days;
	plan->after.mirror_warn = plan->warn_days;
	plan->after.before_max = own.max_days;
	plan->after.before_warn = own.warn_days;
	plan->after.mirror_old = VSEE_NONE;

	const vsee_day before_change = plan->before.before_change;
	const enum vsee_mirror zero = plan->before.zero;

	plan->before = plan->after;
	plan->before.mirror = VSEE_MIRROR_INTENT;
	plan->before.mirror_old = ours ? facts->shadow.max_days : VSEE_NONE;
	plan->before.zero = zero; /* where the same chage takes it back: until that has run */
	plan->before.before_change = before_change;
}

/* shadow's date is believed and its max is ours to set. */
static void follow_deadline(struct vsee_facts *facts, struct vsee_mirror_plan *plan)
{
	const vsee_day wanted = facts->state.deadline - facts->shadow.last_change;
	const bool agrees = facts->shadow.max_days == wanted &&
			    facts->shadow.warn_days == facts->rules->warn_days;
	struct vsee_enrolment done = plan->after;

	if (!agrees)
		set_max(facts, wanted, plan);
	if (!agrees || facts->state.mirror != VSEE_MIRROR_INTENT)
		return;
	/* Not what the intent was for, perhaps: chage may have failed, and the old value fit again.
	 */
	done.mirror = VSEE_MIRROR_DONE;
	done.mirror_max = facts->shadow.max_days;
	done.mirror_warn = facts->shadow.warn_days;
	done.mirror_old = VSEE_NONE;
	confirm(facts, plan, &done);
}

static bool enforced(const struct vsee_facts *facts)
{
	return facts->rules && facts->rules->mode == VSEE_MODE_ENFORCE &&
	       facts->rules->max_days != VSEE_UNSET && facts->state.enrolled &&
	       facts->state.deadline != VSEE_NEVER;
}

/* What happened to our fields since the last run, noted before anything new is planned. */
static struct vsee_enrolment take_stock(const struct vsee_facts *facts)
{
	struct vsee_enrolment state = facts->state;
	const vsee_day max_days = facts->shadow.max_days;

	if (state.zero != VSEE_MIRROR_NONE && facts->shadow.last_change != 0)
		forget_zero(&state); /* a new password, or chage never ran */
	if (state.zero == VSEE_MIRROR_INTENT)
		state.zero = VSEE_MIRROR_DONE;
	if (state.mirror == VSEE_MIRROR_DONE && max_days != state.mirror_max)
		state.mirror = VSEE_MIRROR_OVERWRITTEN;
	if (state.mirror != VSEE_MIRROR_INTENT || max_days == state.mirror_max ||
	    (state.mirror_old != VSEE_NONE && max_days == state.mirror_old))
		return state;
	/* Theirs stands there. Our warn beside it proves that chage ran and was overwritten. */
	if (facts->shadow.warn_days == state.mirror_warn && state.mirror_warn != state.before_warn)
		state.mirror = VSEE_MIRROR_OVERWRITTEN;
	else
		forget_mirror(&state);
	return state;
}

static bool same(const struct vsee_enrolment *a, const struct vsee_enrolment *b)
{
	return a->mirror == b->mirror && a->zero == b->zero;
}

static void plan_enforced(struct vsee_facts *facts, struct vsee_mirror_plan *plan)
{
	struct vsee_change change;

	if (facts->state.zero == VSEE_MIRROR_DONE) {
		if (due(facts))
			return;
		unzero(facts, plan);
	}
	change = vsee_change_resolve(facts);
	if (change.asked || facts->shadow.password != VSEE_PASSWORD_USABLE)
		return;
	if (change.believed && facts->state.mirror != VSEE_MIRROR_OVERWRITTEN) {
		follow_deadline(facts, plan);
		return;
	}
	if (facts->state.mirror != VSEE_MIRROR_OVERWRITTEN)
		restore(facts, plan);
	if (due(facts) && !vsee_aging_expired(&facts->shadow, facts->today))
		set_zero(facts, plan);
}

struct vsee_mirror_plan vsee_mirror_plan(const struct vsee_facts *raw)
{
	const struct vsee_facts tamed = vsee_facts_tame(raw);
	struct vsee_facts facts = tamed;
	struct vsee_mirror_plan plan;

	facts.state = take_stock(&tamed);
	plan = keep(&facts.state);
	if (enforced(&facts)) {
		plan_enforced(&facts, &plan);
	} else {
		if (facts.state.zero == VSEE_MIRROR_DONE)
			unzero(&facts, &plan);
		restore(&facts, &plan);
	}
	if (plan.step == VSEE_MIRROR_KEEP && !same(&plan.after, &tamed.state))
		plan.step = VSEE_MIRROR_CONFIRM;
	return plan;
}

bool vsee_mirror_can_give_up(const struct vsee_mirror_plan *plan)
{
	return plan->max_days != VSEE_NONE || plan->last_change > 0;
}

/* Overwritten, by a value that is nobody's: all that is known of one that shadow does not keep. */
void vsee_mirror_give_up(const struct vsee_mirror_plan *plan, struct vsee_enrolment *state)
{
	if (plan->max_days == VSEE_NONE) {
		state->before_change = VSEE_UNSET;
		return;
	}
	forget_mirror(state);
	state->mirror = VSEE_MIRROR_OVERWRITTEN;
}

bool vsee_mirror_given_up(const struct vsee_enrolment *state)
{
	return state->mirror == VSEE_MIRROR_OVERWRITTEN && state->mirror_max == VSEE_UNSET;
}
