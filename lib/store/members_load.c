/* Who is in the set: the readers of group and passwd. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/number.h"
#include "store/member.h"
#include "store/records.h"

#define GROUP_LINE_MAX ((size_t)4 * 1024 * 1024)
#define GID_LIMIT (INT64_C(0xffffffff) - 1)

#define autolines CLEANUP(vsee_lines_clear)
#define automembers CLEANUP(vsee_members_clear)

static int add_member(struct vsee_members *members, const struct vsee_piece *name, uint64_t groups)
{
	struct vsee_member *slot;
	const int r = vsee_member_add(members, name, &slot);

	if (r == 0)
		slot->groups |= groups;
	return r;
}

/* What stands before the next separator, and is taken off rest; all of rest where there is none. */
static struct vsee_piece take(struct vsee_piece *rest, char separator)
{
	const char *end = memchr(rest->text, separator, rest->size);
	const struct vsee_piece taken = {rest->text, end ? (size_t)(end - rest->text) : rest->size};

	rest->size -= taken.size + (end ? 1 : 0);
	rest->text += taken.size + (end ? 1 : 0);
	return taken;
}

static int add_list(struct vsee_members *members, struct vsee_piece list, uint64_t group)
{
	while (list.size > 0) {
		struct vsee_piece name = take(&list, ',');
		int r = 0;

		while (name.size > 0 && (*name.text == ' ' || *name.text == '\t')) {
			name.text++; /* as glibc reads the list */
			name.size--;
		}
		if (name.size == 0 || name.size >= VSEE_NAME_SIZE)
			continue;
		if (!members->only[0])
			r = add_member(members, &name, group);
		else if (vsee_piece_is(&name, members->only))
			members->only_groups |= group;
		if (r < 0)
			return r;
	}
	return 0;
}

/* The group's bit, 0 where it is none of the wanted ones. */
static uint64_t group_bit(const struct vsee_policy *policy, uint64_t wanted,
			  const struct vsee_piece *name)
{
	for (; wanted && name->size > 0; wanted &= wanted - 1)
		if (vsee_piece_is(name, policy->groups[__builtin_ctzll(wanted)]))
			return wanted & -wanted;
	return 0;
}

static int read_group(const struct vsee_line *line, const struct vsee_policy *policy,
		      struct vsee_members *members)
{
	struct vsee_piece rest = {line->text, line->size};
	const struct vsee_piece name = take(&rest, ':');
	const uint64_t group = group_bit(policy, members->wanted, &name);
	int64_t gid;

	if (group == 0 || (members->found & group))
		return 0;
	if (line->fault != VSEE_LINE_OK && line->fault != VSEE_LINE_UNTERMINATED)
		return 0;
	(void)take(&rest, ':'); /* the group's password */

	const struct vsee_piece number = take(&rest, ':');

	if (vsee_number_parse(number.text, number.size, 0, GID_LIMIT, &gid) < 0)
		return 0;
	/* The third colon must be there, and no fourth. */
	if (rest.text == number.text + number.size || memchr(rest.text, ':', rest.size))
		return 0;
	members->found |= group;
	members->gids[__builtin_ctzll(group)] = (gid_t)gid;
	return add_list(members, rest, group);
}

/* Those that decide who is covered: a login asks for no others. */
static uint64_t cover_groups(const struct vsee_policy *policy)
{
	uint64_t groups = policy->exempt_groups;

	for (size_t i = 0; i < policy->section_count; i++)
		if (policy->sections[i].kind == VSEE_SECTION_GROUP)
			groups |= UINT64_C(1) << policy->sections[i].group;
	return groups;
}

static int read_groups(struct vsee_lines *lines, const struct vsee_policy *policy,
		       struct vsee_members *members)
{
	struct vsee_line line;

	while (members->found != members->wanted) {
		int r = vsee_lines_next(lines, &line);

		if (r <= 0)
			return r;
		r = read_group(&line, policy, members);
		if (r < 0)
			return r;
	}
	return 0; /* all found: the rest of the file says nothing new */
}

int vsee_members_load(const char *group_path, const struct vsee_policy *policy, const char *only,
		      struct vsee_members *ret_members)
{
	return vsee_members_load_groups(group_path, policy, cover_groups(policy), only,
					ret_members);
}

