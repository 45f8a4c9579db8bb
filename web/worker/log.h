/* One line a request for the administrator: who, from where, what came of it. No secrets. */
#pragma once

#include "wire/wire.h"

void log_open(void);

/*
 * An answer that is about to go out. user: as work_shown_user() has it. reason: a static word of
 * eligible_name() or of the flow, "" none; code: of PAM, 0 none.
 */
void log_request(const struct wire_request *request, const char *user,
		 const struct wire_reply *reply, const char *reason, int code);

/* What is broken on this host: an administrator must act. Control characters are shown as '?'. */
__attribute__((format(printf, 1, 2))) void log_fault(const char *format, ...);
