/* Any bytes as what a server says: what is kept of it is printable, bounded, and reads back alike.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "smtp_reply.h"
#include "fuzz.h"

static void check(const struct smtp_reply *reply)
{
	struct smtp_reply again = {0};
	char id[QUEUE_ID_SIZE];

	if (reply->length >= sizeof(reply->text) || strlen(reply->text) != reply->length ||
	    !vsee_utf8_valid(reply->text, reply->length))
		abort();
	for (size_t i = 0; i < reply->length; i++)
		if ((unsigned char)reply->text[i] < 0x20 || reply->text[i] == 0x7f)
			abort();
	smtp_reply_queue_id(reply->text, id);
	if (strlen(id) >= sizeof(id) || !strstr(reply->text, id))
		abort();
	if (reply->code < 100 || reply->code > 599 ||
	    smtp_reply_add(&again, reply->text, reply->length) < 0)
		abort();
	if (again.code != reply->code || strcmp(again.text, reply->text) != 0 || !again.whole)
		abort();
}

int fuzz_run(const uint8_t *data, size_t size)
{
	struct smtp_reply reply = {0};
	const char *text = (const char *)data;

	while (size > 0) {
		const char *end = memchr(text, '\n', size);
		const size_t length = end ? (size_t)(end - text) + 1 : size;

		if (smtp_reply_add(&reply, text, length) == 0)
			check(&reply);
		text += length;
		size -= length;
	}
	return 0;
}