int vsee_members_load_groups(const char *group_path, const struct vsee_policy *policy,
			     uint64_t groups, const char *only, struct vsee_members *ret_members)
{
	automembers struct vsee_members members = {.wanted = groups};
	autolines struct vsee_lines lines = {.fd = -1};
	autoclose int fd = -1;
	int r;

	if (groups) {
		/* A name that can't be ours is in no group: '/' is in no list that we look at. */
		if (only)
			memcpy(members.only, vsee_name_valid(only) ? only : "/",
			       vsee_name_valid(only) ? strlen(only) + 1 : 2);
		fd = vsee_file_open(group_path);
		if (fd < 0)
			return fd;
		r = vsee_lines_open(fd, GROUP_LINE_MAX, &lines);
		if (r < 0)
			return r;
		r = read_groups(&lines, policy, &members);
		if (r < 0)
			return r;
	}
	*ret_members = members;
	members = (struct vsee_members){0};
	return 0;
}

/* What passwd lines are worth a look: of these names, or with one of these primary groups. */
struct wanted {
	struct vsee_filter names;
	uint64_t gids[VSEE_GROUPS_MAX]; /* their digits, as vsee_field_load() sees them */
	size_t gid_count;
};

static void want_gids(const struct vsee_members *members, struct wanted *wanted)
{
	for (uint64_t left = members->found; left; left &= left - 1) {
		char digits[16] = {0};

		/* Longer ones are looked at anyway. */
		if (snprintf(digits, sizeof(digits), "%u",
			     (unsigned)members->gids[__builtin_ctzll(left)]) < 8)
			wanted->gids[wanted->gid_count++] = vsee_field_load(digits);
	}
}

/* In doubt it is wanted: ten million lines pass here, and whoever is let through is read well. */
static bool is_wanted(const void *context, const char *text, size_t size)
{
	const struct wanted *wanted = context;
	const char *gid = vsee_field_behind(text, size, 3);
	uint64_t word, colons;

	if (!gid || (size_t)(text + size - gid) < sizeof(word) || *gid == '0' ||
	    vsee_filter_wants(&wanted->names, text, size))
		return true;
	word = vsee_field_load(gid);
	colons = vsee_field_colons(word);
	if (!colons)
		return true;
	word = vsee_field_cut(word, colons);
	for (size_t i = 0; i < wanted->gid_count; i++)
		if (wanted->gids[i] == word)
			return true;
	return false;
}

/* The groups whose number stands in the line's fourth field, however bad the rest of it is. */
static uint64_t primary_groups(const struct vsee_members *members, struct vsee_piece rest)
{
	int64_t gid;

	for (int i = 0; i < 3; i++)
		(void)take(&rest, ':');

	const struct vsee_piece number = take(&rest, ':');

	if (vsee_number_parse(number.text, number.size, 0, GID_LIMIT, &gid) < 0)
		return 0;
	return vsee_members_groups_of_gid(members, (gid_t)gid);
}

static int read_passwd(const struct vsee_line *line, struct vsee_members *members)
{
	struct vsee_piece rest = {line->text, line->size};
	const uint64_t groups = primary_groups(members, rest);
	const struct vsee_piece name = take(&rest, ':');
	struct vsee_member *member;
	struct vsee_passwd passwd;
	int r;

	if (name.size == 0 || name.size >= VSEE_NAME_SIZE || name.size == line->size ||
	    vsee_record_silent(line))
		return 0;
	if (groups == 0 && !vsee_member_find(members, &name))
		return 0;
	r = vsee_member_add(members, &name, &member);
	if (r < 0 || member->record != VSEE_MEMBER_UNMET)
		return r; /* the first line of a name counts */
	member->record = VSEE_MEMBER_MALFORMED;
	if (vsee_passwd_parse(line, &passwd) != VSEE_RECORD_OK)
		return 0;
	member->record = VSEE_MEMBER_MET;
	member->groups |= groups;
	member->uid = passwd.uid;
	member->gid = passwd.gid;
	return 0;
}

static int add_users(const struct vsee_policy *policy, struct vsee_members *members)
{
	int r = 0;

	for (size_t i = 0; i < policy->section_count && r == 0; i++)
		if (policy->sections[i].kind == VSEE_SECTION_USER)
			r = add_member(members,
				       &(struct vsee_piece){policy->sections[i].name,
							    strlen(policy->sections[i].name)},
				       0);
	return r;
}

int vsee_members_load_passwd(const char *passwd_path, const struct vsee_policy *policy,
			     struct vsee_members *members)
{
	autolines struct vsee_lines lines = {.fd = -1};
	autoclose int fd = vsee_file_open(passwd_path);
	struct wanted wanted = {0};
	struct vsee_line line;
	int r;

	if (fd < 0)
		return fd;
	r = add_users(policy, members);
	if (r < 0)
		return r;
	vsee_members_filter(members, 0, &wanted.names);
	want_gids(members, &wanted);
	r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	while (r >= 0) {
		r = vsee_lines_next_wanted(&lines, is_wanted, &wanted, &line);
		if (r == 0) {
			members->complete = true;
			return 0;
		}
		if (r > 0)
			r = read_passwd(&line, members);
	}
	return r;
}
