/* How many wrong passwords an account and a source had lately: a bounded table in one file. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define THROTTLE_PATH "/run/vsee-expire/throttle"

struct throttle_limits {
	unsigned account_failures, source_failures; /* in window_seconds */
	int64_t window_seconds;
};

/*
 * Charge an attempt from source on the account called name before it is made, so that attempts side
 * by side are counted too. Unknown names are charged like others. name NULL: the source alone (a
 * link is looked at). source: of wire.h; IPv6 counts by its first 64 bits. now: CLOCK_BOOTTIME in
 * seconds.
 *
 * 0: go on. > 0: refused, and charged nothing; so many seconds until the next is allowed. Negative
 * errno: the table can't be read or written; nothing may be tried then. A damaged table is made
 * anew full of nothing, with -EBADMSG this once. When it is full, the entry that ends first gives
 * way.
 *
 * A window begins with the first charge. The charge that meets the limit closes the door for
 * another window_seconds from then; met again by an account, for twice as long, and so on, at most
 * for a day. Who keeps away for a window after such a time begins anew. A source, behind which may
 * be a whole office, waits one window each time. After a restart of the host all begin anew.
 */
int throttle_charge(const char *path, const struct throttle_limits *limits, const char *name,
		    const char *source, int64_t now);

/*
 * Give the charge back: it was no guess. right: the password was right, so the account's failures
 * are forgotten too; the source's never. 0 or negative errno.
 */
int throttle_return(const char *path, const struct throttle_limits *limits, const char *name,
		    const char *source, int64_t now, bool right);
