/* What one handle remembers between its lines and calls, and the whole stack around pam_unix. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <security/pam_modules.h>

#include "journal.h"
#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define IGNORED PAM_PERM_DENIED
#define ENFORCE "mode = enforce\n"
#define STACK WORLD_AUTH "auth required pam_permit.so\n" WORLD_ACCOUNT WORLD_PASSWORD

static const char *module;

static const struct person warned = {.last_change = TODAY - LIFETIME + 1};
/* pam_unix before 1.6.0 allows the day itself. */
static const struct person long_expired = {.last_change = TODAY - LIFETIME - 1};
static const struct person unmirrored = {.last_change = TODAY - LIFETIME, .max_days = 99999};
static const struct person untold = {.last_change = TODAY - LIFETIME, .untold = true};

/* Through all lines of the account phase. clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct stack_row {
	const char *name;
	const struct person *alice;
	const char *user, *policy, *service, *behind; /* behind: lines after the common ones */
	bool typed;
	int code;
	const char *codes;
} stack_rows[] = {
	{"valid", &world_valid,
	 ALICE, ENFORCE, "login", "", true, PAM_SUCCESS, ""},
	{"warned", &warned,
	 ALICE, ENFORCE, "login", "", true, PAM_SUCCESS, "V02"},
	{"expired", &world_expired,
	 ALICE, ENFORCE, "login", "", true, PAM_NEW_AUTHTOK_REQD, "V03"},
	{"pam_unix would stop cron, we don't", &world_expired,
	 ALICE, ENFORCE, "cron", "", false, PAM_SUCCESS, ""},
	{"untold: pam_unix is not asked", &untold,
	 ALICE, ENFORCE, "login", "", true, PAM_SUCCESS, "V08"},
	{"shadow does not say expired", &unmirrored,
	 ALICE, ENFORCE, "login", "", true, PAM_SUCCESS, "V08"},
	{"deny", &world_expired,
	 ALICE, ENFORCE "expired = deny\n", "login", "", true, PAM_AUTHTOK_EXPIRED, "V04"},
	{"access control behind us holds", &world_expired,
	 ALICE, ENFORCE, "login", "account required pam_deny.so\n", true, PAM_AUTH_ERR, "V03"},
	{"watch leaves it to pam_unix", &long_expired,
	 ALICE, "mode = watch\n", "login", "", true, PAM_NEW_AUTHTOK_REQD, ""},
	{"off leaves it to pam_unix", &long_expired,
	 ALICE, "mode = off\n", "login", "", true, PAM_NEW_AUTHTOK_REQD, ""},
	{"exempt: left to pam_unix", &world_valid,
	 ROBOT, ENFORCE, "login", "", true, PAM_NEW_AUTHTOK_REQD, ""},
	{"root", &world_valid,
	 "root", ENFORCE, "login", "", true, PAM_SUCCESS, ""},
};
/* clang-format on */

static void check_stack(void **state)
{
	const struct stack_row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	char lines[4096] = STACK;

	strcat(lines, row->behind);
	world_make(row->alice, row->policy);
	world_stack(row->service, lines, "");
	visit_begin(&visit, row->service, row->user);
	if (row->typed)
		assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), row->code);
	assert_string_equal(visit.dialog.codes, row->codes);
}

static void begin(struct visit *visit, const struct person *alice, const char *policy)
{
	world_make(alice, policy);
	world_stack("login", STACK, "");
	world_stack("again", "account required @ again\n", "");
	journal_clear();
	visit_begin(visit, "login", ALICE);
}

static void set(struct visit *visit, int item, const char *value)
{
	assert_int_equal(pam_set_item(visit->pamh, item, value), PAM_SUCCESS);
}

static void warning_is_said_once(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &warned, ENFORCE);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_string_equal(visit.dialog.codes, "V02");
	assert_string_equal(visit.dialog.styles, "i");
}

static void demand_is_said_each_time(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_expired, ENFORCE);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_string_equal(visit.dialog.codes, "V03 V03");
	assert_string_equal(visit.dialog.styles, "ee");
}

static void again_repeats_a_demand_only(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_expired, ENFORCE "key_login = enforce\n");
	set(&visit, PAM_SERVICE, "again");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), IGNORED); /* nothing demanded yet */
	set(&visit, PAM_SERVICE, "login");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	set(&visit, PAM_SERVICE, "again");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	set(&visit, PAM_USER, BOB);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), IGNORED); /* it was not demanded of him */
}

/* Asked once more in the same handle, we say nothing: then pam_unix must not be jumped over. */
static void again_forgets_an_earlier_demand(void **state)
{
	static const struct person expired = {.last_change = TODAY - LIFETIME - 1};
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &expired, ENFORCE "key_login = enforce\n");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	world_publish("mode = off\n");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD); /* pam_unix's */
}

