/* The account's state, opened and locked for a change. */
#pragma once

#include "base/cleanup.h"
#include "context.h"

struct state {
	int state_fd, accounts_fd, lock_fd;
};

#define STATE_CLOSED                                                                               \
	{                                                                                          \
		-1, -1, -1                                                                         \
	}

/*
 * Open the state folder, lock the account (waiting timeout_ms at most), open the folder of the
 * accounts (made when it is missing) and see that it can be written.
 * 0, -EBUSY when another change holds the lock, or negative errno. state_close() in all cases.
 */
int state_open(const struct context *context, unsigned timeout_ms, struct state *ret_state);
void state_close(struct state *state);
#define autostate CLEANUP(state_close)
