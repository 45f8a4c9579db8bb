/* The passwords that can't be taken again: what is refused, what it costs, what each event leaves.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <crypt.h>

#include "store/entry.h"
#include "store/history.h"

#define SETTING "$5$rounds=1000$setting"
#define TODAY 20000
#define LIFETIME 60

/* crypt(3)'s hash of password, in a buffer of its own for each of the last 8 calls. */
static const char *hash_of(const char *password, const char *setting)
{
	static char hashes[8][VSEE_HASH_SIZE];
	static size_t next;
	autocandidate struct vsee_candidate candidate = {.password = password};
	const char *hash;

	assert_int_equal(vsee_candidate_hash(&candidate, setting, false, &hash), 0);
	next = (next + 1) % COUNT(hashes);
	strcpy(hashes[next], hash);
	return hashes[next];
}

/* What pam_unix writes: a salt of its own at each change. */
static const char *shadow_of(const char *password)
{
	char setting[64] = "$5$rounds=1001$";
	static unsigned salt;

	(void)snprintf(setting + strlen(setting), 16, "s%u", salt++);
	return hash_of(password, setting);
}

/* An account that uses a cheap setting and has just been bound to password. */
static struct vsee_account account_with(const char *password)
{
	struct vsee_account account = vsee_account_empty("alice", 1000);
	autocandidate struct vsee_candidate candidate = {.password = password};

	strcpy(account.settings[0].text, SETTING);
	assert_int_equal(
		vsee_history_bind(&account, &candidate, shadow_of(password), 6, LIFETIME, TODAY),
		0);
	return account;
}

static enum vsee_reuse check(const struct vsee_account *account, const char *password,
			     unsigned remember, unsigned hashings)
{
	autocandidate struct vsee_candidate candidate = {.password = password};
	struct vsee_reuse_result result;

	assert_int_equal(
		vsee_history_check(account, &candidate, remember, LIFETIME, TODAY, &result), 0);
	assert_int_equal(candidate.hashings, hashings);
	assert_int_equal(result.unusable, 0);
	return result.reuse;
}

/* A whole change as the module does it; returns how many hashings it took. */
static unsigned change(struct vsee_account *account, const char *password, unsigned remember,
		       vsee_day today)
{
	const char *written = shadow_of(password);
	autocandidate struct vsee_candidate candidate = {.password = password};
	struct vsee_reuse_result result;

	assert_int_equal(
		vsee_history_check(account, &candidate, remember, LIFETIME, today, &result), 0);
	assert_int_equal(result.reuse, VSEE_REUSE_FRESH);
	assert_int_equal(vsee_history_pend(account, &candidate), 0);
	assert_int_equal(vsee_candidate_verify(&candidate, written), 1);
	assert_int_equal(vsee_history_bind(account, &candidate, written, remember, LIFETIME, today),
			 0);
	return candidate.hashings;
}

static const char *numbered(unsigned number)
{
	static char password[32];

	(void)snprintf(password, sizeof(password), "password %u", number);
	return password;
}

static void one_hashing_to_check_and_one_to_bind(void **state)
{
	static const unsigned depths[] = {1, 6, 24, 400};

	(void)state;
	for (size_t i = 0; i < COUNT(depths); i++) {
		const unsigned depth = depths[i];
		autoaccount struct vsee_account account = account_with(numbered(0));

		for (unsigned number = 1; number <= depth; number++)
			assert_int_equal(change(&account, numbered(number), depth, TODAY), 2);
		assert_int_equal(account.entry_count, depth);
		assert_int_equal(check(&account, numbered(depth), depth, 1), VSEE_REUSE_CURRENT);
		assert_int_equal(check(&account, numbered(0), depth, 1), VSEE_REUSE_REMEMBERED);
		assert_int_equal(check(&account, numbered(depth - 1), depth, 1),
				 VSEE_REUSE_REMEMBERED);
		assert_int_equal(check(&account, "another", depth, 1), VSEE_REUSE_FRESH);
		assert_int_equal(change(&account, numbered(depth + 1), depth, TODAY), 2);
	}
}

