/* Passwords go where they were wanted, once, and nowhere else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "conversation.h"
#include "base/cleanup.h"
#include "base/utf8.h"

static const char *const change[] = {"old", "new", "new"};

/* One message: its answer ("" for none, owned by the caller), or NULL where it was refused. */
static char *ask(struct conversation *conversation, int style, const char *text)
{
	const struct pam_message message = {style, text}, *messages[] = {&message};
	struct pam_response *responses = NULL;
	char *answer;

	if (conversation_answer(1, messages, &responses, conversation) != PAM_SUCCESS) {
		assert_null(responses);
		return NULL;
	}
	answer = responses[0].resp ? responses[0].resp : strdup("");
	free(responses);
	return answer;
}

static void expect(struct conversation *conversation, int style, const char *text,
		   const char *expected)
{
	autofree char *answer = ask(conversation, style, text);

	if (expected)
		assert_string_equal(answer, expected);
	else
		assert_null(answer);
}

static void hidden_prompts_are_answered_in_order_and_once(void **state)
{
	struct conversation conversation;

	(void)state;
	conversation_begin(&conversation, change, COUNT(change));
	for (size_t i = 0; i < COUNT(change); i++) {
		expect(&conversation, PAM_TEXT_INFO, "a word", "");
		expect(&conversation, PAM_PROMPT_ECHO_OFF, "Password: ", change[i]);
	}
	expect(&conversation, PAM_PROMPT_ECHO_OFF, "Password: ", NULL);
}

static void what_is_seen_or_strange_gets_no_password(void **state)
{
	static const int styles[] = {
		PAM_PROMPT_ECHO_ON, PAM_RADIO_TYPE, PAM_BINARY_PROMPT, 0, -1, 99};

	(void)state;
	for (size_t i = 0; i < COUNT(styles); i++) {
		struct conversation conversation;

		conversation_begin(&conversation, change, COUNT(change));
		expect(&conversation, styles[i], "Code: ", NULL);
		assert_int_equal(conversation.next, 0);
	}
}

static void a_second_prompt_is_a_second_factor(void **state)
{
	struct conversation conversation;

	(void)state;
	conversation_begin(&conversation, change, 1);
	expect(&conversation, PAM_PROMPT_ECHO_OFF, "Password: ", "old");
	expect(&conversation, PAM_PROMPT_ECHO_OFF, "One-time code: ", NULL);
}

static void many_messages_at_once_fail_as_one(void **state)
{
	const struct pam_message good = {PAM_PROMPT_ECHO_OFF, "a"}, bad = {PAM_PROMPT_ECHO_ON, "b"};
	const struct pam_message *messages[] = {&good, &bad};
	struct pam_response *responses = NULL;
	struct conversation conversation;

	(void)state;
	conversation_begin(&conversation, change, COUNT(change));
	assert_int_equal(conversation_answer(2, messages, &responses, &conversation), PAM_CONV_ERR);
	assert_null(responses);
	assert_int_equal(conversation_answer(0, messages, &responses, &conversation), PAM_CONV_ERR);
	assert_int_equal(
		conversation_answer(PAM_MAX_NUM_MSG + 1, messages, &responses, &conversation),
		PAM_CONV_ERR);
}

static void the_last_error_is_kept_clean(void **state)
{
	static const struct {
		const char *text, *clean;
	} rows[] = {
		{"", ""},
		{"BAD PASSWORD: it is too short", "BAD PASSWORD: it is too short"},
		{"one\ntwo\ttab\x1b[31m\x7f", "onetwotab[31m"},
		{"Pa\xc3\x9fwort zu kurz", "Pa\xc3\x9fwort zu kurz"},
		{"C1 \xc2\x9b"
		 "31m",
		 "C1 31m"},
		{"line \xe2\x80\xa8separator", "line separator"},
		{"bad \xff\xc3 \xed\xa0\x80 bytes", "bad   bytes"},
		{"cut \xe2\x82", "cut "},
		{"\xf0\x9f\x98\x80 fine", "\xf0\x9f\x98\x80 fine"},
	};
	struct conversation conversation;

	(void)state;
	conversation_begin(&conversation, change, COUNT(change));
	for (size_t i = 0; i < COUNT(rows); i++) {
		expect(&conversation, PAM_ERROR_MSG, rows[i].text, "");
		assert_string_equal(conversation.text, rows[i].clean);
	}
	conversation_begin(&conversation, change, COUNT(change));
	assert_string_equal(conversation.text, "");
}

static void a_long_error_is_cut_between_characters(void **state)
{
	char text[1024] = "", clean[WIRE_TEXT_SIZE];

	(void)state;
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, 'x', shift);
		text[shift] = '\0';
		for (size_t i = 0; i < 200; i++)
			strcat(text, "\xf0\x9f\x98\x80");
		conversation_clean(text, clean);
		assert_true(strlen(clean) <= 300 && strlen(clean) > 296);
		assert_true(vsee_utf8_valid(clean, strlen(clean)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden_prompts_are_answered_in_order_and_once),
		cmocka_unit_test(what_is_seen_or_strange_gets_no_password),
		cmocka_unit_test(a_second_prompt_is_a_second_factor),
		cmocka_unit_test(many_messages_at_once_fail_as_one),
		cmocka_unit_test(the_last_error_is_kept_clean),
		cmocka_unit_test(a_long_error_is_cut_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
