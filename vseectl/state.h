/* An account's state, opened under its lock for the history verbs. */
#pragma once

#include "store/account.h"
#include "verb.h"

struct state {
	int state_fd, accounts_fd, lock_fd;
	struct vsee_account account;
	enum vsee_account_news news;
	bool loaded;
};

#define STATE_CLOSED ((struct state){.state_fd = -1, .accounts_fd = -1, .lock_fd = -1})
#define autostate CLEANUP(state_close)

/*
 * Lock and load the state of the local account called name. create: make the accounts folder where
 * it is missing. 0, or negative errno with ret_what saying (static text) what failed.
 */
int state_open(const struct context *context, const char *name, uid_t uid, bool create,
	       struct state *ret_state, const char **ret_what);
void state_close(struct state *state);

/* What went wrong, with cause and remedy. Returns EXIT_FILES. */
enum exit_code state_complain(const struct context *context, const char *name, const char *what,
			      int error);
/* What to do about an error of ours in the state, with a lead-in; "" where nothing is known. */
const char *state_remedy(int error);
