#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "store/paths.h"

static void the_host_itself(void **state)
{
	struct vsee_paths paths;

	(void)state;
	assert_int_equal(vsee_paths_init("", NULL, &paths), 0);
	assert_string_equal(paths.passwd, "/etc/passwd");
	assert_string_equal(paths.shadow, "/etc/shadow");
	assert_string_equal(paths.group, "/etc/group");
	assert_string_equal(paths.login_defs, "/etc/login.defs");
	assert_string_equal(paths.machine_id, "/etc/machine-id");
	assert_string_equal(paths.config_dir, "/etc/vsee-expire");
	assert_string_equal(paths.state, "/var/lib/vsee-expire");
}

static void below_a_root(void **state)
{
	struct vsee_paths paths;

	(void)state;
	assert_int_equal(vsee_paths_init("/r", NULL, &paths), 0);
	assert_string_equal(paths.shadow, "/r/etc/shadow");
	assert_string_equal(paths.state, "/r/var/lib/vsee-expire");
	assert_int_equal(vsee_paths_init("/r", "/s", &paths), 0);
	assert_string_equal(paths.state, "/s");
}

static void too_long(void **state)
{
	static char root[PATH_MAX];
	struct vsee_paths paths = {.state = "untouched"};

	(void)state;
	memset(root, 'a', sizeof(root) - 1);
	assert_int_equal(vsee_paths_init(root, NULL, &paths), -ENAMETOOLONG);
	assert_string_equal(paths.state, "untouched");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_host_itself),
		cmocka_unit_test(below_a_root),
		cmocka_unit_test(too_long),
	};

	return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
