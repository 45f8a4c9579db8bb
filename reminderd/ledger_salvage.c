#include "ledger_salvage.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "ledger_copy.h"
#include "ledger_db.h"
#include "ledger_files.h"

static int accept(void *context, const struct reminder *row)
{
	(void)context;
	(void)row;
	return 0;
}

/* More than a run looks at: indexes against the table, and each row. -EBADMSG: damaged. */
static int examine(const char *folder, char *ret_error, size_t size)
{
	autoledger struct ledger *ledger = NULL;
	int r = ledger_open(folder, &ledger);

	if (r < 0)
		return r;
	r = ledger_visit(ledger, NULL, accept, NULL);
	if (r == 0)
		r = ledger_index_check(ledger->db);
	(void)snprintf(ret_error, size, "%s", ledger_error(ledger));
	return r;
}

static bool exists(int dir_fd, const char *name)
{
	return faccessat(dir_fd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Nothing is overwritten: an earlier damaged ledger stays as well. */
static int move(int dir_fd, const char *from, const char *to)
{
	if (renameat2(dir_fd, from, dir_fd, to, RENAME_NOREPLACE) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

/* A name that no damaged ledger has yet, though there were several within a second. */
static int name_aside(int dir_fd, int64_t now, char ret_name[LEDGER_ASIDE_SIZE])
{
	const time_t time = (time_t)now;
	char stamp[32];
	struct tm tm;

	if (!gmtime_r(&time, &tm) || strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm) == 0)
		return -EINVAL;
	(void)snprintf(ret_name, LEDGER_ASIDE_SIZE, LEDGER_NAME ".damaged-%s", stamp);
	for (unsigned i = 2; exists(dir_fd, ret_name); i++)
		(void)snprintf(ret_name, LEDGER_ASIDE_SIZE, LEDGER_NAME ".damaged-%s-%u", stamp, i);
	return 0;
}

/*
 * The ledger goes first: from then on ledger_open() finds the salvaged one without it, and says so
 * until that has its name. The old -wal file must be gone by then, SQLite would take it for its
 * own.
 */
static int install(int dir_fd, int64_t now, struct ledger_salvage *salvage)
{
	static const char *const endings[] = {"", "-wal", "-journal"};
	char from[64], to[LEDGER_ASIDE_SIZE + 16];
	int r = name_aside(dir_fd, now, salvage->aside);

	for (size_t i = 0; r == 0 && i < COUNT(endings); i++) {
		(void)snprintf(from, sizeof(from), LEDGER_NAME "%s", endings[i]);
		(void)snprintf(to, sizeof(to), "%s%s", salvage->aside, endings[i]);
		r = move(dir_fd, from, to);
	}
	if (r < 0)
		return r;
	if (unlinkat(dir_fd, LEDGER_NAME "-shm", 0) < 0 && errno != ENOENT)
		return -errno;
	r = move(dir_fd, LEDGER_SALVAGED_NAME, LEDGER_NAME);
	return r == 0 && fsync(dir_fd) < 0 ? -errno : r;
}

/* A whole new ledger with what the old one still gives, called LEDGER_SALVAGED_NAME in the end. */
static int rebuild(int dir_fd, const char *path, struct ledger_salvage *salvage)
{
	char new_path[PATH_MAX];
	int r;

	if (snprintf(new_path, sizeof(new_path), "%s.new", path) >= (int)sizeof(new_path))
		return -ENAMETOOLONG;
	r = ledger_file_create(dir_fd, LEDGER_NEW_NAME);
	if (r == 0)
		r = ledger_build(new_path);
	if (r == 0)
		r = ledger_copy(path, new_path, salvage);
	if (r < 0) {
		(void)unlinkat(dir_fd, LEDGER_NEW_NAME, 0); /* the first error is told */
		return r;
	}
	if (renameat(dir_fd, LEDGER_NEW_NAME, dir_fd, LEDGER_SALVAGED_NAME) < 0 ||
	    fsync(dir_fd) < 0)
		return -errno;
	return 0;
}

int ledger_salvage(const char *folder, int64_t now, struct ledger_salvage *ret_salvage)
{
	struct ledger_salvage salvage = {0};
	autoclose int dir_fd = -1, lock_fd = -1;
	char path[PATH_MAX];
	int r;

	dir_fd = ledger_folder_open(folder, path);
	if (dir_fd < 0)
		return dir_fd;
	r = ledger_files_check(dir_fd);
	if (r < 0 && r != -EBADMSG)
		return r;
	r = examine(folder, salvage.error, sizeof(salvage.error));
	if (r != -EBADMSG)
		return r == 0 ? -EALREADY : r;
	lock_fd = ledger_lock(dir_fd);
	if (lock_fd < 0)
		return lock_fd;
	if (exists(dir_fd, LEDGER_NAME) || !exists(dir_fd, LEDGER_SALVAGED_NAME))
		r = rebuild(dir_fd, path, &salvage);
	else
		r = 0; /* an earlier salvage was killed on its last steps */
	if (r == 0)
		r = install(dir_fd, now, &salvage);
	if (r == 0)
		*ret_salvage = salvage;
	return r;
}
