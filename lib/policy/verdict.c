#include "policy/verdict.h"

#include "base/cleanup.h"

#define SCAN_FRESH_DAYS 2

/* Ours stands for this password: what was promised to it counts. */
static bool promised(const struct vsee_facts *facts)
{
	return facts->state.enrolled && facts->hash_known && !facts->state.password_before;
}

static enum vsee_reason base_reason(const struct vsee_facts *facts, vsee_day base,
				    vsee_day lifetime)
{
	if (base == VSEE_NEVER)
		return VSEE_REASON_NEVER;
	return lifetime == facts->rules->max_days ? VSEE_REASON_LIFETIME : VSEE_REASON_SHADOW;
}

static void compute_deadline(const struct vsee_facts *facts, struct vsee_judgement *judgement)
{
	const struct vsee_enrolment *state = &facts->state;
	const vsee_day base = vsee_day_min(judgement->change.day + judgement->lifetime, VSEE_NEVER);

	judgement->deadline = base;
	judgement->reason = base_reason(facts, base, judgement->lifetime);
	if (state->enrolled && state->floor > base) {
		judgement->deadline = state->floor;
		judgement->reason = VSEE_REASON_FLOOR;
	}
	if (!promised(facts) || state->deadline < judgement->deadline)
		return;

	const bool by_lifetime = state->reason <= VSEE_REASON_SHADOW;

	judgement->reason = by_lifetime && state->deadline > judgement->deadline
				    ? VSEE_REASON_ENROLLED
				    : state->reason;
	judgement->deadline = state->deadline;
}

static void follow_shadow(const struct vsee_facts *facts, const struct vsee_aging *own,
			  struct vsee_judgement *judgement)
{
	const vsee_day deadline = vsee_aging_deadline(own);

	judgement->shadow_decides = true;
	if (facts->rules->max_days != VSEE_UNSET && deadline >= judgement->deadline)
		return;
	judgement->deadline = deadline;
	judgement->reason = deadline == VSEE_NEVER ? VSEE_REASON_NEVER : VSEE_REASON_SHADOW;
}

static bool inactive(vsee_day deadline, vsee_day inactive_days, vsee_day today)
{
	return inactive_days != VSEE_UNSET && deadline != VSEE_NEVER &&
	       today >= deadline + inactive_days;
}

static enum vsee_lenient leniency(const struct vsee_facts *facts, vsee_day deadline)
{
	if (facts->rules->mode != VSEE_MODE_ENFORCE)
		return VSEE_LENIENT_MODE;
	if (!facts->state.enrolled)
		return VSEE_LENIENT_NOT_ENROLLED;
	if (!promised(facts) || facts->state.told != deadline)
		return VSEE_LENIENT_UNTOLD;
	if (facts->last_scan == VSEE_UNSET ||
	    (deadline >= facts->last_scan && facts->today - facts->last_scan > SCAN_FRESH_DAYS))
		return VSEE_LENIENT_SCAN_OLD;
	return VSEE_LENIENT_NOT;
}

/* Policy and shadow may each say after how many days an expired password is dead; the first wins.
 */
static vsee_day inactive_days(const struct vsee_facts *facts, const struct vsee_aging *own)
{
	const vsee_day policy = facts->rules->inactive_days;

	if (policy == VSEE_UNSET || own->inactive_days == VSEE_UNSET)
		return vsee_day_max(policy, own->inactive_days);
	return vsee_day_min(policy, own->inactive_days);
}

static enum vsee_verdict judge_expired(const struct vsee_facts *facts, const struct vsee_aging *own,
				       struct vsee_judgement *judgement)
{
	if (judgement->shadow_decides && vsee_aging_expired(own, facts->today))
		return inactive(vsee_aging_deadline(own), own->inactive_days, facts->today)
			       ? VSEE_INACTIVE
			       : VSEE_MUST_CHANGE;
	judgement->lenient = leniency(facts, judgement->deadline);
	if (judgement->lenient != VSEE_LENIENT_NOT)
		return VSEE_NOT_ENFORCEABLE;
	return inactive(judgement->deadline, inactive_days(facts, own), facts->today)
		       ? VSEE_INACTIVE
		       : VSEE_MUST_CHANGE;
}

/*
 * During a hold nobody is refused whom enforce lets in: who got more days from us than shadow's own
 * max allows goes on having them.
 */
