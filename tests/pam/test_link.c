/* The link that a refused person sees: when it carries a token, and that the token stays secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "journal.h"
#include "sandbox.h"
#include "store/history.h"
#include "store/token.h"
#include "visit.h"
#include "world.h"

#define DENY "mode = enforce\nexpired = deny\nkey_login = enforce\n"
#define PLAIN_LINK "https://pw.example.com:9443/?user=alice"
#define CONFIG_FOLDER "/etc/vsee-expire/vsee-expire.conf.d"
#define TOKEN_LENGTH 43 /* base64url of 32 bytes */
#define NOW ((int64_t)TODAY * VSEE_SECONDS_PER_DAY + VSEE_SECONDS_PER_DAY / 2)

enum { TYPED = 1, SILENT = 2, FIXED = 4, WHEEL = 8, STAFF = 16 };

static struct row {
	const char *name, *terminal;
	unsigned how;
	bool token;
} rows[] = {
	{"ssh", "ssh", TYPED, true},
	{"a terminal window", "pts/3", TYPED, true},
	{"the same, with its folder", "/dev/pts/3", TYPED, true},
	{"key login", "ssh", 0, false},
	{"a console", "tty1", TYPED, false},
	{"a console, with its folder", "/dev/tty1", TYPED, false},
	{"a serial line", "ttyS0", TYPED, false},
	{"X", ":0", TYPED, false},
	{"no terminal", NULL, TYPED, false},
	{"empty terminal", "", TYPED, false},
	{"silent: no link, no token", "ssh", TYPED | SILENT, false},
	{"state can't be written", "ssh", TYPED | FIXED, false},
	{"an administrator", "ssh", TYPED | WHEEL, false},
	{"of another group", "ssh", TYPED | STAFF, true},
};

static void begin(struct visit *visit, const char *terminal)
{
	visit_begin(visit, "sshd", ALICE);
	if (terminal)
		assert_int_equal(pam_set_item(visit->pamh, PAM_TTY, terminal), PAM_SUCCESS);
}

static void set_up(void)
{
	world_make(&world_expired, DENY);
	world_stack("sshd", WORLD_AUTH "auth required pam_permit.so\n" WORLD_ACCOUNT, "");
	journal_clear();
}

/* The token in what was said; false when there is none. */
static bool find_token(const struct dialog *dialog, char ret_token[TOKEN_LENGTH + 1])
{
	const char *token = strstr(dialog->said, PLAIN_LINK "&token=");

	ret_token[0] = '\0';
	if (!token)
		return false;
	token += strlen(PLAIN_LINK "&token=");
	assert_int_equal(strcspn(token, " "), TOKEN_LENGTH);
	memcpy(ret_token, token, TOKEN_LENGTH);
	ret_token[TOKEN_LENGTH] = '\0';
	return true;
}

static void check_kept(const char *token)
{
	autocandidate struct vsee_candidate candidate = {.password = token};
	autoaccount struct vsee_account account;
	autofree char *text = sandbox_read(WORLD_STATE "/accounts/alice");

	world_load(&account);
	assert_int_equal(vsee_candidate_verify(&candidate, account.token), 1);
	assert_int_equal(account.token_expires, NOW + 900);
	assert_null(strstr(text, token));
	assert_null(strstr(journal_text(), token));
	assert_null(strstr(journal_text(), "token="));
}

static void check_nothing_kept(void)
{
	autoaccount struct vsee_account account;

	world_load(&account);
	assert_string_equal(account.token, "");
	assert_int_equal(account.token_expires, vsee_account_empty("", 0).token_expires);
}

static void join(unsigned how)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
		       "root:x:0:\nrobots:x:2000:robot\nwheel:x:10:%s\n"
		       "staff:x:50:%s\n",
		       how & WHEEL ? "bob,alice" : "", how & STAFF ? ALICE : "");
	sandbox_write("/etc/group", 0644, text);
}

static void check(void **state)
{
	const struct row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	char token[TOKEN_LENGTH + 1];
	int code;

	set_up();
	join(row->how);
	begin(&visit, row->terminal);
	if (row->how & TYPED)
		assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	if (row->how & FIXED)
		sandbox_freeze(WORLD_STATE);
	code = pam_acct_mgmt(visit.pamh, row->how & SILENT ? PAM_SILENT : 0);
	if (row->how & FIXED)
		sandbox_umount(WORLD_STATE);
	assert_int_equal(code, PAM_AUTHTOK_EXPIRED);
	assert_int_equal(find_token(&visit.dialog, token), row->token);
	if (!(row->how & SILENT))
		assert_non_null(strstr(visit.dialog.said, PLAIN_LINK));
	if (row->token)
		check_kept(token);
	else
		check_nothing_kept();
}

