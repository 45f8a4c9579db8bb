/* One-time links: what form a token has, when it matches, and what ends it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "memory.h"
#include "store/cover.h"
#include "store/history.h"
#include "store/token.h"

#define NOW INT64_C(1800000000)
#define LIFE INT64_C(900)
#define DAY (INT64_C(3600) * VSEE_TOKEN_HOURS_MAX)
#define LENGTH (VSEE_TOKEN_SIZE - 1)
#define TODAY 20800
#define OLD "$5$a$shadowOld"
#define NEW "$5$a$shadowNew"

/* 42 letters; what makes 43 of them differs from row to row. */
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijkl0-_9"

/* clang-format off */
static struct form_row {
	const char *name, *text;
	size_t size;
	bool valid;
} form_rows[] = {
	{"43 letters", LETTERS "A", LENGTH, true},
	{"the last one holds four bits", LETTERS "8", LENGTH, true},
	{"and no fifth", LETTERS "C", LENGTH, false},
	{"nor a sixth", LETTERS "B", LENGTH, false},
	{"nothing", "", 0, false},
	{"42 letters", LETTERS, LENGTH - 1, false},
	{"44 letters", LETTERS "AA", LENGTH + 1, false},
	{"a NUL at the end", LETTERS, LENGTH, false},
	{"a NUL inside", "\0" LETTERS, LENGTH, false},
	{"padding", LETTERS "=", LENGTH, false},
	{"base64 of files: +", "+" LETTERS, LENGTH, false},
	{"base64 of files: /", "/" LETTERS, LENGTH, false},
	{"a blank", " " LETTERS, LENGTH, false},
	{"a new line", LETTERS "\n", LENGTH, false},
	{"a percent sign", "%" LETTERS, LENGTH, false},
	{"not ASCII", "\xc3" LETTERS, LENGTH, false},
};

static struct time_row {
	const char *name;
	int64_t seconds, now;
	bool matches;
} time_rows[] = {
	{"at once", LIFE, NOW, true},
	{"a second before its end", LIFE, NOW + LIFE - 1, true},
	{"at its end", LIFE, NOW + LIFE, false},
	{"a second after its end", LIFE, NOW + LIFE + 1, false},
	{"long after", LIFE, NOW * 2, false},
	{"before it was made", LIFE, NOW - 1, true},
	{"a day long, at once", DAY, NOW, true},
	{"a day long, the clock a second back", DAY, NOW - 1, false},
	{"a day long, a second before its end", DAY, NOW + DAY - 1, true},
	{"a day long, at its end", DAY, NOW + DAY, false},
	{"made under a clock of next year", LIFE, NOW - 365 * DAY, false},
	{"a clock at its beginning", LIFE, 0, false},
	{"a clock before it", LIFE, -1, false},
};
/* clang-format on */

static void check_form(void **state)
{
	const struct form_row *row = *state;
	autofree char *text = malloc(row->size + 1); /* sanitizers watch its end */

	assert_non_null(text);
	memcpy(text, row->text, row->size);
	assert_int_equal(vsee_token_valid(text, row->size), row->valid);
}

static struct vsee_account drawn(int64_t seconds, char *ret_token)
{
	struct vsee_account account = vsee_account_empty("alice", 1000);

	strcpy(account.shadow_hash, OLD);
	assert_int_equal(vsee_token_draw(&account, NOW, seconds, ret_token), 0);
	return account;
}

static void check_time(void **state)
{
	const struct time_row *row = *state;
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(row->seconds, token);

	assert_int_equal(vsee_token_matches(&account, token, row->now), row->matches);
	assert_int_equal(vsee_token_pending(&account, row->now), row->matches);
}

static void a_drawn_token_has_its_form_and_is_kept_as_a_hash(void **state)
{
	char token[VSEE_TOKEN_SIZE], other[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);
	autosecret struct vsee_secret text = {0};

	(void)state;
	assert_true(vsee_token_valid(token, strlen(token)));
	assert_int_equal(account.token_expires, NOW + LIFE);
	assert_int_equal(vsee_account_print(&account, &text), 0);
	assert_null(strstr(text.text, token));
	assert_non_null(strstr(text.text, account.token));
	assert_int_equal(vsee_token_draw(&account, NOW, LIFE, other), 0);
	assert_string_not_equal(token, other);
	assert_false(vsee_token_matches(&account, token, NOW)); /* one at a time */
	assert_true(vsee_token_matches(&account, other, NOW));
}

