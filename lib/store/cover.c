#include "store/cover.h"

#include <string.h>

#include "base/cleanup.h"

static bool same(const char *name, size_t size, const char *other)
{
	/* Not strncmp(3): it would stop at a NUL in name, far before its end. */
	return strnlen(other, size + 1) == size && memcmp(other, name, size) == 0;
}

static bool exempt_user(const struct vsee_policy *policy, const char *name, size_t size)
{
	for (size_t i = 0; i < policy->exempt_user_count; i++)
		if (same(name, size, policy->exempt_users[i]))
			return true;
	return false;
}

static const struct vsee_section *user_section(const struct vsee_policy *policy, const char *name,
					       size_t size)
{
	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].kind == VSEE_SECTION_USER &&
		    same(name, size, policy->sections[i].name))
			return &policy->sections[i];
	return NULL;
}

static bool for_groups(const struct vsee_section *section, uint64_t groups)
{
	return section->kind == VSEE_SECTION_GROUP && (groups >> section->group & 1);
}

const struct vsee_section *vsee_cover(const struct vsee_policy *policy,
				      const struct vsee_members *members, const char *name,
				      uid_t uid, gid_t gid, bool *ret_exempt)
{
	const size_t size = strlen(name);
	const uint64_t groups =
		vsee_members_groups(members, name, size) | vsee_members_groups_of_gid(members, gid);
	const bool exempt = exempt_user(policy, name, size) || (groups & policy->exempt_groups);
	const struct vsee_section *user = exempt ? NULL : user_section(policy, name, size);

	if (ret_exempt)
		*ret_exempt = exempt;
	if (exempt || user)
		return user;
	for (size_t i = 0; i < policy->section_count; i++)
		if (for_groups(&policy->sections[i], groups))
			return &policy->sections[i];
	if (policy->section_count == 0 || uid == 0 || uid < policy->uid_min ||
	    uid > policy->uid_max)
		return NULL;
	return &policy->sections[0];
}

int vsee_cover_denies_link(const char *group_path, const struct vsee_policy *policy,
			   const char *name, uid_t uid, gid_t gid, const char **ret_group)
{
	const char *group = NULL;

	if (uid != 0) {
		CLEANUP(vsee_members_clear) struct vsee_members members = {0};
		const int r = vsee_members_load_groups(group_path, policy,
						       policy->token_deny_groups, name, &members);

		if (r < 0)
			return r;

		const uint64_t groups = vsee_members_groups(&members, name, strlen(name)) |
					vsee_members_groups_of_gid(&members, gid);

		if (!groups)
			return 0;
		group = policy->groups[__builtin_ctzll(groups)];
	}
	*ret_group = group;
	return 1;
}

bool vsee_cover_possible(const struct vsee_policy *policy, const struct vsee_members *members,
			 const char *name, size_t size)
{
	const uint64_t listed = vsee_members_groups(members, name, size);
	const uint64_t groups = members->complete ? listed : listed | members->found;

	if (exempt_user(policy, name, size) || (listed & policy->exempt_groups))
		return false;
	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_section *section = &policy->sections[i];

		if (section->rules.mode == VSEE_MODE_OFF)
			continue;
		if (section->kind == VSEE_SECTION_POLICY || for_groups(section, groups) ||
		    (section->kind == VSEE_SECTION_USER && same(name, size, section->name)))
			return true;
	}
	return false;
}

/* The groups whose section is on. */
static uint64_t active_groups(const struct vsee_policy *policy)
{
	uint64_t groups = 0;

	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_section *section = &policy->sections[i];

		if (section->kind == VSEE_SECTION_GROUP && section->rules.mode != VSEE_MODE_OFF)
			groups |= UINT64_C(1) << section->group;
	}
	return groups;
}

bool vsee_cover_filter(const struct vsee_policy *policy, const struct vsee_members *members,
		       struct vsee_filter *ret_filter)
{
	const uint64_t groups = active_groups(policy);

	if (policy->section_count > 0 && policy->sections[0].rules.mode != VSEE_MODE_OFF)
		return false;
	if (members->only[0] || (!members->complete && (members->found & groups)))
		return false;
	*ret_filter = (struct vsee_filter){0};
	for (size_t i = 0; i < policy->section_count; i++) {
		const struct vsee_section *section = &policy->sections[i];

		if (section->kind == VSEE_SECTION_USER && section->rules.mode != VSEE_MODE_OFF)
			vsee_filter_add(ret_filter, section->name, strlen(section->name));
	}
	if (groups)
		vsee_members_filter(members, groups, ret_filter);
	return true;
}
