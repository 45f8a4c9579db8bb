#include "search_world.h"

#define SCAN_HOUR 3
#define MANAGEMENT_HOUR 6
#define COMPARE_HOUR 5

const vsee_day search_stage_sets[6][4] = {
	{10, 3, 1, VSEE_UNSET}, {3, 1, VSEE_UNSET},  {1, VSEE_UNSET},
	{VSEE_UNSET},		{30, 2, VSEE_UNSET}, {0, VSEE_UNSET},
};

int64_t world_now(const struct world *world)
{
	return ((SEARCH_START + world->ahead) * 24 + world->hour) * 3600;
}

vsee_day world_true_day(const struct world *world)
{
	return SEARCH_START + world->hour / 24;
}

vsee_day world_today(const struct world *world)
{
	return world_true_day(world) + world->ahead;
}

struct vsee_facts world_facts(const struct world *world)
{
	return (struct vsee_facts){
		.rules = world->covered ? &world->rules : NULL,
		.shadow = world->shadow,
		.state = world->state,
		.hash_known = world->hash == world->state_hash,
		.account_digest = world->history->digest,
		.last_scan = world->last_scan,
		.today = world_today(world),
	};
}

static void set_stages(struct vsee_rules *rules, const vsee_day *stages)
{
	rules->stage_count = 0;
	for (; *stages != VSEE_UNSET; stages++)
		rules->stages[rules->stage_count++] = *stages;
}

/* Another tool's value is the administrator's own; ours is gone where it stood. */
static void tool_sets_max(struct world *world, vsee_day max_days)
{
	const struct vsee_enrolment *state = &world->state;

	if (max_days != world->shadow.max_days)
		world->due_scans = 0; /* scan must see it first */
	world->own_max_unclear = state->mirror != VSEE_MIRROR_NONE &&
				 state->mirror != VSEE_MIRROR_OVERWRITTEN &&
				 (max_days == state->mirror_max || max_days == state->mirror_old);
	if (max_days != world->own.max_days) {
		world->lifetime_new = world->policy_new = true;
		world->fault_tainted |= world->ahead < 0; /* as check_event() has it */
	}
	world->shadow.max_days = max_days;
	world->own.max_days = max_days;
}

static void tool_sets_change(struct world *world, vsee_day day)
{
	world->own_change_unclear = day == 0 && world->state.zero != VSEE_MIRROR_NONE;
	world->shadow.last_change = day;
	world->own.last_change = day;
	check_change(world);
}

static void new_password(struct world *world, int hash)
{
	world->hash = hash;
	check_change(world);
}

static void change_in_pam(struct world *world, int hash)
{
	new_password(world, hash);
	tool_sets_change(world, world_today(world));
	world_begin_password(world, world_today(world));
}

static void login(struct world *world)
{
	const struct vsee_facts facts = world_facts(world);
	const struct vsee_judgement judgement = vsee_judge(&facts);

	check_judge(world, &judgement);
	if (world->obey && judgement.verdict == VSEE_MUST_CHANGE && judgement.possible)
		change_in_pam(world, 1000 + world->hour);
}

static void extend(struct world *world, vsee_day days)
{
	if (world->state.enrolled && world->hash == world->state_hash &&
	    world->state.deadline != VSEE_NEVER)
		world->state.extension =
			vsee_day_max(world->state.deadline, world_today(world)) + days;
}

static void set_rule(struct vsee_rules *rules, const struct event *event)
{
	if (event->kind == EVENT_LIFETIME)
		rules->max_days = event->value;
	else if (event->kind == EVENT_NOTICE)
		rules->notice_days = event->value;
	else if (event->kind == EVENT_SPREAD)
		rules->spread_days = event->value;
	else if (event->kind == EVENT_MODE)
		rules->mode = (enum vsee_mode)event->value;
	else if (event->kind == EVENT_INACTIVE)
		rules->inactive_days = event->value;
	else if (event->kind == EVENT_STAGES)
		set_stages(rules, search_stage_sets[event->value]);
}

static void rules_change(struct world *world, const struct event *event)
{
	if (event->kind == EVENT_COVER)
		world->covered = event->value;
	else
		set_rule(&world->rules, event);
	world->lifetime_new |= event->kind == EVENT_LIFETIME;
}

static void person_changes(struct world *world, const struct event *event)
{
	if (world->person == PERSON_REFUSES)
		world->good_days = 0; /* what was put off for the receiver's sake is over */
	world->person = (enum person)event->value;
	world->refused_since = VSEE_UNSET;
}

static void host_changes(struct world *world, const struct event *event)
{
	const int64_t value = event->value;

	if (event->kind == EVENT_HOST)
		world->host = value;
	else if (event->kind == EVENT_SCAN && world->host)
		world_scan(world);
	else if (event->kind == EVENT_TIMER)
		world->timer = value;
	else if (event->kind == EVENT_MAIL)
		world->mail = value;
	else if (event->kind == EVENT_CLOCK)
		world->ahead = value;
	else if (event->kind == EVENT_CHAGE)
		world->chage = (enum chage)value;
	else if (event->kind == EVENT_OBEY)
		world->obey = value;
}

