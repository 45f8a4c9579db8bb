/* What the page's worker hears of a refusal: a code in its own two services, nothing elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "policy/page.h"
#include "sandbox.h"
#include "store/lock.h"
#include "visit.h"
#include "world.h"

#define ENFORCE "mode = enforce\n"
#define USED "Used-Oak-1"
#define TOO_LONG 512

enum {
	BUSY = 1,   /* another change holds the account's lock */
	FIXED = 2,  /* the state can't be written */
	NEWER = 4,  /* a later version wrote the account's state */
	RUINED = 8, /* the published policy is damaged */
};

static char too_long[TOO_LONG + 1];
static const struct person inactive = {.last_change = TODAY - LIFETIME - 10, .inactive_days = 5};

/* clang-format off */
static const struct refusal {
	const char *name;
	const struct person *alice;
	const char *policy, *fresh;
	unsigned how;
	const char *answer; /* NULL: none */
	vsee_day until;	    /* 0: none */
} refusals[] = {
	{"fresh", &world_valid, ENFORCE, FRESH, 0, NULL, 0},
	{"inactive", &inactive, ENFORCE "inactive_days = 5\n", FRESH, 0, "V06", 0},
	{"current", &world_valid, ENFORCE, OLD, 0, "V10", 0},
	{"used before", &world_valid, ENFORCE, USED, 0, "V11", 0},
	{"empty", &world_valid, ENFORCE, "", 0, "V12", 0},
	{"too long", &world_valid, ENFORCE, too_long, 0, "V13", 0},
	{"too soon", &world_valid, ENFORCE "min_days = 11\n", FRESH, 0, "V14", TODAY + 1},
	{"much too soon", &world_valid, ENFORCE "min_days = 59\n", FRESH, 0, "V14", TODAY + 49},
	{"late enough", &world_valid, ENFORCE "min_days = 10\n", FRESH, 0, NULL, 0},
	{"busy", &world_valid, ENFORCE, FRESH, BUSY, "V15", 0},
	{"read-only", &world_valid, ENFORCE, FRESH, FIXED, "V16", 0},
	{"newer state", &world_valid, ENFORCE, FRESH, NEWER, "V16", 0},
	{"policy damaged", &world_valid, ENFORCE, FRESH, RUINED, "V16", 0},
	{"only told", &world_valid, "mode = remind\n", OLD, 0, NULL, 0},
	{"not covered", &world_valid, "mode = off\n", OLD, 0, NULL, 0},
};
static const char *const services[] = {VSEE_PAGE_SERVICE, VSEE_PAGE_LINK_SERVICE, "web", "vsee"};
/* clang-format on */

struct row {
	const struct refusal *refusal;
	const char *service;
	char name[64];
};
static struct row rows[COUNT(refusals) * COUNT(services)];

static bool is_page(const char *service)
{
	return strncmp(service, "vsee-reset", strlen("vsee-reset")) == 0;
}

static void assert_answer(pam_handle_t *pamh, const char *answer, vsee_day until)
{
	const char *said = pam_getenv(pamh, VSEE_PAGE_ANSWER);
	const char *seconds = pam_getenv(pamh, VSEE_PAGE_UNTIL);
	char wanted[32];

	(void)snprintf(wanted, sizeof(wanted), "%lld", (long long)until * VSEE_SECONDS_PER_DAY);
	assert_string_equal(said ? said : "none", answer ? answer : "none");
	assert_string_equal(seconds ? seconds : "none", until ? wanted : "none");
}

static void set_up(const char *service, const struct person *alice, const char *policy)
{
	world_make(alice, policy);
	world_remember(USED, TODAY - 62);
	world_stack(service, WORLD_PASSWORD, "");
	journal_clear();
}

static void spoil(unsigned how)
{
	if (how & NEWER)
		sandbox_write(WORLD_STATE "/accounts/alice", 0600, "vsee-account 2\nall new\n");
	if (how & RUINED)
		sandbox_write(WORLD_STATE "/policy", 0644, "vsee-policy 1\nrubbish\n");
	if (how & FIXED)
		sandbox_freeze(WORLD_STATE);
}

static int hold_lock(void)
{
	autoclose int state_fd = open(WORLD_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return vsee_lock_take(state_fd, ALICE, 0);
}

static void check(void **state)
{
	const struct row *row = *state;
	const struct refusal *refusal = row->refusal;
	const bool page = is_page(row->service);
	autovisit struct visit visit = {.pamh = NULL};
	autoclose int lock_fd = -1;
	int code;

	set_up(row->service, refusal->alice, refusal->policy);
	spoil(refusal->how);
	if (refusal->how & BUSY)
		lock_fd = hold_lock();
	visit_begin(&visit, row->service, ALICE);
	visit.dialog.fresh = refusal->fresh;
	code = pam_chauthtok(visit.pamh, 0);
	if (refusal->how & FIXED)
		sandbox_umount(WORLD_STATE);
	assert_int_equal(code == PAM_SUCCESS, !refusal->answer);
	assert_answer(visit.pamh, page ? refusal->answer : NULL, page ? refusal->until : 0);
	assert_null(strstr(journal_text(), "pam_putenv")); /* libpam complains by this name */
}

/* The answer is that of the last attempt in the handle, whatever went before. */
static void each_attempt_begins_anew(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	set_up(VSEE_PAGE_SERVICE, &world_valid, ENFORCE "min_days = 11\n");
	visit_begin(&visit, VSEE_PAGE_SERVICE, ALICE);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_answer(visit.pamh, "V14", TODAY + 1);
	world_publish(ENFORCE);
	visit.dialog.fresh = USED;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_answer(visit.pamh, "V11", 0);
	visit.dialog.fresh = FRESH;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_answer(visit.pamh, NULL, 0);
}

static void silence_hides_texts_alone(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	set_up(VSEE_PAGE_SERVICE, &world_valid, ENFORCE);
	visit_begin(&visit, VSEE_PAGE_SERVICE, ALICE);
	visit.dialog.fresh = OLD;
	assert_int_equal(pam_chauthtok(visit.pamh, PAM_SILENT), PAM_AUTHTOK_ERR);
	assert_string_equal(visit.dialog.codes, "");
	assert_answer(visit.pamh, "V10", 0);
}

/* What a login's environment holds under these names is not ours. */
static void other_services_keep_what_they_have(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	set_up("web", &world_valid, ENFORCE);
	visit_begin(&visit, "web", ALICE);
	assert_int_equal(pam_putenv(visit.pamh, VSEE_PAGE_ANSWER "=theirs"), PAM_SUCCESS);
	visit.dialog.fresh = OLD;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_answer(visit.pamh, "theirs", 0);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(each_attempt_begins_anew),
	cmocka_unit_test(silence_hides_texts_alone),
	cmocka_unit_test(other_services_keep_what_they_have),
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	memset(too_long, 'x', TOO_LONG);
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row *row = &rows[i];

		row->refusal = &refusals[i / COUNT(services)];
		row->service = services[i % COUNT(services)];
		(void)snprintf(row->name, sizeof(row->name), "%s, by %s", row->refusal->name,
			       row->service);
		tests[i] = (struct CMUnitTest){
			.name = row->name, .test_func = check, .initial_state = row};
	}
	memcpy(&tests[COUNT(rows)], others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
