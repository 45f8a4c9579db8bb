/* One lock file for all accounts: each has its own byte, so two changes of one account wait. */
#pragma once

#include <stdbool.h>

/*
 * Lock the account called name (NULL: the whole host's lock, for scan and apply; it does not
 * exclude the accounts' locks) in state_fd's file "lock", created 0600 when missing.
 *
 * An open-file-description lock: it ends with the fd, in every way a process can end.
 * Waits at most timeout_ms (0: not at all); this is the only place in lib that waits, because
 * every program would wait in the same way. Returns the fd (the caller closes it), -EBUSY when
 * time ran out, or what open(2) says (-EROFS, -EACCES, ...).
 */
int vsee_lock_take(int state_fd, const char *name, unsigned timeout_ms);

#define VSEE_LOCK_TIMEOUT_MS 10000