static void each_flipped_bit_is_refused(void **state)
{
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);

	(void)state;
	for (size_t bit = 0; bit < LENGTH * 8; bit++) {
		token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
		assert_false(vsee_token_matches(&account, token, NOW));
		token[bit / 8] = (char)(token[bit / 8] ^ 1 << bit % 8);
	}
	assert_true(vsee_token_matches(&account, token, NOW));
}

static void each_shorter_and_a_longer_one_is_refused(void **state)
{
	char token[VSEE_TOKEN_SIZE], text[VSEE_TOKEN_SIZE + 1];
	autoaccount struct vsee_account account = drawn(LIFE, token);

	(void)state;
	for (size_t size = 0; size < LENGTH; size++) {
		(void)snprintf(text, sizeof(text), "%.*s", (int)size, token);
		assert_false(vsee_token_matches(&account, text, NOW));
	}
	(void)snprintf(text, sizeof(text), "%sA", token);
	assert_false(vsee_token_matches(&account, text, NOW));
}

static void anothers_token_is_refused(void **state)
{
	char token[VSEE_TOKEN_SIZE], other[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);
	autoaccount struct vsee_account neighbour = drawn(LIFE, other);

	(void)state;
	assert_false(vsee_token_matches(&account, other, NOW));
	assert_false(vsee_token_matches(&neighbour, token, NOW));
}

static void an_account_without_one_matches_nothing(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);

	(void)state;
	account.token_expires = NOW + LIFE; /* of a damaged file */
	assert_false(vsee_token_pending(&account, NOW));
	assert_false(vsee_token_matches(&account, LETTERS "A", NOW));
	assert_false(vsee_token_matches(&account, "", NOW));
	assert_false(vsee_token_void(&account));
}

/* A hash that crypt(3) can't compute, and one of the empty text: neither lets anything in. */
static int match(const void *account)
{
	return vsee_token_matches(account, LETTERS "A", NOW);
}

/* Its owner would ask for another one, and an administrator look for a fault that is none. */
static void without_memory_no_link_is_called_bad(void **state)
{
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);

	(void)state;
	assert_int_equal(memory_short_of(match, &account), 0);
	strcpy(account.token, "$y$jDT$abcdefghijklmnopqrstu.$hash");
	assert_int_equal(memory_short_of(match, &account), ENOMEM);
}

static void a_damaged_hash_matches_nothing(void **state)
{
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);
	autocandidate struct vsee_candidate empty = {.password = ""};
	const char *hash;

	(void)state;
	assert_int_equal(vsee_candidate_hash(&empty, account.token, false, &hash), 0);
	strcpy(account.token, hash);
	assert_false(vsee_token_matches(&account, "", NOW));
	assert_false(vsee_token_matches(&account, "x", NOW));
	strcpy(account.token, "$99$nothing$of-ours");
	assert_false(vsee_token_matches(&account, token, NOW));
	strcpy(account.token, "*0");
	assert_false(vsee_token_matches(&account, token, NOW));
}

static void void_ends_it(void **state)
{
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);

	(void)state;
	assert_true(vsee_token_void(&account));
	assert_false(vsee_token_matches(&account, token, NOW));
	assert_false(vsee_token_pending(&account, NOW));
	assert_int_equal(account.token_expires, 0);
	assert_false(vsee_token_void(&account));
}

static struct end_row {
	const char *name, *hash;
	bool stays;
} end_rows[] = {
	{"shadow is as it was", OLD, true},
	{"changed elsewhere", NEW, false},
	{"locked", "!" OLD, false},
	{"changed and locked", "!" NEW, false},
	{"locked without a hash", "!", false},
	{"the password taken away", "*", false},
	{"an empty password", "", false},
};

static void check_end(void **state)
{
	const struct end_row *row = *state;
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);

	assert_int_equal(vsee_history_observe(&account, row->hash, TODAY), !row->stays);
	assert_int_equal(vsee_token_matches(&account, token, NOW), row->stays);
	/* What is unlocked again, or changed back, has lost its link all the same. */
	assert_true(vsee_history_observe(&account, OLD, TODAY) >= 0);
	assert_int_equal(vsee_token_matches(&account, token, NOW), row->stays);
}

