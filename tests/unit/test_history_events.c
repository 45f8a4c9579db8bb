/* What a change seen in shadow, a bound change and a new setting leave in an account's state. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/entry.h"
#include "store/history.h"
#include "store/setting.h"
#include "store/token.h"

#define SETTING "$5$rounds=1000$setting"
#define OLD "$5$a$shadowOld"
#define NEW "$5$a$shadowNew"
#define BOUND SETTING "$bound"
#define TODAY 20000

/* Bound, enrolled, told, mirrored, with a token and a pending hash: all that a change can touch. */
static struct vsee_account busy_account(void)
{
	struct vsee_account account = vsee_account_empty("alice", 1000);
	struct vsee_enrolment *enrolment = &account.enrolment;

	strcpy(account.settings[0].text, SETTING);
	strcpy(account.shadow_hash, OLD);
	strcpy(account.current, BOUND);
	strcpy(account.pending, SETTING "$pending");
	strcpy(account.pending_base, OLD);
	strcpy(account.token, "$5$a$token");
	account.token_expires = 1;
	account.seen = 19000;
	enrolment->enrolled = true;
	enrolment->known_change = 19000;
	enrolment->known_ahead = 19001;
	enrolment->disbelieved = 5;
	enrolment->lifetime = 60;
	enrolment->deadline = enrolment->told = enrolment->floor = 19060;
	enrolment->extension = 19070;
	account.extension_by = 1000;
	strcpy(account.extension_reason, "on leave");
	enrolment->mirror = VSEE_MIRROR_DONE;
	enrolment->mirror_max = 60;
	enrolment->zero = VSEE_MIRROR_DONE;
	enrolment->before_change = 19000;
	return account;
}

static void assert_begun(const struct vsee_account *account, vsee_day known_change)
{
	const struct vsee_enrolment *enrolment = &account->enrolment;

	assert_string_equal(account->shadow_hash, NEW);
	assert_int_equal(account->seen, TODAY);
	assert_int_equal(account->entry_count, 1);
	assert_string_equal(account->entries[0].hash, BOUND);
	assert_int_equal(account->entries[0].replaced, TODAY);
	assert_int_equal(enrolment->known_change, known_change);
	assert_int_equal(enrolment->known_ahead, VSEE_UNSET);
	assert_int_equal(enrolment->disbelieved, VSEE_NONE);
	assert_int_equal(enrolment->told, VSEE_UNSET);
	assert_int_equal(enrolment->extension, VSEE_UNSET);
	assert_int_equal(account->extension_by, VSEE_NO_UID);
	assert_string_equal(account->extension_reason, "");
	assert_true(enrolment->password_before);
	assert_int_equal(enrolment->zero, VSEE_MIRROR_NONE);
	assert_int_equal(enrolment->before_change, VSEE_UNSET);
	assert_string_equal(account->token, "");
	assert_int_equal(account->token_expires, 0);
	assert_string_equal(account->pending, "");
	assert_string_equal(account->pending_base, "");
	/* Promises to the account, and what stands in shadow beside the hash, outlive the password.
	 */
	assert_int_equal(enrolment->floor, 19060);
	assert_int_equal(enrolment->deadline, 19060);
	assert_int_equal(enrolment->mirror, VSEE_MIRROR_DONE);
	assert_int_equal(enrolment->mirror_max, 60);
}

static void observed_change_begins_a_password(void **state)
{
	autoaccount struct vsee_account account = busy_account();

	(void)state;
	assert_int_equal(vsee_history_observe(&account, NEW, TODAY), 1);
	assert_begun(&account, VSEE_UNSET);
	assert_string_equal(account.current, "");
	assert_int_equal(vsee_history_observe(&account, NEW, TODAY + 1), 0);
	assert_int_equal(account.seen, TODAY);
}

static void bound_change_begins_a_password(void **state)
{
	autoaccount struct vsee_account account = busy_account();
	autocandidate struct vsee_candidate candidate = {.password = "secret"};
	const char *made;

	(void)state;
	assert_int_equal(vsee_history_bind(&account, &candidate, NEW, 6, 60, TODAY), 0);
	assert_begun(&account, TODAY);
	assert_int_equal(vsee_candidate_hash(&candidate, SETTING, true, &made), 0);
	assert_string_equal(account.current, made);
}

