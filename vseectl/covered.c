#include "covered.h"

#include "say.h"

bool covered_check(const struct context *context, const char *name,
		   const struct vsee_subject *subject)
{
	const struct vsee_policy *policy = &subject->policy;

	if (policy->section_count == 0)
		say_error("%s: not covered: no policy is published in %s; vseectl enable switches "
			  "it on",
			  name, context->paths.state);
	else if (!subject->local)
		say_error("%s: not covered: it has no line in %s or %s", name,
			  context->paths.passwd, context->paths.shadow);
	else if (subject->exempt)
		say_error("%s: not covered: exempt by %s:%u", name, policy->exempt_source.file,
			  policy->exempt_source.line);
	else if (!subject->section)
		say_error("%s: not covered: no section names it, and its uid is outside %lu..%lu",
			  name, (unsigned long)policy->uid_min, (unsigned long)policy->uid_max);
	else
		return true;
	return false;
}
