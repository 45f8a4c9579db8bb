/* root becomes the owner of a folder for good. Each change is made in a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "identity.h"

#define OTHER 54321

/* What a child finds after it became the owner of the folder; its exit code. */
static int in_child(const char *folder, bool on_host, int (*look)(void))
{
	const pid_t child = fork();
	int status = 0;

	if (child == 0) {
		identity_hide();
		_exit(identity_become(folder, on_host) < 0 ? 100 : look());
	}
	assert_true(child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int is_other(void)
{
	struct rlimit core;
	gid_t groups[8];

	if (getuid() != OTHER || geteuid() != OTHER || getgid() != OTHER || getegid() != OTHER)
		return 1;
	if (getgroups(8, groups) != 1 || groups[0] != OTHER)
		return 2;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0)
		return 3;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 4;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0 ? 0 : 5;
}

static int is_same(void)
{
	return geteuid() == 0 ? 0 : 1;
}

static int make(void **state)
{
	static char folder[] = "/tmp/vsee-identity-XXXXXX";

	*state = mkdtemp(folder);
	return *state ? 0 : -1;
}

static int drop(void **state)
{
	return rmdir(*state);
}

static void root_becomes_the_owner_for_good(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(*state, OTHER, OTHER), 0);
	assert_int_equal(in_child(*state, true, is_other), 0);
	assert_int_equal(in_child(*state, false, is_same), 0);
}

static void ones_own_folder_changes_nothing(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(*state, 0, 0), 0);
	assert_int_equal(in_child(*state, true, is_same), 0);
}

static void the_group_root_is_not_kept(void **state)
{
	if (geteuid() != 0)
		skip();
	assert_int_equal(chown(*state, OTHER, 0), 0);
	assert_int_equal(in_child(*state, true, is_other), 100);
}

static void without_a_folder_nothing_goes_on(void **state)
{
	(void)state;
	assert_int_equal(in_child("/nonexistent/mail", true, is_same), 100);
	assert_int_equal(in_child("/etc/passwd", true, is_same), 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(root_becomes_the_owner_for_good),
		cmocka_unit_test(ones_own_folder_changes_nothing),
		cmocka_unit_test(the_group_root_is_not_kept),
		cmocka_unit_test(without_a_folder_nothing_goes_on),
	};

	return cmocka_run_group_tests(tests, make, drop);
}
