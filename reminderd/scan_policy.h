/* The policy that a run goes by, a hold over it, and handing it to the logins. */
#pragma once

#include "scan.h"

/*
 * scan->policy: the configuration's; where that is broken, the published one; for a view of what is
 * in force always the published one. Says on standard error what is wrong. EXIT_GOOD, or why this
 * run does nothing.
 */
enum exit_code scan_policy_choose(struct scan *scan);

/* Break glass: where a hold is in force, scan->policy enforces nothing. Said, unless it is a view.
 */
void scan_policy_hold(struct scan *scan);

/*
 * Logins get the policy, if it is a new one, without the hold: that they look for themselves, so
 * that it ends at its hour without a scan. 0 or negative errno; then they keep the old one.
 */
int scan_policy_publish(struct scan *scan);
