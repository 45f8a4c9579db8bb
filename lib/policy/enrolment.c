#include "policy/enrolment.h"

/* How far ahead a floor can lie at all; beyond it a wrong clock must have given it. */
static vsee_day floor_limit(const struct vsee_facts *facts)
{
	const vsee_day granted = facts->rules->notice_days + facts->rules->spread_days;

	return facts->today + vsee_day_max(granted, VSEE_TOLD_DAYS);
}

vsee_day vsee_floor_roll_in(const struct vsee_facts *facts, const struct vsee_change *change,
			    vsee_day lifetime, vsee_day promised, vsee_day computed)
{
	const struct vsee_enrolment *state = &facts->state;
	const vsee_day horizon = facts->today + facts->rules->notice_days + vsee_spread(facts);

	if (computed >= promised || computed >= horizon)
		return VSEE_UNSET;
	if (state->floor_lifetime != VSEE_UNSET && state->floor_change == change->day &&
	    lifetime >= state->floor_lifetime)
		return VSEE_UNSET;
	return vsee_day_min(promised, horizon);
}

static void learn_dates(const struct vsee_facts *facts, const struct vsee_change *change,
			struct vsee_enrolment *state)
{
	const vsee_day known = facts->hash_known ? state->known_change : VSEE_UNSET;

	if (change->day >= state->known_ahead)
		state->known_ahead = VSEE_UNSET;
	if (!change->believed && known > change->day)
		state->known_ahead = vsee_day_max(known, state->known_ahead);
	state->known_change = change->day;
	if (change->believed)
		state->disbelieved = VSEE_NONE;
	else if (facts->shadow.last_change != 0)
		state->disbelieved = facts->shadow.last_change;
}

static void void_floor(const struct vsee_facts *facts, struct vsee_enrolment *state)
{
	if (vsee_clock_leapt(facts) && state->floor_ahead <= floor_limit(facts)) {
		state->floor = vsee_day_max(state->floor, state->floor_ahead);
		state->floor_ahead = VSEE_UNSET;
	}
	if (state->floor <= floor_limit(facts))
		return;
	state->floor_ahead = vsee_day_max(state->floor, state->floor_ahead);
	state->floor = VSEE_UNSET;
	state->floor_change = VSEE_UNSET;
	state->floor_lifetime = VSEE_UNSET;
}

/* At login a date counts as told from the run that first sets it far enough ahead. */
static bool told_at_login(const struct vsee_told *told)
{
	return told->mail == VSEE_MAIL_NONE || told->mail == VSEE_MAIL_REFUSED;
}

/* A date held further ahead than the largest stage would never come to be named in a mail. */
static vsee_day held_days(const struct vsee_rules *rules, const struct vsee_told *told)
{
	if (told_at_login(told) || rules->stage_count == 0)
		return VSEE_TOLD_DAYS;
	return vsee_day_min(rules->stages[0], VSEE_TOLD_DAYS);
}

static bool named(const struct vsee_told *told, vsee_day deadline)
{
	return told->mail == VSEE_MAIL_SENT && told->sent_for(told->context, deadline);
}

static void settle_told(const struct vsee_facts *facts, const struct vsee_told *told,
			struct vsee_enrolment *state)
{
	const vsee_day held = facts->today + held_days(facts->rules, told);

	if (state->told == state->deadline)
		return;
	if (state->deadline < held && facts->rules->max_days != VSEE_UNSET &&
	    !named(told, state->deadline)) {
		state->floor = held;
		state->deadline = held;
		state->reason = VSEE_REASON_UNTOLD;
	}
	if (named(told, state->deadline) || (told_at_login(told) && state->deadline >= held))
		state->told = state->deadline;
	else
		state->told = VSEE_UNSET;
}

static enum vsee_reason reason_of(const struct vsee_facts *facts,
				  const struct vsee_enrolment *state, vsee_day base, bool held)
{
	if (state->deadline == VSEE_NEVER)
		return VSEE_REASON_NEVER;
	if (state->deadline > base && state->deadline == state->extension)
		return VSEE_REASON_EXTENSION;
	if (state->deadline > base)
		return held ? VSEE_REASON_UNTOLD : VSEE_REASON_FLOOR;
	return state->lifetime == facts->rules->max_days ? VSEE_REASON_LIFETIME
							 : VSEE_REASON_SHADOW;
}

static void promise(const struct vsee_facts *facts, const struct vsee_change *change,
		    struct vsee_enrolment *state)
{
	const struct vsee_aging own = vsee_own_aging(facts);
	const vsee_day promised = state->enrolled ? state->deadline : vsee_aging_deadline(&own);
	const vsee_day lifetime = vsee_lifetime(facts);
	const vsee_day base = vsee_day_min(change->day + lifetime, VSEE_NEVER);
	vsee_day deadline, floor;

	void_floor(facts, state);
	deadline = vsee_day_max(base, vsee_day_max(state->floor, state->extension));

	struct vsee_facts given = *facts;

	given.state = *state; /* with a void floor, as if it had never been given */
	floor = vsee_floor_roll_in(&given, change, lifetime, promised, deadline);
	if (floor != VSEE_UNSET) {
		state->floor = vsee_day_max(floor, state->floor);
		state->floor_change = change->day;
		state->floor_lifetime = lifetime;
		deadline = vsee_day_max(deadline, floor);
	}

	/* Nobody who was told a date is let in again because an earlier one was not told. */
	if (state->enrolled && state->told == promised && deadline < promised &&
	    promised <= facts->today) {
		state->floor = promised;
		deadline = promised;
	}

	const bool held = state->reason == VSEE_REASON_UNTOLD && state->deadline == deadline;

	state->enrolled = true;
	state->password_before = false;
	state->lifetime = lifetime;
	state->deadline = deadline;
	state->reason = reason_of(facts, state, base, held);
}

/* max_days = shadow: no promise of ours, we only keep what shadow says for the reminders. */
static void copy_shadow(const struct vsee_facts *facts, struct vsee_enrolment *state)
{
	const struct vsee_aging own = vsee_own_aging(facts);

	state->enrolled = true;
	state->password_before = false;
	state->lifetime = vsee_lifetime(facts);
	state->deadline = vsee_aging_deadline(&own);
	state->reason = state->deadline == VSEE_NEVER ? VSEE_REASON_NEVER : VSEE_REASON_SHADOW;
}

struct vsee_enrolment vsee_enrol(const struct vsee_facts *raw, const struct vsee_told *told)
{
	const struct vsee_facts facts = vsee_facts_tame(raw);
	const struct vsee_change change = vsee_change_resolve(&facts);
	struct vsee_enrolment state = facts.state;

	learn_dates(&facts, &change, &state);
	if (!facts.rules || facts.rules->mode < VSEE_MODE_REMIND)
		return state;
	if (facts.rules->max_days == VSEE_UNSET)
		copy_shadow(&facts, &state);
	else
		promise(&facts, &change, &state);
	settle_told(&facts, told, &state);
	return state;
}
