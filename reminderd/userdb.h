/* Records of systemd's userdb, as JSON files NAME.user in a few folders (nss-systemd(8)). */
#pragma once

#include <sys/types.h>

#include "reminder.h"

#define USERDB_RECORD_MAX ((size_t)256 * 1024)
#define USERDB_FOLDERS 5

/* The folders that are there, in the order in which they count. */
struct userdb {
	int fds[USERDB_FOLDERS];
	size_t count;
	uid_t owner;
};

/* What a record says of mail; strings "" where it says nothing. */
struct userdb_record {
	char address[ADDRESS_SIZE];
	const char *fault; /* why no mail can go there; NULL: it can, or there is none */
	char language[32]; /* preferredLanguage as it stands there */
};

/*
 * A record in its JSON form. It must be of the user called name, and of uid where it names one.
 * 0, or -EBADMSG (ret_why: static text).
 */
int userdb_parse(const char *text, size_t size, const char *name, uid_t uid,
		 struct userdb_record *ret_record, const char **ret_why);

/* 0, or negative errno after a message: a folder is there and can't be trusted or opened. */
int userdb_open(const char *root, uid_t owner, struct userdb *ret_userdb);
void userdb_close(struct userdb *userdb);

/* The first file for the name decides. 0; -ENOENT: there is none; -EBADMSG: it can't be believed.
 */
int userdb_find(const struct userdb *userdb, const char *name, uid_t uid,
		struct userdb_record *ret_record, const char **ret_why);
