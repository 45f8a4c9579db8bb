/* The ledger's files as the file system has them: folder, lock, names, owner and mode. */
#pragma once

#include <limits.h>
#include <sqlite3.h>

#include "ledger.h"

#define LEDGER_NEW_NAME LEDGER_NAME ".new" /* being made */
#define LEDGER_SALVAGED_NAME                                                                       \
	LEDGER_NAME ".salvaged" /* made by salvage, about to take its place                        \
				 */
#define LEDGER_CHECKPOINT_PAGES 1000

/*
 * Open the folder, no symbolic link, and say where the ledger lies without any link in it, as
 * SQLite wants it. The fd (the caller closes it); -ENOENT, -ELOOP, -ENOTDIR or other.
 */
int ledger_folder_open(const char *folder, char ret_path[PATH_MAX]);

/* Take the lock of whoever writes. The fd that holds it; -EBUSY: somebody else does. */
int ledger_lock(int dir_fd);

/*
 * Whether the files can be ours: regular, one name each, no link, and the ledger itself owned by
 * root, the folder's owner or us. 0; -ENOENT: there is none; -EPERM, -EINVAL, -ELOOP: they are not;
 * -EBADMSG: some are there without the ledger, or it is empty.
 */
int ledger_files_check(int dir_fd);

/* Make an empty file anew, with owner and group of the folder, mode 0660. 0 or negative errno. */
int ledger_file_create(int dir_fd, const char *name);

/* Make the empty file at path a ledger without rows. 0 or negative errno. */
int ledger_build(const char *path);

/* A connection as all of ours are. Result code of SQLite; close ret_db in any case. */
int ledger_connect(const char *path, int flags, sqlite3 **ret_db);
