/*
 * What must hold, whatever happens to an account.
 *
 * P1  A refusal or demand of our own names a deadline that the person was told: a mail naming this
 *     very day was delivered before, or a run marked it as told at login when it lay VSEE_TOLD_DAYS
 *     or more ahead. Where shadow alone decides, shadow without us says expired too; where an
 *     administrator asked, one really did.
 * P2  After W good days in a row since the date was last set (scanned at the right time, covered
 * and enforced, mail possible), W = notice + spread + VSEE_TOLD_DAYS + SLACK (notice once more
 * where the receiver refuses), and from the last change (or the first right scan behind it, where
 * shadow's date says nothing) + lifetime + W on, or extension + W, the password must be changed.
 * Lifetime, notice and spread are the largest of these days. A lifetime that has just changed waits
 * for a run; these days begin anew where a longer one made a date that had to be told first. Where
 * a clock was ahead, the last change may lie as many days later. P3  From the second good run after
 * a told deadline has come, a demand is possible. After two good runs without enforcement shadow's
 * max, warn and last change are the administrator's. At any time our notes lead back to the
 * administrator's values. P4  After one run at the right time a fault of the clock leaves no
 * deadline earlier than in the same history without the fault, and none later than that or today +
 * notice + spread_days (VSEE_TOLD_DAYS at least); and shadow's date is the same. One that was put
 * off there because nobody could be told may stand here, if they were. P5  Enrolling twice on a day
 * is enrolling once, and the module finds the enrolled deadline; a plan that was carried out leads
 * to KEEP or CONFIRM.
 */
#include <stddef.h>

#include "search_world.h"

#define SLACK 2

static void require(struct world *world, bool holds, const char *property)
{
	if (!holds && !world->broken)
		world->broken = property;
}

static bool enforced(const struct world *world)
{
	return world->covered && world->rules.mode == VSEE_MODE_ENFORCE &&
	       world->rules.max_days != VSEE_UNSET;
}

/* What is decided under a wrong clock is decided for its calendar; P4 is about the rest. */
void check_event(struct world *world, const struct event *event)
{
	if (event->kind == EVENT_CLOCK && event->value != 0) {
		world->fault_open = world->fault_seen = true;
		world->fault_days = vsee_day_max(world->fault_days, event->value);
		world->fault_tainted |= world->change_new; /* no run has seen it */
	}
	/* An extension is reckoned from the deadline that it finds. */
	world->fault_tainted |= world->fault_seen && event->kind == EVENT_EXTEND;
	/* A policy brought forward grants notice by the clock; one behind grants too little. */
	world->policy_new |= event->kind <= EVENT_COVER || event->kind == EVENT_MAX ||
			     event->kind == EVENT_MAX_DAILY;
	world->fault_tainted |= world->ahead < 0 && world->policy_new;
	world->fault_tainted |= event->kind == EVENT_CLOCK && event->value < 0 && world->policy_new;
}

void check_change(struct world *world)
{
	world->change_new = true;
	world->muddled |= world->own_change_unclear;
	world->fault_tainted |= world->fault_open;
	world->due_scans = 0;
}

static bool told_at_login(const struct world *world, vsee_day deadline)
{
	for (int i = 0; i < world->at_login_count; i++)
		if (world->at_login[i] == deadline)
			return true;
	return false;
}

static void note_login_telling(struct world *world, const struct vsee_enrolment *state)
{
	const struct vsee_told told = world_told(world);

	if ((told.mail != VSEE_MAIL_NONE && told.mail != VSEE_MAIL_REFUSED) || !world->covered ||
	    world->rules.mode < VSEE_MODE_REMIND || state->told != state->deadline ||
	    state->deadline - world_today(world) < VSEE_TOLD_DAYS ||
	    told_at_login(world, state->deadline))
		return;
	if (world->at_login_count < SEARCH_MAILS_MAX)
		world->at_login[world->at_login_count++] = state->deadline;
}

static bool same_enrolment(const struct vsee_enrolment *a, const struct vsee_enrolment *b)
{
	return a->enrolled == b->enrolled && a->password_before == b->password_before &&
	       a->known_change == b->known_change && a->disbelieved == b->disbelieved &&
	       a->known_ahead == b->known_ahead && a->floor_ahead == b->floor_ahead &&
	       a->lifetime == b->lifetime && a->deadline == b->deadline && a->reason == b->reason &&
	       a->floor == b->floor && a->floor_change == b->floor_change &&
	       a->floor_lifetime == b->floor_lifetime && a->told == b->told &&
	       a->extension == b->extension;
}

/* What is brought forward has its floor, one for each last change and lifetime; no date is ahead.
 */
