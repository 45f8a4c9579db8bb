#include "source.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define NETWORK_BYTES 8

static void print_ipv6(const struct in6_addr *address, char *ret_source)
{
	if (IN6_IS_ADDR_V4MAPPED(address))
		(void)inet_ntop(AF_INET, &address->s6_addr[12], ret_source, WIRE_SOURCE_SIZE);
	else
		(void)inet_ntop(AF_INET6, address, ret_source, WIRE_SOURCE_SIZE);
}

static void find_peer(const struct sockaddr *peer, char *ret_source)
{
	if (peer && peer->sa_family == AF_INET)
		(void)inet_ntop(AF_INET,
				&((const struct sockaddr_in *)(const void *)peer)->sin_addr,
				ret_source, WIRE_SOURCE_SIZE);
	else if (peer && peer->sa_family == AF_INET6)
		print_ipv6(&((const struct sockaddr_in6 *)(const void *)peer)->sin6_addr,
			   ret_source);
}

static void find_hop(const char *forwarded, char *ret_source)
{
	const char *const comma = strrchr(forwarded, ',');
	const char *hop = comma ? comma + 1 : forwarded;
	char text[WIRE_SOURCE_SIZE];
	struct in6_addr ipv6;
	struct in_addr ipv4;
	size_t size;

	hop += strspn(hop, " \t");
	size = strcspn(hop, " \t");
	if (size >= sizeof(text) || hop[size + strspn(hop + size, " \t")] != '\0')
		return;
	memcpy(text, hop, size);
	text[size] = '\0';
	if (inet_pton(AF_INET, text, &ipv4) == 1)
		(void)inet_ntop(AF_INET, &ipv4, ret_source, WIRE_SOURCE_SIZE);
	else if (inet_pton(AF_INET6, text, &ipv6) == 1)
		print_ipv6(&ipv6, ret_source);
}

bool source_is_same(const char *a, const char *b)
{
	struct in6_addr of_a, of_b;

	if (strcmp(a, b) == 0)
		return true;
	return inet_pton(AF_INET6, a, &of_a) == 1 && inet_pton(AF_INET6, b, &of_b) == 1 &&
	       memcmp(&of_a, &of_b, NETWORK_BYTES) == 0;
}

void source_find(const struct sockaddr *peer, bool is_proxy, const char *forwarded,
		 char *ret_source)
{
	(void)snprintf(ret_source, WIRE_SOURCE_SIZE, "unix");
	if (!is_proxy)
		find_peer(peer, ret_source);
	else if (forwarded)
		find_hop(forwarded, ret_source);
}
