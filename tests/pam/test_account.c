/* The account phase of the built module, row by row: what PAM is told, the person, the log. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <unistd.h>

#include "journal.h"
#include "sandbox.h"
#include "store/lock.h"
#include "visit.h"
#include "wait.h"
#include "world.h"

/* What libpam makes of a stack in which every line says PAM_IGNORE. */
#define IGNORED PAM_PERM_DENIED

#define ENFORCE "mode = enforce\n"
#define DENY ENFORCE "expired = deny\n"
#define KEY(how) ENFORCE "key_login = " how "\n"
#define INACTIVE ENFORCE "inactive_days = 5\n"

enum {
	TYPED = 1,  /* the password was typed in the same handle */
	SILENT = 2, /* PAM_SILENT */
	USER = 4,   /* the real uid is Alice's */
	BUSY = 8,   /* another change holds the account's lock */
	FIXED = 16, /* the state can't be written */
};

static const struct person left_11 = {.last_change = TODAY - LIFETIME + 11};
static const struct person left_10 = {.last_change = TODAY - LIFETIME + 10};
static const struct person left_2 = {.last_change = TODAY - LIFETIME + 2};
static const struct person left_1 = {.last_change = TODAY - LIFETIME + 1};
static const struct person long_expired = {.last_change = TODAY - LIFETIME - 1};
static const struct person asked = {.last_change = 0};
static const struct person zeroed = {.last_change = TODAY - LIFETIME, .zeroed = true};
static const struct person dead_4 = {.last_change = TODAY - LIFETIME - 4};
static const struct person dead_5 = {.last_change = TODAY - LIFETIME - 5};
static const struct person ends_tomorrow = {.last_change = TODAY - 1, .expire = TODAY + 1};
static const struct person ends_today = {.last_change = TODAY - 1, .expire = TODAY};
static const struct person ended_expired = {.last_change = TODAY - 90, .expire = TODAY - 1};
static const struct person locked = {.last_change = TODAY - 90, .field = "!"};
static const struct person starred = {.last_change = TODAY - 90, .field = "*"};
static const struct person empty = {.last_change = TODAY - 90, .field = ""};
static const struct person untold = {.last_change = TODAY - LIFETIME, .untold = true};
static const struct person scan_2 = {.last_change = TODAY - LIFETIME, .last_scan = TODAY - 2};
static const struct person scan_3 = {.last_change = TODAY - LIFETIME, .last_scan = TODAY - 3};
static const struct person old_scan = {.last_change = TODAY - LIFETIME - 4, .last_scan = TODAY - 3};
static const struct person unmirrored = {.last_change = TODAY - LIFETIME, .max_days = 99999};
static const struct person unknown = {
	.last_change = TODAY - 90, .max_days = 99999, .unknown = true};
