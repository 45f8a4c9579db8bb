/* What one call leaves in the PAM handle for the next; all of it ends with the handle. */
#pragma once

#include <security/pam_modules.h>
#include <stdbool.h>

#include "store/records.h"

enum handle_mark {
	HANDLE_TYPED,  /* this user has just typed the right, expired password */
	HANDLE_DEMAND, /* the account phase demanded a new password of this user */
	HANDLE_SAID,   /* this user was told about the expiry */
};

/* Leave a mark, bound to the user's name. Returns a PAM code. */
int handle_mark(pam_handle_t *pamh, enum handle_mark mark, const char *user);
/* Take the mark away, whoever it was for. */
void handle_unmark(pam_handle_t *pamh, enum handle_mark mark);
/* Whether the mark was left for this very user. */
bool handle_marked(pam_handle_t *pamh, enum handle_mark mark, const char *user);

/* A candidate that UPDATE accepted, waiting for pam_unix to write it. */
struct attempt {
	char user[VSEE_NAME_SIZE];
	char setting[VSEE_HASH_SIZE],
		hash[VSEE_HASH_SIZE]; /* the candidate's, under the history's */
	char base[VSEE_HASH_SIZE];    /* shadow's hash before the change */
};

/* Keep a copy of attempt, or (NULL) wipe an earlier one. Returns a PAM code. */
int handle_keep_attempt(pam_handle_t *pamh, const struct attempt *attempt);
/* The attempt kept for this user, or NULL. Owned by the handle. */
const struct attempt *handle_attempt(pam_handle_t *pamh, const char *user);

/* pam_unix verified a password in this handle. */
bool handle_unix_verified(pam_handle_t *pamh);
