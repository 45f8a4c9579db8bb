/* Any facts at all: nothing overflows, and judgement, enrolment and plan agree with one another. */
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/mirror.h"
#include "policy/verdict.h"
#include "fuzz.h"

struct input {
	const uint8_t *data;
	size_t size;
};

/* Half of the numbers are everyday ones, else hardly two fields would ever be comparable. */
static int64_t take(struct input *input)
{
	static const int64_t edges[] = {
		INT64_MIN,
		INT64_MIN + 1,
		-VSEE_DAY_MAX - 1,
		VSEE_NONE,
		VSEE_UNSET,
		0,
		1,
		7304,
		7305,
		VSEE_DAY_MAX,
		VSEE_DAY_MAX + 1,
		VSEE_NEVER - 1,
		VSEE_NEVER,
		INT64_MAX - 1,
		INT64_MAX,
	};
	uint8_t bytes[9] = {0};
	const size_t count = input->size < sizeof(bytes) ? input->size : sizeof(bytes);
	int64_t number;

	if (count > 0)
		memcpy(bytes, input->data, count);
	input->data += count;
	input->size -= count;
	memcpy(&number, &bytes[1], sizeof(number));
	if (bytes[0] < 128)
		return 20000 + bytes[0];
	if (bytes[0] < 160)
		return bytes[0] - 128;
	if (bytes[0] < 224)
		return edges[bytes[0] % COUNT(edges)];
	return number;
}

static int64_t within(struct input *input, int64_t least, int64_t greatest)
{
	const int64_t number = take(input);

	return number >= least && number <= greatest
		       ? number
		       : least + (int64_t)((uint64_t)number % (uint64_t)(greatest - least + 1));
}

/* The reader of the policy enforces these ranges. */
static struct vsee_rules take_rules(struct input *input)
{
	struct vsee_rules rules = {
		.mode = (enum vsee_mode)within(input, 0, VSEE_MODE_ENFORCE),
		.max_days = within(input, 0, VSEE_DAYS_MAX),
		.inactive_days = within(input, VSEE_UNSET, VSEE_DAYS_MAX),
		.warn_days = within(input, 0, VSEE_DAYS_MAX),
		.notice_days = within(input, 0, VSEE_DAYS_MAX),
		.spread_days = within(input, 0, VSEE_DAYS_MAX),
		.stage_count = (size_t)within(input, 0, 1),
	};

	if (rules.max_days == 0)
		rules.max_days = VSEE_UNSET;
	rules.stages[0] = within(input, 0, 365);
	return rules;
}

static struct vsee_aging take_aging(struct input *input)
{
	return (struct vsee_aging){
		.last_change = take(input),
		.min_days = take(input),
		.max_days = take(input),
		.warn_days = take(input),
		.inactive_days = take(input),
		.expire = take(input),
		.password = (enum vsee_password)within(input, 0, VSEE_PASSWORD_LOCKED),
	};
}

static struct vsee_enrolment take_enrolment(struct input *input)
{
	struct vsee_enrolment state = {
		.enrolled = within(input, 0, 1) != 0,
		.password_before = within(input, 0, 1) != 0,
		.reason = (enum vsee_reason)within(input, 0, VSEE_REASON_ENROLLED),
		.mirror = (enum vsee_mirror)within(input, 0, VSEE_MIRROR_OVERWRITTEN),
		.zero = (enum vsee_mirror)within(input, 0, VSEE_MIRROR_DONE),
	};
	vsee_day *const days[] = {
		&state.known_change, &state.known_ahead,    &state.disbelieved,
		&state.lifetime,     &state.deadline,	    &state.floor,
		&state.floor_change, &state.floor_lifetime, &state.floor_ahead,
		&state.told,	     &state.extension,	    &state.mirror_max,
		&state.mirror_warn,  &state.before_max,	    &state.before_warn,
		&state.mirror_old,   &state.before_change,
	};

	for (size_t i = 0; i < COUNT(days); i++)
		*days[i] = take(input);
	return state;
}

static bool sent_for(const void *context, vsee_day deadline)
{
	return deadline == *(const vsee_day *)context;
}

static void require(bool holds)
{
	if (!holds)
		abort();
}

static void check_judgement(const struct vsee_facts *facts)
{
	const struct vsee_judgement judgement = vsee_judge(facts);

	require(judgement.verdict <= VSEE_VALID);
	require((judgement.verdict == VSEE_NOT_ENFORCEABLE) ==
		(judgement.lenient != VSEE_LENIENT_NOT));
	require(judgement.deadline <= VSEE_NEVER && judgement.days_left <= 2 * VSEE_NEVER);
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct input input = {data, size};
	const struct vsee_rules rules = take_rules(&input);
	struct vsee_facts facts = {
		.shadow = take_aging(&input),
		.state = take_enrolment(&input),
		.rules = within(&input, 0, 7) != 0 ? &rules : NULL,
		.hash_known = within(&input, 0, 1) != 0,
		.account_digest = (uint64_t)take(&input),
		.last_scan = take(&input),
		.today = take(&input),
	};
	const vsee_day sent = take(&input);
	const struct vsee_told told = {(enum vsee_mail)within(&input, 0, VSEE_MAIL_SENT), sent_for,
				       &sent};
	struct vsee_mirror_plan plan;

	check_judgement(&facts);
	facts.hash_known = true; /* scan has brought the state up to shadow's hash by then */
	facts.state = vsee_enrol(&facts, &told);
	check_judgement(&facts);
	/* Beyond VSEE_DAY_MAX days saturate, and nothing is promised. */
	require(vsee_enrol(&facts, &told).deadline == facts.state.deadline ||
		facts.today > VSEE_DAY_MAX / 2 || facts.state.deadline > VSEE_DAY_MAX);
	plan = vsee_mirror_plan(&facts);
	require(plan.last_change >= VSEE_NONE && plan.max_days >= VSEE_NONE &&
		plan.warn_days >= VSEE_NONE);
	facts.state = plan.after;
	check_judgement(&facts);
	return 0;
}
