/* Where a request comes from: never by the word of anybody but our own proxy. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "source.h"

struct row {
	const char *name;
	const char *peer; /* an address; "unix" or NULL: none */
	bool is_proxy;
	const char *forwarded, *source;
};

/* clang-format off */
static struct row rows[] = {
	{"IPv4", "192.0.2.1", false, NULL, "192.0.2.1"},
	{"IPv6", "2001:db8::1", false, NULL, "2001:db8::1"},
	{"IPv4 over IPv6", "::ffff:192.0.2.1", false, NULL, "192.0.2.1"},
	{"no address", NULL, false, NULL, "unix"},
	{"another family", "unix", false, NULL, "unix"},
	{"a client's own word", "192.0.2.1", false, "10.0.0.1", "192.0.2.1"},
	{"a proxy that says nothing", "unix", true, NULL, "unix"},
	{"a proxy without an address", NULL, true, "192.0.2.7", "192.0.2.7"},
	{"a proxy's word", "unix", true, "192.0.2.7", "192.0.2.7"},
	{"the last of many", "unix", true, "10.0.0.1, 10.0.0.2,192.0.2.7", "192.0.2.7"},
	{"blanks around", "unix", true, " \t192.0.2.7 \t", "192.0.2.7"},
	{"a proxy's IPv6", "unix", true, "2001:DB8:0::1", "2001:db8::1"},
	{"a proxy's IPv4 over IPv6", "unix", true, "::ffff:c000:207", "192.0.2.7"},
	{"nothing behind the comma", "unix", true, "192.0.2.7,", "unix"},
	{"an empty word", "unix", true, "", "unix"},
	{"a name", "unix", true, "client.test", "unix"},
	{"a port", "unix", true, "192.0.2.7:80", "unix"},
	{"brackets", "unix", true, "[2001:db8::1]", "unix"},
	{"two words", "unix", true, "192.0.2.7 192.0.2.8", "unix"},
	{"a zone", "unix", true, "fe80::1%eth0", "unix"},
	{"octal", "unix", true, "192.0.2.07", "unix"},
	{"too short", "unix", true, "192.0.2", "unix"},
	{"too long", "unix", true, "11112222333344445555666677778888999900001111222", "unix"},
};
/* clang-format on */

static const struct sockaddr *make_peer(const char *text, struct sockaddr_storage *storage)
{
	struct sockaddr_in *const ipv4 = (void *)storage;
	struct sockaddr_in6 *const ipv6 = (void *)storage;

	*storage = (struct sockaddr_storage){.ss_family = AF_UNIX};
	if (!text)
		return NULL;
	if (inet_pton(AF_INET, text, &ipv4->sin_addr) == 1)
		ipv4->sin_family = AF_INET;
	else if (inet_pton(AF_INET6, text, &ipv6->sin6_addr) == 1)
		ipv6->sin6_family = AF_INET6;
	return (const struct sockaddr *)storage;
}

static void check(void **state)
{
	const struct row *row = *state;
	struct sockaddr_storage storage;
	char source[WIRE_SOURCE_SIZE];

	source_find(make_peer(row->peer, &storage), row->is_proxy, row->forwarded, source);
	assert_string_equal(source, row->source);
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
