/* The password phase of the built module around the real pam_unix, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"
#include "sandbox.h"
#include "store/candidate.h"
#include "store/lock.h"
#include "visit.h"
#include "world.h"

#define ENFORCE "mode = enforce\n"
#define LONGEST 511

enum {
	USER = 1,  /* the real uid is Alice's: a setuid passwd */
	BUSY = 2,  /* another change holds the account's lock */
	FIXED = 4, /* the state can't be written */
	NEWER = 8, /* a later version wrote the state */
};

/* Old passwords, the first is the oldest; 62 days each, so the first is out of 6 and 360 days. */
#define PAST_COUNT 7
static const char *const past[PAST_COUNT] = {"Past-Oak-0", "Past-Oak-1", "Past-Oak-2", "Past-Oak-3",
					     "Past-Oak-4", "Past-Oak-5", "Past-Oak-6"};

static char letters_511[LONGEST + 1], letters_512[LONGEST + 2];

static const struct person asked = {.last_change = 0};
static const struct person locked = {.last_change = TODAY - 10, .field = "!"};
static const struct person starred = {.last_change = TODAY - 10, .field = "*"};
static const struct person empty = {.last_change = TODAY - 10, .field = ""};
static const struct person short_max = {.last_change = TODAY - 10, .max_days = 5, .unknown = true};
/* Shadow says expired, we do not: an earlier deadline than the one that was promised. */
static const struct person promised = {.last_change = TODAY - 10, .max_days = 10};
static const struct person unknown = {.last_change = TODAY - 10, .unknown = true};

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct row {
	const char *name;
	const struct person *alice;
	const char *policy, *service, *fresh; /* what is typed as the new password */
	unsigned how;
	int flags, code;
	const char *codes, *actions; /* what the person sees, and what the log says */
	unsigned asked;		     /* prompts for a new password */
	const char *arguments;	     /* of our line */
} rows[] = {
	{"fresh", &world_valid,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"fresh, by the user", &world_valid,
	 ENFORCE, "passwd", FRESH, USER, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"fresh, demanded", &world_expired,
	 ENFORCE, "login", FRESH, 0, PAM_CHANGE_EXPIRED_AUTHTOK, PAM_SUCCESS, "", "bound", 1, ""},
	{"current", &world_valid,
	 ENFORCE, "web", OLD, 0, 0, PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"current, by the user", &world_valid,
	 ENFORCE, "passwd", OLD, USER, 0, PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"current, demanded", &world_expired,
	 ENFORCE, "login", OLD, 0, PAM_CHANGE_EXPIRED_AUTHTOK,
	 PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"current of a locked account", &locked,
	 ENFORCE, "web", OLD, 0, 0, PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"current, nothing known of the account", &unknown,
	 ENFORCE, "web", OLD, 0, 0, PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"fresh, nothing known of the account", &unknown,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"first password of an account", &starred,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"in place of an empty one", &empty,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"last but 1", &world_valid,
	 ENFORCE, "web", "Past-Oak-6", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 2", &world_valid,
	 ENFORCE, "web", "Past-Oak-5", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 3", &world_valid,
	 ENFORCE, "web", "Past-Oak-4", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 4", &world_valid,
	 ENFORCE, "web", "Past-Oak-3", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 5", &world_valid,
	 ENFORCE, "web", "Past-Oak-2", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 6", &world_valid,
	 ENFORCE, "web", "Past-Oak-1", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"last but 7 is free", &world_valid,
	 ENFORCE, "web", "Past-Oak-0", 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"remember = 0: older ones are free", &world_valid,
	 ENFORCE "remember = 0\n", "web", "Past-Oak-6", 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"remember = 0: the current one is not", &world_valid,
	 ENFORCE "remember = 0\n", "web", OLD, 0, 0, PAM_AUTHTOK_ERR, "V10", "V10", 1, ""},
	{"silent refusal", &world_valid,
	 ENFORCE, "web", OLD, 0, PAM_SILENT, PAM_AUTHTOK_ERR, "", "V10", 1, ""},
	{"empty", &world_valid,
	 ENFORCE, "web", "", 0, 0, PAM_AUTHTOK_ERR, "V12", "V12", 1, ""},
	{"511 bytes", &world_valid,
	 ENFORCE, "web", letters_511, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"512 bytes", &world_valid,
	 ENFORCE, "web", letters_512, 0, 0, PAM_AUTHTOK_ERR, "V13", "V13", 1, ""},
	{"retry used up", &world_valid,
	 ENFORCE, "web", OLD, 0, 0, PAM_MAXTRIES, "V10 V10", "V10 V10", 2, "retry=2"},
	{"retry not needed", &world_valid,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, "retry=2"},
	{"libpam's own arguments", &world_valid,
	 ENFORCE, "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1,
	 "try_first_pass authtok_type=Host"},
	{"use_authtok, and nobody asked", &world_valid,
	 ENFORCE, "web", FRESH, 0, 0, PAM_AUTHTOK_ERR, "", "", 0, "use_authtok"},
	{"reset with passwd", &world_valid,
	 ENFORCE, "passwd", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"reset with passwd, used before", &world_valid,
	 ENFORCE, "passwd", "Past-Oak-6", 0, 0,
	 PAM_SUCCESS, "V17", "reused-let-through bound", 1, ""},
	{"reset with chpasswd, current", &world_valid,
	 ENFORCE, "chpasswd", OLD, 0, 0, PAM_SUCCESS, "V17", "reused-let-through bound", 1, ""},
	{"reset, used before, enforce_for_root", &world_valid,
	 ENFORCE, "passwd", "Past-Oak-6", 0, 0,
	 PAM_AUTHTOK_ERR, "V11", "V11", 1, "enforce_for_root"},
	{"passwd by root for a demand is no reset", &world_expired,
	 ENFORCE, "passwd", "Past-Oak-6", 0, PAM_CHANGE_EXPIRED_AUTHTOK, PAM_AUTHTOK_ERR,
	 "V11", "V11", 1, ""},
	{"a daemon that runs as root is no administrator", &world_valid,
	 ENFORCE, "web", "Past-Oak-6", 0, 0, PAM_AUTHTOK_ERR, "V11", "V11", 1, ""},
	{"remind refuses nothing", &world_valid,
	 "mode = remind\n", "web", "Past-Oak-6", 0, 0,
	 PAM_SUCCESS, "", "reused-let-through bound", 1, ""},
	{"watch refuses nothing", &world_valid,
	 "mode = watch\n", "web", OLD, 0, 0, PAM_SUCCESS, "", "reused-let-through bound", 1, ""},
	{"watch builds the history", &world_valid,
	 "mode = watch\n", "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"off: the new one is asked for all the same", &world_valid,
	 "mode = off\n", "web", "Past-Oak-6", 0, 0, PAM_SUCCESS, "", "", 1, ""},
	{"changed 10 days ago, min_days 10", &world_valid,
	 ENFORCE "min_days = 10\n", "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"changed 10 days ago, min_days 11", &world_valid,
	 ENFORCE "min_days = 11\n", "web", FRESH, 0, 0, PAM_AUTHTOK_ERR, "V14", "V14", 0, ""},
	{"passwd -k is no way around min_days", &world_valid,
	 ENFORCE "min_days = 11\n", "passwd", FRESH, USER, PAM_CHANGE_EXPIRED_AUTHTOK,
	 PAM_AUTHTOK_ERR, "V14", "V14", 0, ""},
	{"too soon, but shadow's max demands it", &promised,
	 ENFORCE "min_days = 11\n", "login", FRESH, 0, PAM_CHANGE_EXPIRED_AUTHTOK,
	 PAM_SUCCESS, "", "bound", 1, ""},
	{"too soon, but an administrator asked", &asked,
	 ENFORCE "min_days = 59\n", "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"too soon, but expired by shadow's own max", &short_max,
	 ENFORCE "min_days = 11\n", "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"too soon, but an administrator's reset", &world_valid,
	 ENFORCE "min_days = 11\n", "chpasswd", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"too soon in mode remind", &world_valid,
	 "mode = remind\nmin_days = 11\n", "web", FRESH, 0, 0, PAM_SUCCESS, "", "bound", 1, ""},
	{"lock busy", &world_valid,
	 ENFORCE, "web", FRESH, BUSY, 0, PAM_AUTHTOK_LOCK_BUSY, "V15", "V15", 0, ""},
	{"state read-only", &world_valid,
	 ENFORCE, "web", FRESH, FIXED, 0, PAM_AUTHTOK_ERR, "V16", "V16", 0, ""},
	{"state read-only, by the user", &world_valid,
	 ENFORCE, "passwd", FRESH, FIXED | USER, 0, PAM_AUTHTOK_ERR, "V16", "V16", 0, ""},
	{"state read-only, an administrator's reset", &world_valid,
	 ENFORCE, "chpasswd", FRESH, FIXED, 0, PAM_SUCCESS, "", "", 1, ""},
	{"state read-only, mode remind", &world_valid,
	 "mode = remind\n", "web", FRESH, FIXED, 0, PAM_SUCCESS, "", "", 1, ""},
	{"state of a newer version", &world_valid,
	 ENFORCE, "web", FRESH, NEWER, 0, PAM_AUTHTOK_ERR, "V16", "read-only V16", 0, ""},
};
/* clang-format on */

