#include "simulate_model.h"

#include <string.h>

#include "base/cleanup.h"
#include "policy/login.h"

#define OURS "pam_vsee_expire.so"

/* The same as pam_vsee_expire/codes.c, which needs libpam's header. */
static int code_of(enum vsee_login login)
{
	switch (login) {
	case VSEE_LOGIN_IGNORE:
		return STACK_IGNORE;
	case VSEE_LOGIN_ALLOW:
	case VSEE_LOGIN_WARN:
	case VSEE_LOGIN_LENIENT:
	case VSEE_LOGIN_REPORT:
	case VSEE_LOGIN_KEY:
		return STACK_SUCCESS;
	case VSEE_LOGIN_DEMAND:
		return STACK_NEW_AUTHTOK_REQD;
	case VSEE_LOGIN_DENY:
	case VSEE_LOGIN_INACTIVE:
		return STACK_AUTHTOK_EXPIRED;
	case VSEE_LOGIN_ENDED:
		return STACK_ACCT_EXPIRED;
	case VSEE_LOGIN_FAULT:
		break;
	}
	return STACK_SERVICE_ERR;
}

static bool covered(const struct simulation *simulation)
{
	return simulation->judgement->verdict != VSEE_NOT_COVERED;
}

static int ours_account(struct simulation *simulation, const struct stack_line *line)
{
	const struct vsee_subject *subject = simulation->subject;
	enum vsee_login login;

	if (stack_line_calls(line, OURS, "again"))
		return simulation->demanded ? STACK_NEW_AUTHTOK_REQD : STACK_IGNORE;
	simulation->demanded = false;
	if (!covered(simulation))
		return STACK_IGNORE;

	const struct vsee_rules *rules = subject->facts.rules;
	struct vsee_login_case facts = {
		.mode = rules->mode,
		.judgement = simulation->judgement,
		.expired = rules->expired,
		.key_login = rules->key_login,
		.reports_only =
			vsee_policy_reports_only(&subject->policy, simulation->stack->service),
		.typed = simulation->typed,
		.ready = true,
	};

	if (stack_line_calls(line, OURS, "expired=change"))
		facts.expired = VSEE_EXPIRED_CHANGE;
	else if (stack_line_calls(line, OURS, "expired=deny"))
		facts.expired = VSEE_EXPIRED_DENY;
	login = vsee_login_decide(&facts);
	simulation->demanded = login == VSEE_LOGIN_DEMAND;
	return code_of(login);
}

/* A module that must take the new password from the one before it, where none has asked for one. */
static bool lacks_token(struct simulation *simulation, const struct stack_line *line)
{
	if (!simulation->update || simulation->chosen)
		return false;
	simulation->chosen = !stack_line_calls(line, line->module, "use_authtok");
	return !simulation->chosen;
}

static int ours_password(struct simulation *simulation, const struct stack_line *line)
{
	if (stack_line_calls(line, OURS, "bind"))
		return simulation->update && covered(simulation) ? STACK_SUCCESS : STACK_IGNORE;
	if (lacks_token(simulation, line) && covered(simulation))
		return STACK_AUTHTOK_ERR;
	return covered(simulation) ? STACK_SUCCESS : STACK_IGNORE;
}

static int answer_ours(struct simulation *simulation, const struct stack_line *line)
{
	switch (line->type) {
	case STACK_AUTH:
		simulation->typed = true; /* it sees the same password as pam_unix */
		return STACK_IGNORE;
	case STACK_ACCOUNT:
		return ours_account(simulation, line);
	case STACK_PASSWORD:
		return ours_password(simulation, line);
	case STACK_SESSION:
	case STACK_TYPE_COUNT:
		break;
	}
	return STACK_MODULE_UNKNOWN; /* it has no such function */
}

