/* The examples of RFC 4648, section 10, without their padding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/base64.h"
#include "base/cleanup.h"

static void examples(void **state)
{
	static const struct {
		const char *bytes, *last, *text;
	} rows[] = {
		{"", VSEE_BASE64_LAST, ""},
		{"f", VSEE_BASE64_LAST, "Zg"},
		{"fo", VSEE_BASE64_LAST, "Zm8"},
		{"foo", VSEE_BASE64_LAST, "Zm9v"},
		{"foob", VSEE_BASE64_LAST, "Zm9vYg"},
		{"fooba", VSEE_BASE64_LAST, "Zm9vYmE"},
		{"foobar", VSEE_BASE64_LAST, "Zm9vYmFy"},
		{"\xfb\xff\xbf", VSEE_BASE64_LAST, "+/+/"},
		{"\xfb\xff\xbf", VSEE_BASE64_URL_LAST, "-_-_"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const size_t size = strlen(rows[i].bytes);
		char text[16];

		memset(text, '#', sizeof(text));
		vsee_base64_print(rows[i].bytes, size, rows[i].last, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(vsee_base64_length(size), strlen(text));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
