#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "compose.h"
#include "compose_words.h"
#include "mail_texts.h"
#include "store/syntax.h"

static struct vsee_texts *texts;

static struct vsee_policy policy_of(void)
{
	static char product[] = "VSee Messenger", from[] = "help@example.com", none[] = "";

	return (struct vsee_policy){.product = product,
				    .base_url = none,
				    .support = none,
				    .delivery = {.from = from, .reply_to = none}};
}

static struct reminder row_of(void)
{
	return (struct reminder){.name = "alice",
				 .address = "alice@example.com",
				 .message_id = "<1@example.com>",
				 .deadline = 20782};
}

static int compose(const struct vsee_policy *policy, const char *host, const struct reminder *row,
		   char **ret_text)
{
	const struct compose compose = {.policy = policy,
					.texts = {texts, texts},
					.host = host,
					.now = INT64_C(1795392000)};
	size_t size = 0;
	int r = compose_reminder(&compose, row, 1, ret_text, &size);

	assert_int_equal(r == 0 ? strlen(*ret_text) : 0, size);
	return r;
}

static void a_message_is_made(void **state)
{
	struct vsee_policy policy = policy_of();
	struct reminder row = row_of();
	autofree char *text = NULL;

	(void)state;
	assert_int_equal(compose(&policy, "h1", &row, &text), 0);
	assert_non_null(
		strstr(text, "\r\nSubject: VSee Messenger Password is Expiring in 1 day\r\n"));
	assert_non_null(strstr(text, "\r\nMessage-ID: <1@example.com>\r\n"));
	assert_non_null(strstr(text, "Content-Type: multipart/alternative;"));
	assert_true(strstr(text, "text/plain; charset=utf-8") < strstr(text, "text/html; charset"));
	assert_string_equal(text + strlen(text) - 4, "--\r\n");
}

/* The letters it stands for are for servers that say SMTPUTF8, which we ask none for. */
static void an_address_in_punycode_stands_as_it_is(void **state)
{
	static char from[] = "Help desk <help@xn--mller-kva.example>";
	static char reply_to[] = "help@xn--mller-kva.example";
	struct vsee_policy policy = policy_of();
	struct reminder row = row_of();
	autofree char *text = NULL;

	(void)state;
	policy.delivery.from = from;
	policy.delivery.reply_to = reply_to;
	(void)snprintf(row.address, sizeof(row.address), "eva@XN--mller-kva.example");
	assert_int_equal(compose(&policy, "h1", &row, &text), 0);
	assert_non_null(strstr(text, "\r\n <help@xn--mller-kva.example>\r\n"));
	assert_non_null(strstr(text, "\r\nReply-To: help@xn--mller-kva.example\r\n"));
	assert_non_null(strstr(text, "\r\nTo: eva@XN--mller-kva.example\r\n"));
}

/* Neither cut nor mended, nor handed to GMime, which would do both. */
static void bytes_that_are_no_utf8_are_refused(void **state)
{
	/* clang-format off */
	static char bad[][8] = {"a\xff", "a\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
				"a\x80z", "a\nb"};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		for (int field = 0; field < 6; field++) {
			struct vsee_policy policy = policy_of();
			struct reminder row = row_of();
			char **const values[] = {&policy.product, &policy.support, &policy.base_url,
						 &policy.delivery.from, &policy.delivery.reply_to};
			char *text = NULL;

			if (field < 5)
				*values[field] = bad[i];
			else
				(void)strcpy(row.name, bad[i]);
			assert_int_equal(compose(&policy, "h1", &row, &text), -EINVAL);
			assert_int_equal(compose(&policy, bad[i], &row, &text), -EINVAL);
			assert_null(text);
		}
	}
}

static void a_message_id_is_new_each_time(void **state)
{
	char first[MESSAGE_ID_SIZE], second[MESSAGE_ID_SIZE];

	(void)state;
	assert_int_equal(compose_message_id("mail.example.com", first), 0);
	assert_int_equal(compose_message_id("mail.example.com", second), 0);
	assert_string_not_equal(first, second);
	assert_int_equal(strlen(first), 1 + 32 + strlen("@mail.example.com>"));
	assert_int_equal(first[0], '<');
	assert_true(vsee_syntax_address(first + 1, strlen(first) - 2));
	assert_string_equal(strchr(first, '@'), "@mail.example.com>");
	assert_int_equal(compose_message_id("", second), -EINVAL);
	assert_int_equal(compose_message_id("a b", second), -EINVAL);
	assert_int_equal(compose_message_id("a\r\nb", second), -EINVAL);
	assert_int_equal(compose_message_id("a>", second), -EINVAL);
}

static void only_simple_text_stays_as_it_is(void **state)
{
	/* clang-format off */
	static const char *const plain[] = {"", "a", "VSee Messenger: 1 (2) \"x\"", "a=b", "?=",
					    "123456789 123456789 123456789 123456789 123456789 1",
					    "iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"};
	static const char *const others[] = {
		"\xc3\xbc", "=?", "a =?b", " a", "a  b", "a\tb",
		"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii"};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(plain); i++)
		assert_true(words_plain(plain[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(words_plain(others[i]));
}

static void words_are_encoded_whole_and_short(void **state)
{
	/* clang-format off */
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"a b", "=?utf-8?q?a_b?="},
		{"=?_", "=?utf-8?q?=3D=3F=5F?="},
		{"\xc3\xbc\xf0\x9f\x91\xa9", "=?utf-8?q?=C3=BC=F0=9F=91=A9?="},
		/* Sixty letters; then one that would be cut between its bytes. */
		{"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii",
		 "=?utf-8?q?iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii?=\n"
		 " =?utf-8?q?iiiiii?="},
		{"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii\xc3\xbc",
		 "=?utf-8?q?iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii?=\n"
		 " =?utf-8?q?=C3=BC?="},
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		autofree char *words = words_encode(rows[i].text);

		assert_string_equal(words, rows[i].words);
	}
}

static int texts_make(void **state)
{
	const char *paths[] = {NULL};
	struct vsee_text_errors errors = {0};

	(void)state;
	return vsee_texts_load(mail_text_keys, mail_text_key_count, mail_texts_english,
			       strlen(mail_texts_english), paths, 0, &texts, &errors);
}

static int texts_remove(void **state)
{
	(void)state;
	vsee_texts_free(texts);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_made),
		cmocka_unit_test(an_address_in_punycode_stands_as_it_is),
		cmocka_unit_test(bytes_that_are_no_utf8_are_refused),
		cmocka_unit_test(a_message_id_is_new_each_time),
		cmocka_unit_test(only_simple_text_stays_as_it_is),
		cmocka_unit_test(words_are_encoded_whole_and_short),
	};

	return cmocka_run_group_tests(tests, texts_make, texts_remove);
}