static void a_bound_change_ends_it(void **state)
{
	char token[VSEE_TOKEN_SIZE];
	autoaccount struct vsee_account account = drawn(LIFE, token);
	autocandidate struct vsee_candidate candidate = {.password = "secret"};

	(void)state;
	strcpy(account.settings[0].text, "$5$rounds=1000$setting");
	assert_int_equal(vsee_history_bind(&account, &candidate, NEW, 6, 60, TODAY), 0);
	assert_false(vsee_token_matches(&account, token, NOW));
	assert_string_equal(account.token, "");
}

static const char group_text[] = "sudo:x:27:alice,bob\nadmin:x:30:\nusers:x:100:carol\n";
static char sudo[] = "sudo", wheel[] = "wheel", admin[] = "admin", users[] = "users";

/* clang-format off */
static const struct {
	const char *account, *group;
	uid_t uid;
	gid_t gid;
	int r;
} people[] = {
	{"carol", NULL,  1000, 100, 0},
	{"nobody", NULL, 1000, 7, 0},
	{"bob",   sudo,  1000, 100, 1},
	{"bobby", NULL,  1000, 100, 0},
	{"carol", admin, 1000, 30,  1},
	{"root",  NULL,  0,    0,   1},
	{"carol", NULL,  0,    30,  1},
};
/* clang-format on */

/* Groups of links are looked up when a link is asked for; no login reads a file for them. */
static void who_may_have_none(void **state)
{
	struct vsee_policy policy = {
		.groups = {users, sudo, wheel, admin},
		.group_count = 4,
		.exempt_groups = 1,
		.token_deny_groups = 2 + 4 + 8,
	};
	autoclose int fd = memfd_create("group", MFD_CLOEXEC);
	struct vsee_members members;
	const char *group = "";
	char path[40];

	(void)state;
	assert_int_equal(write(fd, group_text, strlen(group_text)), strlen(group_text));
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	for (size_t i = 0; i < COUNT(people); i++) {
		group = NULL;
		assert_int_equal(vsee_cover_denies_link(path, &policy, people[i].account,
							people[i].uid, people[i].gid, &group),
				 people[i].r);
		assert_ptr_equal(group, people[i].group);
	}
	assert_int_equal(vsee_members_load(path, &policy, "bob", &members), 0);
	assert_int_equal(members.found, 1);
	assert_int_equal(vsee_members_groups(&members, "bob", 3), 0);
	vsee_members_clear(&members);
	policy.exempt_groups = 0;
	assert_int_equal(vsee_members_load("/nonexistent", &policy, "bob", &members), 0);
	assert_int_equal(vsee_cover_denies_link("/nonexistent", &policy, "bob", 1, 1, &group),
			 -ENOENT);
	policy.token_deny_groups = 0;
	assert_int_equal(vsee_cover_denies_link("/nonexistent", &policy, "bob", 1, 1, &group), 0);
	assert_int_equal(vsee_cover_denies_link("/nonexistent", &policy, "bob", 0, 1, &group), 1);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(a_drawn_token_has_its_form_and_is_kept_as_a_hash),
		cmocka_unit_test(each_flipped_bit_is_refused),
		cmocka_unit_test(each_shorter_and_a_longer_one_is_refused),
		cmocka_unit_test(anothers_token_is_refused),
		cmocka_unit_test(an_account_without_one_matches_nothing),
		cmocka_unit_test(without_memory_no_link_is_called_bad),
		cmocka_unit_test(a_damaged_hash_matches_nothing),
		cmocka_unit_test(void_ends_it),
		cmocka_unit_test(a_bound_change_ends_it),
		cmocka_unit_test(who_may_have_none),
	};
	struct CMUnitTest
		tests[COUNT(form_rows) + COUNT(time_rows) + COUNT(end_rows) + COUNT(others)];
	struct CMUnitTest *test = tests;

	for (size_t i = 0; i < COUNT(form_rows); i++)
		*test++ = (struct CMUnitTest){.name = form_rows[i].name,
					      .test_func = check_form,
					      .initial_state = &form_rows[i]};
	for (size_t i = 0; i < COUNT(time_rows); i++)
		*test++ = (struct CMUnitTest){.name = time_rows[i].name,
					      .test_func = check_time,
					      .initial_state = &time_rows[i]};
	for (size_t i = 0; i < COUNT(end_rows); i++)
		*test++ = (struct CMUnitTest){.name = end_rows[i].name,
					      .test_func = check_end,
					      .initial_state = &end_rows[i]};
	memcpy(test, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
