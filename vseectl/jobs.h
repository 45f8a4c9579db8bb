/* What else on a host would notice that passwords expire: services and jobs, for the preview. */
#pragma once

#include "store/policy.h"
#include "verb.h"

/*
 * Print which services and jobs of accounts that policy covers would be stopped, with what would
 * mend it. A few lines; whatever can't be read is named and left out.
 */
void jobs_print(const struct context *context, const struct vsee_policy *policy);
