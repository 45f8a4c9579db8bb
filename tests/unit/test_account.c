/* The text of an account's state: what is printed reads back, what is damaged costs its line only.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/entry.h"

#define X10 "xxxxxxxxxx"
#define X100 X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define X511 X100 X100 X100 X100 X100 X10 "x"

static void add_six(struct vsee_account *account)
{
	for (int i = 0; i < 6; i++) {
		char hash[] = "$y$j9T$new$0";

		hash[sizeof(hash) - 2] = (char)('0' + i);
		assert_int_equal(vsee_entry_insert(account, account->entry_count,
						   i == 0 ? VSEE_UNSET : 19000 + i, hash,
						   strlen(hash)),
				 0);
	}
}

/* Every fact differs from an empty account's, so that one forgotten by either side shows. */
static struct vsee_account full_account(void)
{
	struct vsee_account account = vsee_account_empty("alice", 1000);

	account.seen = 20000;
	account.enrolment = (struct vsee_enrolment){
		.enrolled = true,
		.password_before = true,
		.known_change = 1,
		.known_ahead = 2,
		.disbelieved = 3,
		.lifetime = 4,
		.deadline = VSEE_NEVER,
		.reason = VSEE_REASON_FLOOR,
		.floor = 5,
		.floor_change = 6,
		.floor_lifetime = VSEE_NEVER,
		.told = 8,
		.extension = 9,
		.mirror = VSEE_MIRROR_DONE,
		.mirror_max = 10,
		.mirror_warn = 11,
		.before_max = 12,
		.before_warn = 13,
		.mirror_old = 14,
		.zero = VSEE_MIRROR_INTENT,
		.before_change = 15,
	};
	account.token_expires = 1800000000;
	account.extension_by = 1000;
	strcpy(account.extension_reason, "on leave, ticket \"4711\" \xc3\x9c");
	strcpy(account.shadow_hash, "$6$saltsalt$shadow");
	strcpy(account.token, "$5$saltsalt$token");
	strcpy(account.settings[0].machine_id, "0123456789abcdef0123456789abcdef");
	strcpy(account.settings[0].text, "$y$j9T$new");
	strcpy(account.settings[1].text, "$y$j9T$old");
	strcpy(account.current, "$y$j9T$new$current");
	strcpy(account.pending, "$y$j9T$new$pending");
	strcpy(account.pending_base, "$6$saltsalt$base");
	add_six(&account);
	return account;
}

static void assert_same(const struct vsee_account *a, const struct vsee_account *b)
{
	struct vsee_account left = *a, right = *b;

	assert_int_equal(a->entry_count, b->entry_count);
	for (size_t i = 0; i < a->entry_count; i++) {
		assert_int_equal(a->entries[i].replaced, b->entries[i].replaced);
		assert_string_equal(a->entries[i].hash, b->entries[i].hash);
	}
	left.entries = right.entries = NULL;
	/* Padding apart, which both sides' initialisers leave zero. */
	assert_memory_equal(&left.enrolment, &right.enrolment, sizeof(left.enrolment));
	assert_string_equal(left.name, right.name);
	assert_int_equal(left.uid, right.uid);
	assert_int_equal(left.seen, right.seen);
	assert_int_equal(left.token_expires, right.token_expires);
	assert_int_equal(left.extension_by, right.extension_by);
	assert_string_equal(left.extension_reason, right.extension_reason);
	assert_string_equal(left.shadow_hash, right.shadow_hash);
	assert_string_equal(left.token, right.token);
	assert_memory_equal(left.settings, right.settings, sizeof(left.settings));
	assert_string_equal(left.current, right.current);
	assert_string_equal(left.pending, right.pending);
	assert_string_equal(left.pending_base, right.pending_base);
}

static void print_and_read(const struct vsee_account *account)
{
	autosecret struct vsee_secret text = {0};
	autoaccount struct vsee_account read = {0};
	unsigned line;

	assert_int_equal(vsee_account_print(account, &text), 0);
	assert_int_equal(vsee_account_parse(text.text, text.length, &read, &line), 0);
	assert_same(account, &read);
}

