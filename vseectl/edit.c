#include "edit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "edit_copy.h"
#include "say.h"

static enum exit_code complain(const struct edit *edit, const char *what, int error)
{
	say_error("%s/" EDIT_FOLDER "/%s: %s", edit->context->paths.config_dir, what,
		  strerror(-error));
	return EXIT_FILES;
}

/* -ENOENT where the folder or the file is missing. */
static int read_dropin(const struct context *context, struct vsee_secret *ret_text)
{
	autoclose int config_fd =
		vsee_dir_open(AT_FDCWD, context->paths.config_dir, context->owner);
	autoclose int fd = -1;

	if (config_fd < 0)
		return config_fd;
	fd = vsee_dir_open(config_fd, EDIT_FOLDER, context->owner);
	return fd < 0 ? fd
		      : vsee_file_read(fd, DROPIN_NAME, context->owner, EDIT_BYTES_MAX, ret_text);
}

enum exit_code edit_open(const struct context *context, struct edit *ret_edit)
{
	struct edit *edit = ret_edit;
	unsigned line = 0;
	int r;

	*edit = (struct edit){.context = context, .folder_fd = -1};
	r = read_dropin(context, &edit->before);
	if (r == -ENOENT)
		return EXIT_GOOD;
	if (r < 0)
		return complain(edit, DROPIN_NAME, r);
	edit->present = edit->was_present = true;
	r = dropin_parse(edit->before.text, edit->before.length, &edit->dropin, &line);
	if (r != -EBADMSG)
		return r == 0 ? EXIT_GOOD : complain(edit, DROPIN_NAME, r);
	say_error("%s/" EDIT_FOLDER "/" DROPIN_NAME
		  ":%u: written by hand; vseectl keeps this file: move "
		  "such lines to another file of the folder",
		  context->paths.config_dir, line);
	return EXIT_CONFIG;
}

static enum exit_code read_copy(struct edit *edit)
{
	struct vsee_paths paths = edit->context->paths;
	char name[PATH_MAX];
	int r;

	memcpy(paths.config_dir, edit->copy, sizeof(paths.config_dir));
	vsee_config_clear(&edit->config);
	r = vsee_config_read(&paths, edit->context->owner, &edit->config);
	for (size_t i = 0; i < edit->config.error_count; i++)
		say_error("%s:%u: %s", edit_file_name(edit, edit->config.errors[i].file, name),
			  edit->config.errors[i].line, edit->config.errors[i].text);
	if (r < 0 && r != -EINVAL)
		say_error("%s: %s", edit->copy, strerror(-r));
	if (r < 0)
		return r == -EINVAL ? EXIT_CONFIG : EXIT_FILES;
	return EXIT_GOOD;
}

enum exit_code edit_try(struct edit *edit)
{
	int r;

	free(edit->after);
	edit->after = NULL;
	edit_copy_remove(edit->copy);
	r = dropin_print(&edit->dropin, &edit->after, &edit->after_size);
	if (r == 0)
		r = edit_copy_make(edit);
	if (r < 0) {
		say_error("can't copy the configuration to " EDIT_COPY_TEMPLATE ": %s",
			  strerror(-r));
		return EXIT_FILES;
	}
	return read_copy(edit);
}

bool edit_changes(const struct edit *edit)
{
	if (edit->present != edit->was_present)
		return true;
	return edit->present && (edit->before.length != edit->after_size ||
				 memcmp(edit->before.text, edit->after, edit->after_size) != 0);
}

/* The lock is on the folder: who edits the file by other means takes none. */
static int open_folder(const struct context *context, int *ret_fd)
{
	const char *config_dir = context->paths.config_dir;
	autoclose int config_fd = -1;
	int fd;

	if (mkdir(config_dir, 0755) < 0 && errno != EEXIST)
		return -errno;
	config_fd = vsee_dir_open(AT_FDCWD, config_dir, context->owner);
	if (config_fd < 0)
		return config_fd;
	if (mkdirat(config_fd, EDIT_FOLDER, 0755) < 0 && errno != EEXIST)
		return -errno;
	fd = vsee_dir_open(config_fd, EDIT_FOLDER, context->owner);
	if (fd < 0)
		return fd;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		(void)close(fd); /* nothing was written */
		return -EBUSY;
	}
	*ret_fd = fd;
	return 0;
}

static bool still_as_found(const struct edit *edit, int fd)
{
	autosecret struct vsee_secret text = {0};
	const int r = vsee_file_read(fd, DROPIN_NAME, edit->context->owner, EDIT_BYTES_MAX, &text);

	if (r == -ENOENT)
		return !edit->was_present;
	return r == 0 && edit->was_present && text.length == edit->before.length &&
	       memcmp(text.text, edit->before.text, text.length) == 0;
}

/* text NULL: remove it. */
static int put(int fd, const char *text, size_t size)
{
	if (text)
		return vsee_file_replace(fd, DROPIN_NAME, 0644, text, size);
	if (unlinkat(fd, DROPIN_NAME, 0) < 0 && errno != ENOENT)
		return -errno;
	return fsync(fd) < 0 ? -errno : 0;
}

static enum exit_code tell_busy(const struct edit *edit)
{
	say_error("somebody else edits %s/" EDIT_FOLDER " just now: run this again",
		  edit->context->paths.config_dir);
	return EXIT_FILES;
}

enum exit_code edit_lock(struct edit *edit)
{
	const int r = open_folder(edit->context, &edit->folder_fd);

	if (r == -EBUSY)
		return tell_busy(edit);
	return r == 0 ? EXIT_GOOD : complain(edit, DROPIN_NAME, r);
}

enum exit_code edit_make(const struct edit *edit)
{
	int r;

	if (!still_as_found(edit, edit->folder_fd))
		return tell_busy(edit);
	r = put(edit->folder_fd, edit->present ? edit->after : NULL, edit->after_size);
	return r == 0 ? EXIT_GOOD : complain(edit, DROPIN_NAME, r);
}

void edit_take_back(const struct edit *edit)
{
	int r;

	if (!edit_changes(edit))
		return;
	r = put(edit->folder_fd, edit->was_present ? edit->before.text : NULL, edit->before.length);
	if (r == 0)
		say_error("%s/" EDIT_FOLDER "/" DROPIN_NAME " is again as it was",
			  edit->context->paths.config_dir);
	else
		complain(edit, DROPIN_NAME " can't be put back", r);
}

const char *edit_file_name(const struct edit *edit, const char *file, char *ret_name)
{
	const size_t length = strlen(edit->copy);

	if (length == 0 || strncmp(file, edit->copy, length) != 0)
		(void)snprintf(ret_name, PATH_MAX, "%s", file);
	else
		(void)snprintf(ret_name, PATH_MAX, "%s%s", edit->context->paths.config_dir,
			       file + length);
	return ret_name;
}

void edit_clear(struct edit *edit)
{
	if (edit->folder_fd >= 0)
		(void)close(edit->folder_fd); /* what was written is on disk */
	edit_copy_remove(edit->copy);
	vsee_config_clear(&edit->config);
	dropin_clear(&edit->dropin);
	vsee_secret_clear(&edit->before);
	free(edit->after);
}
