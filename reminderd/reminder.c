#include "reminder.h"

const char *reminder_state_name(enum reminder_state state)
{
	static const char *const names[] = {
		[REMINDER_DUE] = "due",
		[REMINDER_CLAIMED] = "claimed",
		[REMINDER_SENT] = "sent",
		[REMINDER_DEFERRED] = "deferred",
		[REMINDER_FAILED] = "failed",
		[REMINDER_UNKNOWN] = "unknown",
		[REMINDER_SUPERSEDED] = "superseded",
		[REMINDER_OBSOLETE] = "obsolete",
	};

	return names[state];
}