static void full_account_reads_back(void **state)
{
	autoaccount struct vsee_account account = full_account();

	(void)state;
	print_and_read(&account);
}

static void empty_account_is_short(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("bob", 0);
	autosecret struct vsee_secret text = {0};

	(void)state;
	print_and_read(&account);
	assert_int_equal(vsee_account_print(&account, &text), 0);
	assert_string_equal(text.text, "vsee-account 1\nname bob\nuid 0\nend\n");
}

static void greatest_account_reads_back(void **state)
{
	autoaccount struct vsee_account account = full_account();
	char hash[VSEE_HASH_SIZE] = X511;

	(void)state;
	vsee_entry_drop(&account, 0, account.entry_count);
	for (int i = 0; i < VSEE_ENTRIES_MAX; i++) {
		hash[0] = (char)('A' + i % 26);
		hash[1] = (char)('A' + i / 26);
		assert_int_equal(vsee_entry_insert(&account, account.entry_count, VSEE_DAY_MAX,
						   hash, strlen(hash)),
				 0);
	}
	memset(account.name, 'n', sizeof(account.name) - 1);
	account.uid = UINT32_MAX - 1;
	print_and_read(&account);
}

static void days_out_of_range_are_tamed(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("bob", 1);
	autoaccount struct vsee_account read = {0};
	autosecret struct vsee_secret text = {0};
	unsigned line;

	(void)state;
	account.enrolment.deadline = 2 * VSEE_NEVER;
	account.enrolment.floor = -3;
	account.seen = INT64_MIN;
	assert_int_equal(vsee_account_print(&account, &text), 0);
	assert_int_equal(vsee_account_parse(text.text, text.length, &read, &line), 0);
	assert_int_equal(read.enrolment.deadline, VSEE_NEVER);
	assert_int_equal(read.enrolment.floor, VSEE_UNSET);
	assert_int_equal(read.seen, VSEE_UNSET);
}

static void unreadable_text_is_not_printed(void **state)
{
	static const char *const hashes[] = {"$6$a b$c", "$6$a\n", "a:b", "\x7f", "\xc3\xa4", ""};
	autosecret struct vsee_secret text = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(hashes); i++) {
		autoaccount struct vsee_account account = vsee_account_empty("bob", 1);

		assert_int_equal(vsee_entry_insert(&account, 0, 1, hashes[i], strlen(hashes[i])),
				 0);
		assert_int_equal(vsee_account_print(&account, &text), -EINVAL);
		vsee_entry_drop(&account, 0, 1);
		strcpy(account.current, hashes[i]);
		assert_int_equal(vsee_account_print(&account, &text), hashes[i][0] ? -EINVAL : 0);
		vsee_secret_clear(&text);
	}
}