static void bind_after_scan_has_seen_the_change(void **state)
{
	autoaccount struct vsee_account account = busy_account();
	autocandidate struct vsee_candidate candidate = {.password = "secret"};

	(void)state;
	assert_int_equal(vsee_history_observe(&account, NEW, TODAY), 1);
	assert_int_equal(vsee_history_bind(&account, &candidate, "!" NEW, 6, 60, TODAY), 0);
	assert_begun(&account, TODAY);
	assert_memory_equal(account.current, SETTING "$", strlen(SETTING) + 1);
}

static void bind_without_a_usable_setting(void **state)
{
	autoaccount struct vsee_account account = busy_account();
	autocandidate struct vsee_candidate candidate = {.password = "secret"};

	(void)state;
	strcpy(account.settings[0].text, "$zz$setting");
	assert_int_equal(vsee_history_bind(&account, &candidate, NEW, 6, 60, TODAY), 0);
	assert_begun(&account, TODAY);
	assert_string_equal(account.current, ""); /* shadow's hash stands for it */
	assert_int_equal(vsee_history_bind(&account, &candidate, "*", 6, 60, TODAY), -EINVAL);
}

static const struct same_row {
	const char *name, *shadow_hash;
} same_rows[] = {
	{"the same hash", OLD},		{"the same, locked", "!" OLD},
	{"locked without a hash", "!"}, {"never had a hash", "!!"},
	{"no password", "*"},		{"an empty field", ""},
	{"a password elsewhere", "x"},	{"a word", "NP"},
};

static void check_same(void **state)
{
	const struct same_row *row = *state;
	autoaccount struct vsee_account account = busy_account();
	struct vsee_account before = account;
	const bool locked = strcmp(row->shadow_hash, OLD) != 0;

	assert_int_equal(vsee_history_observe(&account, row->shadow_hash, TODAY), locked);
	if (locked)
		(void)vsee_token_void(&before); /* a link ends with a lock, and nothing else does */
	assert_memory_equal(&account, &before, sizeof(before));
}

static void first_observation_only_records(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);

	(void)state;
	account.enrolment.known_change = 19000;
	assert_int_equal(vsee_history_observe(&account, "!" NEW, TODAY), 1);
	assert_string_equal(account.shadow_hash, NEW);
	assert_int_equal(account.seen, TODAY);
	assert_int_equal(account.entry_count, 0);
	assert_int_equal(account.enrolment.known_change, 19000);
	assert_false(account.enrolment.password_before);
}

static void bound_hash_without_its_base_is_kept_as_an_entry(void **state)
{
	autoaccount struct vsee_account account = busy_account();

	(void)state;
	memset(account.shadow_hash, 0, sizeof(account.shadow_hash)); /* its line was damaged */
	assert_int_equal(vsee_history_observe(&account, NEW, TODAY), 1);
	assert_begun(&account, VSEE_UNSET);
	assert_string_equal(account.current, "");
}

static void unbound_hash_is_kept_as_shadow_had_it(void **state)
{
	autoaccount struct vsee_account account = busy_account();

	(void)state;
	memset(account.current, 0, sizeof(account.current));
	assert_int_equal(vsee_history_observe(&account, NEW, TODAY), 1);
	assert_int_equal(account.entry_count, 1);
	assert_string_equal(account.entries[0].hash, OLD);
}

static void stale_pending_is_dropped(void **state)
{
	autoaccount struct vsee_account account = busy_account();

	(void)state;
	strcpy(account.pending_base, NEW);
	assert_int_equal(vsee_history_observe(&account, OLD, TODAY), 1);
	assert_string_equal(account.pending, "");
	assert_string_equal(account.pending_base, "");
	assert_string_equal(account.current, BOUND);
}

static void setting_is_drawn_once(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);
	struct vsee_setting first;

	(void)state;
	assert_int_equal(vsee_history_settle(&account, "", "machine"), 0);
	first = account.settings[0];
	assert_string_equal(first.machine_id, "machine");
	assert_true(first.text[0] != '\0');
	assert_int_equal(vsee_history_settle(&account, "!", "machine"), 0);
	assert_memory_equal(&account.settings[0], &first, sizeof(first));
	/* Nothing uses the first one, so it does not stay. */
	assert_int_equal(vsee_history_settle(&account, "", "clone"), 0);
	assert_string_not_equal(account.settings[0].text, first.text);
	assert_string_equal(account.settings[1].text, "");
}