static void check_floor(struct world *world, const struct vsee_facts *facts,
			const struct vsee_enrolment *state)
{
	const struct vsee_enrolment *before = &facts->state;
	const bool had = before->floor_lifetime != VSEE_UNSET &&
			 before->floor_change == state->known_change &&
			 before->floor_lifetime <= state->lifetime;
	const bool forward = before->enrolled && enforced(world) &&
			     state->deadline < before->deadline &&
			     state->deadline < facts->today + facts->rules->notice_days;

	require(world, state->known_change <= facts->today + 1, "P2 a last change that lies ahead");
	require(world, !forward || had || state->floor_change == state->known_change,
		"P6 brought forward without a floor");
	require(world,
		!had || state->floor <= before->floor || state->reason == VSEE_REASON_UNTOLD ||
			state->floor == before->floor_ahead || before->floor > facts->today ||
			state->floor <= facts->today,
		"P6 a second floor");
}

void check_enrol(struct world *world, const struct vsee_facts *facts,
		 const struct vsee_enrolment *state)
{
	const struct vsee_told told = world_told(world);
	struct vsee_facts again = *facts;
	struct vsee_enrolment twice;
	struct vsee_judgement judgement;

	again.state = *state;
	twice = vsee_enrol(&again, &told);
	require(world, same_enrolment(state, &twice), "P5 enrolling twice differs");
	again.last_scan = again.today;
	twice = vsee_enrol(&again, &told);
	require(world, same_enrolment(state, &twice), "P5 enrolling twice differs, day recorded");
	judgement = vsee_judge(&again);
	require(world, !enforced(world) || judgement.deadline == state->deadline,
		"P5 module and scan see different deadlines");
	require(world,
		!state->enrolled || !enforced(world) || state->told == state->deadline ||
			state->deadline > facts->today || world->rules.stages[0] == 0,
		"P1 untold deadline is not held ahead");
	check_floor(world, facts, state);
	note_login_telling(world, state);
	if (enforced(world))
		world->free_scans = 0; /* also where the run is killed soon */
	else
		world->due_scans = 0;
}

void check_plan(struct world *world)
{
	const struct vsee_facts facts = world_facts(world);
	const struct vsee_mirror_plan plan = vsee_mirror_plan(&facts);

	require(world, plan.step == VSEE_MIRROR_KEEP || plan.step == VSEE_MIRROR_CONFIRM,
		"P5 a plan that was carried out is planned again");
}

/* A longer lifetime names a new date, which may have to be told: once, for the floor stays. */
static void learn_lifetime(struct world *world)
{
	vsee_day lifetime = world->rules.max_days;

	world->lifetime_new = false;
	if (!enforced(world))
		return;
	if (world->own.max_days != VSEE_UNSET)
		lifetime = vsee_day_min(lifetime, world->own.max_days);
	if (lifetime > world->lifetime && world->state.reason == VSEE_REASON_UNTOLD &&
	    world->state.floor != world->floor)
		world->good_days = 0;
	world->lifetime = lifetime;
	world->floor = world->state.floor;
}

static void learn_change(struct world *world)
{
	const vsee_day today = world_today(world);
	const vsee_day date = world->own.last_change;

	if (!world->change_new)
		return;
	world->change_new = false;
	world->good_days = 0;
	world->change_bound = date >= 7305 && date <= today + 1 && date != world->state.disbelieved
				      ? date
				      : today;
}

static void check_own(struct world *world)
{
	const struct vsee_facts facts = world_facts(world);
	const struct vsee_aging own = vsee_own_aging(&facts);

	require(world, world->own_max_unclear || own.max_days == world->own.max_days,
		"P3 our notes lost the administrator's max");
	require(world, world->own_warn_unclear || own.warn_days == world->own.warn_days,
		"P3 our notes lost the administrator's warn");
	require(world, world->own_change_unclear || own.last_change == world->own.last_change,
		"P3 our notes lost the last change");
}

void check_scan(struct world *world)
{
	const struct vsee_enrolment *state = &world->state;
	const bool right = world->ahead == 0;

	if (right) {
		learn_change(world);
		learn_lifetime(world);
		world->policy_new = false;
		world->fault_open = false;
	}
	world->scanned_today |= right && enforced(world);
	if (world->chage != CHAGE_GOOD) {
		world->due_scans = world->free_scans = 0;
		return;
	}
	if (right && enforced(world) && state->told == state->deadline &&
	    world_today(world) >= state->deadline)
		world->due_scans++;
	else
		world->due_scans = 0;
	world->free_scans = enforced(world) ? 0 : world->free_scans + 1;
	check_own(world);
}

static void check_free(struct world *world)
{
	if (world->free_scans < 2)
		return;
	require(world, world->own_max_unclear || world->shadow.max_days == world->own.max_days,
		"P3 the administrator's max is not back");
	require(world, world->own_warn_unclear || world->shadow.warn_days == world->own.warn_days,
		"P3 the administrator's warn is not back");
	require(world,
		world->own_change_unclear || world->shadow.last_change == world->own.last_change,
		"P3 the last change is not back");
	world->own = world->shadow;
	world->own_max_unclear = world->own_warn_unclear = world->own_change_unclear = false;
}

