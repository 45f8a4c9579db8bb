/* Whether an account is one of those whom the published policy covers. */
#pragma once

#include <stdbool.h>

#include "store/subject.h"
#include "verb.h"

/* True where a section covers it, whatever its mode. False after a message that says why not. */
bool covered_check(const struct context *context, const char *name,
		   const struct vsee_subject *subject);