static const struct person unknown_max = {.last_change = TODAY - LIFETIME, .unknown = true};

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct row {
	const char *name;
	const struct person *alice;
	const char *policy, *service;
	unsigned how;
	int code;
	const char *codes, *actions; /* what the person sees, and what the log says */
	const char *arguments;	     /* of our line */
} rows[] = {
	{"valid",
	 &world_valid, ENFORCE, "login", TYPED, PAM_SUCCESS, "", "", ""},
	{"valid, logged with debug",
	 &world_valid, ENFORCE, "login", TYPED, PAM_SUCCESS, "", "allow", "debug"},
	{"11 days left",
	 &left_11, ENFORCE, "login", TYPED, PAM_SUCCESS, "", "", ""},
	{"10 days left",
	 &left_10, ENFORCE, "login", TYPED, PAM_SUCCESS, "V01", "warn", ""},
	{"10 days left, key",
	 &left_10, ENFORCE, "sshd", 0, PAM_SUCCESS, "V01", "warn", ""},
	{"10 days left, silent",
	 &left_10, ENFORCE, "login", TYPED | SILENT, PAM_SUCCESS, "", "warn", ""},
	{"2 days left",
	 &left_2, ENFORCE, "login", TYPED, PAM_SUCCESS, "V01", "warn", ""},
	{"1 day left",
	 &left_1, ENFORCE, "login", TYPED, PAM_SUCCESS, "V02", "warn", ""},
	{"the day itself",
	 &world_expired, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"the day after",
	 &long_expired, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"demand, silent",
	 &world_expired, ENFORCE, "login", TYPED | SILENT, PAM_NEW_AUTHTOK_REQD, "", "demand", ""},
	{"deny",
	 &world_expired, DENY, "login", TYPED, PAM_AUTHTOK_EXPIRED, "V04", "deny", ""},
	{"deny, silent",
	 &world_expired, DENY, "login", TYPED | SILENT, PAM_AUTHTOK_EXPIRED, "", "deny", ""},
	{"deny, but the page's service asks",
	 &world_expired, DENY, "vsee-web", TYPED,
	 PAM_NEW_AUTHTOK_REQD, "V03", "demand", "expired=change"},
	{"change, but this service denies",
	 &world_expired, ENFORCE, "login", TYPED,
	 PAM_AUTHTOK_EXPIRED, "V04", "deny", "expired=deny"},
	{"a bad argument changes nothing",
	 &world_expired, ENFORCE, "login", TYPED,
	 PAM_NEW_AUTHTOK_REQD, "V03", "demand", "expired=maybe colour"},
	{"nor does a state folder without its whole path",
	 &world_expired, ENFORCE, "login", TYPED,
	 PAM_NEW_AUTHTOK_REQD, "V03", "demand", "state=nowhere"},
	{"another state folder, without a policy: off",
	 &world_expired, ENFORCE, "login", TYPED, IGNORED, "", "", "state=/etc/nowhere"},
	{"key login warns",
	 &world_expired, ENFORCE, "sshd", 0, PAM_SUCCESS, "V09", "key", ""},
	{"key login warns, deny",
	 &world_expired, DENY, "sshd", 0, PAM_SUCCESS, "V09", "key", ""},
	{"key login ignored",
	 &world_expired, KEY("ignore"), "sshd", 0, PAM_SUCCESS, "", "", ""},
	{"key login enforced",
	 &world_expired, KEY("enforce"), "sshd", 0, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"key login enforced, deny",
	 &world_expired, KEY("enforce") "expired = deny\n", "sshd", 0,
	 PAM_AUTHTOK_EXPIRED, "V04", "deny", ""},
	{"typed where key logins are ignored",
	 &world_expired, KEY("ignore"), "sshd", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"cron",
	 &world_expired, ENFORCE, "cron", 0, PAM_SUCCESS, "", "report", ""},
	{"cron, deny",
	 &world_expired, DENY, "cron", 0, PAM_SUCCESS, "", "report", ""},
	{"sudo, typed",
	 &world_expired, KEY("enforce"), "sudo", TYPED, PAM_SUCCESS, "", "report", ""},
	{"cron, asked to change",
	 &asked, ENFORCE, "cron", 0, PAM_SUCCESS, "", "report", ""},
	{"own list of reporting services",
	 &world_expired, ENFORCE "report_only = login\n", "login", TYPED,
	 PAM_SUCCESS, "", "report", ""},
	{"cron is no longer in that list",
	 &world_expired, KEY("enforce") "report_only = login\n", "cron", 0,
	 PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"su by real root",
	 &world_expired, KEY("enforce"), "su", 0, PAM_SUCCESS, "", "report", ""},
	{"su - by real root",
	 &world_expired, KEY("enforce"), "su-l", 0, PAM_SUCCESS, "", "report", ""},
	{"su by a user",
	 &world_expired, ENFORCE, "su", TYPED | USER, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"su by a user, deny",
	 &world_expired, DENY, "su", TYPED | USER, PAM_AUTHTOK_EXPIRED, "V04", "deny", ""},
	{"asked to change",
	 &asked, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V05", "demand", ""},
	{"the 0 is ours: expired, not asked",
	 &zeroed, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"asked to change, key",
	 &asked, ENFORCE, "sshd", 0, PAM_SUCCESS, "V19", "key", ""},
	{"4 days after, 5 allowed",
	 &dead_4, INACTIVE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"5 days after, 5 allowed",
	 &dead_5, INACTIVE, "login", TYPED, PAM_AUTHTOK_EXPIRED, "V06", "inactive", ""},
	{"inactive, key",
	 &dead_5, INACTIVE, "sshd", 0, PAM_AUTHTOK_EXPIRED, "V06", "inactive", ""},
	{"ends tomorrow",
	 &ends_tomorrow, ENFORCE, "login", TYPED, PAM_SUCCESS, "", "", ""},
	{"ends today",
	 &ends_today, ENFORCE, "login", TYPED, PAM_ACCT_EXPIRED, "V07", "ended", ""},
	{"ended and expired",
	 &ended_expired, ENFORCE, "login", TYPED, PAM_ACCT_EXPIRED, "V07", "ended", ""},
	{"ended, cron",
	 &ended_expired, ENFORCE, "cron", 0, PAM_ACCT_EXPIRED, "V07", "ended", ""},
	{"locked",
	 &locked, ENFORCE, "sshd", 0, PAM_SUCCESS, "", "", ""},
	{"no password",
	 &starred, ENFORCE, "sshd", 0, PAM_SUCCESS, "", "", ""},
	{"empty password",
	 &empty, ENFORCE, "sshd", 0, PAM_SUCCESS, "", "", ""},
	{"untold",
	 &untold, ENFORCE, "login", TYPED, PAM_SUCCESS, "V08", "lenient", ""},
	{"untold, deny",
	 &untold, DENY, "login", TYPED, PAM_SUCCESS, "V08", "lenient", ""},
	{"scan 2 days ago",
	 &scan_2, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"scan 3 days ago",
	 &scan_3, ENFORCE, "login", TYPED, PAM_SUCCESS, "V08", "lenient", ""},
	{"expired before that scan",
	 &old_scan, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"shadow does not say expired",
	 &unmirrored, ENFORCE, "login", TYPED, PAM_SUCCESS, "V08", "lenient", ""},
	{"the same, deny",
	 &unmirrored, DENY, "login", TYPED, PAM_AUTHTOK_EXPIRED, "V04", "deny", ""},
	{"lock busy: a stopped passwd of one's own is no way in",
	 &world_expired, ENFORCE, "login", TYPED | BUSY, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"state can't be written",
	 &world_expired, ENFORCE, "login", TYPED | FIXED, PAM_SUCCESS, "V08", "lenient", ""},
	{"the same, deny",
	 &world_expired, DENY, "login", TYPED | FIXED, PAM_AUTHTOK_EXPIRED, "V04", "deny", ""},
	{"valid, state can't be written",
	 &world_valid, ENFORCE, "login", TYPED | FIXED, PAM_SUCCESS, "", "", ""},
	{"not enrolled",
	 &unknown, ENFORCE, "login", TYPED, PAM_SUCCESS, "", "allow", ""},
	{"not enrolled, expired in shadow",
	 &unknown_max, ENFORCE, "login", TYPED, PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"remind: expired by us",
	 &world_expired, "mode = remind\n", "login", TYPED, PAM_SUCCESS, "V08", "lenient", ""},
	{"remind: expired in shadow",
	 &unknown_max, "mode = remind\nexpired = deny\n", "login", TYPED,
	 PAM_NEW_AUTHTOK_REQD, "V03", "demand", ""},
	{"remind: warns",
	 &left_1, "mode = remind\n", "login", TYPED, PAM_SUCCESS, "V02", "warn", ""},
	{"watch: expired",
	 &world_expired, "mode = watch\n", "login", TYPED, IGNORED, "", "ignore", ""},
	{"watch: valid",
	 &world_valid, "mode = watch\n", "login", TYPED, IGNORED, "", "", ""},
	{"off",
	 &world_expired, "mode = off\n", "login", TYPED, IGNORED, "", "", ""},
};
/* clang-format on */

static void as_alice(void)
{
	if (!sandbox_has_uids())
		skip();
	if (setresuid(ALICE_UID, 0, 0) < 0)
		sandbox_fail("setresuid");
}

static int hold_lock(void)
{
	autoclose int state_fd = open(WORLD_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int lock_fd = vsee_lock_take(state_fd, ALICE, 0);

	assert_true(lock_fd >= 0);
	return lock_fd;
}

static void set_up(const struct row *row)
{
	world_make(row->alice, row->policy);
	world_stack(row->service, WORLD_AUTH "auth required pam_permit.so\naccount required @ #\n",
		    row->arguments);
	journal_clear();
	(void)wait_slept_ms(); /* starts counting */
	if (row->how & USER)
		as_alice();
	if (row->how & FIXED)
		sandbox_freeze(WORLD_STATE);
}

static int tear_down(void **state)
{
	const struct row *row = *state;

	if (row->how & FIXED)
		sandbox_umount(WORLD_STATE);
	return row->how & USER ? setresuid(0, 0, 0) : 0;
}

static void type_in(struct visit *visit)
{
	assert_int_equal(pam_authenticate(visit->pamh, 0), PAM_SUCCESS);
	assert_string_equal(visit->dialog.codes, ""); /* auth says nothing */
}

static void check(void **state)
{
	const struct row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	autoclose int lock_fd = -1;
	char actions[256];
	int code;

	set_up(row);
	visit_begin(&visit, row->service, ALICE);
	if (row->how & TYPED)
		type_in(&visit);
	if (row->how & BUSY)
		lock_fd = hold_lock();
	code = pam_acct_mgmt(visit.pamh, row->how & SILENT ? PAM_SILENT : 0);
	journal_values("action", actions, sizeof(actions));
	assert_string_equal(actions, row->actions);
	assert_string_equal(visit.dialog.codes, row->codes);
	assert_int_equal(code, row->code);
	if (row->how & BUSY) /* waited as long as it may, not longer */
		assert_in_range(wait_slept_ms(), VSEE_LOCK_TIMEOUT_MS, VSEE_LOCK_TIMEOUT_MS + 50);
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows)];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){.name = rows[i].name,
					       .test_func = check,
					       .teardown_func = tear_down,
					       .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