static void drawn_setting_serves_as_well(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);
	const char *shadow_hash = shadow_of("old");

	(void)state;
	assert_int_equal(vsee_history_observe(&account, shadow_hash, TODAY), 1);
	assert_int_equal(vsee_history_settle(&account, shadow_hash, "machine"), 0);
	assert_int_equal(check(&account, "old", 6, 2), VSEE_REUSE_CURRENT);
	assert_int_equal(change(&account, "first", 6, TODAY),
			 3); /* the old one's, as it was kept */
	assert_int_equal(check(&account, "first", 6, 2), VSEE_REUSE_CURRENT);
	assert_int_equal(check(&account, "old", 6, 2), VSEE_REUSE_REMEMBERED);
}

static void last_six_are_refused(void **state)
{
	autoaccount struct vsee_account account = account_with(numbered(0));

	(void)state;
	/* Each lives longer than the window of young entries. */
	for (unsigned number = 1; number <= 7; number++)
		(void)change(&account, numbered(number), 6,
			     TODAY - 6 * LIFETIME * (8 - (int)number));
	assert_int_equal(account.entry_count, 6);
	assert_int_equal(check(&account, numbered(7), 6, 1), VSEE_REUSE_CURRENT);
	for (unsigned number = 1; number <= 6; number++)
		assert_int_equal(check(&account, numbered(number), 6, 1), VSEE_REUSE_REMEMBERED);
	assert_int_equal(check(&account, numbered(0), 6, 1), VSEE_REUSE_FRESH);
	/* Fewer at once, without a prune. */
	assert_int_equal(check(&account, numbered(5), 2, 1), VSEE_REUSE_REMEMBERED);
	assert_int_equal(check(&account, numbered(4), 2, 1), VSEE_REUSE_FRESH);
}

static void quick_changes_buy_nothing(void **state)
{
	autoaccount struct vsee_account account = account_with("mine");

	(void)state;
	for (unsigned number = 1; number <= 20; number++)
		(void)change(&account, numbered(number), 6, TODAY);
	assert_int_equal(check(&account, "mine", 6, 1), VSEE_REUSE_REMEMBERED);
}

static void remember_none_refuses_the_current_one(void **state)
{
	autoaccount struct vsee_account account = account_with("first");

	(void)state;
	(void)change(&account, "second", 0, TODAY);
	assert_int_equal(account.entry_count, 0);
	assert_int_equal(check(&account, "second", 0, 1), VSEE_REUSE_CURRENT);
	assert_int_equal(check(&account, "first", 0, 1), VSEE_REUSE_FRESH);
}

static void change_outside_costs_one_hashing_each(void **state)
{
	autoaccount struct vsee_account account = account_with("first");

	(void)state;
	assert_int_equal(vsee_history_observe(&account, shadow_of("second"), TODAY), 1);
	assert_string_equal(account.current, "");
	assert_int_equal(check(&account, "second", 6, 2), VSEE_REUSE_CURRENT);
	assert_int_equal(check(&account, "first", 6, 2), VSEE_REUSE_REMEMBERED);
	assert_int_equal(vsee_history_observe(&account, shadow_of("third"), TODAY), 1);
	assert_int_equal(check(&account, "second", 6, 3), VSEE_REUSE_REMEMBERED);
	assert_int_equal(check(&account, "third", 6, 3), VSEE_REUSE_CURRENT);
	assert_int_equal(check(&account, "third", 0, 2), VSEE_REUSE_CURRENT);
	assert_int_equal(check(&account, "other", 6, 3), VSEE_REUSE_FRESH);
}

static void unusable_entries_are_counted(void **state)
{
	autoaccount struct vsee_account account = account_with("first");
	autocandidate struct vsee_candidate candidate = {.password = "second"};
	struct vsee_reuse_result result;

	(void)state;
	assert_int_equal(vsee_history_add(&account, hash_of("second", SETTING), TODAY), 0);
	assert_int_equal(vsee_history_add(&account, "$zz$salt$unknownmethod", TODAY), 0);
	assert_int_equal(vsee_history_add(&account, SETTING "$cutoff", TODAY), 0);
	assert_int_equal(vsee_history_check(&account, &candidate, 6, LIFETIME, TODAY, &result), 0);
	assert_int_equal(result.reuse, VSEE_REUSE_REMEMBERED);
	assert_int_equal(result.unusable, 2);
}

