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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In every build type: NDEBUG must not switch the checks off. */
#define CHECK(condition) ((condition) ? (void)0 : __builtin_trap())

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

static void check(const char *path, const struct vsee_members *all, const char *name, gid_t gid)
{
	struct vsee_members one;
	bool exempt_all, exempt_one;

	if (vsee_members_load(path, &policy, name, &one) < 0)
		return;

	const struct vsee_section *section = vsee_cover(&policy, all, name, 1000, gid, &exempt_all);

	CHECK(section == vsee_cover(&policy, &one, name, 1000, gid, &exempt_one));
	CHECK(exempt_all == exempt_one && all->found == one.found);
	CHECK(exempt_all == (section == NULL));
	if (section && section->rules.mode != VSEE_MODE_OFF)
		CHECK(vsee_cover_possible(&policy, all, name, strlen(name)));
	vsee_members_clear(&one);
}

/* listed: the name was among the members before passwd was read. */
static void check_ids(const char *path, const struct vsee_members *all, const char *name,
		      bool listed)
{
	struct vsee_passwd passwd;
	uid_t uid = 0;
	gid_t gid = 0;
	const int expected = vsee_passwd_find(path, name, &passwd, NULL, NULL);
	const int r = vsee_members_ids(all, name, &uid, &gid);

	if (expected == 0 && vsee_members_groups_of_gid(all, passwd.gid))
		listed = true;
	if (!listed)
		return;
	CHECK(r == expected);
	CHECK(r != 0 || (uid == passwd.uid && gid == passwd.gid));
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const names[] = {"a", "b", "alice", "root"};
	autoclose int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct vsee_members all;
	char path[40];

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		return 0;
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (vsee_members_load(path, &policy, NULL, &all) < 0)
		return 0;
	/* One name a run: each load takes a buffer of 4 MiB. */
	check(path, &all, names[size % COUNT(names)], size % 3 == 0 ? 0 : 100);

	const char *name = names[size % COUNT(names)];
	const bool listed =
		strcmp(name, user_name) == 0 || vsee_members_groups(&all, name, strlen(name)) != 0;

	if (vsee_members_load_passwd(path, &policy, &all) == 0) {
		check_ids(path, &all, name, listed);
		check_filter(&all, name);
	}
	vsee_members_clear(&all);
	return 0;
}