/* The words are in files that other releases wrote: their order in an enum may not decide. */
static void words_keep_their_meaning(void **state)
{
	static const struct {
		const char *word;
		enum vsee_reason reason;
	} reasons[] = {
		{"never", VSEE_REASON_NEVER},	    {"lifetime", VSEE_REASON_LIFETIME},
		{"shadow", VSEE_REASON_SHADOW},	    {"floor", VSEE_REASON_FLOOR},
		{"untold", VSEE_REASON_UNTOLD},	    {"extension", VSEE_REASON_EXTENSION},
		{"enrolled", VSEE_REASON_ENROLLED},
	};
	static const struct {
		const char *word;
		enum vsee_mirror mirror;
	} mirrors[] = {
		{"none", VSEE_MIRROR_NONE},
		{"intent", VSEE_MIRROR_INTENT},
		{"done", VSEE_MIRROR_DONE},
		{"overwritten", VSEE_MIRROR_OVERWRITTEN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(reasons); i++) {
		autoaccount struct vsee_account account = {0};
		const size_t k = i % COUNT(mirrors);
		char text[128];
		unsigned line;
		const int size = snprintf(text, sizeof(text),
					  "vsee-account 1\nuid 7\nenrolled yes\nreason %s\n"
					  "mirror %s\nzero %s\nend\n",
					  reasons[i].word, mirrors[k].word, mirrors[k].word);

		assert_int_equal(vsee_account_parse(text, (size_t)size, &account, &line), 0);
		assert_true(account.enrolment.enrolled);
		assert_int_equal(account.enrolment.reason, reasons[i].reason);
		assert_int_equal(account.enrolment.mirror, mirrors[k].mirror);
		assert_int_equal(account.enrolment.zero, mirrors[k].mirror);
	}
}

static void too_many_entries_lose_the_oldest(void **state)
{
	autoaccount struct vsee_account account = vsee_account_empty("bob", 1);
	char hash[16];

	(void)state;
	for (int i = 0; i < VSEE_ENTRIES_MAX + 5; i++) {
		(void)snprintf(hash, sizeof(hash), "h%d", i);
		assert_int_equal(
			vsee_entry_insert(&account, account.entry_count, i, hash, strlen(hash)), 0);
	}
	assert_int_equal(account.entry_count, VSEE_ENTRIES_MAX);
	assert_string_equal(account.entries[0].hash, "h5");
	assert_string_equal(account.entries[VSEE_ENTRIES_MAX - 1].hash, hash);
}

/* How many of the good entries are there, in their order. */
static size_t entries_found(const struct vsee_account *read, const struct vsee_account *good)
{
	size_t found = 0;

	for (size_t i = 0; i < read->entry_count; i++)
		for (size_t k = found; k < good->entry_count; k++)
			if (strcmp(read->entries[i].hash, good->entries[k].hash) == 0)
				found++;
	return found;
}

static void each_byte_damaged_costs_its_line_only(void **state)
{
	static const unsigned char masks[] = {0x01, 0x10, 0x80, 0x20, 0xff};
	autoaccount struct vsee_account good = full_account();
	autosecret struct vsee_secret text = {0};

	(void)state;
	assert_int_equal(vsee_account_print(&good, &text), 0);
	for (size_t at = 0; at < text.length * (COUNT(masks) + 2); at++) {
		autoaccount struct vsee_account read = {0};
		const size_t byte = at % text.length, kind = at / text.length;
		const char kept = text.text[byte];
		unsigned line;

		text.text[byte] = kind < COUNT(masks)	 ? (char)(kept ^ (char)masks[kind])
				  : kind == COUNT(masks) ? '\n'
							 : '\0';
		const int r = vsee_account_parse(text.text, text.length, &read, &line);

		text.text[byte] = kept;
		if (r == -EPROTONOSUPPORT) { /* a digit of the version */
			assert_int_equal(byte, strlen("vsee-account "));
			continue;
		}
		assert_true(r == 0 || r == -EBADMSG);
		/* A newline that is no more joins two lines. */
		assert_true(entries_found(&read, &good) >=
			    good.entry_count - (kept == '\n' ? 2 : 1));
	}
}

static void truncation_at_every_length_is_noticed(void **state)
{
	autoaccount struct vsee_account good = full_account();
	autosecret struct vsee_secret text = {0};
	size_t most = 0;

	(void)state;
	assert_int_equal(vsee_account_print(&good, &text), 0);
	for (size_t size = 0; size < text.length; size++) {
		autoaccount struct vsee_account read = {0};
		unsigned line;
		size_t found;

		assert_int_equal(vsee_account_parse(text.text, size, &read, &line), -EBADMSG);
		found = entries_found(&read, &good);
		assert_int_equal(found, read.entry_count); /* none of half a line */
		assert_true(found >= most);
		most = found;
	}
	assert_int_equal(most, good.entry_count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(full_account_reads_back),
		cmocka_unit_test(empty_account_is_short),
		cmocka_unit_test(greatest_account_reads_back),
		cmocka_unit_test(days_out_of_range_are_tamed),
		cmocka_unit_test(unreadable_text_is_not_printed),
		cmocka_unit_test(words_keep_their_meaning),
		cmocka_unit_test(too_many_entries_lose_the_oldest),
		cmocka_unit_test(each_byte_damaged_costs_its_line_only),
		cmocka_unit_test(truncation_at_every_length_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
