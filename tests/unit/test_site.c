/* What the page knows of its host, from the policy that was published. */
#include "config_host.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "site.h"

#define URL "https://page.test"

struct row {
	const char *name, *text;
	const char *authority, *path; /* authority NULL: it can't be served */
	const char *said;
};

/* clang-format off */
static struct row rows[] = {
	{"a host", "[web]\nbase_url = " URL "\n", "page.test", "", NULL},
	{"a final slash", "[web]\nbase_url = " URL "/\n", "page.test", "", NULL},
	{"a port", "[web]\nbase_url = " URL ":9443\n", "page.test:9443", "", NULL},
	{"a path", "[web]\nbase_url = " URL "/a/b/\n", "page.test", "/a/b", NULL},
	{"no address", "[policy]\nmode = off\n", NULL, NULL, "[web] base_url is not set"},
	{"clear text", "[web]\nbase_url = http://page.test\n", NULL, NULL, "must begin with https://"},
	{"a query", "[web]\nbase_url = " URL "/?a=b\n", NULL, NULL, "a path at most"},
};
/* clang-format on */

/* As `vseectl apply` publishes it; false where it refuses what the row has. */
static bool publish(const struct host *host, const char *state)
{
	struct vsee_config config;
	autoclose int fd = -1;
	bool good;

	assert_int_equal(mkdir(state, 0700), 0);
	fd = vsee_dir_open(AT_FDCWD, state, geteuid());
	assert_true(fd >= 0);
	good = vsee_config_read(&host->paths, geteuid(), &config) == 0;
	if (good)
		assert_int_equal(vsee_policy_publish(fd, &config.policy), 0);
	vsee_config_clear(&config);
	return good;
}

static int load(const char *text, struct site *ret_site, struct site_error *ret_error)
{
	autohost struct host host = host_make(text, NULL, NULL);
	autofree char *state = NULL;
	int r = -EINVAL;

	assert_true(asprintf(&state, "%s/state", host.root) > 0);
	if (publish(&host, state))
		r = site_load("", state, ret_site, ret_error);
	else
		(void)snprintf(ret_error->text, sizeof(ret_error->text), "refused before");
	return r;
}

static void check(void **state)
{
	const struct row *row = *state;
	struct site_error error = {0};
	struct site site;
	char origin[SITE_URL_SIZE];
	const int r = load(row->text, &site, &error);

	if (!row->authority) {
		assert_true(r < 0);
		if (strcmp(error.text, "refused before") != 0 && !strstr(error.text, row->said))
			fail_msg("it says: %s", error.text);
		return;
	}
	assert_int_equal(r, 0);
	assert_string_equal(site.authority, row->authority);
	assert_string_equal(site.path, row->path);
	(void)snprintf(origin, sizeof(origin), "https://%s", row->authority);
	assert_string_equal(site.origin, origin);
}

static void what_is_set_arrives(void **state)
{
	struct site_error error;
	struct site site;

	(void)state;
	assert_int_equal(load("[text]\nproduct = Acme\nlanguage = de\n"
			      "[web]\nbase_url = https://%H:9443\ngate = native\n"
			      "support = https://help.test/\nlogin_page = https://in.test/\n",
			      &site, &error),
			 0);
	assert_string_equal(site.product, "Acme");
	assert_string_equal(site.support, "https://help.test/");
	assert_string_equal(site.login_page, "https://in.test/");
	assert_int_equal(site.language, VSEE_LANGUAGE_DE);
	assert_int_equal(site.gate, VSEE_GATE_NATIVE);
	assert_int_equal(strncmp(site.authority, site.host, strlen(site.host)), 0);
	assert_string_equal(site.authority + strlen(site.host), ":9443");
}

/* A section that is off binds nobody. */
static void the_most_that_anybody_is_held_to(void **state)
{
	struct site_error error;
	struct site site;

	(void)state;
	assert_int_equal(load("[policy]\nmode = remind\nremember = 3\n"
			      "[group a]\nmode = enforce\nremember = 9\n"
			      "[group b]\nmode = off\nremember = 20\n[web]\nbase_url = " URL "\n",
			      &site, &error),
			 0);
	assert_int_equal(site.strength.remember, 9);
}

static void nothing_published(void **state)
{
	autohost struct host host = host_make(NULL, NULL, NULL);
	struct site_error error;
	struct site site;

	(void)state;
	assert_int_equal(site_load("", host.root, &site, &error), -ENOENT);
	assert_non_null(strstr(error.text, "vseectl apply"));
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 3] = {
		cmocka_unit_test(what_is_set_arrives),
		cmocka_unit_test(the_most_that_anybody_is_held_to),
		cmocka_unit_test(nothing_published),
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i + 3] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
