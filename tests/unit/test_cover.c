#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "store/cover.h"

enum { G_EARLY, G_LATE, G_ROBOTS, G_ABSENT, G_TWICE };

static char no_name[] = "", early[] = "early", late[] = "late", robots[] = "robots";
static char absent[] = "absent", twice[] = "twice", named[] = "named", toor[] = "toor";

#define SECTION(is, called, bit, in_mode)                                                          \
	{                                                                                          \
		.kind = VSEE_SECTION_##is, .name = (called), .group = (bit),                       \
		.rules.mode = VSEE_MODE_##in_mode,                                                 \
	}
/* clang-format off: version 14 crashes here */
static struct vsee_section sections[] = {
	SECTION(POLICY, no_name, 0, OFF), SECTION(GROUP, early, G_EARLY, REMIND),
	SECTION(USER, named, 0, ENFORCE), SECTION(GROUP, late, G_LATE, ENFORCE),
	SECTION(USER, toor, 0, OFF),	  SECTION(GROUP, twice, G_TWICE, ENFORCE),
};
/* clang-format on */
static char freed[] = "freed";
static char *exempt_users[] = {freed};
static const struct vsee_policy policy = {
	.sections = sections,
	.section_count = COUNT(sections),
	.exempt_users = exempt_users,
	.exempt_user_count = COUNT(exempt_users),
	.groups = {early, late, robots, absent, twice},
	.group_count = 5,
	.exempt_groups = 1 << G_ROBOTS,
	.uid_min = 1000,
	.uid_max = 60000,
};

static const char group_text[] = "root:x:0:\n"
				 "+late:::every\n"
				 "late:x:nine:broken\n"
				 "late:x:20\n"
				 "late\0and much behind it:x:21:broken\n"
				 "late:x:20:l,both, blank,,l\n"
				 "early:x:10:e,both,named,toor,system,freed\n"
				 "robots:x:30:r,named\n"
				 "earlyx:x:40:x\n"
				 "twice:x:50:first:\n"
				 "twice:x:50:fi\0rst\n"
				 "twice:x:51:t\n"
				 "early:x:11:tooLate\n"
				 "twice:x:52:u";

#define P 0 /* rows of sections[] */
#define EARLY 1
#define NAMED 2
#define LATE 3
#define TOOR 4
#define TWICE 5
#define NOBODY (-1)
#define EXEMPT (-2)

static struct row {
	const char *name, *account;
	uid_t uid;
	gid_t gid;
	int section;
} rows[] = {
	{"a plain account", "p", 1000, 100, P},
	{"one below the uid range", "p", 999, 100, NOBODY},
	{"the last of the uid range", "p", 60000, 100, P},
	{"one above the uid range", "p", 60001, 100, NOBODY},
	{"uid 0", "root", 0, 0, NOBODY},
	{"a member of a group", "l", 1000, 100, LATE},
	{"in two groups: reading order", "both", 1000, 100, EARLY},
	{"by primary group", "p", 1000, 20, LATE},
	{"primary and member: reading order", "l", 1000, 10, EARLY},
	{"a system account by its group", "system", 5, 5, EARLY},
	{"a system account by primary group", "p", 5, 10, EARLY},
	{"uid 0 by its own section", "toor", 0, 0, TOOR},
	{"two names for one uid: the one", "e", 1000, 100, EARLY},
	{"two names for one uid: the other", "e2", 1000, 100, P},
	{"exempt beats group", "freed", 1000, 100, EXEMPT},
	{"exempt group beats user", "named", 1000, 100, EXEMPT},
	{"exempt group beats policy", "r", 1000, 100, EXEMPT},
	{"exempt by primary group", "p", 1000, 30, EXEMPT},
	{"user beats group", "toor", 1000, 10, TOOR},
	{"a blank before a member", "blank", 1000, 100, LATE},
	{"the beginning of a member's name", "bot", 1000, 100, P},
	{"a longer name than the member's", "bothx", 1000, 100, P},
	{"a group line of NIS is passed over", "every", 1000, 100, P},
	{"a malformed group line is too", "broken", 1000, 100, P},
	{"five fields are too many", "first", 1000, 100, P},
	{"the first good line of a group", "t", 1000, 100, TWICE},
	{"a later line adds no members", "u", 1000, 100, P},
	{"a later line's gid does not count", "p", 1000, 11, P},
	{"gid of the first good line", "p", 1000, 51, TWICE},
	{"another later line", "tooLate", 1000, 100, P},
};

