#include "userdb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "base/file.h"
#include "decode.h"
#include "log.h"

/* Source: systemd-userdbd.service(8). */
static const char *const folders[USERDB_FOLDERS] = {
	"/etc/userdb",		 "/run/userdb",	    "/run/host/userdb",
	"/usr/local/lib/userdb", "/usr/lib/userdb",
};

static void take_address(const json_t *root, struct userdb_record *record)
{
	const json_t *value = json_object_get(root, "emailAddress");
	const char *text = json_string_value(value);
	const size_t size = text ? json_string_length(value) : 0;

	if (!value || size == 0)
		return;
	record->fault = address_fault(text, size);
	if (!record->fault)
		memcpy(record->address, text, size + 1);
}

static void take_language(const json_t *root, struct userdb_record *record)
{
	const char *text = json_string_value(json_object_get(root, "preferredLanguage"));

	if (text && strlen(text) < sizeof(record->language))
		(void)snprintf(record->language, sizeof(record->language), "%s", text);
}

int userdb_parse(const char *text, size_t size, const char *name, uid_t uid,
		 struct userdb_record *ret_record, const char **ret_why)
{
	autojson json_t *root = NULL;
	const int r = decode_object(text, size, &root);
	const char *user = json_string_value(json_object_get(root, "userName"));
	const json_t *number = json_object_get(root, "uid");
	struct userdb_record record = {.fault = NULL};

	/* jansson passes over NUL bytes between values. */
	if (r < 0 || memchr(text, '\0', size)) {
		*ret_why = "the record is no JSON object";
		return -EBADMSG;
	}
	if (!user || strcmp(user, name) != 0 ||
	    (number && json_integer_value(number) != (json_int_t)uid)) {
		*ret_why = "the record is another user's";
		return -EBADMSG;
	}
	take_address(root, &record);
	take_language(root, &record);
	*ret_record = record;
	return 0;
}

int userdb_open(const char *root, uid_t owner, struct userdb *ret_userdb)
{
	struct userdb userdb = {.owner = owner};

	for (size_t i = 0; i < USERDB_FOLDERS; i++) {
		char path[PATH_MAX];
		int fd;

		if (snprintf(path, sizeof(path), "%s%s", root, folders[i]) >= (int)sizeof(path))
			continue;
		fd = vsee_dir_open(AT_FDCWD, path, owner);
		if (fd == -ENOENT)
			continue;
		if (fd < 0) {
			log_error("%s: %s", path,
				  fd == -EPERM
					  ? "others can write it, or it belongs to somebody else"
					  : strerror(-fd));
			userdb_close(&userdb);
			return fd;
		}
		userdb.fds[userdb.count++] = fd;
	}
	*ret_userdb = userdb;
	return 0;
}

void userdb_close(struct userdb *userdb)
{
	for (size_t i = 0; i < userdb->count; i++)
		(void)close(userdb->fds[i]); /* read only */
	userdb->count = 0;
}

static const char *unreadable(int error)
{
	switch (error) {
	case -EPERM:
		return "others can write the record, or it belongs to somebody else";
	case -EFBIG:
		return "the record is larger than 256 KiB";
	case -EINVAL:
	case -ELOOP:
		return "the record is no regular file";
	default:
		return "the record can't be read";
	}
}

int userdb_find(const struct userdb *userdb, const char *name, uid_t uid,
		struct userdb_record *ret_record, const char **ret_why)
{
	char file_name[VSEE_NAME_SIZE + sizeof(".user")];

	(void)snprintf(file_name, sizeof(file_name), "%s.user", name);
	for (size_t i = 0; i < userdb->count; i++) {
		autosecret struct vsee_secret text = {0};
		const int r = vsee_file_read(userdb->fds[i], file_name, userdb->owner,
					     USERDB_RECORD_MAX, &text);

		if (r == -ENOENT || r == -ENAMETOOLONG)
			continue;
		if (r == 0)
			return userdb_parse(text.text, text.length, name, uid, ret_record, ret_why);
		*ret_why = unreadable(r);
		return -EBADMSG;
	}
	return -ENOENT;
}
