#include "watch.h"

const char *watch_would(const struct vsee_facts *facts, const struct vsee_login_case *login)
{
	const struct vsee_judgement *watched = login->judgement;
	struct vsee_rules rules = *facts->rules;
	struct vsee_facts enforced = *facts;
	struct vsee_judgement judgement;
	struct vsee_login_case would = *login;
	enum vsee_login decision;

	rules.mode = VSEE_MODE_ENFORCE;
	enforced.rules = &rules;
	enforced.hash_known = true;
	enforced.last_scan = facts->today;
	enforced.state.enrolled = true;
	enforced.state.password_before = false;
	enforced.state.known_change = watched->change.day;
	enforced.state.deadline = watched->deadline;
	enforced.state.reason = watched->reason;
	enforced.state.told = watched->deadline;
	judgement = vsee_judge(&enforced);
	judgement.possible = true; /* scan would have seen to it */
	would.mode = VSEE_MODE_ENFORCE;
	would.judgement = &judgement;
	would.ready = true;
	decision = vsee_login_decide(&would);
	return vsee_login_refuses(decision) ? vsee_login_name(decision) : NULL;
}
