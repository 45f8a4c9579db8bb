/* A run of scan as reminderd makes it, and the mail that follows; see design 3, 7 and 8. */
#include "policy/clock.h"
#include "policy/remind.h"
#include "search_world.h"

static bool sent_for(const void *context, vsee_day deadline)
{
	const struct world *world = context;

	for (int i = 0; i < world->mail_count; i++)
		if (world->mails[i].deadline == deadline)
			return true;
	return false;
}

struct vsee_told world_told(const struct world *world)
{
	struct vsee_told told = {.mail = VSEE_MAIL_PENDING, .sent_for = sent_for, .context = world};

	if (world->person == PERSON_NO_ADDRESS || world->rules.stage_count == 0)
		told.mail = VSEE_MAIL_NONE;
	else if (world->person == PERSON_REFUSES && world->refused_since != VSEE_UNSET &&
		 world_today(world) - world->refused_since >= world->rules.notice_days)
		told.mail = VSEE_MAIL_REFUSED;
	else if (world->mail_count > 0)
		told.mail = VSEE_MAIL_SENT;
	return told;
}

/* What lib/store/history.c does to the enrolment when it sees a new hash. */
void world_begin_password(struct world *world, vsee_day known_change)
{
	world->state_hash = world->hash;
	world->state.known_change = known_change;
	world->state.known_ahead = VSEE_UNSET;
	world->state.disbelieved = VSEE_NONE;
	world->state.told = VSEE_UNSET;
	world->state.extension = VSEE_UNSET;
	world->state.password_before = true;
	world->state.zero = VSEE_MIRROR_NONE;
	world->state.before_change = VSEE_UNSET;
}

static void observe(struct world *world)
{
	if (world->hash == world->state_hash)
		return;
	if (world->state_hash == 0)
		world->state_hash = world->hash; /* never seen: nothing to forget */
	else
		world_begin_password(world, VSEE_UNSET);
}

static void run_chage(struct world *world, const struct vsee_mirror_plan *plan)
{
	if (plan->last_change != VSEE_NONE)
		world->shadow.last_change = plan->last_change;
	if (plan->max_days != VSEE_NONE)
		world->shadow.max_days = plan->max_days;
	if (plan->warn_days != VSEE_NONE)
		world->shadow.warn_days = plan->warn_days;
}

/* Returns false when the run was killed here. */
static bool carry_out(struct world *world, const struct vsee_mirror_plan *plan)
{
	world->state = plan->before;
	if (plan->step == VSEE_MIRROR_KEEP || plan->step == VSEE_MIRROR_CONFIRM) {
		world->state = plan->after;
		return true;
	}
	if (world->chage == CHAGE_KILLED_BEFORE)
		return false;
	if (world->chage == CHAGE_FAILS)
		return true;
	run_chage(world, plan);
	if (world->chage == CHAGE_KILLED_AFTER)
		return false;
	world->state = plan->after;
	check_plan(world);
	return true;
}

/* Design 8: the smallest stage due, unless a mail of that stage or a smaller one named this day. */
static void send_mail(struct world *world)
{
	const struct vsee_facts facts = world_facts(world);
	const struct vsee_judgement judgement = vsee_judge(&facts);
	vsee_day stage;

	if (!world->mail || world->person == PERSON_NO_ADDRESS || !world->covered ||
	    world->rules.mode < VSEE_MODE_REMIND || judgement.deadline == VSEE_NEVER)
		return;
	world->sent_today = true;
	stage = vsee_remind_stage(&world->rules, judgement.days_left);
	if (stage == VSEE_UNSET)
		return;
	if (world->person == PERSON_REFUSES) {
		/* A day that lies ahead was noted under a wrong clock. */
		if (world->refused_since == VSEE_UNSET || world->refused_since > facts.today)
			world->refused_since = facts.today;
		return;
	}
	for (int i = 0; i < world->mail_count; i++)
		if (world->mails[i].deadline == judgement.deadline &&
		    world->mails[i].stage <= stage)
			return;
	if (world->mail_count < SEARCH_MAILS_MAX)
		world->mails[world->mail_count++] =
			(struct mail){.deadline = judgement.deadline, .stage = stage};
}

void world_scan(struct world *world)
{
	struct vsee_facts facts;
	struct vsee_mirror_plan plan;
	struct vsee_enrolment state;

	world->rescan = -1;
	switch (vsee_clock_judge(world_now(world), SEARCH_BUILD, world->last_scan, world->noted)) {
	case VSEE_CLOCK_REFUSE:
		return;
	case VSEE_CLOCK_NOTE:
		world->noted = world_now(world);
		world->rescan = world->hour + 1;
		return;
	case VSEE_CLOCK_GOOD:
		break;
	}
	observe(world);
	facts = world_facts(world);

	const struct vsee_told told = world_told(world);

	state = vsee_enrol(&facts, &told);
	check_enrol(world, &facts, &state);
	facts.state = state;
	plan = vsee_mirror_plan(&facts);
	if (!carry_out(world, &plan))
		return;
	world->last_scan = facts.today;
	world->noted = VSEE_UNSET;
	send_mail(world);
	check_scan(world);
}
