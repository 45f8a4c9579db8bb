/* An administrator sets a password: told from a person's own change by the uid that logged in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define ENFORCE "mode = enforce\n"

/* Somebody who logged in as uid, and is root now, sets a password with passwd. */
static int reset(const char *uid, const char *user, const char *fresh)
{
	autovisit struct visit visit = {.pamh = NULL};
	int code;

	world_stack("passwd", WORLD_PASSWORD, "");
	sandbox_write("/etc/loginuid", 0644, uid);
	sandbox_replace("/etc/loginuid", "/proc/self/loginuid");
	visit_begin(&visit, "passwd", user);
	visit.dialog.fresh = fresh;
	code = pam_chauthtok(visit.pamh, 0);
	sandbox_umount("/proc/self/loginuid");
	return code;
}

static void administrator_can_mend_things(void **state)
{
	(void)state;
	world_make(&world_valid, ENFORCE);
	sandbox_write(WORLD_STATE "/policy", 0644, "vsee-policy 1\nrubbish\n");
	assert_int_equal(reset("0", "root", FRESH), PAM_SUCCESS); /* logged in as root */
	assert_int_equal(reset("0", ALICE, FRESH), PAM_SUCCESS);
	assert_int_equal(reset("1002", ALICE, "Third-Walnut-3"), PAM_SUCCESS); /* through sudo */
}

static void own_password_is_no_reset(void **state)
{
	(void)state;
	world_make(&world_valid, ENFORCE);
	assert_int_equal(reset("1001", ALICE, OLD), PAM_AUTHTOK_ERR); /* sudo passwd alice */
	assert_int_equal(reset("1002", ALICE, OLD), PAM_SUCCESS);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(administrator_can_mend_things),
	cmocka_unit_test(own_password_is_no_reset),
};

int main(int argc, char **argv)
{
	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
