#include "pass_tell.h"

#include <errno.h>
#include <string.h>

#include "log.h"
#include "message_id.h"

#define OVERWRITTEN_WARNINGS_MAX 100

/* Once for each account; configuration management may have done it to all of them. */
static void warn_overwritten(const struct vsee_shadow *shadow, unsigned *overwritten)
{
	if (++*overwritten == OVERWRITTEN_WARNINGS_MAX + 1)
		log_warning("more accounts whose maximum age was set by somebody else are not "
			    "listed");
	if (*overwritten > OVERWRITTEN_WARNINGS_MAX)
		return;
	log_about(MESSAGE_MIRROR_OVERWRITTEN, shadow->name);
	log_field("VSEE_RESULT", "%lld", (long long)shadow->aging.max_days);
	log_warning("%s: shadow's maximum age was set to %lld by somebody else; it is left alone "
		    "from now on. Find out who sets it, or use max_days = shadow",
		    shadow->name, (long long)shadow->aging.max_days);
}

void pass_tell_news(const struct target *target, enum vsee_mirror before, unsigned *overwritten)
{
	const struct vsee_shadow *shadow = &target->subject.shadow;

	if (target->subject.news == VSEE_ACCOUNT_DAMAGED) {
		log_about(MESSAGE_STATE_DAMAGED, shadow->name);
		log_warning("%s: the state file is damaged; what can be read of it counts, the "
			    "file is set aside",
			    shadow->name);
	}
	if (before != VSEE_MIRROR_OVERWRITTEN &&
	    target->plan.before.mirror == VSEE_MIRROR_OVERWRITTEN)
		warn_overwritten(shadow, overwritten);
}

void pass_tell_failure(const struct target *target, int error)
{
	const char *name = target->subject.shadow.name;

	log_about(MESSAGE_ACCOUNT_SKIPPED, name);
	log_field("VSEE_RESULT", "%s", strerror(-error));
	if (error == -EBUSY)
		log_warning("%s: its state is locked by another program; left for the next run",
			    name);
	else if (error == -EPROTONOSUPPORT)
		log_warning("%s: its state was written by a newer version; left alone", name);
	else
		log_warning("%s: its state could not be read or written: %s%s", name,
			    strerror(-error),
			    error == -EPERM ? "; the file belongs to somebody else or others can "
					      "write it: mend owner and mode (root, 0600)"
					    : "");
}
