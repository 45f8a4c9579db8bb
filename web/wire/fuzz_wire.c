/* Any bytes as a packet: what is read as a request or a reply prints to the same bytes. */
#include <stdlib.h>
#include <string.h>

#include "wire/wire.h"
#include "fuzz.h"

static void check_same(int printed, const unsigned char *packet, const uint8_t *data, size_t size)
{
	if (printed < 0 || (size_t)printed != size || memcmp(packet, data, size) != 0)
		abort();
}

int fuzz_run(const uint8_t *data, size_t size)
{
	autorequest struct wire_request request = {0};
	struct wire_reply reply;
	unsigned char packet[WIRE_BYTES_MAX];
	int r;

	r = wire_request_parse(data, size, &request);
	if (r == 0)
		check_same(wire_request_print(&request, packet), packet, data, size);
	if (wire_reply_parse(data, size, &reply) == 0)
		check_same(wire_reply_print(&reply, packet), packet, data, size);
	return r;
}