static void freeze(const struct row *row)
{
	if (row->how & NEWER)
		sandbox_write(WORLD_STATE "/accounts/alice", 0600, "vsee-account 2\nall new\n");
	if (row->how & FIXED)
		sandbox_freeze(WORLD_STATE);
	if (!(row->how & USER))
		return;
	if (!sandbox_has_uids())
		skip();
	if (setresuid(ALICE_UID, 0, 0) < 0)
		sandbox_fail("setresuid");
}

static void set_up(const struct row *row)
{
	world_make(row->alice, row->policy);
	for (int i = 0; i < PAST_COUNT && !row->alice->unknown; i++)
		world_remember(past[i], TODAY - 62 * (PAST_COUNT - i));
	world_stack(row->service, WORLD_PASSWORD, row->arguments);
	journal_clear();
}

static int tear_down(void **state)
{
	const struct row *row = *state;

	if (row->how & USER && setresuid(0, 0, 0) < 0)
		return -1;
	if (row->how & FIXED)
		sandbox_umount(WORLD_STATE);
	return 0;
}

static int hold_lock(void)
{
	autoclose int state_fd = open(WORLD_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int lock_fd = vsee_lock_take(state_fd, ALICE, 0);

	assert_true(lock_fd >= 0);
	return lock_fd;
}

/* Changed as was said, or not at all; and what is in shadow stands in our state. */
static void check_result(const struct row *row, const char *before)
{
	autocandidate struct vsee_candidate candidate = {.password = row->fresh};
	autoaccount struct vsee_account account;
	const char *after = world_field(ALICE);

	if (row->code != PAM_SUCCESS) {
		assert_string_equal(after, before);
		return;
	}
	assert_string_not_equal(after, before);
	assert_int_equal(vsee_candidate_verify(&candidate, after), 1);
	if (!strstr(row->actions, "bound"))
		return;
	world_load(&account);
	assert_string_equal(account.shadow_hash, after);
	assert_string_equal(account.pending, "");
	assert_int_equal(vsee_candidate_verify(&candidate, account.current), 1);
	assert_int_equal(account.enrolment.known_change, TODAY);
	if (strstr(row->policy, "remember = 0"))
		assert_int_equal(account.entry_count, 0);
}

static void check(void **state)
{
	const struct row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	autoclose int lock_fd = -1;
	char actions[256], before[VSEE_HASH_SIZE];
	int code;

	set_up(row);
	freeze(row);
	strcpy(before, world_field(ALICE));
	visit_begin(&visit, row->service, ALICE);
	visit.dialog.fresh = row->fresh;
	if (row->how & BUSY)
		lock_fd = hold_lock();
	code = pam_chauthtok(visit.pamh, row->flags);
	journal_values("action", actions, sizeof(actions));
	assert_string_equal(actions, row->actions);
	assert_string_equal(visit.dialog.codes, row->codes);
	assert_int_equal(code, row->code);
	assert_int_equal(visit.dialog.new_prompts, row->asked);
	check_result(row, before);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows)];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	memset(letters_511, 'x', LONGEST);
	memset(letters_512, 'x', LONGEST + 1);
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .teardown_func = tear_down,
					       .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
