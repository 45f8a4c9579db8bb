/* Where mail goes: each source, their order, and everything that must not become an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "address.h"
#include "base/cleanup.h"

#define A64 "aaaaaaaabbbbbbbbccccccccddddddddaaaaaaaabbbbbbbbccccccccdddddddd"
#define NAME300 A64 A64 A64 A64 "aaaaaaaabbbbbbbbccccccccddddddddaaaaaaaabbbb"
#define RECORD(rest) "{\"userName\":\"alice\",\"uid\":1001" rest "}"
#define OF(address) RECORD(",\"emailAddress\":\"" address "\"")

/* Of alice, uid 1001. */
static struct row {
	const char *name;
	const char *sources;		  /* "": all, in the usual order */
	const char *map, *userdb, *gecos; /* NULL: none */
	int result;
	const char *expected; /* the address, or a part of why there is none */
	enum vsee_language language;
	uint64_t bad; /* lines of the map that are warned of */
} rows[] = {
#include "address_rows.h"
};

static char *sources[5];
static struct vsee_policy policy;

static void set_sources(const char *text)
{
	static char words[64];
	char *rest = words;
	size_t count = 0;

	(void)snprintf(words, sizeof(words), "%s", text[0] ? text : "map userdb gecos domain");
	while (rest && *rest)
		sources[count++] = strsep(&rest, " ");
	policy = (struct vsee_policy){
		.delivery = {.addresses = sources, .address_count = count, .map = (char[]){"/map"}},
	};
}

