/*
 * 200 changes at once through the real stack, for one account and for as many: nothing that was a
 * password is forgotten, no success without its history, no file damaged, none left over.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "sandbox.h"
#include "store/history.h"
#include "visit.h"
#include "world.h"

#define COUNT_CHANGES 200
#define FIRST_UID 3000
#define HASHING_BYTES (UINT64_C(24) << 20) /* what one yescrypt hashing and its process need */

static char names[COUNT_CHANGES][16], passwords[COUNT_CHANGES][16];
static int codes[COUNT_CHANGES];

static void add_people(void)
{
	autofree char *passwd = sandbox_read("/etc/passwd"), *shadow = sandbox_read("/etc/shadow");
	static char text[2][256 * 1024];
	int size[2] = {sprintf(text[0], "%s", passwd), sprintf(text[1], "%s", shadow)};

	for (int i = 0; i < COUNT_CHANGES; i++) {
		size[0] += sprintf(text[0] + size[0], "%s:x:%d:100::/:/bin/sh\n", names[i],
				   FIRST_UID + i);
		size[1] += sprintf(text[1] + size[1], "%s:%s:%lld:0:99999:7:::\n", names[i],
				   world_hash(OLD), (long long)TODAY - 10);
	}
	sandbox_write("/etc/passwd", 0644, text[0]);
	sandbox_write("/etc/shadow", 0640, text[1]);
}

/* Child: waits until the pipe is closed, as all others do, then changes. */
static _Noreturn void change(int start_fd, const char *user, const char *fresh)
{
	struct visit visit;
	char nothing;
	int code;

	if (read(start_fd, &nothing, 1) != 0)
		_exit(255);
	visit_begin(&visit, "web", user);
	visit.dialog.fresh = fresh;
	code = pam_chauthtok(visit.pamh, 0);
	visit_end(&visit);
	_exit(code);
}

/* How many fit into memory at once: 200 on any but a very small machine. */
static int at_once(void)
{
	struct sysinfo info;
	uint64_t fit;

	if (sysinfo(&info) < 0)
		sandbox_fail("sysinfo");
	fit = (uint64_t)(info.freeram + info.bufferram) * info.mem_unit / HASHING_BYTES;
	return fit < COUNT_CHANGES ? (int)fit + 1 : COUNT_CHANGES;
}

/* Changes first to end, at the same moment. user: whose they all are; NULL: each of its own. */
static void race(int first, int end, const char *user)
{
	pid_t children[COUNT_CHANGES];
	int start[2];

	if (pipe2(start, O_CLOEXEC) < 0)
		sandbox_fail("pipe");
	for (int i = first; i < end; i++) {
		children[i] = fork();
		if (children[i] < 0)
			sandbox_fail("fork");
		if (children[i] == 0) {
			(void)close(start[1]);
			change(start[0], user ? user : names[i], passwords[i]);
		}
	}
	(void)close(start[0]);
	(void)close(start[1]);
	for (int i = first; i < end; i++) {
		int status = -1;

		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_true(WIFEXITED(status));
		codes[i] = WEXITSTATUS(status);
	}
}

static int race_all(const char *user)
{
	const int step = at_once();
	int good = 0;

	print_message("%d at once\n", step);
	for (int i = 0; i < COUNT_CHANGES; i += step)
		race(i, i + step < COUNT_CHANGES ? i + step : COUNT_CHANGES, user);
	for (int i = 0; i < COUNT_CHANGES; i++) {
		if (codes[i] == PAM_SUCCESS)
			good++;
		else /* told to try again, and nothing else */
			assert_int_equal(codes[i], PAM_AUTHTOK_LOCK_BUSY);
	}
	print_message("%d of %d succeeded\n", good, COUNT_CHANGES);
	return good;
}

static unsigned count_lines(const char *path, unsigned fields)
{
	autofree char *text = sandbox_read(path);
	unsigned lines = 0, colons = 0;

	for (const char *c = text; *c; c++) {
		colons += *c == ':';
		if (*c != '\n')
			continue;
		assert_int_equal(colons, fields - 1);
		colons = 0;
		lines++;
	}
	assert_int_equal(colons, 0); /* the last line is complete */
	return lines;
}

