/* What the bare facts amount to: whose fields shadow holds, the lifetime, the last change. */
#include "policy/enrolment.h"

#define FIRST_DAY_BELIEVED 7305 /* 1990-01-01 */

struct vsee_enrolment vsee_enrolment_empty(void)
{
	return (struct vsee_enrolment){
		.known_change = VSEE_UNSET,
		.known_ahead = VSEE_UNSET,
		.disbelieved = VSEE_NONE,
		.lifetime = VSEE_UNSET,
		.deadline = VSEE_UNSET,
		.floor = VSEE_UNSET,
		.floor_ahead = VSEE_UNSET,
		.floor_change = VSEE_UNSET,
		.floor_lifetime = VSEE_UNSET,
		.told = VSEE_UNSET,
		.extension = VSEE_UNSET,
		.mirror_max = VSEE_UNSET,
		.mirror_warn = VSEE_UNSET,
		.before_max = VSEE_UNSET,
		.before_warn = VSEE_UNSET,
		.mirror_old = VSEE_NONE,
		.before_change = VSEE_UNSET,
	};
}

static vsee_day tame(vsee_day day)
{
	if (day >= VSEE_NEVER)
		return VSEE_NEVER;
	return day < VSEE_NONE ? VSEE_UNSET : vsee_day_min(day, VSEE_DAY_MAX);
}

struct vsee_facts vsee_facts_tame(const struct vsee_facts *facts)
{
	struct vsee_facts tamed = *facts;
	vsee_day *const days[] = {
		&tamed.state.known_change, &tamed.state.known_ahead,   &tamed.state.disbelieved,
		&tamed.state.lifetime,	   &tamed.state.deadline,      &tamed.state.floor,
		&tamed.state.floor_ahead,  &tamed.state.floor_change,  &tamed.state.floor_lifetime,
		&tamed.state.told,	   &tamed.state.extension,     &tamed.state.mirror_max,
		&tamed.state.mirror_warn,  &tamed.state.before_max,    &tamed.state.before_warn,
		&tamed.state.mirror_old,   &tamed.state.before_change, &tamed.last_scan,
	};

	for (size_t i = 0; i < sizeof(days) / sizeof(days[0]); i++)
		*days[i] = tame(*days[i]);
	tamed.shadow = vsee_aging_clamp(facts->shadow);
	tamed.today = vsee_day_max(-VSEE_DAY_MAX, vsee_day_min(facts->today, VSEE_DAY_MAX));
	return tamed;
}

static bool mirrored(const struct vsee_facts *facts)
{
	const struct vsee_enrolment *state = &facts->state;
	const vsee_day max_days = facts->shadow.max_days;

	switch (state->mirror) {
	case VSEE_MIRROR_DONE:
		return max_days == state->mirror_max;
	case VSEE_MIRROR_INTENT: /* chage may have run, or not */
		return max_days == state->mirror_max ||
		       (state->mirror_old != VSEE_NONE && max_days == state->mirror_old);
	case VSEE_MIRROR_NONE:
	case VSEE_MIRROR_OVERWRITTEN:
		break;
	}
	return false;
}

struct vsee_aging vsee_own_aging(const struct vsee_facts *facts)
{
	struct vsee_aging own = facts->shadow;
	const struct vsee_enrolment *state = &facts->state;

	const bool ours = mirrored(facts);
	/* Our older warn stands beside our older max, until chage replaces both. */
	const bool replaced =
		ours && state->mirror == VSEE_MIRROR_INTENT && state->mirror_old != VSEE_NONE;

	if (ours)
		own.max_days = state->before_max;
	/* warn goes its own way: where max was overwritten, ours may still stand there. */
	if (replaced || (state->mirror != VSEE_MIRROR_NONE && own.warn_days == state->mirror_warn))
		own.warn_days = state->before_warn;
	if (own.last_change == 0 && state->zero != VSEE_MIRROR_NONE)
		own.last_change = state->before_change;
	return vsee_aging_clamp(own); /* what is remembered comes from a file */
}

vsee_day vsee_lifetime(const struct vsee_facts *facts)
{
	const vsee_day own = vsee_own_aging(facts).max_days;
	const vsee_day own_lifetime = own == VSEE_UNSET ? VSEE_NEVER : own;
	const vsee_day policy = facts->rules->max_days;

	return policy == VSEE_UNSET ? own_lifetime : vsee_day_min(policy, own_lifetime);
}

vsee_day vsee_spread(const struct vsee_facts *facts)
{
	const uint64_t span = (uint64_t)facts->rules->spread_days + 1;

	return (vsee_day)(facts->account_digest % span);
}

/* Shadow's last change of 0 that we wrote says nothing about the date. */
static bool believable(const struct vsee_facts *facts, vsee_day date, vsee_day disbelieved)
{
	return facts->shadow.last_change != 0 && date >= FIRST_DAY_BELIEVED &&
	       date <= facts->today + 1 && date != disbelieved;
}

/* A clock that was ahead and one that is behind look alike; only a leap tells which it was. */
bool vsee_clock_leapt(const struct vsee_facts *facts)
{
	return facts->last_scan != VSEE_UNSET && facts->today > facts->last_scan + 1;
}

struct vsee_change vsee_change_resolve(const struct vsee_facts *facts)
{
	const struct vsee_aging own = vsee_own_aging(facts);
	const struct vsee_enrolment *state = &facts->state;
	vsee_day known = facts->hash_known ? state->known_change : VSEE_UNSET;
	vsee_day disbelieved = state->disbelieved;
	struct vsee_change change = {
		.asked = facts->shadow.last_change == 0 && state->zero == VSEE_MIRROR_NONE,
	};

	if (facts->hash_known && state->known_ahead > known && state->known_ahead <= facts->today &&
	    vsee_clock_leapt(facts)) {
		known = state->known_ahead;
		if (disbelieved == known)
			disbelieved = VSEE_NONE;
	}
	change.believed = believable(facts, own.last_change, disbelieved);
	if (change.believed)
		change.day = own.last_change;
	else
		change.day = known < 0 ? facts->today : vsee_day_min(known, facts->today);
	return change;
}
