/* The link to the page: nothing a name or a URL holds can change what it leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "policy/link.h"

static struct row {
	const char *name, *url, *user, *token, *link;
} rows[] = {
	{"host is put in", "https://%H:9443", "alice", NULL, "https://h1:9443/?user=alice"},
	{"final slash", "https://h/", "alice", NULL, "https://h/?user=alice"},
	{"a path stays", "https://h/pw/", "alice", NULL, "https://h/pw/?user=alice"},
	{"a percent sign", "https://h/a%%b", "alice", NULL, "https://h/a%b/?user=alice"},
	{"a lone percent", "https://h/a%", "alice", NULL, "https://h/a%/?user=alice"},
	{"a token", "https://h", "alice", "T-_", "https://h/?user=alice&token=T-_"},
	{"a name with & and =", "https://h", "a&b=c", NULL, "https://h/?user=a%26b%3Dc"},
	{"a name with #", "https://h", "a#b", NULL, "https://h/?user=a%23b"},
};

static void check(void **state)
{
	const struct row *row = *state;
	char link[512];

	assert_int_equal(
		vsee_link_format(row->url, "h1", row->user, row->token, link, sizeof(link)), 0);
	assert_string_equal(link, row->link);
}

static void too_long_is_no_link(void **state)
{
	char link[16] = "x";

	(void)state;
	assert_int_equal(vsee_link_format("https://host", "h", "alice", NULL, link, sizeof(link)),
			 -ENOBUFS);
	assert_string_equal(link, "");
}

static void a_page_of_support_is_expanded_alone(void **state)
{
	char link[32];

	(void)state;
	assert_int_equal(vsee_link_expand("https://%H/a%%/", "h1", link, sizeof(link)), 0);
	assert_string_equal(link, "https://h1/a%/");
	assert_int_equal(vsee_link_expand("https://%H/a%%/", "h1", link, 15), 0);
	assert_int_equal(vsee_link_expand("https://%H/a%%/", "h1", link, 14), -ENOBUFS);
	assert_string_equal(link, "");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] = (struct CMUnitTest)cmocka_unit_test(too_long_is_no_link);
	tests[COUNT(rows) + 1] =
		(struct CMUnitTest)cmocka_unit_test(a_page_of_support_is_expanded_alone);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
