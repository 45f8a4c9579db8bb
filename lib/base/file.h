/* Files we trust: opened first, then judged by fstat(2), replaced whole or not at all. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

#include "base/secret.h"

/*
 * Open a folder nobody else can write: no symlink, owned by root or by owner, no write for group
 * or others. The folder's fd is the anchor for everything below it.
 * Returns the fd (the caller closes it), or negative errno: -EPERM when it is not trusted,
 * -ELOOP or -ENOTDIR for a symlink or another kind of file.
 */
int vsee_dir_open(int dir_fd, const char *path, uid_t owner);

/*
 * Open a file of the system for reading: symlinks allowed, whoever owns it, but never a FIFO,
 * device or folder. Returns the fd (the caller closes it), -EINVAL when it is no regular file, or
 * what open(2) says.
 */
int vsee_file_open(const char *path);

/*
 * Open a file for reading that is worth believing: regular, not through a symlink, owned by root or
 * owner, writable by nobody else. The fd (the caller closes it), -EPERM not trusted, -EINVAL no
 * regular file, or what open(2) says. dir_fd: AT_FDCWD allowed.
 */
int vsee_file_open_trusted(int dir_fd, const char *name, uid_t owner);

/*
 * Read a regular file below dir_fd (AT_FDCWD allowed), not through a symlink, owned by root or
 * owner, writable by nobody else, at most max bytes. NUL bytes may be inside.
 * 0 (the caller clears ret_text), -EPERM not trusted, -EFBIG too large, -EINVAL no regular file,
 * or what open(2) and read(2) say.
 */
int vsee_file_read(int dir_fd, const char *name, uid_t owner, size_t max,
		   struct vsee_secret *ret_text);

/* The same from an open file, whoever owns it, to its end. 0, -EFBIG, -ENOMEM, or of read(2). */
int vsee_file_read_open(int fd, size_t max, struct vsee_secret *ret_text);

/* Write all of text where fd stands, then fsync(2). 0, or what write(2) and fsync(2) say. */
int vsee_file_write(int fd, const char *text, size_t size);

/*
 * Replace the file called name below dir_fd: a temporary file beside it, write, fsync, rename,
 * fsync of the folder; mode is set whatever the umask. Callers hold the lock that belongs to the
 * file, so the temporary name is fixed (a leftover of a crash is removed first).
 * 0 or negative errno; after an error before the rename the old file stands and no temporary one
 * is left. When only the last fsync fails the new file stands and its error is returned.
 */
int vsee_file_replace(int dir_fd, const char *name, mode_t mode, const char *text, size_t size);