static void password_changes(struct world *world, const struct event *event, int index)
{
	if (event->kind == EVENT_PASSWORD) {
		change_in_pam(world, 100 + index);
		return;
	}
	/* With a 0 of ours still there usermod's can't be told from one that was asked for. */
	if (event->kind == EVENT_USERMOD)
		world->own_change_unclear |= world->state.zero != VSEE_MIRROR_NONE;
	new_password(world, 100 + index);
	if (event->kind == EVENT_CHPASSWD)
		tool_sets_change(world, world_today(world));
}

static void tool_meddles(struct world *world, const struct event *event)
{
	const int64_t value = event->value;

	if (event->kind == EVENT_DATE)
		tool_sets_change(world, world_true_day(world) + value);
	else if (event->kind == EVENT_DATE_RAW)
		tool_sets_change(world, value);
	else if (event->kind == EVENT_MAX)
		tool_sets_max(world, value);
	else if (event->kind == EVENT_MAX_DAILY)
		world->max_daily = value;
	else if (event->kind == EVENT_EXTEND)
		extend(world, value);
	if (event->kind != EVENT_WARN)
		return;
	/* Behind a killed run it can't be told from ours. */
	world->own_warn_unclear |= world->state.mirror == VSEE_MIRROR_INTENT;
	world->shadow.warn_days = value;
	world->own.warn_days = value;
}

static void happen(struct world *world, const struct event *event, int index)
{
	check_event(world, event);
	switch (event->kind) {
	case EVENT_LIFETIME:
	case EVENT_NOTICE:
	case EVENT_SPREAD:
	case EVENT_MODE:
	case EVENT_STAGES:
	case EVENT_INACTIVE:
	case EVENT_COVER:
		rules_change(world, event);
		return;
	case EVENT_PERSON:
		person_changes(world, event);
		return;
	case EVENT_HOST:
	case EVENT_SCAN:
	case EVENT_TIMER:
	case EVENT_MAIL:
	case EVENT_CLOCK:
	case EVENT_CHAGE:
	case EVENT_OBEY:
		host_changes(world, event);
		return;
	case EVENT_PASSWORD:
	case EVENT_CHPASSWD:
	case EVENT_USERMOD:
		password_changes(world, event, index);
		return;
	case EVENT_DATE:
	case EVENT_DATE_RAW:
	case EVENT_MAX:
	case EVENT_MAX_DAILY:
	case EVENT_WARN:
	case EVENT_EXTEND:
		tool_meddles(world, event);
		return;
	case EVENT_COUNT:
		return;
	}
}

static struct world begin(const struct history *history)
{
	struct world world = {
		.history = history,
		.rules = {.mode = VSEE_MODE_ENFORCE,
			  .max_days = 60,
			  .inactive_days = VSEE_UNSET,
			  .warn_days = 10,
			  .notice_days = 10},
		.covered = true,
		.host = true,
		.timer = true,
		.mail = true,
		.max_daily = VSEE_NONE,
		.shadow = {.last_change = SEARCH_START - 20,
			   .max_days = 99999,
			   .warn_days = 7,
			   .min_days = 0,
			   .inactive_days = VSEE_UNSET,
			   .expire = VSEE_UNSET},
		.hash = 1,
		.state = vsee_enrolment_empty(),
		.last_scan = VSEE_UNSET,
		.noted = VSEE_UNSET,
		.rescan = -1,
		.refused_since = VSEE_UNSET,
		.change_bound = SEARCH_START,
		.change_new = true,
	};

	set_stages(&world.rules, search_stage_sets[0]);
	world.own = world.shadow;
	return world;
}

static void one_hour(struct world *world, int *next, struct twin *twin, bool record)
{
	const struct history *history = world->history;
	const int clock_hour = world->hour % 24;

	for (; *next < history->count && history->events[*next].hour == world->hour; (*next)++)
		if (!record || history->events[*next].kind != EVENT_CLOCK)
			happen(world, &history->events[*next], *next);
	if (clock_hour == MANAGEMENT_HOUR && world->host && world->max_daily != VSEE_NONE)
		tool_sets_max(world, world->max_daily);
	if (world->host &&
	    (world->rescan == world->hour || (clock_hour == SCAN_HOUR && world->timer)))
		world_scan(world);
	if (world->host && (clock_hour == 1 || clock_hour == 4 || clock_hour == 13))
		login(world);
	if (clock_hour == COMPARE_HOUR)
		check_twin(world, twin, record);
	if (clock_hour == 23)
		check_day(world);
}

static const char *run(const struct history *history, struct twin *twin, bool record, int *ret_hour)
{
	struct world world = begin(history);
	int next = 0;

	for (; world.hour < history->days * 24 && !world.broken; world.hour++)
		one_hour(&world, &next, twin, record);
	*ret_hour = world.hour - 1;
	return world.broken;
}

const char *world_run(const struct history *history, int *ret_hour)
{
	struct twin twin = {0};
	const char *broken = run(history, &twin, true, ret_hour);

	return broken ? broken : run(history, &twin, false, ret_hour);
}