/* shadow(5); in the order of pam_unix, by 1.6 and later: 1.5 lets in for one day more. */
static int unix_account(const struct simulation *simulation, const struct stack_line *line)
{
	const struct vsee_aging aging = vsee_aging_clamp(simulation->aging);
	const bool lenient =
		stack_line_calls(line, "pam_unix.so", "no_pass_expiry") && !simulation->verified;
	const vsee_day deadline = vsee_aging_deadline(&aging);

	if (vsee_aging_ended(&aging, simulation->today))
		return STACK_ACCT_EXPIRED;
	if (lenient || !vsee_aging_expired(&aging, simulation->today))
		return STACK_SUCCESS;
	if (aging.last_change > 0 && aging.inactive_days != VSEE_UNSET &&
	    simulation->today >= deadline + aging.inactive_days)
		return STACK_AUTHTOK_EXPIRED;
	return STACK_NEW_AUTHTOK_REQD;
}

static int answer_unix(struct simulation *simulation, const struct stack_line *line)
{
	if (line->type == STACK_ACCOUNT)
		return unix_account(simulation, line);
	if (line->type == STACK_PASSWORD && lacks_token(simulation, line))
		return STACK_AUTHTOK_ERR;
	if (line->type != STACK_AUTH)
		return STACK_SUCCESS;
	simulation->verified = simulation->aging.password == VSEE_PASSWORD_USABLE;
	simulation->typed = simulation->typed || simulation->verified;
	return simulation->verified ? STACK_SUCCESS : STACK_AUTH_ERR;
}

static int answer_deny(struct simulation *simulation, const struct stack_line *line)
{
	(void)simulation;
	return line->type == STACK_PASSWORD ? STACK_AUTHTOK_ERR : STACK_AUTH_ERR;
}

static int answer_ignore(struct simulation *simulation, const struct stack_line *line)
{
	(void)simulation;
	(void)line;
	return STACK_IGNORE;
}

static int answer_nologin(struct simulation *simulation, const struct stack_line *line)
{
	(void)line;
	return simulation->closed ? STACK_AUTH_ERR : STACK_IGNORE;
}

/* It is a person who calls su, not root. In a daemon's stack it would let in everybody. */
static int answer_rootok(struct simulation *simulation, const struct stack_line *line)
{
	(void)simulation;
	(void)line;
	return STACK_AUTH_ERR;
}

static int answer_success(struct simulation *simulation, const struct stack_line *line)
{
	(void)simulation;
	(void)line;
	return STACK_SUCCESS;
}

static const struct {
	const char *module;
	int (*answer)(struct simulation *simulation, const struct stack_line *line);
} models[] = {
	{"pam_deny.so", answer_deny},	      {"pam_faildelay.so", answer_ignore},
	{"pam_localuser.so", answer_success}, {"pam_nologin.so", answer_nologin},
	{"pam_permit.so", answer_success},    {"pam_rootok.so", answer_rootok},
	{"pam_unix.so", answer_unix},	      {OURS, answer_ours},
};

int simulate_model(void *context, const struct stack_line *line)
{
	struct simulation *simulation = context;

	for (size_t i = 0; i < COUNT(models); i++)
		if (strcmp(line->module, models[i].module) == 0)
			return models[i].answer(simulation, line);
	simulation->assumed[line - simulation->stack->lines] = true;
	simulation->chosen = simulation->update;
	return STACK_SUCCESS;
}

bool simulate_guards(const struct stack_line *line)
{
	static const char *const guards[] = {
		"pam_access.so",     "pam_faillock.so", "pam_listfile.so", "pam_nologin.so",
		"pam_securetty.so",  "pam_shells.so",	"pam_slurm.so",	   "pam_slurm_adopt.so",
		"pam_succeed_if.so", "pam_tally.so",	"pam_tally2.so",   "pam_time.so",
		"pam_wheel.so",
	};

	for (size_t i = 0; i < COUNT(guards); i++)
		if (strcmp(line->module, guards[i]) == 0)
			return true;
	return false;
}
