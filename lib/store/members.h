/* Who is in the groups that a policy mentions, by the host's own group and passwd files. */
#pragma once

#include "base/filter.h"
#include "base/name.h"
#include "store/policy.h"

struct vsee_members {
	/* opaque to callers */
	struct vsee_member *slots; /* a hash set, unless one account alone was asked for */
	size_t slot_count, used;
	char only[VSEE_NAME_SIZE]; /* that account, and what it is a member of */
	uint64_t only_groups;
	bool complete;		     /* vsee_members_load_passwd() has run */
	gid_t gids[VSEE_GROUPS_MAX]; /* of the mentioned groups, for the primary group */
	uint64_t wanted;	     /* which of them were looked for */
	uint64_t found;		     /* and exist */
};

/*
 * Read the host's group file once, for the groups of sections and exemptions. only: look for this
 * account alone, NULL: load all members (memory grows with the members of these groups, not with
 * the file). Malformed lines are passed over; lines may be up to 4 MiB long. Of two lines for one
 * group the first counts, as for getgrnam(3). A policy without such groups reads nothing. 0 or
 * negative errno. The caller calls vsee_members_clear() when it returned 0.
 */
int vsee_members_load(const char *group_path, const struct vsee_policy *policy, const char *only,
		      struct vsee_members *ret_members);

/* The same for these groups, bits into policy->groups. */
int vsee_members_load_groups(const char *group_path, const struct vsee_policy *policy,
			     uint64_t groups, const char *only, struct vsee_members *ret_members);

/*
 * Complete members that were loaded with only == NULL: those whose primary group is a mentioned
 * one are added, those with a section of their own too (as members of nothing), and the uid and
 * gid of all of them are noted. Reads the passwd file once, fast where few of its lines matter.
 * 0 or negative errno.
 */
int vsee_members_load_passwd(const char *passwd_path, const struct vsee_policy *policy,
			     struct vsee_members *members);
void vsee_members_clear(struct vsee_members *members);

/*
 * Ids from the first passwd line of that name, for complete members. 0; -ENOENT: no such line, or
 * the name is none of the members'; -EBADMSG: that line is malformed.
 */
int vsee_members_ids(const struct vsee_members *members, const char *name, uid_t *ret_uid,
		     gid_t *ret_gid);

/* The mentioned groups that list name[0..size), a bit each; complete: or are its primary group. */
uint64_t vsee_members_groups(const struct vsee_members *members, const char *name, size_t size);
/* The mentioned groups of this number. */
uint64_t vsee_members_groups_of_gid(const struct vsee_members *members, gid_t gid);
/* Add to filter the names that are in one of groups; 0: all names. */
void vsee_members_filter(const struct vsee_members *members, uint64_t groups,
			 struct vsee_filter *filter);
