/* Who may send our form: every pair of what a browser says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/cleanup.h"
#include "origin.h"

#define OURS "https://page.test"

struct row {
	const char *name, *site, *origin, *ours;
	enum origin_verdict verdict;
};

/* clang-format off */
static struct row rows[] = {
	{"neither header", NULL, NULL, OURS, ORIGIN_UNSAID},
	{"both are ours", "same-origin", OURS, OURS, ORIGIN_OURS},
	{"only the site is said", "same-origin", NULL, OURS, ORIGIN_OURS},
	{"only the origin is said", NULL, OURS, OURS, ORIGIN_OURS},
	{"the port of https", NULL, OURS ":443", OURS, ORIGIN_OURS},
	{"the port of https in ours", NULL, OURS, OURS ":443", ORIGIN_OURS},
	{"a port of ours", NULL, OURS ":9443", OURS ":9443", ORIGIN_OURS},
	{"capitals", NULL, "https://PAGE.test", OURS, ORIGIN_OURS},
	{"an IPv6 address", NULL, "https://[::1]:9443", "https://[::1]:9443", ORIGIN_OURS},
	{"another site", "cross-site", OURS, OURS, ORIGIN_FOREIGN},
	{"a sibling", "same-site", OURS, OURS, ORIGIN_FOREIGN},
	{"typed in", "none", OURS, OURS, ORIGIN_FOREIGN},
	{"an empty site", "", OURS, OURS, ORIGIN_FOREIGN},
	{"a site in capitals", "Same-Origin", OURS, OURS, ORIGIN_FOREIGN},
	{"another site, no origin", "cross-site", NULL, OURS, ORIGIN_FOREIGN},
	{"another origin", "same-origin", "https://evil.test", OURS, ORIGIN_FOREIGN},
	{"another origin, no site", NULL, "https://evil.test", OURS, ORIGIN_FOREIGN},
	{"hidden", NULL, "null", OURS, ORIGIN_FOREIGN},
	{"an empty origin", NULL, "", OURS, ORIGIN_FOREIGN},
	{"only the scheme", NULL, "https://", OURS, ORIGIN_FOREIGN},
	{"in clear", NULL, "http://page.test", OURS, ORIGIN_FOREIGN},
	{"another port", NULL, OURS ":8443", OURS, ORIGIN_FOREIGN},
	{"no port where we have one", NULL, OURS, OURS ":9443", ORIGIN_FOREIGN},
	{"ours and more", NULL, OURS ".evil.test", OURS, ORIGIN_FOREIGN},
	{"less than ours", NULL, "https://page", OURS, ORIGIN_FOREIGN},
	{"a path", NULL, OURS "/", OURS, ORIGIN_FOREIGN},
	{"a user", NULL, "https://page.test@evil.test", OURS, ORIGIN_FOREIGN},
};

static struct host_row {
	const char *name, *host, *authority;
	bool same;
} hosts[] = {
	{"the same host", "page.test", "page.test", true},
	{"its port", "page.test:9443", "page.test:9443", true},
	{"443 left out", "page.test", "page.test:443", true},
	{"443 named", "page.test:443", "page.test", true},
	{"host in capitals", "PAGE.TEST", "page.test", true},
	{"a dot at its end", "page.test.", "page.test", false},
	{"no host", "", "page.test", false},
	{"only a port", ":443", "page.test", false},
	{"only a port, on both sides", ":443", ":443", false},
	{"80", "page.test:80", "page.test", false},
	{"port left out", "page.test", "page.test:9443", false},
	{"443 twice", "page.test:443:443", "page.test", false},
};
/* clang-format on */

static void check(void **state)
{
	const struct row *row = *state;

	assert_int_equal(origin_judge(row->site, row->origin, row->ours), row->verdict);
}

static void check_host(void **state)
{
	const struct host_row *row = *state;

	assert_int_equal(origin_is_host(row->host, row->authority), row->same);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + COUNT(hosts)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(hosts); i++)
		tests[COUNT(rows) + i] = (struct CMUnitTest){
			.name = hosts[i].name, .test_func = check_host, .initial_state = &hosts[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
