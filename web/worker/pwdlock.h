/* The lock of passwd and shadow, lckpwdf(3): whether somebody else holds it. */
#pragma once

/*
 * Wait until the lock file can be taken, timeout_ms at most, without taking it: pam_unix does that
 * itself, waits for a quarter of a minute, and tries a hundred times. Whoever waits that long is
 * killed, and then nobody knows what became of the change.
 *
 * 0: free now, or there is no such file yet. -EBUSY, or what open(2) says.
 */
int pwdlock_wait(const char *path, unsigned timeout_ms);
