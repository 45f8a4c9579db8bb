/*
 * Any bytes as group file: all members or one account alone, the section found is the same. And as
 * passwd file: what is noted of the members is what a search for each would find.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/cover.h"
#include "store/records.h"
#include "fuzz.h"

static char no_name[] = "", user_name[] = "b", group_g[] = "g", group_h[] = "h", group_x[] = "x";
/* clang-format off: version 14 crashes here */
static struct vsee_section sections[] = {
	{.kind = VSEE_SECTION_POLICY, .name = no_name},
	{.kind = VSEE_SECTION_GROUP, .name = no_name, .rules.mode = VSEE_MODE_ENFORCE},
	{.kind = VSEE_SECTION_USER, .name = user_name, .rules.mode = VSEE_MODE_ENFORCE},
	{.kind = VSEE_SECTION_GROUP, .name = no_name, .group = 1},
};
/* clang-format on */
static const struct vsee_policy policy = {
	.sections = sections,
	.section_count = COUNT(sections),
	.groups = {group_g, group_h, group_x},
	.group_count = 3,
	.exempt_groups = 4,
	.uid_min = 1000,
	.uid_max = 60000,
};

static int check(const char *path, const struct vsee_members *all, const char *name, gid_t gid)
{
	struct vsee_members one;
	bool exempt_all, exempt_one;
	const int r = vsee_members_load(path, &policy, name, &one);

	if (r < 0)
		return r;

	const struct vsee_section *section = vsee_cover(&policy, all, name, 1000, gid, &exempt_all);

	CHECK(section == vsee_cover(&policy, &one, name, 1000, gid, &exempt_one));
	CHECK(exempt_all == exempt_one && all->found == one.found);
	CHECK(exempt_all == (section == NULL));
	if (section && section->rules.mode != VSEE_MODE_OFF)
		CHECK(vsee_cover_possible(&policy, all, name, strlen(name)));
	vsee_members_clear(&one);
	return 0;
}

/* listed: the name was among the members before passwd was read. */
static int check_ids(const char *path, const struct vsee_members *all, const char *name,
		     bool listed)
{
	struct vsee_passwd passwd;
	uid_t uid = 0;
	gid_t gid = 0;
	const int expected = vsee_passwd_find(path, name, &passwd, NULL, NULL);
	const int r = vsee_members_ids(all, name, &uid, &gid);

	if (expected == -ENOMEM)
		return expected;
	if (expected == 0 && vsee_members_groups_of_gid(all, passwd.gid))
		listed = true;
	if (listed) {
		CHECK(r == expected);
		CHECK(r != 0 || (uid == passwd.uid && gid == passwd.gid));
	}
	return 0;
}

static void check_filter(const struct vsee_members *all, const char *name)
{
	static struct vsee_filter filter;
	char line[64];

	(void)snprintf(line, sizeof(line), "%s:$y$j9T$:20759:0:60:10:::", name);
	if (vsee_cover_possible(&policy, all, name, strlen(name)) &&
	    vsee_cover_filter(&policy, all, &filter))
		CHECK(vsee_filter_wants(&filter, line, strlen(line)));
}

int fuzz_run(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"a", "b", "alice", "root"};
	autoclose int fd = memfd_create("fuzz", MFD_CLOEXEC);
	CLEANUP(vsee_members_clear) struct vsee_members all = {0};
	const char *name = names[size % COUNT(names)]; /* one a run: loads have buffers of 4 MiB */
	char path[40];
	bool listed;
	int r;

	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = vsee_members_load(path, &policy, NULL, &all);
	if (r == 0)
		r = check(path, &all, name, size % 3 == 0 ? 0 : 100);
	if (r < 0)
		return r;
	listed = strcmp(name, user_name) == 0 || vsee_members_groups(&all, name, strlen(name)) != 0;
	r = vsee_members_load_passwd(path, &policy, &all);
	if (r == 0)
		r = check_ids(path, &all, name, listed);
	if (r == 0)
		check_filter(&all, name);
	return r;
}
