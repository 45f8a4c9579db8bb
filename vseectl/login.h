/* What each kind of login of an account would be told now; the module decides by the same rules. */
#pragma once

#include "store/subject.h"
#include "verb.h"

/*
 * Print a paragraph for each kind: with the password, with a key, a report-only service, and a
 * change of the password. service: NULL, or the only PAM service to speak of.
 */
void login_print(const struct context *context, const struct vsee_subject *subject,
		 const struct vsee_judgement *judgement, const char *service);
