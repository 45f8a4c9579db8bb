/*
 * What the service manager is told of a run: that it is under way, how far it is, that it gets on.
 * Nothing happens where nobody asked for it, and in a build without libsystemd.
 */
#pragma once

#include <stdbool.h>

/* The run has its lock. Before this call nothing below says anything. */
void notify_ready(void);

/*
 * One more account is done: to be called then and only then, for this is what the watchdog goes by,
 * and a run that hangs in one account must be found. Passed on once a second at most; true when it
 * was, which is the time for a new status.
 */
bool notify_alive(void);

/* A line for people who look at the service. */
__attribute__((format(printf, 1, 2))) void notify_status(const char *format, ...);

/* The run's work is over. */
void notify_stopping(void);
