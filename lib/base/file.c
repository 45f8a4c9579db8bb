#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) /* a FIFO must not hold us up */

static bool trusted(const struct stat *st, uid_t owner)
{
	return (st->st_uid == 0 || st->st_uid == owner) && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

int vsee_dir_open(int dir_fd, const char *path, uid_t owner)
{
	autoclose int fd = -1;
	struct stat st;

	fd = openat(dir_fd, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!trusted(&st, owner))
		return -EPERM;

	const int result = fd;

	fd = -1;
	return result;
}

int vsee_file_open(const char *path)
{
	autoclose int fd = -1;
	struct stat st;

	fd = open(path, READ_FLAGS);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;

	const int result = fd;

	fd = -1;
	return result;
}

/* Twice the room, at most size_max. A copy, because realloc(3) would leave the old one unwiped. */
static int grow(struct vsee_secret *text, size_t size_max)
{
	const size_t size = text->size > size_max / 2 ? size_max : text->size * 2;
	struct vsee_secret larger;
	int r;

	r = vsee_secret_alloc(size, &larger);
	if (r < 0)
		return r;
	memcpy(larger.text, text->text, text->length);
	larger.length = text->length;
	vsee_secret_clear(text);
	*text = larger;
	return 0;
}

/* Up to the end of the file, which may have grown since fstat(2). */
static int read_all(int fd, size_t max, struct vsee_secret *text)
{
	for (;;) {
		ssize_t size;

		if (text->length > max)
			return -EFBIG;
		if (text->length + 1 >= text->size) {
			const int r = grow(text, max + 2); /* one byte too many and the NUL */

			if (r < 0)
				return r;
		}
		size = read(fd, text->text + text->length, text->size - 1 - text->length);
		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (size == 0)
			return 0;
		text->length += (size_t)size;
	}
}

int vsee_file_open_trusted(int dir_fd, const char *name, uid_t owner)
{
	autoclose int fd = -1;
	struct stat st;

	fd = openat(dir_fd, name, READ_FLAGS | O_NOFOLLOW);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (!trusted(&st, owner))
		return -EPERM;

	const int result = fd;

	fd = -1;
	return result;
}

int vsee_file_read_open(int fd, size_t max, struct vsee_secret *ret_text)
{
	autosecret struct vsee_secret text = {0};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		return -EFBIG;

	r = vsee_secret_alloc((size_t)st.st_size + 2, &text);
	if (r < 0)
		return r;
	r = read_all(fd, max, &text);
	if (r < 0)
		return r;

	*ret_text = text;
	text = (struct vsee_secret){0};
	return 0;
}

int vsee_file_read(int dir_fd, const char *name, uid_t owner, size_t max,
		   struct vsee_secret *ret_text)
{
	autoclose int fd = vsee_file_open_trusted(dir_fd, name, owner);

	return fd < 0 ? fd : vsee_file_read_open(fd, max, ret_text);
}

int vsee_file_write(int fd, const char *text, size_t size)
{
	while (size > 0) {
		const ssize_t written = write(fd, text, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		text += written;
		size -= (size_t)written;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

/* Leaves the temporary file behind on failure. */
static int write_temporary(int dir_fd, const char *temporary, mode_t mode, const char *text,
			   size_t size)
{
	int r = 0;
	const int fd = openat(dir_fd, temporary,
			      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0)
		return -errno;
	if (fchmod(fd, mode) < 0)
		r = -errno;
	if (r == 0)
		r = vsee_file_write(fd, text, size);
	if (close(fd) < 0 && r == 0)
		r = -errno; /* network file systems report lost writes only here */
	return r;
}

int vsee_file_replace(int dir_fd, const char *name, mode_t mode, const char *text, size_t size)
{
	char temporary[NAME_MAX + 1];
	const int length = snprintf(temporary, sizeof(temporary), ".%s.tmp", name);
	int r;

	if (length < 0 || (size_t)length >= sizeof(temporary))
		return -ENAMETOOLONG;
	if (unlinkat(dir_fd, temporary, 0) < 0 && errno != ENOENT)
		return -errno;

	r = write_temporary(dir_fd, temporary, mode, text, size);
	if (r == 0 && renameat(dir_fd, temporary, dir_fd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(dir_fd, temporary, 0); /* the first error is the one to report */
		return r;
	}
	return fsync(dir_fd) < 0 ? -errno : 0;
}
