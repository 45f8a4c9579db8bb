/*
 * What lets people in: a hold, an extension; and what mode watch says of them. With the module as
 * built, and with the vseectl that administrators run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "clock.h"
#include "journal.h"
#include "sandbox.h"
#include "store/hold.h"
#include "visit.h"
#include "world.h"

#define IGNORED PAM_PERM_DENIED /* what libpam makes of a stack in which all say PAM_IGNORE */
#define NOON (TODAY * VSEE_SECONDS_PER_DAY + VSEE_SECONDS_PER_DAY / 2) /* as clock_set() has it */

#define ENFORCE "mode = enforce\n"
#define WATCH "mode = watch\n"
#define STACK WORLD_AUTH "auth required pam_permit.so\naccount required @ #\n"

static const char *vseectl;

static const struct person dead = {.last_change = TODAY - LIFETIME - 5};
static const struct person ended = {.last_change = TODAY - 10, .expire = TODAY};
static const struct person unknown = {
	.last_change = TODAY - 90, .max_days = 99999, .unknown = true};
static const struct person last_day = {.last_change = TODAY - LIFETIME + 1};
static const struct person asked = {.last_change = 0};

/* clang-format 14 can't lay out these rows. */
/* clang-format off */
static struct row {
	const char *name;
	const struct person *alice;
	const char *policy, *service;
	int64_t until; /* of a hold; 0: none */
	const char *file; /* the hold's file, where it is none of ours */
	bool key;
	int code;
	/* What the person sees; the log's values: a fault is told by the auth line and by ours. */
	const char *codes, *held, *hold, *would;
} rows[] = {
	{"no hold", &world_expired, ENFORCE, "login", 0, NULL, false,
	 PAM_NEW_AUTHTOK_REQD, "V03", "", "", ""},
	{"held to the next second", &world_expired, ENFORCE, "login", NOON + 1, NULL, false,
	 PAM_SUCCESS, "V08", "yes", "", ""},
	{"held to this second", &world_expired, ENFORCE, "login", NOON, NULL, false,
	 PAM_NEW_AUTHTOK_REQD, "V03", "", "", ""},
	{"held to the second before", &world_expired, ENFORCE, "login", NOON - 1, NULL, false,
	 PAM_NEW_AUTHTOK_REQD, "V03", "", "", ""},
	{"held, deny", &world_expired, ENFORCE "expired = deny\n", "login", NOON + 1, NULL, false,
	 PAM_SUCCESS, "V08", "yes", "", ""},
	{"held, inactive", &dead, ENFORCE "inactive_days = 5\n", "login", NOON + 1, NULL, false,
	 PAM_SUCCESS, "V08", "yes", "", ""},
	{"held, key", &world_expired, ENFORCE "key_login = enforce\n", "sshd", NOON + 1, NULL,
	 true, PAM_SUCCESS, "V08", "yes", "", ""},
	{"held, a new password was asked for", &asked, ENFORCE, "login", NOON + 1, NULL, false,
	 PAM_NEW_AUTHTOK_REQD, "V05", "yes", "", ""},
	{"a hold that can't be read counts", &world_expired, ENFORCE, "login", 0, "rubbish\n",
	 false, PAM_SUCCESS, "V08", "yes", "unreadable unreadable", ""},
	{"so does one of a newer version", &world_expired, ENFORCE, "login", 0,
	 "vsee-expire hold 2\nx\n", false, PAM_SUCCESS, "V08", "yes", "unreadable unreadable", ""},
	{"where nothing is enforced it is not looked at", &world_expired, "mode = remind\n",
	 "login", 0, "rubbish\n", false, PAM_SUCCESS, "V08", "", "", ""},
	{"watch: expired", &world_expired, WATCH, "login", 0, NULL, false,
	 IGNORED, "", "", "", "demand"},
	{"watch: expired, deny", &world_expired, WATCH "expired = deny\n", "login", 0, NULL, false,
	 IGNORED, "", "", "", "deny"},
	{"watch: expired, not enrolled", &unknown, WATCH, "login", 0, NULL, false,
	 IGNORED, "", "", "", "demand"},
	{"watch: inactive", &dead, WATCH "inactive_days = 5\n", "login", 0, NULL, false,
	 IGNORED, "", "", "", "inactive"},
	{"watch: the account has ended", &ended, WATCH, "login", 0, NULL, false,
	 IGNORED, "", "", "", "ended"},
	{"watch: one day left", &last_day, WATCH, "login", 0, NULL, false,
	 IGNORED, "", "", "", ""},
	{"watch: cron would go on", &world_expired, WATCH, "cron", 0, NULL, true,
	 IGNORED, "", "", "", ""},
	{"watch: a key would be let in", &world_expired, WATCH, "sshd", 0, NULL, true,
	 IGNORED, "", "", "", ""},
	{"watch: a key would not", &world_expired, WATCH "key_login = enforce\n", "sshd", 0, NULL,
	 true, IGNORED, "", "", "", "demand"},
};
/* clang-format on */

