/* Several changes in a row through the real stack: what is refused afterwards, and what is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "clock.h"
#include "journal.h"
#include "sandbox.h"
#include "store/lock.h"
#include "visit.h"
#include "wait.h"
#include "world.h"

#define ENFORCE "mode = enforce\n"

static void begin(const char *policy)
{
	world_make(&world_valid, policy);
	world_stack("web", WORLD_PASSWORD, "");
	journal_clear();
}

static int change(const char *fresh)
{
	autovisit struct visit visit = {.pamh = NULL};

	visit_begin(&visit, "web", ALICE);
	visit.dialog.fresh = fresh;
	return pam_chauthtok(visit.pamh, 0);
}

static const char *nth(int n)
{
	static char password[32];

	(void)snprintf(password, sizeof(password), "Walnut-Number-%d", n);
	return password;
}

/* Eight passwords, 61 days each: the first was replaced 427 days ago, and is the seventh. */
static void the_last_six_and_the_current_are_refused(void **state)
{
	(void)state;
	begin(ENFORCE);
	for (int i = 0; i < 8; i++) {
		clock_set(TODAY + 61 * i);
		assert_int_equal(change(nth(i)), PAM_SUCCESS);
	}
	for (int i = 1; i < 8; i++)
		assert_int_equal(change(nth(i)), PAM_AUTHTOK_ERR);
	assert_int_equal(change(nth(0)), PAM_SUCCESS);
}

/* Changing often in one day does not buy an old password back. */
static void quick_changes_free_nothing(void **state)
{
	(void)state;
	begin(ENFORCE);
	for (int i = 0; i < 10; i++)
		assert_int_equal(change(nth(i)), PAM_SUCCESS);
	assert_int_equal(change(OLD), PAM_AUTHTOK_ERR);
	for (int i = 0; i < 10; i++)
		assert_int_equal(change(nth(i)), PAM_AUTHTOK_ERR);
}

/* A crash between pam_unix and bind, or a stack without the last line. */
static void unbound_change_counts_all_the_same(void **state)
{
	autoaccount struct vsee_account account;

	(void)state;
	begin(ENFORCE);
	world_stack("web", "password requisite @\n" WORLD_UNIX "password required pam_permit.so\n",
		    "");
	assert_int_equal(change(FRESH), PAM_SUCCESS);
	world_load(&account);
	assert_string_not_equal(account.pending, "");
	world_stack("web", WORLD_PASSWORD, "");
	assert_int_equal(change(OLD), PAM_AUTHTOK_ERR);
	assert_int_equal(change(FRESH), PAM_AUTHTOK_ERR);
	assert_int_equal(change(nth(1)), PAM_SUCCESS);
	assert_int_equal(change(FRESH), PAM_AUTHTOK_ERR);
}

/* What pam_unix never wrote was never a password, and forbids nothing. */
static void unwritten_change_forbids_nothing(void **state)
{
	char actions[128];

	(void)state;
	begin(ENFORCE);
	world_stack("web", "password requisite @\npassword optional @ bind\n", "");
	assert_int_equal(change(FRESH), PAM_SUCCESS);
	journal_values("action", actions, sizeof(actions));
	assert_string_equal(actions, "not-written");
	assert_string_equal(world_field(ALICE), world_hash(OLD));
	world_stack("web", WORLD_PASSWORD, "");
	assert_int_equal(change(OLD), PAM_AUTHTOK_ERR);
	assert_int_equal(change(FRESH), PAM_SUCCESS);
}

static void change_outside_pam_is_noticed(void **state)
{
	autofree char *shadow = NULL;
	char *hash;

	(void)state;
	begin(ENFORCE);
	shadow = sandbox_read("/etc/shadow");
	hash = strstr(strstr(shadow, "\nalice:"), world_hash(OLD));
	assert_non_null(hash);
	memcpy(hash, world_hash(FRESH), strlen(world_hash(FRESH))); /* of one length */
	sandbox_write("/etc/shadow", 0640, shadow);
	assert_int_equal(change(FRESH), PAM_AUTHTOK_ERR);
	assert_int_equal(change(OLD), PAM_AUTHTOK_ERR);
	assert_int_equal(change(nth(1)), PAM_SUCCESS);
	assert_int_equal(change(FRESH), PAM_AUTHTOK_ERR);
}

