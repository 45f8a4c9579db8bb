/* Bad input: names, folders, files and records that are not as they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "journal.h"
#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define IGNORED PAM_PERM_DENIED
#define ENFORCE "mode = enforce\nkey_login = enforce\n"
#define ACCOUNTS WORLD_STATE "/accounts"
#define ELSEWHERE "/etc/elsewhere"

/* What is done to the state before anybody logs in. */
static void owned_by_another(void)
{
	if (!sandbox_has_uids())
		skip();
	if (chown(WORLD_STATE, ALICE_UID, 0) < 0)
		sandbox_fail("chown");
}

static void writable_by_group(void)
{
	sandbox_mkdir(WORLD_STATE, 0775);
}

static void move_away(const char *path)
{
	sandbox_remove(ELSEWHERE);
	if (rename(path, ELSEWHERE) < 0 || symlink(ELSEWHERE, path) < 0)
		sandbox_fail("symlink");
}

static void folder_is_symlink(void)
{
	move_away(WORLD_STATE);
}

static void accounts_is_symlink(void)
{
	move_away(ACCOUNTS);
}

static void account_is_symlink(void)
{
	move_away(ACCOUNTS "/alice");
}

static void account_is_fifo(void)
{
	if (unlink(ACCOUNTS "/alice") < 0 || mkfifo(ACCOUNTS "/alice", 0600) < 0)
		sandbox_fail("mkfifo");
}

static void account_writable(void)
{
	if (chmod(ACCOUNTS "/alice", 0666) < 0)
		sandbox_fail("chmod");
}

static void account_of_another_uid(void)
{
	autofree char *text = sandbox_read(ACCOUNTS "/alice");
	char *uid = strstr(text, "1001");

	if (!uid)
		sandbox_fail("no uid");
	memcpy(uid, "1009", 4);
	sandbox_write(ACCOUNTS "/alice", 0600, text);
}

static void account_damaged(void)
{
	autofree char *text = sandbox_read(ACCOUNTS "/alice");
	char *told = strstr(text, "told ");

	if (!told)
		sandbox_fail("no told");
	memcpy(told, "t\x01ld ", 5);
	sandbox_write(ACCOUNTS "/alice", 0600, text);
}

static void account_newer(void)
{
	sandbox_write(ACCOUNTS "/alice", 0600, "vsee-account 2\nall new\n");
}

static void policy_writable(void)
{
	if (chmod(WORLD_STATE "/policy", 0666) < 0)
		sandbox_fail("chmod");
}

static void policy_damaged(void)
{
	sandbox_write(WORLD_STATE "/policy", 0644, "vsee-policy 1\nrubbish\n");
}

static void policy_newer(void)
{
	sandbox_write(WORLD_STATE "/policy", 0644, "vsee-policy 2\nall new\n");
}

static void policy_missing(void)
{
	if (unlink(WORLD_STATE "/policy") < 0)
		sandbox_fail("unlink");
}

static void scan_damaged(void)
{
	sandbox_write(WORLD_STATE "/scan", 0600, "rubbish");
}

static void scan_missing(void)
{
	if (unlink(WORLD_STATE "/scan") < 0)
		sandbox_fail("unlink");
}

static void state_missing(void)
{
	sandbox_remove(WORLD_STATE);
}

static void shadow_line_malformed(void)
{
	autofree char *text = sandbox_read("/etc/shadow");
	char *line = strstr(text, "\nalice:");

	*strchr(line, '$') = ':'; /* one field too many */
	sandbox_write("/etc/shadow", 0640, text);
}

/* Her password has expired by our rules; shadow's max is ours. clang-format 14 can't lay out these
 * rows. */
/* clang-format off */
static struct fault_row {
	const char *name;
	void (*damage)(void);
	int account, password; /* PAM's codes: our line alone; a change to FRESH */
	const char *codes;     /* of the change */
	const char *logged;    /* stands in the log of the account phase */
} fault_rows[] = {
	{"folder of another owner", owned_by_another,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "state folder"},
	{"folder that the group can write", writable_by_group,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "state folder"},
	{"a symlink in its place", folder_is_symlink,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "state folder"},
	{"accounts is a symlink", accounts_is_symlink,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "accounts folder"},
	{"the account is a symlink", account_is_symlink,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "account state"},
	{"the account is a FIFO", account_is_fifo,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "account state"},
	{"the account can be written by all", account_writable,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "account state"},
	{"the state is another uid's", account_of_another_uid,
	 PAM_NEW_AUTHTOK_REQD, PAM_SUCCESS, "", "state=other-uid"},
	{"the state is damaged: untold", account_damaged,
	 PAM_SUCCESS, PAM_SUCCESS, "", "state=damaged"},
	{"the state is newer", account_newer,
	 PAM_SUCCESS, PAM_AUTHTOK_ERR, "V16", "state=newer"},
	{"the policy can be written by all", policy_writable,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "published policy"},
	{"the policy is damaged", policy_damaged,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "published policy"},
	{"the policy is newer", policy_newer,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "published policy"},
	{"no policy: off", policy_missing,
	 IGNORED, PAM_SUCCESS, "", NULL},
	{"no state folder: off", state_missing,
	 IGNORED, PAM_SUCCESS, "", NULL},
	{"the scan day is damaged", scan_damaged,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "scan day"},
	{"the scan day is missing", scan_missing,
	 PAM_SUCCESS, PAM_SUCCESS, "", "scan-old"},
	{"the shadow line is malformed", shadow_line_malformed,
	 PAM_SERVICE_ERR, PAM_AUTHTOK_ERR, "V16", "shadow"},
};
/* clang-format on */

