/* The facts about an account and what follows from them, for a person to read. Never a hash. */
#pragma once

#include "store/subject.h"
#include "verb.h"

void facts_print(const struct context *context, const char *name,
		 const struct vsee_subject *subject, const struct vsee_judgement *judgement);