static bool shadow_rules(const struct vsee_facts *facts)
{
	const struct vsee_rules *rules = facts->rules;
	const bool enforced = rules->mode == VSEE_MODE_ENFORCE || rules->held;

	if (rules->max_days == VSEE_UNSET || (enforced && !facts->state.enrolled))
		return true;
	return rules->mode == VSEE_MODE_REMIND && !rules->held;
}

static enum vsee_verdict judge_password(const struct vsee_facts *facts,
					struct vsee_judgement *judgement)
{
	const struct vsee_aging own = vsee_own_aging(facts);

	if (shadow_rules(facts))
		follow_shadow(facts, &own, judgement);
	judgement->days_left =
		judgement->deadline == VSEE_NEVER ? VSEE_NEVER : judgement->deadline - facts->today;
	if (judgement->change.asked)
		return VSEE_MUST_CHANGE;
	if (judgement->days_left <= 0)
		return judge_expired(facts, &own, judgement);
	return judgement->days_left <= facts->rules->warn_days ? VSEE_WARN : VSEE_VALID;
}

struct vsee_judgement vsee_judge(const struct vsee_facts *raw)
{
	const struct vsee_facts facts = vsee_facts_tame(raw);
	struct vsee_judgement judgement = {
		.verdict = VSEE_NOT_COVERED,
		.lifetime = VSEE_NEVER,
		.deadline = VSEE_NEVER,
		.reason = VSEE_REASON_NEVER,
		.days_left = VSEE_NEVER,
	};

	if (!facts.rules || facts.rules->mode == VSEE_MODE_OFF)
		return judgement;
	judgement.change = vsee_change_resolve(&facts);
	judgement.lifetime = vsee_lifetime(&facts);
	judgement.possible = vsee_aging_expired(&facts.shadow, facts.today);
	compute_deadline(&facts, &judgement);
	if (vsee_aging_ended(&facts.shadow, facts.today))
		judgement.verdict = VSEE_ACCOUNT_EXPIRED;
	else if (facts.shadow.password != VSEE_PASSWORD_USABLE)
		judgement.verdict = VSEE_NO_PASSWORD;
	else
		judgement.verdict = judge_password(&facts, &judgement);
	return judgement;
}

const char *vsee_verdict_name(enum vsee_verdict verdict)
{
	static const char *const names[] = {
		[VSEE_NOT_COVERED] = "not-covered",
		[VSEE_ACCOUNT_EXPIRED] = "account-expired",
		[VSEE_NO_PASSWORD] = "no-password",
		[VSEE_INACTIVE] = "inactive",
		[VSEE_MUST_CHANGE] = "must-change",
		[VSEE_NOT_ENFORCEABLE] = "not-enforceable",
		[VSEE_WARN] = "warn",
		[VSEE_VALID] = "valid",
	};

	return (size_t)verdict < COUNT(names) ? names[verdict] : "unknown";
}

const char *vsee_lenient_name(enum vsee_lenient lenient)
{
	static const char *const names[] = {
		[VSEE_LENIENT_NOT] = "none",	      [VSEE_LENIENT_NOT_ENROLLED] = "not-enrolled",
		[VSEE_LENIENT_MODE] = "mode",	      [VSEE_LENIENT_UNTOLD] = "untold",
		[VSEE_LENIENT_SCAN_OLD] = "scan-old",
	};

	return (size_t)lenient < COUNT(names) ? names[lenient] : "unknown";
}

const char *vsee_reason_name(enum vsee_reason reason)
{
	static const char *const names[] = {
		[VSEE_REASON_NEVER] = "never",	     [VSEE_REASON_LIFETIME] = "lifetime",
		[VSEE_REASON_SHADOW] = "shadow",     [VSEE_REASON_FLOOR] = "floor",
		[VSEE_REASON_UNTOLD] = "untold",     [VSEE_REASON_EXTENSION] = "extension",
		[VSEE_REASON_ENROLLED] = "enrolled",
	};

	return (size_t)reason < COUNT(names) ? names[reason] : "unknown";
}

const char *vsee_mode_name(enum vsee_mode mode)
{
	static const char *const names[] = {"off", "watch", "remind", "enforce"};

	return (size_t)mode < COUNT(names) ? names[mode] : "unknown";
}