static void begin(const struct fault_row *row)
{
	world_make(&world_expired, ENFORCE);
	world_stack("raw", "account required @\n", "");
	world_stack("web", WORLD_ACCOUNT WORLD_PASSWORD, "");
	row->damage();
	journal_clear();
}

/* Nothing may be written through a link, and nothing beside it. */
static void check_fault(void **state)
{
	const struct fault_row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	struct stat before = {0}, after = {0};
	int code;

	begin(row);
	(void)stat(ELSEWHERE, &before); /* most rows have none */
	visit_begin(&visit, "raw", ALICE);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), row->account);
	if (row->logged)
		assert_non_null(strstr(journal_text(), row->logged));
	else
		assert_string_equal(journal_text(), "");
	visit.dialog.codes[0] = '\0';
	assert_int_equal(pam_set_item(visit.pamh, PAM_SERVICE, "web"), PAM_SUCCESS);
	code = pam_chauthtok(visit.pamh, 0);
	assert_string_equal(visit.dialog.codes, row->codes);
	assert_int_equal(code, row->password);
	(void)stat(ELSEWHERE, &after);
	assert_int_equal(before.st_mtim.tv_sec, after.st_mtim.tv_sec);
	assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
	if (code != PAM_SUCCESS && row->damage != shadow_line_malformed)
		assert_string_equal(world_field(ALICE), world_hash(OLD));
	sandbox_remove(ELSEWHERE);
}

/* Whatever is wrong with us, the common lines let somebody in whose password is good. */
static void check_nobody_is_locked_out(void **state)
{
	const struct fault_row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};

	if (row->damage == shadow_line_malformed)
		return; /* pam_unix knows no such account */
	begin(row);
	world_stack("login", WORLD_ACCOUNT, "");
	autofree char *shadow = sandbox_read("/etc/shadow");
	char *date = strstr(shadow, "20740");

	assert_non_null(date);
	memcpy(date, "20799", 5);
	sandbox_write("/etc/shadow", 0640, shadow);
	visit_begin(&visit, "login", ALICE);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	sandbox_remove(ELSEWHERE);
}

static void damaged_state_is_kept_beside(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	world_make(&world_valid, ENFORCE);
	world_stack("web", WORLD_PASSWORD, "");
	world_remember("Past-Oak-0", TODAY - 70);
	account_damaged();
	visit_begin(&visit, "web", ALICE);
	visit.dialog.fresh = "Past-Oak-0"; /* what can be read still counts */
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	visit.dialog.fresh = FRESH;
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(access(ACCOUNTS "/alice.damaged.1", F_OK), 0);
}

static void full_disk_refuses_and_loses_nothing(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};
	autofree char *before = NULL, *after = NULL;
	static char filler[64 * 1024];

	(void)state;
	world_make(&world_valid, ENFORCE);
	world_stack("web", WORLD_ACCOUNT WORLD_PASSWORD, "");
	before = sandbox_read(ACCOUNTS "/alice");
	sandbox_mount(ACCOUNTS, sizeof(filler) / 2);
	sandbox_write(ACCOUNTS "/alice", 0600, before);
	FILE *file = fopen(ACCOUNTS "/filler.x", "we");
	assert_non_null(file);
	(void)fwrite(filler, 1, sizeof(filler), file);
	(void)fclose(file); /* until nothing more fits */
	visit_begin(&visit, "web", ALICE);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	after = sandbox_read(ACCOUNTS "/alice");
	const int names = world_count(ACCOUNTS);
	sandbox_umount(ACCOUNTS);
	assert_string_equal(visit.dialog.codes, "V16");
	assert_string_equal(after, before);
	assert_int_equal(names, 2); /* no temporary file left */
	assert_string_equal(world_field(ALICE), world_hash(OLD));
}

/* The policy breaks between the two rounds: while the line before ours asks for the new password.
 */
static int damaging_answer(int count, const struct pam_message **messages,
			   struct pam_response **responses, void *data)
{
	policy_damaged();
	return dialog_answer(count, messages, responses, data);
}

/* Where somebody wrote required: pam_unix goes on, and must not find what was refused. */
static void refused_token_is_blanked_when_nothing_can_be_read(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	world_make(&world_valid, ENFORCE);
	world_stack("web",
		    "password required pam_pwhistory.so\n"
		    "password required @ use_authtok\n"
		    "password required pam_unix.so use_authtok sha512 rounds=1000 nodelay\n",
		    "");
	visit_begin(&visit, "web", ALICE);
	visit.conversation.conv = damaging_answer;
	assert_int_equal(pam_set_item(visit.pamh, PAM_CONV, &visit.conversation), PAM_SUCCESS);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_AUTHTOK_ERR);
	assert_string_equal(visit.dialog.codes, "V16");
	assert_int_equal(visit.dialog.new_prompts, 1);
	assert_string_equal(world_field(ALICE), world_hash(OLD));
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(damaged_state_is_kept_beside),
	cmocka_unit_test(refused_token_is_blanked_when_nothing_can_be_read),
	cmocka_unit_test(full_disk_refuses_and_loses_nothing),
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[2 * COUNT(fault_rows) + COUNT(others)];
	struct CMUnitTest *test = tests;

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(fault_rows); i++) {
		*test++ = (struct CMUnitTest){.name = fault_rows[i].name,
					      .test_func = check_fault,
					      .initial_state = &fault_rows[i]};
		*test++ = (struct CMUnitTest){.name = fault_rows[i].name,
					      .test_func = check_nobody_is_locked_out,
					      .initial_state = &fault_rows[i]};
	}
	memcpy(test, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