/* The whole job: the demand, the change in the same handle, and a login after it. */
static void demanded_change_is_carried_out(void **state)
{
	autovisit struct visit visit = {.pamh = NULL}, next = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_expired, ENFORCE);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_NEW_AUTHTOK_REQD);
	assert_int_equal(pam_chauthtok(visit.pamh, PAM_CHANGE_EXPIRED_AUTHTOK), PAM_SUCCESS);

	visit_begin(&next, "login", ALICE);
	assert_int_equal(pam_authenticate(next.pamh, 0), PAM_AUTH_ERR); /* the old one */
	next.dialog.current = FRESH;
	assert_int_equal(pam_authenticate(next.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(next.pamh, 0), PAM_SUCCESS);
	assert_string_equal(next.dialog.codes, "");
}

static void setcred_is_ignored(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_expired, ENFORCE);
	assert_int_equal(visit_call(&visit, module, "pam_sm_setcred", PAM_ESTABLISH_CRED),
			 PAM_IGNORE);
	assert_string_equal(journal_text(), "");
}

static void auth_needs_no_token(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_expired, ENFORCE);
	assert_int_equal(visit_call(&visit, module, "pam_sm_authenticate", 0), PAM_IGNORE);
	assert_int_equal(visit.dialog.prompts, 0);
}

static void one_phase_flag_is_needed(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(&visit, &world_valid, ENFORCE);
	assert_int_equal(visit_call(&visit, module, "pam_sm_chauthtok", 0), PAM_SERVICE_ERR);
	assert_int_equal(visit_call(&visit, module, "pam_sm_chauthtok",
				    PAM_PRELIM_CHECK | PAM_UPDATE_AUTHTOK),
			 PAM_SERVICE_ERR);
	assert_int_equal(visit.dialog.prompts, 0);
}

static void failing_conversation_changes_no_verdict(void **state)
{
	autovisit struct visit visit = {.pamh = NULL}, demanded = {.pamh = NULL};

	(void)state;
	begin(&visit, &warned, ENFORCE);
	visit.dialog.result = PAM_CONV_ERR;
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_string_equal(world_field(ALICE), world_hash(OLD));

	begin(&demanded, &world_expired, ENFORCE "key_login = enforce\n");
	demanded.dialog.result = PAM_CONV_ERR;
	assert_int_equal(pam_acct_mgmt(demanded.pamh, 0), PAM_NEW_AUTHTOK_REQD);
}

static void missing_conversation_changes_no_verdict(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};
	const struct pam_conv nobody = {NULL, NULL};

	(void)state;
	begin(&visit, &warned, ENFORCE);
	assert_int_equal(pam_set_item(visit.pamh, PAM_CONV, &nobody), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_int_not_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_string_equal(world_field(ALICE), world_hash(OLD));
}

/* What a screen locker gets: in a child, since there is no way back. */
static int codes_without_root(void)
{
	autovisit struct visit visit = {.pamh = NULL};

	begin(&visit, &world_expired, ENFORCE);
	world_stack("raw", "account required @\npassword required @\n", "");
	set(&visit, PAM_SERVICE, "raw");
	if (setresuid(ALICE_UID, ALICE_UID, ALICE_UID) < 0)
		return 1;
	if (pam_acct_mgmt(visit.pamh, 0) != IGNORED)
		return 2;
	if (pam_chauthtok(visit.pamh, 0) != IGNORED)
		return 3;
	return visit.dialog.codes[0] ? 4 : 0;
}

static void who_is_not_root_is_ignored(void **state)
{
	int status = -1;
	pid_t child;

	(void)state;
	if (!sandbox_has_uids())
		skip();
	child = fork();
	if (child == 0)
		_exit(codes_without_root());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(warning_is_said_once),
	cmocka_unit_test(demand_is_said_each_time),
	cmocka_unit_test(again_repeats_a_demand_only),
	cmocka_unit_test(again_forgets_an_earlier_demand),
	cmocka_unit_test(demanded_change_is_carried_out),
	cmocka_unit_test(setcred_is_ignored),
	cmocka_unit_test(auth_needs_no_token),
	cmocka_unit_test(one_phase_flag_is_needed),
	cmocka_unit_test(failing_conversation_changes_no_verdict),
	cmocka_unit_test(missing_conversation_changes_no_verdict),
	cmocka_unit_test(who_is_not_root_is_ignored),
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(stack_rows) + COUNT(others)];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	module = argv[1];
	world_begin(module);
	for (size_t i = 0; i < COUNT(stack_rows); i++)
		tests[i] = (struct CMUnitTest){.name = stack_rows[i].name,
					       .test_func = check_stack,
					       .initial_state = &stack_rows[i]};
	memcpy(&tests[COUNT(stack_rows)], others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