static void check_leftovers(const char *path, unsigned expected)
{
	DIR *folder = opendir(path);
	unsigned count = 0;

	assert_non_null(folder);
	for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
		assert_true(strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
			    !strchr(entry->d_name, '.'));
		count++;
	}
	(void)closedir(folder);
	assert_int_equal(count, expected + 2);
}

static void check_files(unsigned people)
{
	assert_int_equal(count_lines("/etc/passwd", 7), people + 6);
	assert_int_equal(count_lines("/etc/shadow", 9), people + 4);
	assert_int_not_equal(access("/etc/nshadow", F_OK), 0);
	assert_int_not_equal(access("/etc/npasswd", F_OK), 0);
}

static enum vsee_reuse judge(const char *user, uid_t uid, const char *password)
{
	autoclose int fd = open(WORLD_STATE "/accounts", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	autocandidate struct vsee_candidate candidate = {.password = password};
	autoaccount struct vsee_account account = vsee_account_empty("", 0);
	struct vsee_reuse_result result;
	enum vsee_account_news news;

	assert_int_equal(vsee_account_load(fd, 0, user, uid, &account, &news), 0);
	assert_int_equal(news, VSEE_ACCOUNT_GOOD);
	assert_true(vsee_history_observe(&account, world_field(user), TODAY) >= 0);
	assert_int_equal(vsee_history_check(&account, &candidate, 6, LIFETIME, TODAY, &result), 0);
	assert_int_equal(result.unusable, 0);
	return result.reuse;
}

static bool stands(const char *user, const char *password)
{
	autocandidate struct vsee_candidate candidate = {.password = password};

	return vsee_candidate_verify(&candidate, world_field(user)) == 1;
}

static void set_up(void)
{
	world_make(&world_valid, "mode = enforce\n");
	world_stack("web", WORLD_PASSWORD, "");
}

static void changes_of_one_account(void **state)
{
	int current = 0;

	(void)state;
	set_up();
	assert_true(race_all(ALICE) > 0);
	check_files(0);
	check_leftovers(WORLD_STATE "/accounts", 1);
	assert_int_equal(judge(ALICE, ALICE_UID, OLD), VSEE_REUSE_REMEMBERED);
	for (int i = 0; i < COUNT_CHANGES; i++) {
		const bool now = stands(ALICE, passwords[i]);

		current += now;
		if (codes[i] != PAM_SUCCESS)
			assert_false(now);
		else
			assert_int_equal(judge(ALICE, ALICE_UID, passwords[i]),
					 now ? VSEE_REUSE_CURRENT : VSEE_REUSE_REMEMBERED);
	}
	assert_int_equal(current, 1);
}

static void changes_of_as_many_accounts(void **state)
{
	(void)state;
	set_up();
	add_people();
	assert_true(race_all(NULL) > 0);
	check_files(COUNT_CHANGES);
	check_leftovers(WORLD_STATE "/accounts", COUNT_CHANGES + 1);
	for (int i = 0; i < COUNT_CHANGES; i++) {
		const uid_t uid = (uid_t)(FIRST_UID + i);
		const bool changed = codes[i] == PAM_SUCCESS;

		assert_true(stands(names[i], changed ? passwords[i] : OLD));
		if (!changed)
			continue;
		assert_int_equal(judge(names[i], uid, passwords[i]), VSEE_REUSE_CURRENT);
		assert_int_equal(judge(names[i], uid, OLD), VSEE_REUSE_REMEMBERED);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(changes_of_one_account),
	cmocka_unit_test(changes_of_as_many_accounts),
};

int main(int argc, char **argv)
{
	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	for (int i = 0; i < COUNT_CHANGES; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "user%d", i);
		(void)snprintf(passwords[i], sizeof(passwords[i]), "Race-Walnut-%d", i % 1000);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