static void odd_machine_id_is_stable(void **state)
{
	static const char *const ids[] = {"", "-", "a b", "line\n",
					  "0123456789012345678901234567890123456789"};

	(void)state;
	for (size_t i = 0; i < COUNT(ids); i++) {
		autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);
		autosecret struct vsee_secret text = {0};
		struct vsee_setting first;

		assert_int_equal(vsee_history_settle(&account, "", ids[i]), 0);
		first = account.settings[0];
		assert_int_equal(vsee_history_settle(&account, "", ids[i]), 0);
		assert_memory_equal(&account.settings[0], &first, sizeof(first));
		assert_int_equal(vsee_account_print(&account, &text), 0);
	}
}

static void add_under(struct vsee_account *account, const char *setting, const char *hash)
{
	char text[VSEE_HASH_SIZE];

	assert_true(snprintf(text, sizeof(text), "%s$%s", setting, hash) < (int)sizeof(text));
	assert_int_equal(vsee_history_add(account, text, TODAY), 0);
}

static void two_settings_live_and_the_third_ends_one(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);
	struct vsee_setting drawn[3];

	(void)state;
	for (size_t i = 0; i < COUNT(drawn); i++) {
		const char *const machines[] = {"one", "two", "three"};

		assert_int_equal(vsee_history_settle(&account, "", machines[i]), 0);
		drawn[i] = account.settings[0];
		add_under(&account, drawn[i].text, "hash");
	}
	assert_string_equal(account.settings[1].text, drawn[1].text);
	assert_int_equal(account.entry_count, 3); /* the first one's is a kept hash now */
	/* Back again: nothing is drawn, nothing becomes a kept hash. */
	assert_int_equal(vsee_history_settle(&account, "", "two"), 0);
	assert_string_equal(account.settings[0].text, drawn[1].text);
	assert_string_equal(account.settings[1].text, drawn[2].text);
	/* When its last entry goes, the older one goes too. */
	vsee_history_prune(&account, 1, 60, TODAY);
	assert_int_equal(account.entry_count, 3); /* young enough */
	vsee_history_prune(&account, 0, 60, TODAY);
	assert_string_equal(account.settings[1].text, "");
}

static void stronger_shadow_hash_draws_a_new_setting(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("alice", 1000);
	char stronger[VSEE_HASH_SIZE];

	(void)state;
	assert_int_equal(vsee_history_settle(&account, "", "machine"), 0);
	if (strncmp(account.settings[0].text, "$y$", 3) != 0) {
		print_message("skipped: written for hosts that prefer yescrypt\n");
		skip();
	}
	add_under(&account, account.settings[0].text, "hash");
	(void)snprintf(stronger, sizeof(stronger), "$y$jDT$abcdefgh$hash");
	assert_int_equal(vsee_history_settle(&account, stronger, "machine"), 0);
	assert_memory_equal(account.settings[0].text, "$y$jDT$", 7);
	assert_memory_equal(account.settings[1].text, "$y$j9T$", 7);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(same_rows) + 12] = {
		cmocka_unit_test(observed_change_begins_a_password),
		cmocka_unit_test(bound_change_begins_a_password),
		cmocka_unit_test(bind_after_scan_has_seen_the_change),
		cmocka_unit_test(bind_without_a_usable_setting),
		cmocka_unit_test(first_observation_only_records),
		cmocka_unit_test(bound_hash_without_its_base_is_kept_as_an_entry),
		cmocka_unit_test(unbound_hash_is_kept_as_shadow_had_it),
		cmocka_unit_test(stale_pending_is_dropped),
		cmocka_unit_test(setting_is_drawn_once),
		cmocka_unit_test(odd_machine_id_is_stable),
		cmocka_unit_test(two_settings_live_and_the_third_ends_one),
		cmocka_unit_test(stronger_shadow_hash_draws_a_new_setting),
	};

	for (size_t i = 0; i < COUNT(same_rows); i++)
		tests[i + 12] = (struct CMUnitTest){.name = same_rows[i].name,
						    .test_func = check_same,
						    .initial_state = (void *)&same_rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