static void set_hold(const struct row *row)
{
	struct vsee_hold hold = {.begin = 0, .until = row->until, .reason = "mail is down"};
	autoclose int state_fd = open(WORLD_STATE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (row->file)
		sandbox_write(WORLD_STATE "/hold", 0644, row->file);
	else if (row->until && vsee_hold_save(state_fd, &hold) < 0)
		sandbox_fail("hold");
}

/* PAM's code for a login; what the person saw is in visit. */
static int log_in(struct visit *visit, const char *service, bool key)
{
	world_stack(service, STACK, "");
	journal_clear();
	visit_begin(visit, service, ALICE);
	if (!key)
		assert_int_equal(pam_authenticate(visit->pamh, 0), PAM_SUCCESS);
	return pam_acct_mgmt(visit->pamh, 0);
}

static void assert_logged(const char *key, const char *wanted)
{
	char values[256];

	journal_values(key, values, sizeof(values));
	assert_string_equal(values, wanted);
}

static void check(void **state)
{
	const struct row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	int code;

	world_make(row->alice, row->policy);
	set_hold(row);
	code = log_in(&visit, row->service, row->key);
	assert_logged("held", row->held);
	assert_logged("hold", row->hold);
	assert_logged("would", row->would);
	assert_string_equal(visit.dialog.codes, row->codes);
	assert_int_equal(code, row->code);
}

/* vseectl reads the real clock, so this world lives on the real day. */
static void make_expired_today(void)
{
	struct timespec now;
	struct person alice = {0};

	(void)clock_gettime(CLOCK_REALTIME, &now); /* can't fail on Linux */
	const vsee_day today = vsee_day_of(now.tv_sec);

	alice.last_change = today - LIFETIME;
	alice.last_scan = today;
	world_make(&alice, ENFORCE "expired = deny\n");
	clock_set(today);
}

/* A scan that fails in every case: it stands beside the vseectl that is run. */
static int run_vseectl(const char *const *arguments)
{
	static char *const environment[] = {NULL};
	int status;
	pid_t pid;

	sandbox_mkdir("/etc/bin", 0755);
	sandbox_write("/etc/bin/reminderd", 0755, "#!/bin/sh\nexit 4\n");
	sandbox_write("/etc/bin/vseectl", 0755, "");
	sandbox_replace(vseectl, "/etc/bin/vseectl");
	if (posix_spawn(&pid, "/etc/bin/vseectl", NULL, NULL, (char *const *)arguments,
			environment) != 0 ||
	    waitpid(pid, &status, 0) != pid)
		sandbox_fail("vseectl");
	sandbox_umount("/etc/bin/vseectl");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_login(int wanted)
{
	autovisit struct visit visit = {.pamh = NULL};

	assert_int_equal(log_in(&visit, "login", false), wanted);
}

static void extend_lets_in_at_once_though_the_scan_fails(void **state)
{
	static const char *const arguments[] = {"vseectl",  "--state", WORLD_STATE, "extend",
						ALICE,	    "--days",  "5",	    "--reason",
						"on leave", NULL};
	autoaccount struct vsee_account account;

	(void)state;
	make_expired_today();
	assert_login(PAM_AUTHTOK_EXPIRED);
	assert_int_equal(run_vseectl(arguments), 0);
	assert_login(PAM_SUCCESS);
	world_load(&account);
	assert_string_equal(account.extension_reason, "on leave");
	assert_int_equal(account.enrolment.reason, VSEE_REASON_EXTENSION);
}

static void hold_lets_in_at_once_though_the_scan_fails(void **state)
{
	static const char *const begin[] = {"vseectl",	"--state",	WORLD_STATE,
					    "hold",	"--until",	"+2d",
					    "--reason", "mail is down", NULL};
	static const char *const release[] = {"vseectl", "--state",   WORLD_STATE,
					      "hold",	 "--release", NULL};

	(void)state;
	make_expired_today();
	assert_int_equal(run_vseectl(begin), 4);
	/* At noon of that day in this process, at some hour of it in the other. */
	assert_login(PAM_SUCCESS);
	assert_int_equal(run_vseectl(release), 4);
	assert_login(PAM_AUTHTOK_EXPIRED);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(extend_lets_in_at_once_though_the_scan_fails),
	cmocka_unit_test(hold_lets_in_at_once_though_the_scan_fails),
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	if (argc != 3 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	vseectl = argv[2];
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
