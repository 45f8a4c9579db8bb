/* Which section covers an account: exempt, then user, then group, then uid range; and who may have
 * one-time links. */
#pragma once

#include "store/members.h"

/*
 * The section that covers the account, or NULL (not covered; also where exempt says so:
 * ret_exempt, NULL allowed). Uid 0 and uids outside uid_min..uid_max are covered only when a user
 * or group section names them. Mode off is a section like any other: the caller looks at it.
 * Order: [exempt], [user], first [group] in reading order, [policy].
 */
const struct vsee_section *vsee_cover(const struct vsee_policy *policy,
				      const struct vsee_members *members, const char *name,
				      uid_t uid, gid_t gid, bool *ret_exempt);

/*
 * Whether the account may have no one-time link: uid 0, or in a group of [web] token_deny_groups,
 * also as its primary group. Reads the group file once. 1: it may have none; ret_group: the group
 * (owned by policy), NULL for uid 0. 0: it may. Negative errno: not known, so it may not.
 */
int vsee_cover_denies_link(const char *group_path, const struct vsee_policy *policy,
			   const char *name, uid_t uid, gid_t gid, const char **ret_group);

/*
 * Whether a section with another mode than off could cover an account of that name, whatever its
 * uid and gid: scan's short cut. Never false where vsee_cover() would say such a section. Without
 * vsee_members_load_passwd() everybody may have a mentioned group as primary group.
 */
bool vsee_cover_possible(const struct vsee_policy *policy, const struct vsee_members *members,
			 const char *name, size_t size);

/*
 * The same as a filter for lines: ret_filter wants every name that vsee_cover_possible() allows.
 * False, with nothing written, where that can be anybody.
 */
bool vsee_cover_filter(const struct vsee_policy *policy, const struct vsee_members *members,
		       struct vsee_filter *ret_filter);
