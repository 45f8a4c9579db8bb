#include "state.h"

#include <fcntl.h>

#include "base/file.h"
#include "store/account.h"
#include "store/lock.h"

int state_open(const struct context *context, unsigned timeout_ms, struct state *ret_state)
{
	ret_state->state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, 0);
	if (ret_state->state_fd < 0)
		return ret_state->state_fd;
	ret_state->lock_fd = vsee_lock_take(ret_state->state_fd, context->user, timeout_ms);
	if (ret_state->lock_fd < 0)
		return ret_state->lock_fd;
	ret_state->accounts_fd = vsee_accounts_open(ret_state->state_fd, 0, true);
	if (ret_state->accounts_fd < 0)
		return ret_state->accounts_fd;
	return vsee_accounts_writable(ret_state->accounts_fd);
}

void state_close(struct state *state)
{
	vsee_cleanup_close(&state->accounts_fd);
	vsee_cleanup_close(&state->lock_fd);
	vsee_cleanup_close(&state->state_fd);
}
