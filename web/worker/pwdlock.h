/* The lock of passwd and shadow that lckpwdf(3) takes. */
#pragma once

/*
 * Take it, waiting timeout_ms at most. Whoever else locks shadow waits for us until the descriptor
 * is closed, or until pam_unix has written: it takes the lock too, which a process may do twice,
 * and what it closes then ends ours. So pam_unix need not wait either: it does so for a quarter of
 * a minute, and tries a hundred times. Whoever waits that long is killed, and then nobody knows
 * what became of the change.
 *
 * A descriptor; -EBUSY; or what open(2) and fcntl(2) say.
 */
int pwdlock_take(const char *path, unsigned timeout_ms);
