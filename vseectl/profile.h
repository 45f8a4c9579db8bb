/* Our lines in pam.d: whether they are there, and pam-auth-update(8), which puts them there. */
#pragma once

#include "exit.h"

#include <stdbool.h>

#define PROFILE_ROLES 5
#define PROFILE_WHERE_SIZE 128

enum profile_state { PROFILE_NONE, PROFILE_SOME, PROFILE_WHOLE };

struct profile {
	enum profile_state state;
	/* "FILE:LINE" of each of our lines in the common files; "" where it is missing */
	char where[PROFILE_ROLES][PROFILE_WHERE_SIZE];
	bool managed; /* pam-auth-update has our profiles switched on */
};

/*
 * Look at root/etc/pam.d/common-auth, -account and -password. A file that is missing has no line
 * of ours. 0, or negative errno after a message.
 */
int profile_look(const char *root, struct profile *ret_profile);

/*
 * Have pam-auth-update put our lines into the host's files, unless all are there already; if not,
 * what was done is taken back, and the lines to write by hand are printed. EXIT_GOOD or EXIT_FILES.
 */
enum exit_code profile_switch_on(void);

/*
 * Have pam-auth-update take our lines out again, if it has put any in; lines that were written by
 * hand are named. EXIT_GOOD, or EXIT_FILES where those that pam-auth-update wrote are still there.
 */
enum exit_code profile_switch_off(void);

/* Name on standard error the lines that are there. */
void profile_name_lines(const struct profile *profile);

/* What to type to switch the profiles. */
const char *profile_command(bool on);
