#include "edit_copy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

#define MAIN_FILE "vsee-expire.conf"

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder); /* read only */
}

static int copy_file(int from_fd, int to_fd, const char *name, uid_t owner)
{
	autosecret struct vsee_secret text = {0};
	const int r = vsee_file_read(from_fd, name, owner, EDIT_BYTES_MAX, &text);

	return r < 0 ? r : vsee_file_replace(to_fd, name, 0644, text.text, text.length);
}

static int copy_folder(int from_fd, int to_fd, uid_t owner)
{
	CLEANUP(close_folder) DIR *folder = NULL;
	const int fd = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct dirent *entry;
	int r = 0;

	if (fd < 0)
		return -errno;
	folder = fdopendir(fd);
	if (!folder) {
		(void)close(fd); /* nothing was written */
		return -ENOMEM;
	}
	while (r == 0 && (entry = readdir(folder))) {
		const size_t length = strlen(entry->d_name);

		if (entry->d_name[0] != '.' && length > 5 &&
		    strcmp(entry->d_name + length - 5, ".conf") == 0 &&
		    strcmp(entry->d_name, DROPIN_NAME) != 0)
			r = copy_file(fd, to_fd, entry->d_name, owner);
	}
	return r;
}

/* The administrator's own files; none is no error. */
static int copy_all(const struct context *context, int copy_fd, int copy_folder_fd)
{
	autoclose int config_fd =
		vsee_dir_open(AT_FDCWD, context->paths.config_dir, context->owner);
	autoclose int fd = -1;
	int r;

	if (config_fd < 0)
		return config_fd == -ENOENT ? 0 : config_fd;
	r = copy_file(config_fd, copy_fd, MAIN_FILE, context->owner);
	if (r < 0 && r != -ENOENT)
		return r;
	fd = vsee_dir_open(config_fd, EDIT_FOLDER, context->owner);
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	return copy_folder(fd, copy_folder_fd, context->owner);
}

static void remove_below(int fd)
{
	CLEANUP(close_folder) DIR *folder = fdopendir(fd);
	const struct dirent *entry;

	if (!folder)
		(void)close(fd); /* read only */
	while (folder && (entry = readdir(folder)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			(void)unlinkat(fd, entry->d_name, 0); /* rmdir() fails where this did */
}

/* Only what we made ourselves: two levels, no folder below the second one. */
void edit_copy_remove(char *copy)
{
	autoclose int fd = -1;
	int folder_fd;

	if (!copy[0])
		return;
	fd = open(copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	folder_fd = openat(fd, EDIT_FOLDER, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (folder_fd >= 0)
		remove_below(folder_fd);
	(void)unlinkat(fd, EDIT_FOLDER, AT_REMOVEDIR); /* what stays of it is below /tmp */
	(void)unlinkat(fd, MAIN_FILE, 0);
	(void)rmdir(copy);
	copy[0] = '\0';
}

int edit_copy_make(struct edit *edit)
{
	autoclose int fd = -1, folder_fd = -1;
	int r;

	(void)snprintf(edit->copy, sizeof(edit->copy), "%s", EDIT_COPY_TEMPLATE);
	if (!mkdtemp(edit->copy)) {
		edit->copy[0] = '\0';
		return -errno;
	}
	fd = vsee_dir_open(AT_FDCWD, edit->copy, edit->context->owner);
	if (fd < 0 || mkdirat(fd, EDIT_FOLDER, 0700) < 0)
		return fd < 0 ? fd : -errno;
	folder_fd = vsee_dir_open(fd, EDIT_FOLDER, edit->context->owner);
	if (folder_fd < 0)
		return folder_fd;
	r = copy_all(edit->context, fd, folder_fd);
	if (r < 0 || !edit->present)
		return r;
	return vsee_file_replace(folder_fd, DROPIN_NAME, 0644, edit->after, edit->after_size);
}
