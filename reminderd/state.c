#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "log.h"
#include "message_id.h"
#include "notify.h"
#include "store/account.h"
#include "store/lock.h"

/* Anybody may try us on a tree of their own; the host itself is root's. */
static bool may_run(const struct scan *scan)
{
	const struct options *options = scan->options;
	const char *folder = options->root[0] ? options->root : options->state;
	struct stat stat;

	if (scan->owner == 0)
		return true;
	return folder && lstat(folder, &stat) == 0 && stat.st_uid == scan->owner;
}

static int make_folder(const char *path)
{
	/* mkdir(2) follows no link in the last place, and the open that comes after refuses one. */
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

static void complain(const char *path, int error)
{
	if (error == -ELOOP || error == -ENOTDIR)
		log_error("%s is no folder, or a symbolic link: nothing is written through it",
			  path);
	else if (error == -EPERM)
		log_error("%s belongs to somebody else, or others can write it: mend owner and "
			  "mode (root, 0755)",
			  path);
	else
		log_error("%s: %s", path, strerror(-error));
}

static enum exit_code open_folders(struct scan *scan)
{
	const bool dry = scan->view || scan->undo;
	const int made = dry ? 0 : make_folder(scan->paths.state);

	if (made < 0) {
		complain(scan->paths.state, made);
		return EXIT_FILES;
	}
	scan->state_fd = vsee_dir_open(AT_FDCWD, scan->paths.state, scan->owner);
	if (scan->state_fd == -ENOENT && dry)
		return EXIT_GOOD;
	if (scan->state_fd < 0) {
		complain(scan->paths.state, scan->state_fd);
		return EXIT_FILES;
	}
	scan->accounts_fd = vsee_accounts_open(scan->state_fd, scan->owner, !dry);
	if (scan->accounts_fd < 0 && !(scan->accounts_fd == -ENOENT && dry)) {
		log_error("in %s:", scan->paths.state);
		complain("accounts", scan->accounts_fd);
		return EXIT_FILES;
	}
	return EXIT_GOOD;
}

enum exit_code state_open(struct scan *scan)
{
	enum exit_code code;

	if (!may_run(scan)) {
		log_error("only root may do this (others: --root or --state with a folder of "
			  "their own)");
		return EXIT_FILES;
	}
	code = open_folders(scan);
	if (code != EXIT_GOOD || scan->view || scan->state_fd < 0)
		return code;
	scan->lock_fd = vsee_lock_take(scan->state_fd, NULL, scan->undo ? VSEE_LOCK_TIMEOUT_MS : 0);
	if (scan->lock_fd >= 0) {
		notify_ready();
		return EXIT_GOOD;
	}
	if (scan->lock_fd == -EBUSY) {
		log_about(MESSAGE_SCAN_BUSY, NULL);
		log_error("another scan is running; nothing was done. Try again when it has ended");
	} else {
		complain("lock", scan->lock_fd);
	}
	return EXIT_FILES;
}
