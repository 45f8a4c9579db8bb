/* Beside a pam_unix that forces no change of what shadow calls fresh: nobody is locked out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define ENFORCE "mode = enforce\n"
#define EMPTY (-1)

static const struct person expired = {.last_change = TODAY - LIFETIME};
static const struct person overdue = {.last_change = TODAY - LIFETIME - 30};
static const struct person tomorrow = {.last_change = TODAY - LIFETIME + 1};
static const struct person zeroed = {.last_change = TODAY - LIFETIME, .zeroed = true};

/* The change, max and warn that stand in shadow, whatever our state says. */
/* clang-format off */
static struct row {
	const char *name;
	const struct person *alice;
	vsee_day last_change, max_days;
	const char *codes, *action; /* of a login with the password */
	bool demanded, changes;	    /* by the login; a forced change is carried out */
} rows[] = {
	{"the day before", &tomorrow,
	 TODAY - LIFETIME + 1, LIFETIME, "V02", "warn", false, false},
	{"the deadline's own day, mirrored", &expired,
	 TODAY - LIFETIME, LIFETIME, "V03", "demand", true, true},
	{"the day after", &overdue,
	 TODAY - LIFETIME - 30, LIFETIME, "V03", "demand", true, true},
	{"last change 0, by scan", &zeroed,
	 0, 99999, "V03", "demand", true, true},
	{"last change 0, by an administrator", &world_valid,
	 0, LIFETIME, "V05", "demand", true, true},
	{"not mirrored yet", &expired,
	 TODAY - LIFETIME, 99999, "V08", "lenient", false, false},
	{"an administrator's chage allows a day more", &expired,
	 TODAY - LIFETIME, LIFETIME + 1, "V08", "lenient", false, false},
	{"an administrator's chage took max away", &overdue,
	 TODAY - LIFETIME - 30, EMPTY, "V08", "lenient", false, false},
	{"an administrator's chage made it younger", &overdue,
	 TODAY - LIFETIME + 1, LIFETIME, "V02", "warn", false, false},
	{"last change in the future", &overdue,
	 TODAY + 5, LIFETIME, "V08", "lenient", false, false},
	{"no last change", &overdue,
	 EMPTY, LIFETIME, "V08", "lenient", false, false},
	{"neither date nor max", &overdue,
	 EMPTY, EMPTY, "V08", "lenient", false, false},
};
/* clang-format on */

static void field(char *ret_text, size_t size, vsee_day value)
{
	ret_text[0] = '\0';
	if (value >= 0)
		(void)snprintf(ret_text, size, "%lld", (long long)value);
}

static void write_shadow(const struct row *row)
{
	char change[24], max[24], line[512];

	field(change, sizeof(change), row->last_change);
	field(max, sizeof(max), row->max_days);
	(void)snprintf(line, sizeof(line), "%s:%s:%s:0:%s:7:::\n", ALICE, world_hash(OLD), change,
		       max);
	sandbox_write("/etc/shadow", 0640, line);
}

static void set_up(const struct row *row)
{
	world_make(row->alice, ENFORCE);
	write_shadow(row);
	journal_clear();
}

static bool changed(void)
{
	return strcmp(world_field(ALICE), world_hash(OLD)) != 0;
}

static void check_login(const struct row *row)
{
	autovisit struct visit visit = {.pamh = NULL};
	char actions[64];
	int code;

	set_up(row);
	visit_begin(&visit, "login", ALICE);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	code = pam_acct_mgmt(visit.pamh, 0);
	journal_values("action", actions, sizeof(actions));
	assert_string_equal(actions, row->action);
	assert_string_equal(visit.dialog.codes, row->codes);
	assert_int_equal(code, row->demanded ? PAM_NEW_AUTHTOK_REQD : PAM_SUCCESS);
	if (!row->demanded)
		return;
	assert_int_equal(pam_chauthtok(visit.pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);
	assert_true(changed());
}

/* That the module of this test behaves as the newer pam_unix, whoever forces the change. */
static void check_forced(const struct row *row)
{
	autovisit struct visit visit = {.pamh = NULL};

	set_up(row);
	visit_begin(&visit, "login", ALICE);
	assert_int_equal(pam_chauthtok(visit.pamh, PAM_CHANGE_EXPIRED_AUTHTOK),
			 row->changes ? PAM_SUCCESS : PAM_AUTHTOK_ERR);
	assert_int_equal(changed(), row->changes);
}

/* As passwd does. */
static void check_voluntary(const struct row *row)
{
	autovisit struct visit visit = {.pamh = NULL};

	set_up(row);
	visit_begin(&visit, "login", ALICE);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_true(changed());
}

static void check(void **state)
{
	check_login(*state);
	check_forced(*state);
	check_voluntary(*state);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows)];
	char stack[2048];

	if (argc != 3 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	(void)snprintf(stack, sizeof(stack),
		       WORLD_AUTH "auth required pam_permit.so\n" WORLD_ACCOUNT
				  "password requisite @\npassword requisite %s\n" WORLD_UNIX
				  "password optional @ bind\npassword required pam_permit.so\n",
		       argv[2]);
	world_stack("login", stack, "");
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
