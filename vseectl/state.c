#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "say.h"
#include "store/lock.h"

int state_open(const struct context *context, const char *name, uid_t uid, bool create,
	       struct state *ret_state, const char **ret_what)
{
	struct state *state = ret_state;
	int r;

	*ret_what = "the state folder";
	state->state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	if (state->state_fd < 0)
		return state->state_fd;
	*ret_what = "the accounts folder";
	state->accounts_fd = vsee_accounts_open(state->state_fd, context->owner, create);
	if (state->accounts_fd < 0)
		return state->accounts_fd;
	*ret_what = "the account's lock";
	state->lock_fd = vsee_lock_take(state->state_fd, name, VSEE_LOCK_TIMEOUT_MS);
	if (state->lock_fd < 0)
		return state->lock_fd;
	*ret_what = "the account's state";
	r = vsee_account_load(state->accounts_fd, context->owner, name, uid, &state->account,
			      &state->news);
	state->loaded = r == 0;
	return r;
}

void state_close(struct state *state)
{
	if (state->loaded)
		vsee_account_clear(&state->account);
	vsee_cleanup_close(&state->lock_fd);
	vsee_cleanup_close(&state->accounts_fd);
	vsee_cleanup_close(&state->state_fd);
}

enum exit_code state_complain(const char *name, const char *what, int error)
{
	const char *remedy = "";

	if (error == -EBUSY)
		remedy = "; another program holds it, try again";
	else if (error == -EPROTONOSUPPORT)
		remedy = "; it was written by a newer version, which can read it";
	else if (error == -ENOENT)
		remedy = "; run reminderd scan first";
	else if (error == -EPERM)
		remedy =
			"; it belongs to somebody else or others can write it: mend owner and mode";
	else if (error == -EACCES)
		remedy = "; run vseectl as root";
	say_error("%s: %s: %s%s", name, what, strerror(-error), remedy);
	return EXIT_FILES;
}
