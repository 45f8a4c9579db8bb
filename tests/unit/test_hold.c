/* The file of a hold, when it counts, and what it makes of a policy. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "folder.h"
#include "store/hold.h"
#include "store/policy.h"

#define UNTIL 1795014400
#define HEAD "vsee-expire hold 1\n"
#define TIMES "begin 1795000000\nuntil 1795014400\n"
#define GOOD HEAD TIMES "by 1000\nreason mail is down\n"
#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X200 X50 X50 X50 X50

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct row {
	const char *name, *text; /* text NULL: no file */
	int result;
	bool before, at; /* in force one second before UNTIL, and at it */
	mode_t mode;
} rows[] = {
	{"none", NULL, -ENOENT, false, false, 0},
	{"good", GOOD, 0, true, false, 0},
	{"reason of 200 bytes", HEAD TIMES "by 0\nreason " X200 "\n", 0, true, false, 0},
	{"reason of 201 bytes", HEAD TIMES "by 0\nreason " X200 "x\n", -EBADMSG, true, true, 0},
	{"no reason", HEAD TIMES "by 0\nreason \n", -EBADMSG, true, true, 0},
	{"no UTF-8", HEAD TIMES "by 0\nreason \xff\n", -EBADMSG, true, true, 0},
	{"a control character", HEAD TIMES "by 0\nreason a\x1b[0m\n", -EBADMSG, true, true, 0},
	{"a newer version", "vsee-expire hold 2\nwhatever", -EPROTONOSUPPORT, true, true, 0},
	{"empty", "", -EBADMSG, true, true, 0},
	{"another file", "vsee-expire scan 1\n" TIMES "by 0\nreason x\n", -EBADMSG, true, true, 0},
	{"cut off", HEAD TIMES "by 0\nreason x", -EBADMSG, true, true, 0},
	{"more behind it", GOOD "\n", -EBADMSG, true, true, 0},
	{"no time", HEAD "begin 1\nuntil -\nby 0\nreason x\n", -EBADMSG, true, true, 0},
	{"nobody's uid", HEAD TIMES "by 4294967295\nreason x\n", -EBADMSG, true, true, 0},
	{"others can write it", GOOD, -EPERM, true, true, 0666},
};
/* clang-format on */

static void put(const char *text, mode_t mode)
{
	(void)unlinkat(folder_fd, "hold", 0);
	if (!text)
		return;

	autoclose int fd = openat(folder_fd, "hold", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(fchmod(fd, mode ? mode : 0644), 0);
}

static void check(void **state)
{
	const struct row *row = *state;
	struct vsee_hold hold = {.until = -77};
	int fault = -77;

	put(row->text, row->mode);
	assert_int_equal(vsee_hold_load(folder_fd, geteuid(), &hold), row->result);
	assert_int_equal(hold.until, row->result == 0 ? UNTIL : -77);
	assert_int_equal(vsee_hold_in_force(folder_fd, geteuid(), UNTIL - 1, &fault), row->before);
	assert_int_equal(fault, row->result == -ENOENT ? 0 : row->result);
	assert_int_equal(vsee_hold_in_force(folder_fd, geteuid(), UNTIL, NULL), row->at);
}

static void what_is_saved_is_loaded(void **state)
{
	static const struct vsee_hold holds[] = {
		{1795000000, UNTIL, 1000, "mail is down, ticket \"4711\""},
		{0, 0, 0, "\xc3\x9c"},
	};
	const mode_t old = umask(0077);
	struct vsee_hold hold;
	struct stat st;

	(void)state;
	for (size_t i = 0; i < COUNT(holds); i++) {
		assert_int_equal(vsee_hold_save(folder_fd, &holds[i]), 0);
		assert_int_equal(vsee_hold_load(folder_fd, geteuid(), &hold), 0);
		assert_memory_equal(&hold, &holds[i], sizeof(hold));
	}
	(void)umask(old);
	assert_int_equal(fstatat(folder_fd, "hold", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0644);
}

static void what_could_not_be_read_back_is_refused(void **state)
{
	static const struct vsee_hold bad[] = {
		{-1, UNTIL, 0, "x"},	    {0, -1, 0, "x"},	 {0, INT64_MAX, 0, "x"},
		{0, 1, (uid_t)-1, "x"},	    {0, 1, 0, ""},	 {0, 1, 0, "two\nlines"},
		{0, 1, 0, "\xc3 no UTF-8"}, {0, 1, 0, X200 "x"},
	};

	(void)state;
	put(GOOD, 0);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(vsee_hold_save(folder_fd, &bad[i]), -EINVAL);
	assert_true(vsee_hold_in_force(folder_fd, geteuid(), 0, NULL)); /* the old one stands */
}

static void a_damaged_one_can_be_removed(void **state)
{
	struct vsee_hold hold;

	(void)state;
	put("rubbish", 0);
	assert_int_equal(vsee_hold_remove(folder_fd), 0);
	assert_int_equal(vsee_hold_remove(folder_fd), 0);
	assert_int_equal(vsee_hold_load(folder_fd, geteuid(), &hold), -ENOENT);
}

static void a_hold_turns_enforce_into_remind_and_back(void **state)
{
	struct vsee_section sections[] = {
		{.rules.mode = VSEE_MODE_OFF},
		{.rules.mode = VSEE_MODE_ENFORCE},
		{.rules.mode = VSEE_MODE_REMIND},
		{.rules.mode = VSEE_MODE_WATCH},
	};
	static const enum vsee_mode held[] = {VSEE_MODE_OFF, VSEE_MODE_REMIND, VSEE_MODE_REMIND,
					      VSEE_MODE_WATCH};
	struct vsee_policy policy = {.sections = sections, .section_count = COUNT(sections)};

	(void)state;
	vsee_policy_hold(&policy);
	vsee_policy_hold(&policy); /* twice is once */
	for (size_t i = 0; i < COUNT(sections); i++) {
		assert_int_equal(sections[i].rules.mode, held[i]);
		assert_int_equal(sections[i].rules.held, i == 1);
	}
	vsee_policy_unhold(&policy);
	assert_int_equal(sections[1].rules.mode, VSEE_MODE_ENFORCE);
	assert_int_equal(sections[2].rules.mode, VSEE_MODE_REMIND);
	assert_false(sections[1].rules.held);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(what_is_saved_is_loaded),
	cmocka_unit_test(what_could_not_be_read_back_is_refused),
	cmocka_unit_test(a_damaged_one_can_be_removed),
	cmocka_unit_test(a_hold_turns_enforce_into_remind_and_back),
};

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests_name("hold", tests, folder_make, folder_remove);
}
