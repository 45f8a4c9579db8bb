#include "password.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "log.h"

#define CREDENTIAL "smtp-password"
#define BYTES_MAX 1024

/* forbidden: bits of the mode that the file must not have. 0, or negative errno after a message. */
static int check(int fd, const char *path, mode_t forbidden)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		const int error = errno;

		log_error("%s: %s", path, strerror(error));
		return -error;
	}
	if (!S_ISREG(st.st_mode)) {
		log_error("%s: is no regular file", path);
		return -EINVAL;
	}
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		log_error("%s: belongs to user id %lu: give it to root", path,
			  (unsigned long)st.st_uid);
		return -EPERM;
	}
	if (st.st_mode & forbidden) {
		log_error(
			"%s: has mode %04o, so that others can read or change it, and is not used: "
			"set mode 0600, and a new password where anybody may have read it",
			path, st.st_mode & 07777u);
		return -EPERM;
	}
	return 0;
}

static bool is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* What was read becomes the password. 0, or -EINVAL after a message, which never shows a byte. */
static int accept_text(struct vsee_secret *text, const char *path)
{
	if (text->length > 0 && text->text[text->length - 1] == '\n')
		text->text[--text->length] = '\0';
	if (text->length == 0) {
		log_error("%s: is empty", path);
		return -EINVAL;
	}
	for (size_t i = 0; i < text->length; i++)
		if (is_control(text->text[i])) {
			log_error("%s: byte %zu is a control character; one line of text is wanted",
				  path, i + 1);
			return -EINVAL;
		}
	return 0;
}

static int read_text(int fd, const char *path, struct vsee_secret *ret_text)
{
	autosecret struct vsee_secret text = {0};
	int r = vsee_file_read_open(fd, BYTES_MAX, &text);

	if (r == -EFBIG)
		log_error("%s: is larger than %d bytes", path, BYTES_MAX);
	else if (r < 0)
		log_error("%s: %s", path, strerror(-r));
	if (r < 0)
		return r;
	r = accept_text(&text, path);
	if (r < 0)
		return r;
	*ret_text = text;
	text = (struct vsee_secret){0};
	return 0;
}

/* -ENOENT without a message where there is no such file. */
static int read_file(const char *path, mode_t forbidden, struct vsee_secret *ret_text)
{
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
	int r;

	if (fd < 0) {
		const int error = errno;

		if (error != ENOENT)
			log_error("%s: %s", path,
				  error == ELOOP ? "is a symbolic link" : strerror(error));
		return -error;
	}
	r = check(fd, path, forbidden);
	return r < 0 ? r : read_text(fd, path, ret_text);
}

/* systemd gives it to us by an access list, whose mask fstat(2) shows as the group's bits. */
static int read_credential(const char *folder, struct vsee_secret *ret_password)
{
	autofree char *path = NULL;

	if (asprintf(&path, "%s/" CREDENTIAL, folder) < 0) {
		path = NULL;
		log_error("%s/" CREDENTIAL ": %s", folder, strerror(ENOMEM));
		return -ENOMEM;
	}
	return read_file(path, S_IWGRP | S_IRWXO, ret_password);
}

static int read_password_file(const char *file, const char *root, struct vsee_secret *ret_password)
{
	autofree char *path = NULL;
	int r;

	if (asprintf(&path, "%s%s", root, file) < 0) {
		path = NULL;
		log_error("[mail] password_file: %s: %s", file, strerror(ENOMEM));
		return -ENOMEM;
	}
	r = read_file(path, S_IRWXG | S_IRWXO, ret_password);
	if (r == -ENOENT)
		log_error("[mail] password_file: %s: %s", path, strerror(ENOENT));
	return r;
}

int password_read(const struct vsee_delivery *delivery, const char *root,
		  struct vsee_secret *ret_password)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");
	int r = -ENOENT;

	if (delivery->user[0] == '\0') {
		*ret_password = (struct vsee_secret){0};
		return 0;
	}
	if (folder)
		r = read_credential(folder, ret_password);
	if (r != -ENOENT)
		return r;
	if (delivery->password_file[0] != '\0')
		return read_password_file(delivery->password_file, root, ret_password);
	log_error("[mail] user is set, but there is no password: set password_file, or give the "
		  "service the credential " CREDENTIAL);
	return -EINVAL;
}