static char group_path[40], passwd_path[40];

static int make_file(const char *text, size_t size, char path[40])
{
	const int fd = memfd_create("cover", 0);

	if (fd < 0 || write(fd, text, size) != (ssize_t)size)
		return -1;
	(void)snprintf(path, 40, "/proc/self/fd/%d", fd);
	return 0; /* the path is good until the test ends */
}

static int set_up(void **state)
{
	(void)state;
	return make_file(group_text, sizeof(group_text) - 1, group_path);
}

static void assert_covered(const struct row *row, const struct vsee_members *members)
{
	bool exempt = row->section != EXEMPT;
	const struct vsee_section *section =
		vsee_cover(&policy, members, row->account, row->uid, row->gid, &exempt);

	assert_int_equal(exempt, row->section == EXEMPT);
	if (row->section < 0)
		assert_null(section);
	else
		assert_ptr_equal(section, &sections[row->section]);
	/* The short cut may say yes too often, never no where a section acts. */
	if (section && section->rules.mode != VSEE_MODE_OFF)
		assert_true(
			vsee_cover_possible(&policy, members, row->account, strlen(row->account)));
}

static void check(void **state)
{
	const struct row *row = *state;
	struct vsee_members members;

	assert_int_equal(vsee_members_load(group_path, &policy, NULL, &members), 0);
	assert_covered(row, &members);
	vsee_members_clear(&members);

	assert_int_equal(vsee_members_load(group_path, &policy, row->account, &members), 0);
	assert_null(members.slots);
	assert_covered(row, &members);
	vsee_members_clear(&members);
}

static void the_short_cut(void **state)
{
	static const char passwd[] = "p:x:1000:20:::\nq:x:1001:100:::\nbroken:x:y\nz:x:1:10:::";
	static const struct {
		const char *account;
		bool possible;
	} accounts[] = {
		{"l", true},	{"p", true},	   {"z", true},	      {"named", false},
		{"toor", true}, {"q", false},	   {"broken", false}, {"freed", false},
		{"r", false},	{"nobody", false},
	};
	struct vsee_members members;

	(void)state;
	assert_int_equal(make_file(passwd, sizeof(passwd) - 1, passwd_path), 0);
	assert_int_equal(vsee_members_load(group_path, &policy, NULL, &members), 0);
	assert_true(vsee_cover_possible(&policy, &members, "q", 1));
	assert_int_equal(vsee_members_load_passwd(passwd_path, &policy, &members), 0);
	for (size_t i = 0; i < COUNT(accounts); i++)
		assert_int_equal(vsee_cover_possible(&policy, &members, accounts[i].account,
						     strlen(accounts[i].account)),
				 accounts[i].possible);
	vsee_members_clear(&members);
}

