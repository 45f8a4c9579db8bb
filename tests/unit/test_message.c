/* Every text in every language: complete, of bounded length, found again by its code. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "policy/message.h"

#define SIZE 513 /* 512 bytes and the NUL */
#define LINK_LENGTH 256
#define PRODUCT_LENGTH 64 /* the configuration takes no longer one */

static const struct vsee_message_values plain = {.product = "Product",
						 .date = "2026-11-22 01:00 CET",
						 .link = "https://a.example",
						 .days = 7};

static char names[VSEE_MESSAGE_COUNT][8];

static enum vsee_message message_of(void **state)
{
	return (enum vsee_message)((char(*)[8]) * state - names);
}

static void check_text(enum vsee_message message, enum vsee_language language,
		       const struct vsee_message_values *values)
{
	char text[SIZE], end[16];
	int end_size;

	assert_int_equal(vsee_message_format(message, language, values, text, sizeof(text)), 0);
	end_size = snprintf(end, sizeof(end), " [%s]", vsee_message_code(message));
	assert_string_equal(text + strlen(text) - (size_t)end_size, end);
	assert_null(strpbrk(text, "{}\n\t%"));
	assert_null(strstr(text, "  ")); /* a value that is missing leaves no gap */
	assert_true(vsee_utf8_valid(text, strlen(text)));
}

static void check(void **state)
{
	const enum vsee_message message = message_of(state);
	char link[LINK_LENGTH + 1], product[PRODUCT_LENGTH + 1];
	struct vsee_message_values longest = plain, none = plain;

	memset(link, 'l', LINK_LENGTH);
	memset(product, 'p', PRODUCT_LENGTH);
	link[LINK_LENGTH] = product[PRODUCT_LENGTH] = '\0';
	longest.link = link;
	longest.product = product;
	longest.days = 36500;
	none.link = "";
	for (int i = VSEE_LANGUAGE_EN; i <= VSEE_LANGUAGE_DE; i++) {
		check_text(message, (enum vsee_language)i, &plain);
		check_text(message, (enum vsee_language)i, &longest);
		check_text(message, (enum vsee_language)i, &none);
	}
}

static void check_code(void **state)
{
	const enum vsee_message message = message_of(state);
	char lower[16];

	(void)snprintf(lower, sizeof(lower), "v%02d", (int)message + 1);
	assert_string_equal(vsee_message_code(message) + 1, lower + 1); /* codes never change */
	assert_int_equal(vsee_message_find(vsee_message_code(message)), message);
	assert_int_equal(vsee_message_find(lower), message);
	assert_true(strlen(vsee_message_meaning(message)) > 10);
	assert_true(strlen(vsee_message_remedy(message)) > 10);
}

static void languages_differ(void **state)
{
	char english[SIZE], german[SIZE];

	(void)state;
	for (int i = 0; i < VSEE_MESSAGE_COUNT; i++) {
		const enum vsee_message message = (enum vsee_message)i;

		(void)vsee_message_format(message, VSEE_LANGUAGE_EN, &plain, english, SIZE);
		(void)vsee_message_format(message, VSEE_LANGUAGE_DE, &plain, german, SIZE);
		assert_string_not_equal(english, german);
	}
}

static void unknown_codes_are_not_found(void **state)
{
	static const char *const codes[] = {"", "V", "V0", "V00", "V20", "V001", "V01 ", "W01"};

	(void)state;
	for (size_t i = 0; i < COUNT(codes); i++)
		assert_int_equal(vsee_message_find(codes[i]), VSEE_MESSAGE_COUNT);
}

/* A row per message that must carry a value. */
static void values_are_shown(void **state)
{
	/* clang-format off */
	static const struct {
		enum vsee_message message;
		const char *part;
	} parts[] = {
		{VSEE_MESSAGE_WARN_DAYS,
		 "2026-11-22 01:00 CET (in 7 days). Please change it before then. https://a.example [V01]"},
		{VSEE_MESSAGE_WARN_DAY,
		 "2026-11-22 01:00 CET (in 1 day). Please change it before then. https://a.example "
		 "[V02]"},
		{VSEE_MESSAGE_DENY, "https://a.example [V04]"},
		{VSEE_MESSAGE_LENIENT, "Product password expired on 2026-11-22 01:00 CET"},
		{VSEE_MESSAGE_TOO_SOON, "changed a short time ago"},
	};
	/* clang-format on */
	char text[SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(parts); i++) {
		assert_int_equal(vsee_message_format(parts[i].message, VSEE_LANGUAGE_EN, &plain,
						     text, sizeof(text)),
				 0);
		assert_non_null(strstr(text, parts[i].part));
	}
}

static void too_small_a_buffer_is_told(void **state)
{
	char text[32];

	(void)state;
	assert_int_equal(vsee_message_format(VSEE_MESSAGE_DENY, VSEE_LANGUAGE_EN, &plain, text,
					     sizeof(text)),
			 -ENOBUFS);
}

static const struct CMUnitTest others[] = {
	cmocka_unit_test(languages_differ),
	cmocka_unit_test(unknown_codes_are_not_found),
	cmocka_unit_test(values_are_shown),
	cmocka_unit_test(too_small_a_buffer_is_told),
};

int main(void)
{
	struct CMUnitTest tests[2 * VSEE_MESSAGE_COUNT + COUNT(others)];
	struct CMUnitTest *test = tests;

	for (int i = 0; i < VSEE_MESSAGE_COUNT; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%s",
			       vsee_message_code((enum vsee_message)i));
		*test++ = (struct CMUnitTest){
			.name = names[i], .test_func = check, .initial_state = names[i]};
		*test++ = (struct CMUnitTest){
			.name = names[i], .test_func = check_code, .initial_state = names[i]};
	}
	memcpy(test, others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
