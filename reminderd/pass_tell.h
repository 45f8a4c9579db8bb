/* What an administrator is told of one account during the pass. */
#pragma once

#include "target.h"

/*
 * What is new about an account. before: its mirror's state as the last run left it. overwritten:
 * counts the maximum ages that somebody else set; of the first hundred each is named.
 */
void pass_tell_news(const struct target *target, enum vsee_mirror before, unsigned *overwritten);

/* Why an account was left alone. error: negative errno. */
void pass_tell_failure(const struct target *target, int error);