/* Ids come from the first line of a name, whatever reader passes over the others. */
static void ids_of_members(void **state)
{
	static const char passwd[] = "e:x:1001:100:A person:/home/e:/bin/sh\n"
				     "e:x:1002:100:A person:/home/e:/bin/sh\n"
				     "stranger:x:1003:100:A person:/home/stranger:/bin/sh\n"
				     "primary:x:1004:10:A person:/home/primary:/bin/sh\n"
				     "leadingzero:x:1005:010:A person:/home/leadingzero:/bin/sh\n"
				     "a-name-of-more-than-sixteen-bytes:x:1006:10::/:/bin/sh\n"
				     "both:x:1007:\nboth:x:1007:100:::\n"
				     "blank\nblank:x:1010:100:::\n"
				     "named:x:1008:100:A person:/home/named:/bin/sh\n"
				     "toor:x:1009:100:A person:/home/toor:/bin/sh\n";
	static const struct {
		const char *account;
		int r;
		uid_t uid;
		gid_t gid;
	} accounts[] = {
		{"e", 0, 1001, 100},
		{"stranger", -ENOENT, 0, 0},
		{"primary", 0, 1004, 10},
		{"leadingzero", 0, 1005, 10},
		{"a-name-of-more-than-sixteen-bytes", 0, 1006, 10},
		{"both", -EBADMSG, 0, 0},
		{"blank", 0, 1010, 100},
		{"named", 0, 1008, 100},
		{"toor", 0, 1009, 100},
		{"l", -ENOENT, 0, 0},
	};
	struct vsee_members members;

	(void)state;
	assert_int_equal(make_file(passwd, sizeof(passwd) - 1, passwd_path), 0);
	assert_int_equal(vsee_members_load(group_path, &policy, NULL, &members), 0);
	assert_int_equal(vsee_members_load_passwd(passwd_path, &policy, &members), 0);
	for (size_t i = 0; i < COUNT(accounts); i++) {
		uid_t uid = 0;
		gid_t gid = 0;

		assert_int_equal(vsee_members_ids(&members, accounts[i].account, &uid, &gid),
				 accounts[i].r);
		assert_int_equal(uid, accounts[i].uid);
		assert_int_equal(gid, accounts[i].gid);
	}
	vsee_members_clear(&members);
}

/* The filter may say yes to more, never to less, and is worth its while. */
static void the_filter(void **state)
{
	static const char passwd[] = "p:x:1000:20:::\n";
	static const char *const wanted[] = {"e", "both", "l", "p", "blank"};
	static struct vsee_filter filter;
	struct vsee_members members;
	char line[64];
	int passed = 0;

	(void)state;
	assert_int_equal(make_file(passwd, sizeof(passwd) - 1, passwd_path), 0);
	assert_int_equal(vsee_members_load(group_path, &policy, NULL, &members), 0);
	assert_false(vsee_cover_filter(&policy, &members, &filter));
	assert_int_equal(vsee_members_load_passwd(passwd_path, &policy, &members), 0);
	assert_true(vsee_cover_filter(&policy, &members, &filter));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		(void)snprintf(line, sizeof(line), "%s:*:20759:0:60:10:::", wanted[i]);
		assert_true(vsee_filter_wants(&filter, line, strlen(line)));
	}
	for (int i = 0; i < 1000; i++) {
		(void)snprintf(line, sizeof(line), "u%07d:*:20759:0:60:10:::", i);
		passed += vsee_filter_wants(&filter, line, strlen(line));
	}
	assert_true(passed < 20);
	assert_true(vsee_filter_wants(&filter, "short:*", 7));
	assert_true(vsee_filter_wants(&filter, "no colon anywhere", 17));
	sections[P].rules.mode = VSEE_MODE_WATCH;
	assert_false(vsee_cover_filter(&policy, &members, &filter));
	sections[P].rules.mode = VSEE_MODE_OFF;
	vsee_members_clear(&members);
}

