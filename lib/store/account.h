/* Our own state of one account: state/accounts/<name>, a small text file, replaced whole. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/secret.h"
#include "policy/enrolment.h"
#include "store/records.h"

#define VSEE_ACCOUNT_BYTES_MAX ((size_t)512 * 1024)
#define VSEE_ACCOUNT_VERSION 1
#define VSEE_NO_UID ((uid_t)-1)
#define VSEE_MACHINE_ID_SIZE 40
#define VSEE_SETTINGS_MAX 2
#define VSEE_EXTENSION_REASON_SIZE 201 /* with NUL: one line of UTF-8 */

/* An old password, as a complete crypt(3) hash: under one of the settings, or kept as shadow had
 * it. */
struct vsee_entry {
	vsee_day replaced; /* the day it stopped being current; VSEE_UNSET: imported, not known */
	char *hash;	   /* owned; wiped */
};

struct vsee_setting {
	char machine_id[VSEE_MACHINE_ID_SIZE];
	char text[VSEE_HASH_SIZE]; /* prefix and salt for crypt(3); "" unused */
};

struct vsee_account {
	char name[VSEE_NAME_SIZE];
	uid_t uid;
	char shadow_hash[VSEE_HASH_SIZE]; /* last seen; "" never */
	vsee_day seen;			  /* the day it was first seen */
	struct vsee_enrolment enrolment;
	/* Why and by whose login enrolment.extension was granted: "" and VSEE_NO_UID without one.
	 */
	char extension_reason[VSEE_EXTENSION_REASON_SIZE];
	uid_t extension_by;
	char token[VSEE_HASH_SIZE]; /* crypt(3) hash of the pending link's token; "" none */
	int64_t token_expires;	    /* seconds since the epoch */
	struct vsee_setting settings[VSEE_SETTINGS_MAX]; /* [0] is the one in use */
	char current[VSEE_HASH_SIZE]; /* the current password under settings[]; "" not bound: then
					 shadow_hash itself stands for it */
	char pending[VSEE_HASH_SIZE]; /* accepted, perhaps written by pam_unix; "" none */
	char pending_base[VSEE_HASH_SIZE]; /* shadow's hash when it was accepted */
	struct vsee_entry *entries;	   /* oldest first */
	size_t entry_count;
};

/* An empty account, nothing allocated. */
struct vsee_account vsee_account_empty(const char *name, uid_t uid);
/* Wipe all hashes and free. */
void vsee_account_clear(struct vsee_account *account);
#define autoaccount CLEANUP(vsee_account_clear)

/*
 * Text form. Parse takes what it can read: 0 when all of it was good; -EBADMSG when something was
 * not, with ret_account holding the rest (the caller clears it in both cases) and ret_line the
 * first bad line; -EPROTONOSUPPORT for a newer version, with nothing read; -ENOMEM.
 */
int vsee_account_parse(const char *text, size_t size, struct vsee_account *ret_account,
		       unsigned *ret_line);
/* 0 (the caller clears ret_text); -EINVAL: a field could not be read back; -EFBIG; -ENOMEM. */
int vsee_account_print(const struct vsee_account *account, struct vsee_secret *ret_text);

/* The accounts folder below the state folder, opened; created 0700 when create is set. */
int vsee_accounts_open(int state_fd, uid_t owner, bool create);

enum vsee_account_news {
	VSEE_ACCOUNT_GOOD,
	VSEE_ACCOUNT_NEW,     /* no file yet: ret_account is empty */
	VSEE_ACCOUNT_DAMAGED, /* ret_account holds what could be read; the next save sets it aside
			       */
	VSEE_ACCOUNT_REUSED,  /* the file belongs to another uid; ret_account is empty, as above */
};

/*
 * Load one account. 0 with ret_news; -EPROTONOSUPPORT: written by a newer version (read only, let
 * in); -EFBIG: larger than we write; or negative errno. The caller clears ret_account when it
 * returned 0. The name in the file is for people: it need not be the account's.
 */
int vsee_account_load(int accounts_fd, uid_t owner, const char *name, uid_t uid,
		      struct vsee_account *ret_account, enum vsee_account_news *ret_news);

/*
 * Replace the account's file; the account's lock is held by the caller since before the load.
 * A file that news calls damaged or reused is kept beside it as <name>.damaged.N or <name>.reused.N
 * (1 to 8; after that the oldest of them goes) before it is replaced. 0, or negative errno: then
 * the old one stands. -EINVAL: a field could not be read back.
 */
int vsee_account_save(int accounts_fd, const struct vsee_account *account,
		      enum vsee_account_news news);

/* Whether the folder can be written now (EROFS, EACCES), without writing. 0 or negative errno. */
int vsee_accounts_writable(int accounts_fd);