static void put(const char *root, const char *name, const char *text, mode_t mode)
{
	autofree char *path = NULL;

	assert_true(asprintf(&path, "%s%s", root, name) > 0);
	if (!text) {
		(void)unlink(path); /* left by the row before */
		return;
	}

	FILE *file = fopen(path, "we");

	assert_non_null(file);
	/* A NUL is written as \001. */
	for (; *text; text++)
		assert_true(fputc(*text == '\001' ? '\0' : *text, file) != EOF);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static char root[] = "/tmp/vsee-address-XXXXXX";

static void check(void **state)
{
	const struct row *row = *state;
	struct addresses *addresses = NULL;
	char domain[] = "example.com", map[] = "/map", address[ADDRESS_SIZE] = "untouched";
	char why[ADDRESS_WHY_SIZE];
	enum vsee_language language;
	uint64_t bad;

	set_sources(row->sources);
	policy.delivery.domain = domain;
	policy.delivery.map = map;
	put(root, "/map", row->map, 0644);
	put(root, "/etc/userdb/alice.user", row->userdb, 0644);
	assert_int_equal(addresses_load(&policy, root, getuid(), &addresses, &bad), 0);
	assert_int_equal(bad, row->bad);

	const int r = address_find(addresses, "alice", 1001, row->gecos ? row->gecos : "", address,
				   &language, why);

	if (r != row->result)
		fail_msg("%d: %s, %s", r, address, why);
	assert_string_equal(address, r == 0 ? row->expected : "untouched");
	if (r < 0 && !strstr(why, row->expected))
		fail_msg("not in \"%s\": %s", why, row->expected);
	assert_true(strlen(why) <= 80);
	if (r == 0)
		assert_int_equal(language, row->language);
	addresses_free(addresses);
}

static int find(const char *name, char *address)
{
	struct addresses *addresses = NULL;
	char why[ADDRESS_WHY_SIZE], domain[] = "example.com", map[] = "";
	enum vsee_language language;
	uint64_t bad;
	int r;

	set_sources("domain");
	policy.delivery.domain = domain;
	policy.delivery.map = map;
	assert_int_equal(addresses_load(&policy, root, getuid(), &addresses, &bad), 0);
	r = address_find(addresses, name, 1001, "", address, &language, why);
	addresses_free(addresses);
	return r;
}

static void names_before_the_domain(void **state)
{
	static const struct {
		const char *name;
		int result;
	} names[] = {
		{"alice", 0},	    {"a.b", 0},
		{"a$", 0},	    {"a..b", -EINVAL},
		{"a.", -EINVAL},    {"a\r\nb", -EINVAL},
		{"a b", -EINVAL},   {"a@b", -EINVAL},
		{A64, 0},	    {A64 "a", -EINVAL},
		{NAME300, -EINVAL}, {"\xff\xfe", -EINVAL},
		{"", -EINVAL},	    {"\xc3\xbc", -EINVAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		char address[ADDRESS_SIZE] = "";

		if (find(names[i].name, address) != names[i].result)
			fail_msg("%s: %s", names[i].name, address);
	}
}

static int load(void)
{
	struct addresses *addresses = NULL;
	uint64_t bad;
	const int r = addresses_load(&policy, root, getuid(), &addresses, &bad);

	if (r == 0)
		addresses_free(addresses);
	return r;
}

static void sources_that_others_can_write_are_refused(void **state)
{
	autofree char *map = NULL, *folder = NULL;
	char name[] = "/map";

	(void)state;
	assert_true(asprintf(&map, "%s/map", root) > 0);
	assert_true(asprintf(&folder, "%s/etc/userdb", root) > 0);
	set_sources("");
	policy.delivery.map = name;
	put(root, "/map", "", 0666);
	assert_int_equal(load(), -EPERM);
	assert_int_equal(chmod(map, 0644), 0);
	assert_int_equal(load(), 0);
	assert_int_equal(chmod(folder, 0777), 0);
	assert_int_equal(load(), -EPERM);
	set_sources("map");
	policy.delivery.map = name;
	assert_int_equal(load(), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(unlink(map), 0);
	assert_int_equal(symlink("/etc/passwd", map), 0);
	assert_int_equal(load(), -ELOOP);
	assert_int_equal(unlink(map), 0);
	assert_int_equal(mkfifo(map, 0600), 0);
	assert_int_equal(load(), -EINVAL);
	assert_int_equal(unlink(map), 0);
}

static void a_record_that_others_can_write_is_refused(void **state)
{
	struct addresses *addresses = NULL;
	char address[ADDRESS_SIZE], why[ADDRESS_WHY_SIZE], map[] = "";
	enum vsee_language language;
	uint64_t bad;

	(void)state;
	set_sources("userdb");
	policy.delivery.map = map;
	put(root, "/etc/userdb/alice.user", OF("a@b.c"), 0666);
	assert_int_equal(addresses_load(&policy, root, getuid(), &addresses, &bad), 0);
	assert_int_equal(address_find(addresses, "alice", 1001, "", address, &language, why),
			 -EINVAL);
	assert_non_null(strstr(why, "others can write"));
	addresses_free(addresses);
}

static int setup(void **state)
{
	static const char *const folders[] = {"/etc", "/etc/userdb", "/usr", "/usr/lib",
					      "/usr/lib/userdb"};

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (size_t i = 0; i < COUNT(folders); i++) {
		autofree char *path = NULL;

		if (asprintf(&path, "%s%s", root, folders[i]) < 0 || mkdir(path, 0755) < 0)
			return -1;
	}
	put(root, "/usr/lib/userdb/alice.user", OF("vendor@example.com"), 0644);
	return 0;
}

static int teardown(void **state)
{
	static const char *const names[] = {"/usr/lib/userdb/alice.user",
					    "/usr/lib/userdb",
					    "/usr/lib",
					    "/usr",
					    "/etc/userdb/alice.user",
					    "/etc/userdb",
					    "/etc",
					    "/map",
					    ""};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		autofree char *path = NULL;

		if (asprintf(&path, "%s%s", root, names[i]) > 0)
			(void)remove(path); /* some are not there */
	}
	return 0;
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(names_before_the_domain),
		cmocka_unit_test(sources_that_others_can_write_are_refused),
		cmocka_unit_test(a_record_that_others_can_write_is_refused),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, setup, teardown);
}
