#include "ledger_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#define MODE 0660

/* A link in the path to the folder is the host's affair; one in its place is not. */
int ledger_folder_open(const char *folder, char ret_path[PATH_MAX])
{
	autoclose int fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	autofree char *real = NULL;
	struct stat opened, found;

	if (fd < 0)
		return -errno;
	real = realpath(folder, NULL);
	if (!real || fstat(fd, &opened) < 0 || stat(real, &found) < 0)
		return -errno;
	if (opened.st_dev != found.st_dev || opened.st_ino != found.st_ino)
		return -ELOOP;
	if (snprintf(ret_path, PATH_MAX, "%s/" LEDGER_NAME, real) >= PATH_MAX)
		return -ENAMETOOLONG;

	const int result = fd;

	fd = -1;
	return result;
}

/*
 * Readers have their rights by the group alone. Only root can give a file away; who can't and need
 * not has them right already.
 */
static int set_rights(int dir_fd, int fd)
{
	struct stat folder, file;

	if (fstat(dir_fd, &folder) < 0 || fstat(fd, &file) < 0)
		return -errno;
	if ((file.st_uid != folder.st_uid || file.st_gid != folder.st_gid) &&
	    fchown(fd, folder.st_uid, folder.st_gid) < 0 && errno != EPERM)
		return -errno;
	if ((file.st_mode & 07777) != MODE && fchmod(fd, MODE) < 0 && errno != EPERM)
		return -errno;
	return 0;
}

int ledger_lock(int dir_fd)
{
	autoclose int fd = -1;
	int r;

	fd = openat(dir_fd, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC, MODE);
	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	r = set_rights(dir_fd, fd);
	if (r < 0)
		return r;

	const int result = fd;

	fd = -1;
	return result;
}

/* 0, -ENOENT, or what is wrong with it. */
static int check_file(int dir_fd, const char *name, struct stat *ret_stat)
{
	if (fstatat(dir_fd, name, ret_stat, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISLNK(ret_stat->st_mode))
		return -ELOOP;
	if (!S_ISREG(ret_stat->st_mode))
		return -EINVAL;
	return ret_stat->st_nlink > 1 ? -EPERM : 0;
}

/* Whoever of the group came first made them; SQLite believes their checksums, no more. */
static int check_helpers(int dir_fd, bool *ret_found)
{
	static const char *const names[] = {LEDGER_NAME "-shm", LEDGER_NAME "-wal",
					    LEDGER_NAME "-journal", LEDGER_SALVAGED_NAME};
	struct stat stat;

	for (size_t i = 0; i < COUNT(names); i++) {
		const int r = check_file(dir_fd, names[i], &stat);

		if (r < 0 && r != -ENOENT)
			return r;
		/* What stands in them belongs to a ledger that is gone. */
		if (r == 0 && i > 0 && stat.st_size > 0)
			*ret_found = true;
	}
	return 0;
}

int ledger_files_check(int dir_fd)
{
	struct stat folder, file;
	bool found = false;
	int r = check_helpers(dir_fd, &found);

	if (r < 0)
		return r;
	r = check_file(dir_fd, LEDGER_NAME, &file);
	if (r == -ENOENT && found)
		return -EBADMSG;
	if (r < 0)
		return r;
	if (fstat(dir_fd, &folder) < 0)
		return -errno;
	if (file.st_uid != 0 && file.st_uid != folder.st_uid && file.st_uid != geteuid())
		return -EPERM;
	return file.st_size == 0 ? -EBADMSG : 0;
}

int ledger_file_create(int dir_fd, const char *name)
{
	autoclose int fd = -1;
	char journal[NAME_MAX];

	(void)snprintf(journal, sizeof(journal), "%s-journal", name);
	if ((unlinkat(dir_fd, name, 0) < 0 && errno != ENOENT) ||
	    (unlinkat(dir_fd, journal, 0) < 0 && errno != ENOENT))
		return -errno;
	fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE);
	return fd < 0 ? -errno : set_rights(dir_fd, fd);
}