static bool was_told(const struct world *world, vsee_day deadline)
{
	for (int i = 0; i < world->mail_count; i++)
		if (world->mails[i].deadline == deadline)
			return true;
	return told_at_login(world, deadline);
}

static void check_refusal(struct world *world, const struct vsee_judgement *judgement)
{
	const bool asked = world->own.last_change == 0 && !world->own_change_unclear;

	if (judgement->change.asked) {
		require(world, asked || world->own_change_unclear,
			"P1 a demand that nobody asked for");
		return;
	}
	if (judgement->shadow_decides) {
		require(world,
			world->own_max_unclear || world->own_change_unclear ||
				vsee_aging_expired(&world->own, world_today(world)),
			"P1 shadow alone would let in");
		return;
	}
	require(world, was_told(world, judgement->deadline), "P1 refused untold");
	require(world,
		world->ahead != 0 || world->due_scans < 2 ||
			judgement->verdict != VSEE_MUST_CHANGE || judgement->possible,
		"P3 a demand that can't be carried out");
}

static void widen_window(struct world *world)
{
	const struct vsee_rules *rules = &world->rules;

	if (enforced(world))
		world->window_lifetime = vsee_day_max(world->window_lifetime, rules->max_days);
	world->window_notice = vsee_day_max(world->window_notice, rules->notice_days);
	world->window_spread = vsee_day_max(world->window_spread, rules->spread_days);
}

static vsee_day window(const struct world *world)
{
	const vsee_day refused = world->person == PERSON_REFUSES ? world->window_notice : 0;

	return world->window_notice + world->window_spread + VSEE_TOLD_DAYS + SLACK + refused;
}

static bool must_be_over(const struct world *world)
{
	/* A date from a clock ahead may be taken for the right one behind a second leap. */
	const vsee_day change = vsee_day_max(
		world->change_bound,
		vsee_day_min(world->state.known_change, world->change_bound + world->fault_days));
	const vsee_day last = vsee_day_max(change + world->window_lifetime, world->state.extension);

	return !world->change_new && !world->lifetime_new && !world->fault_open &&
	       world->ahead == 0 && enforced(world) && world->good_days >= window(world) &&
	       world_today(world) >= last + window(world);
}

/* To the day: enrolled, told and reached, and seen by a run since anything changed. */
static bool is_over(const struct world *world)
{
	const struct vsee_enrolment *state = &world->state;

	return enforced(world) && !world->change_new && !world->policy_new &&
	       !world->lifetime_new && !world->fault_open && state->enrolled &&
	       state->told == state->deadline && world_today(world) >= state->deadline &&
	       world->last_scan == world_today(world);
}

void check_judge(struct world *world, const struct vsee_judgement *judgement)
{
	const bool over =
		judgement->verdict == VSEE_MUST_CHANGE || judgement->verdict == VSEE_INACTIVE;

	check_free(world);
	widen_window(world);
	if (over)
		check_refusal(world, judgement);
	else
		require(world, !must_be_over(world) && !is_over(world), "P2 escapes");
}

static bool good_day(const struct world *world)
{
	const bool mail = world->person == PERSON_NO_ADDRESS || world->rules.stage_count == 0 ||
			  world->sent_today;

	return mail && world->scanned_today && world->ahead == 0 && enforced(world);
}

void check_day(struct world *world)
{
	if (good_day(world)) {
		world->good_days++;
	} else {
		world->good_days = 0;
		world->window_lifetime = world->window_notice = world->window_spread = 0;
	}
	widen_window(world);
	world->scanned_today = world->sent_today = false;
}

void check_twin(struct world *world, struct twin *twin, bool record)
{
	const vsee_day today = world_today(world);
	const int day = world->hour / 24;
	const bool valid = world->ahead == 0 && world->last_scan == today && enforced(world) &&
			   world->state.enrolled && !world->state.password_before &&
			   world->hash == world->state_hash && !world->muddled;
	const vsee_day granted = world->rules.notice_days + world->rules.spread_days;

	if (record) {
		twin->valid[day] = valid;
		twin->untold[day] = world->state.reason == VSEE_REASON_UNTOLD;
		twin->hash[day] = world->hash;
		twin->own_change[day] = world->own.last_change;
		twin->deadline[day] = world->state.deadline;
		twin->shadow_change[day] = world->shadow.last_change;
		return;
	}
	if (!valid || !twin->valid[day] || twin->hash[day] != world->hash || world->fault_open ||
	    world->fault_tainted || twin->own_change[day] != world->own.last_change)
		return;
	require(world, world->state.deadline >= twin->deadline[day] || twin->untold[day],
		"P4 the fault brought the deadline forward");
	require(world,
		world->state.deadline <=
			vsee_day_max(twin->deadline[day],
				     today + vsee_day_max(granted, VSEE_TOLD_DAYS)),
		"P4 the fault put the deadline off");
	require(world,
		twin->shadow_change[day] == 0 || world->shadow.last_change == 0 ||
			world->shadow.last_change == twin->shadow_change[day],
		"P4 the fault changed shadow's date");
}
