#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/writer.h"

static void appends(void **state)
{
	char text[16];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	(void)state;
	vsee_writer_add(&writer, "%s", "one ");
	vsee_writer_add(&writer, "%d", 22);
	assert_string_equal(text, "one 22");
	assert_int_equal(writer.length, 6);
	assert_false(writer.overflow);
}

static void fits_to_the_last_byte(void **state)
{
	char text[4];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	(void)state;
	vsee_writer_add(&writer, "abc");
	assert_false(writer.overflow);
	vsee_writer_add(&writer, "%s", "");
	assert_false(writer.overflow);
	assert_string_equal(text, "abc");
}

static void nothing_after_an_overflow(void **state)
{
	char text[8];
	struct vsee_writer writer = {.text = text, .size = sizeof(text)};

	(void)state;
	vsee_writer_add(&writer, "abc");
	vsee_writer_add(&writer, "%s", "too long");
	assert_true(writer.overflow);
	assert_string_equal(text, "abc");
	vsee_writer_add(&writer, "d");
	assert_string_equal(text, "abc");
	assert_int_equal(writer.length, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends),
		cmocka_unit_test(fits_to_the_last_byte),
		cmocka_unit_test(nothing_after_an_overflow),
	};

	return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
