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

const char *state_remedy(int error)
{
	switch (-error) {
	case EBUSY:
		return "; another program holds it, try again";
	case EPROTONOSUPPORT:
		return "; it was written by a newer version, which can read it";
	case ENOENT:
		return "; run reminderd scan first";
	case EPERM:
		return "; it belongs to somebody else or others can write it: mend owner and mode";
	case ENOTDIR:
	case ELOOP:
		return "; a symbolic link, or something else, is in its place: remove that";
	case EBADMSG:
		return "; it is damaged: run reminderd scan, which mends it or says how";
	case EACCES:
		return "; run vseectl as root";
	default:
		return "";
	}
}

enum exit_code state_complain(const struct context *context, const char *name, const char *what,
			      int error)
{
	say_error("%s: %s in %s: %s%s", name, what, context->paths.state, strerror(-error),
		  state_remedy(error));
	return EXIT_FILES;
}
