/* Where a request comes from, as the throttle and the log name it. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "wire/wire.h"

/*
 * peer: the client's address, NULL where it has none. is_proxy: the client is a proxy in front of
 * us, on a socket of the file system; then forwarded counts, the last X-Forwarded-For header (NULL:
 * none): its last address is the one that our own proxy saw, those before it anybody can write.
 *
 * ret_source holds WIRE_SOURCE_SIZE bytes: an address as inet_ntop(3) prints it, one of IPv4 that
 * came over IPv6 as IPv4; "unix" where there is none.
 */
void source_find(const struct sockaddr *peer, bool is_proxy, const char *forwarded,
		 char *ret_source);

/* The same address, or one network /64 of IPv6: within it people draw addresses as they like. */
bool source_is_same(const char *a, const char *b);