static void later_token_replaces_the_earlier(void **state)
{
	autovisit struct visit first = {.pamh = NULL}, second = {.pamh = NULL};
	char token[TOKEN_LENGTH + 1], later[TOKEN_LENGTH + 1];

	(void)state;
	set_up();
	begin(&first, "ssh");
	assert_int_equal(pam_authenticate(first.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(first.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_true(find_token(&first.dialog, token));
	begin(&second, "ssh");
	assert_int_equal(pam_authenticate(second.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(second.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_true(find_token(&second.dialog, later));
	assert_string_not_equal(token, later);
	check_kept(later);
}

/* Bob's password was typed; Alice's expiry must not hand out a way to change hers. */
static void mark_belongs_to_its_user(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};
	char token[TOKEN_LENGTH + 1];

	(void)state;
	set_up();
	visit_begin(&visit, "sshd", BOB);
	assert_int_equal(pam_set_item(visit.pamh, PAM_TTY, "ssh"), PAM_SUCCESS);
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_set_item(visit.pamh, PAM_USER, ALICE), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_false(find_token(&visit.dialog, token));
	check_nothing_kept();
}

/* The same with a mark in the handle: it names Alice, the login is Bob's now. */
static void mark_does_not_follow_the_handle(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};
	autofree char *shadow = NULL;
	char *bob;

	(void)state;
	set_up();
	begin(&visit, "ssh");
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	shadow = sandbox_read("/etc/shadow"); /* Bob: asked to change, so that his is refused too */
	bob = strchr(strchr(strstr(shadow, "\nbob:") + 1, ':') + 1, ':') + 1;
	assert_memory_equal(bob, "20790", 5);
	memcpy(bob, "00000", 5);
	sandbox_write("/etc/shadow", 0640, shadow);
	assert_int_equal(pam_set_item(visit.pamh, PAM_USER, BOB), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_non_null(strstr(visit.dialog.said, "?user=bob"));
	assert_null(strstr(visit.dialog.said, "token="));
}

static void change_password(void)
{
	autovisit struct visit visit = {.pamh = NULL};

	world_stack("web", WORLD_PASSWORD, "");
	visit_begin(&visit, "web", ALICE);
	assert_int_equal(pam_chauthtok(visit.pamh, 0), PAM_SUCCESS);
}

static void change_ends_the_token(void **state)
{
	autovisit struct visit visit = {.pamh = NULL};
	autoaccount struct vsee_account account;
	char token[TOKEN_LENGTH + 1];

	(void)state;
	set_up();
	begin(&visit, "ssh");
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_true(find_token(&visit.dialog, token));
	world_load(&account);
	assert_true(vsee_token_matches(&account, token, NOW));
	vsee_account_clear(&account);
	change_password();
	world_load(&account);
	assert_false(vsee_token_matches(&account, token, NOW));
	assert_string_equal(account.token, "");
}

/* Else whoever looks at shadow next would take the change for a new one, and end the token. */
static void token_belongs_to_a_password_set_elsewhere(void **state)
{
	static const struct person asked = {.last_change = 0};
	autovisit struct visit visit = {.pamh = NULL};
	autoaccount struct vsee_account account;
	char token[TOKEN_LENGTH + 1];

	(void)state;
	set_up();
	world_make(&asked, DENY);
	world_load(&account);
	strcpy(account.shadow_hash, world_hash("of before"));
	world_save(&account);
	vsee_account_clear(&account);
	begin(&visit, "ssh");
	assert_int_equal(pam_authenticate(visit.pamh, 0), PAM_SUCCESS);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_true(find_token(&visit.dialog, token));
	world_load(&account);
	assert_int_equal(vsee_history_observe(&account, world_field(ALICE), TODAY), 0);
	assert_true(vsee_token_matches(&account, token, NOW));
}

/* 64 letters are as many as a host's name may have. */
static void longest_host_name_stands_in_the_link(void **state)
{
	static const char host[] =
		"a23456789012345678901234567890123456789012345678901234567890.com";
	autovisit struct visit visit = {.pamh = NULL};

	(void)state;
	assert_int_equal(strlen(host), HOST_NAME_MAX);
	if (unshare(CLONE_NEWUTS) < 0 || sethostname(host, strlen(host)) < 0)
		skip();
	set_up();
	sandbox_mkdir(CONFIG_FOLDER, 0755);
	sandbox_write(CONFIG_FOLDER "/host.conf", 0644, "[web]\nbase_url = https://%H:9443\n");
	world_publish(DENY);
	sandbox_remove(CONFIG_FOLDER);
	begin(&visit, "ssh");
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), PAM_AUTHTOK_EXPIRED);
	assert_non_null(strstr(visit.dialog.said, host));
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(later_token_replaces_the_earlier),
	cmocka_unit_test(mark_belongs_to_its_user),
	cmocka_unit_test(mark_does_not_follow_the_handle),
	cmocka_unit_test(change_ends_the_token),
	cmocka_unit_test(token_belongs_to_a_password_set_elsewhere),
	cmocka_unit_test(longest_host_name_stands_in_the_link), /* last: the name stays */
};

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(&tests[COUNT(rows)], others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
