/* What an administrator decided against the rules: who, and why, in the system's log. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "verb.h"

#define AUDIT_REASON_MAX 200
#define AUDIT_NAME_SIZE 64

/* Who acts: the login's uid, which su and sudo leave alone; else the real one. */
uid_t audit_actor(void);

/* "alice (uid 1000)", or "uid 1000" where the host knows no name. ret_text: AUDIT_NAME_SIZE. */
const char *audit_name(uid_t uid, char *ret_text);

/* Whether a reason can be kept: 1..AUDIT_REASON_MAX bytes of clean UTF-8. Complains if not. */
bool audit_reason_good(const char *reason);

/*
 * One line of key=value for LOG_AUTHPRIV: action, the caller's own pairs, who, the reason. Where no
 * daemon listens (a rescue system) it is lost, and our output is the record.
 */
__attribute__((format(printf, 4, 5))) void audit_log(const struct context *context,
						     const char *action, const char *reason,
						     const char *format, ...);