static void candidate_that_cant_be_hashed_is_an_error(void **state)
{
	autoaccount struct vsee_account account = account_with("first");
	char password[1024] = {0};
	autocandidate struct vsee_candidate candidate = {.password = password};
	struct vsee_reuse_result result;

	(void)state;
	memset(password, 'x', sizeof(password) - 1);
	assert_int_equal(vsee_history_check(&account, &candidate, 6, LIFETIME, TODAY, &result),
			 -EOPNOTSUPP);
	assert_int_equal(vsee_history_pend(&account, &candidate), -EOPNOTSUPP);
	memset(&account.settings, 0, sizeof(account.settings));
	assert_int_equal(vsee_history_check(&account, &candidate, 6, LIFETIME, TODAY, &result),
			 -EOPNOTSUPP);
}

static void salt_that_only_begins_alike_is_no_miss(void **state)
{
	autoaccount struct vsee_account account = account_with("first");

	(void)state;
	assert_int_equal(vsee_history_add(&account, hash_of("old", SETTING "2"), TODAY), 0);
	assert_int_equal(check(&account, "old", 6, 2), VSEE_REUSE_REMEMBERED);
}

static void pending_forbids_nothing(void **state)
{
	autoaccount struct vsee_account account = account_with("first");
	autocandidate struct vsee_candidate candidate = {.password = "second"};

	(void)state;
	assert_int_equal(vsee_history_pend(&account, &candidate), 0);
	assert_string_equal(account.pending, hash_of("second", SETTING));
	assert_string_equal(account.pending_base, account.shadow_hash);
	assert_int_equal(check(&account, "second", 6, 1), VSEE_REUSE_FRESH);
}

static void added_again_moves_to_the_end(void **state)
{
	autoaccount struct vsee_account account = account_with("x");

	(void)state;
	assert_int_equal(vsee_history_add(&account, "$5$a$first", 1), 0);
	assert_int_equal(vsee_history_add(&account, "$5$a$second", 2), 0);
	assert_int_equal(vsee_history_add(&account, "!$5$a$first", 3), 0);
	assert_int_equal(vsee_history_add(&account, "!!", 4), 0);
	assert_int_equal(vsee_history_add(&account, "*", 4), 0);
	assert_int_equal(vsee_history_add(&account, "", 4), 0);
	assert_int_equal(account.entry_count, 2);
	assert_string_equal(account.entries[0].hash, "$5$a$second");
	assert_string_equal(account.entries[1].hash, "$5$a$first");
	assert_int_equal(account.entries[1].replaced, 3);
}

static void prune_drops_the_oldest(void **state)
{
	autoaccount struct vsee_account account = account_with("x");

	(void)state;
	assert_int_equal(vsee_history_add(&account, "$5$a$first", 1), 0);
	assert_int_equal(vsee_history_add(&account, "$5$a$second", 2), 0);
	assert_int_equal(vsee_history_add(&account, "$5$a$third", 3), 0);
	vsee_history_prune(&account, 2, LIFETIME, TODAY);
	assert_int_equal(account.entry_count, 2);
	assert_string_equal(account.entries[0].hash, "$5$a$second");
	vsee_history_prune(&account, 0, LIFETIME, TODAY);
	assert_int_equal(account.entry_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_hashing_to_check_and_one_to_bind),
		cmocka_unit_test(drawn_setting_serves_as_well),
		cmocka_unit_test(last_six_are_refused),
		cmocka_unit_test(quick_changes_buy_nothing),
		cmocka_unit_test(remember_none_refuses_the_current_one),
		cmocka_unit_test(change_outside_costs_one_hashing_each),
		cmocka_unit_test(unusable_entries_are_counted),
		cmocka_unit_test(candidate_that_cant_be_hashed_is_an_error),
		cmocka_unit_test(salt_that_only_begins_alike_is_no_miss),
		cmocka_unit_test(pending_forbids_nothing),
		cmocka_unit_test(added_again_moves_to_the_end),
		cmocka_unit_test(prune_drops_the_oldest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