static void many_members_in_a_long_line(void **state)
{
	enum { MEMBER_COUNT = 300000 };
	static char text[MEMBER_COUNT * 8 + 64];
	struct vsee_members members;
	char path[40], name[16];
	size_t size = (size_t)snprintf(text, sizeof(text), "early:x:10:");

	(void)state;
	for (int i = 0; i < MEMBER_COUNT; i++)
		size += (size_t)snprintf(text + size, sizeof(text) - size, "u%d,", i);
	assert_int_equal(make_file(text, size, path), 0);
	assert_int_equal(vsee_members_load(path, &policy, NULL, &members), 0);
	assert_true(members.used == MEMBER_COUNT);
	for (int i = 0; i < MEMBER_COUNT; i += 997) {
		(void)snprintf(name, sizeof(name), "u%d", i);
		assert_ptr_equal(vsee_cover(&policy, &members, name, 1000, 100, NULL),
				 &sections[EARLY]);
	}
	assert_ptr_equal(vsee_cover(&policy, &members, "u300000", 1000, 100, NULL), &sections[P]);
	vsee_members_clear(&members);
}

static void an_over_long_line_is_passed_over(void **state)
{
	const size_t size = 5 * 1024 * 1024;
	static const char head[] = "early:x:10:", tail[] = "\nlate:x:20:l\nearly:x:12:e\n";
	autofree char *text = malloc(size);
	struct vsee_members members;
	char path[40];

	(void)state;
	assert_non_null(text);
	memset(text, 'x', size);
	memcpy(text, head, sizeof(head) - 1);
	memcpy(text + size - (sizeof(tail) - 1), tail, sizeof(tail) - 1);
	assert_int_equal(make_file(text, size, path), 0);
	assert_int_equal(vsee_members_load(path, &policy, NULL, &members), 0);
	assert_ptr_equal(vsee_cover(&policy, &members, "l", 1000, 100, NULL), &sections[LATE]);
	assert_ptr_equal(vsee_cover(&policy, &members, "e", 1000, 100, NULL), &sections[EARLY]);
	vsee_members_clear(&members);
}

static void without_groups_nothing_is_read(void **state)
{
	const struct vsee_policy plain = {
		.sections = sections, .section_count = 1, .uid_min = 1000, .uid_max = 60000};
	const struct vsee_policy empty = {0};
	struct vsee_policy from_zero = plain; /* UID_MIN 0 does not make root covered */
	struct vsee_members members;

	(void)state;
	from_zero.uid_min = 0;
	assert_int_equal(vsee_members_load("/nonexistent/group", &policy, NULL, &members), -ENOENT);
	assert_int_equal(vsee_members_load("/nonexistent/group", &plain, "a", &members), 0);
	assert_ptr_equal(vsee_cover(&plain, &members, "a", 1000, 100, NULL), &sections[P]);
	assert_null(vsee_cover(&empty, &members, "a", 1000, 100, NULL));
	assert_null(vsee_cover(&from_zero, &members, "root", 0, 0, NULL));
	assert_ptr_equal(vsee_cover(&from_zero, &members, "a", 1, 100, NULL), &sections[P]);
	assert_false(vsee_cover_possible(&plain, &members, "a", 1));
	vsee_members_clear(&members);
}

static void members_of_one_account_say_nothing_of_another(void **state)
{
	struct vsee_members members;

	(void)state;
	assert_int_equal(vsee_members_load(group_path, &policy, "l", &members), 0);
	assert_ptr_equal(vsee_cover(&policy, &members, "p", 1000, 100, NULL), &sections[P]);
	vsee_members_clear(&members);
	assert_int_equal(vsee_members_load(group_path, &policy, "", &members), 0);
	assert_ptr_equal(vsee_cover(&policy, &members, "", 1000, 100, NULL), &sections[P]);
	vsee_members_clear(&members);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(the_short_cut),
		cmocka_unit_test(ids_of_members),
		cmocka_unit_test(the_filter),
		cmocka_unit_test(many_members_in_a_long_line),
		cmocka_unit_test(an_over_long_line_is_passed_over),
		cmocka_unit_test(without_groups_nothing_is_read),
		cmocka_unit_test(members_of_one_account_say_nothing_of_another),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(others); i++)
		tests[count++] = others[i];
	return cmocka_run_group_tests_name("cover", tests, set_up, NULL);
}