/* `required` in place of `requisite` calls pam_unix all the same: it must find no password. */
static void refused_token_is_gone(void **state)
{
	(void)state;
	begin(ENFORCE);
	world_stack("web", "password required @\n" WORLD_UNIX "password required pam_permit.so\n",
		    "");
	assert_int_not_equal(change(OLD), PAM_SUCCESS);
	assert_string_equal(world_field(ALICE), world_hash(OLD));
	assert_int_equal(change(FRESH), PAM_SUCCESS);
}

static void two_that_differ_are_refused(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(ENFORCE);
	visit_begin(&visit, "web", ALICE);
	visit.dialog.retype = "Something-Else-3";
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_string_equal(world_field(ALICE), world_hash(OLD));
}

/* Two tries in one handle: nothing of the first stands in the way of the second. */
static void refusal_leaves_nothing_in_the_handle(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(ENFORCE);
	visit_begin(&visit, "web", ALICE);
	visit.dialog.fresh = OLD;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	visit.dialog.fresh = FRESH;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(visit.dialog.new_prompts, 2);
	assert_int_equal(change(FRESH), PAM_AUTHTOK_ERR);
}

static void token_asked_for_before_us_is_taken(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(ENFORCE);
	world_stack("web",
		    "password requisite @\npassword requisite @ use_authtok\n" WORLD_UNIX
		    "password optional @ bind\npassword required pam_permit.so\n",
		    "");
	visit_begin(&visit, "web", ALICE);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(visit.dialog.new_prompts, 1);
}

static int lock_fd = -1;

static void take_lock(void)
{
	autoclose int state_fd = open(WORLD_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	lock_fd = vsee_lock_take(state_fd, ALICE, 0);
	(void)wait_slept_ms(); /* starts counting */
}

/* Give up a minute after it was written, when all who could be before us have given up. */
static void what_is_written_waits_for_its_turn(void **state)
{
	char actions[64];

	(void)state;
	begin(ENFORCE);
	journal_written = take_lock;
	assert_int_equal(change(nth(1)), PAM_SUCCESS);
	journal_written = NULL;
	assert_true(lock_fd >= 0);
	assert_in_range(wait_slept_ms(), 60000, 60050);
	vsee_cleanup_close(&lock_fd);
	journal_values("action", actions, sizeof(actions));
	assert_null(strstr(actions, "bound"));
	assert_int_equal(change(nth(2)), PAM_SUCCESS);
	assert_int_equal(change(nth(1)), PAM_AUTHTOK_ERR);
}

static void exempt_person_is_asked_all_the_same(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	begin(ENFORCE);
	visit_begin(&visit, "web", ROBOT);
	visit.dialog.fresh = OLD; /* no rule of ours for them */
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(visit.dialog.new_prompts, 1);
	assert_string_not_equal(world_field(ROBOT), world_hash(OLD));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(the_last_six_and_the_current_are_refused),
	cmocka_unit_test(quick_changes_free_nothing),
	cmocka_unit_test(unbound_change_counts_all_the_same),
	cmocka_unit_test(unwritten_change_forbids_nothing),
	cmocka_unit_test(change_outside_pam_is_noticed),
	cmocka_unit_test(refused_token_is_gone),
	cmocka_unit_test(two_that_differ_are_refused),
	cmocka_unit_test(refusal_leaves_nothing_in_the_handle),
	cmocka_unit_test(token_asked_for_before_us_is_taken),
	cmocka_unit_test(what_is_written_waits_for_its_turn),
	cmocka_unit_test(exempt_person_is_asked_all_the_same),
};

int main(int argc, char **argv)
{
	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
