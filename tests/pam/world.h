/* A small host in the sandbox's /etc: people, policy, PAM stacks, and the state of one of them. */
#pragma once

#include <stdbool.h>

#include "base/day.h"
#include "store/account.h"

#define WORLD_STATE "/etc/state"
#define WORLD_STACKS "/etc/stack"

#define TODAY INT64_C(20800)
#define ALICE "alice" /* the one whom a test is about */
#define ALICE_UID 1001
#define BOB "bob"	   /* covered, never enrolled */
#define ROBOT "robot"	   /* exempt */
#define OLD "Old-Walnut-1" /* everybody's password */
#define FRESH "Fresh-Walnut-2"

/* Alice, as shadow and our state have her. Days; 0 in max_days: 60, in last_scan: today. */
struct person {
	vsee_day last_change;
	const char *field; /* shadow's second; NULL: the hash of OLD; "!": that, locked */
	vsee_day max_days, inactive_days;
	vsee_day expire; /* 0: never */
	bool unknown;	 /* no state */
	bool untold;
	bool zeroed; /* scan has set shadow's last change to 0 */
	vsee_day last_scan;
};

#define LIFETIME 60
extern const struct person world_valid, world_expired;

/* What never changes. module: the .so under test. */
void world_begin(const char *module);
/* Today's date and the person, all else as new: state, shadow, policy (lines of [policy]). */
void world_make(const struct person *alice, const char *policy);
void world_publish(const char *policy);

/* Write a service's file. '@' in text stands for the module and state=; '#' for more arguments. */
void world_stack(const char *service, const char *text, const char *arguments);

/* The design's lines around pam_unix, as Debian's common files have it. */
#define WORLD_AUTH                                                                                 \
	"auth [success=1 default=ignore] pam_unix.so nodelay\n"                                    \
	"auth requisite pam_deny.so\n"                                                             \
	"auth optional @\n"
#define WORLD_ACCOUNT                                                                              \
	"account [success=3 new_authtok_reqd=ok acct_expired=die authtok_expired=die "             \
	"default=ignore] @ #\n"                                                                    \
	"account [new_authtok_reqd=2 default=ignore] @ again\n"                                    \
	"account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\n"                   \
	"account requisite pam_deny.so\n"                                                          \
	"account required pam_permit.so\n"
#define WORLD_UNIX                                                                                 \
	"password [success=1 default=ignore] pam_unix.so use_authtok sha512 rounds=1000 nodelay\n" \
	"password requisite pam_deny.so\n"
#define WORLD_PASSWORD                                                                             \
	"password requisite @ #\n" WORLD_UNIX "password optional @ bind\n"                         \
	"password required pam_permit.so\n"

/* A cheap hash of a password, always the same. */
const char *world_hash(const char *password);
/* An old password of Alice's, remembered since that day. */
void world_remember(const char *password, vsee_day replaced);
void world_remember_hash(const char *hash, vsee_day replaced);
/* Alice's state. The caller clears it. */
void world_load(struct vsee_account *ret_account);
void world_save(const struct vsee_account *account);
/* Shadow's second field of a user; static storage. "": no line. */
const char *world_field(const char *user);

/* How many names a folder holds, "." and ".." aside. */
int world_count(const char *path);
