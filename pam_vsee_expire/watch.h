/* Mode watch: what the same login would have met in mode enforce. */
#pragma once

#include "policy/login.h"

/*
 * The word of vsee_login_name() where it would not have got in; NULL where it would. As if the
 * account had been enrolled and told in time: what a roll-out would end in, not its first day.
 * login: the case as decided in mode watch.
 */
const char *watch_would(const struct vsee_facts *facts, const struct vsee_login_case *login);
