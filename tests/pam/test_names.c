/* Names that are no account's, or no local one's: nothing is written, and the log stays whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <string.h>

#include "journal.h"
#include "sandbox.h"
#include "visit.h"
#include "world.h"

#define IGNORED PAM_PERM_DENIED
#define ENFORCE "mode = enforce\nkey_login = enforce\n"
#define ACCOUNTS WORLD_STATE "/accounts"
#define BAD_NAME "error=bad-user-name"

static struct name_row {
	const char *name, *user;
	const char *logged; /* NULL: there is just no such account */
} name_rows[] = {
	{"with a slash", "a/b", BAD_NAME},
	{"out of the folder", "../../passwd", BAD_NAME},
	{"the folder itself", ".", BAD_NAME},
	{"leading hyphen", "-alice", BAD_NAME},
	{"colon", "a:b", BAD_NAME},
	{"newline", "alice\nroot", BAD_NAME},
	{"blank", "alice ", BAD_NAME},
	{"comma", "a,b", BAD_NAME},
	{"no shadow line", "ghost", "error=no-shadow-line"},
	{"in no file: a directory's user", "nobody-here", NULL},
	{"beginning of a name", "alic", NULL},
};

static void check_name(void **state)
{
	const struct name_row *row = *state;
	autovisit struct visit visit = {.pamh = NULL};
	const char *newline;

	world_make(&world_expired, ENFORCE);
	world_stack("login", "account required @\nauth required @\n" WORLD_PASSWORD, "");
	journal_clear();
	visit_begin(&visit, "login", row->user);
	assert_int_equal(pam_acct_mgmt(visit.pamh, 0), IGNORED);
	newline = strchr(journal_text(), '\n');
	assert_int_equal(newline != NULL, row->logged != NULL);
	if (row->logged)
		assert_non_null(strstr(journal_text(), row->logged));
	if (newline)
		assert_string_equal(newline, "\n"); /* one line, and not the name in it */
	assert_int_equal(pam_authenticate(visit.pamh, 0), IGNORED);
	/* pam_unix adds the line that is missing */
	if (pam_chauthtok(visit.pamh, 0) == PAM_SUCCESS)
		assert_string_equal(row->user, "ghost");
	assert_int_equal(world_count(ACCOUNTS), 1); /* Alice's */
	assert_string_equal(world_field(ALICE), world_hash(OLD));
}

static void ask_for(const char *user, const char *logged)
{
	autovisit struct visit visit = {.pamh = NULL};

	journal_clear();
	visit_begin(&visit, "login", user);
	(void)pam_acct_mgmt(visit.pamh, 0);
	if (!strstr(journal_text(), logged))
		fail_msg("%s is not in: %s", logged, journal_text());
}

/* People type their password where the name is asked for. */
static void check_unknown(void **state)
{
	(void)state;
	world_make(&world_expired, ENFORCE);
	world_stack("login", "account required @ #\n", "debug");
	ask_for("SeSame-1!", "user=- service=login local=no");
	assert_null(strstr(journal_text(), "SeSame"));
	sandbox_write(WORLD_STATE "/policy", 0644, "nonsense\n");
	ask_for("SeSame-1!", "user=- service=login fault=");
	assert_null(strstr(journal_text(), "SeSame"));
	ask_for(ALICE, "user=" ALICE " service=login fault=");
}

int main(int argc, char **argv)
{
	struct CMUnitTest tests[COUNT(name_rows) + 1];

	if (argc != 2 || !sandbox_enter(NULL))
		return sandbox_skip();
	world_begin(argv[1]);
	for (size_t i = 0; i < COUNT(name_rows); i++)
		tests[i] = (struct CMUnitTest){.name = name_rows[i].name,
					       .test_func = check_name,
					       .initial_state = &name_rows[i]};
	tests[COUNT(name_rows)] = (struct CMUnitTest){
		.name = "what no account is called is not logged", .test_func = check_unknown};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
