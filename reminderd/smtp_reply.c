#include "smtp_reply.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

/* Bytes of the character that begins here, 0 where it is broken, C0, DEL or C1. */
static size_t printable_size(const char *text, size_t size)
{
	const unsigned char first = (unsigned char)*text;
	const size_t length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;

	if (first < 0x20 || first == 0x7f || length > size || !vsee_utf8_valid(text, length))
		return 0;
	return first == 0xc2 && (unsigned char)text[1] < 0xa0 ? 0 : length;
}

void smtp_reply_text(char *to, size_t to_size, size_t *length, const char *text, size_t size)
{
	for (size_t i = 0; i < size;) {
		const size_t good = printable_size(text + i, size - i);
		const size_t add = good ? good : 1;

		if (*length + add >= to_size)
			break;
		memcpy(to + *length, good ? text + i : "?", add);
		*length += add;
		i += add;
	}
	to[*length] = '\0';
}

static size_t digits(const char *text, size_t size, size_t most)
{
	size_t i = 0;

	while (i < size && i < most && text[i] >= '0' && text[i] <= '9')
		i++;
	return i;
}

/* Bytes of an enhanced code and the blank behind it: 5.1.1 (RFC 3463); 0: there is none. */
static size_t enhanced_size(const char *text, size_t size)
{
	size_t at = 0;

	for (int part = 0; part < 3; part++) {
		const size_t count = digits(text + at, size - at, part ? 3 : 1);
		const char end = part < 2 ? '.' : ' ';

		at += count;
		if (count == 0 || at == size || text[at] != end)
			return 0;
		at++;
	}
	return at;
}

/* What a further line repeats of the first: its code, and its enhanced code. */
static size_t repeated(const struct smtp_reply *reply, const char *line, size_t size)
{
	const size_t enhanced = size > 4 ? enhanced_size(line + 4, size - 4) : 0;

	return enhanced && reply->length >= 4 + enhanced &&
			       memcmp(reply->text + 4, line + 4, enhanced) == 0
		       ? 4 + enhanced
		       : 4;
}

int smtp_reply_add(struct smtp_reply *reply, const char *line, size_t size)
{
	while (size > 0 && (line[size - 1] == '\n' || line[size - 1] == '\r'))
		size--;
	if (digits(line, size, 3) < 3 || line[0] < '1' || line[0] > '5' ||
	    (size > 3 && line[3] != ' ' && line[3] != '-'))
		return -EBADMSG;

	const int code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + line[2] - '0';

	if (reply->code == 0 || reply->whole || code != reply->code)
		*reply = (struct smtp_reply){.code = code};

	const bool first = reply->length == 0;
	const size_t skip = first ? 0 : repeated(reply, line, size);

	reply->whole = size <= 3 || line[3] == ' ';
	if (size < skip)
		return 0;
	if (!first)
		smtp_reply_text(reply->text, sizeof(reply->text), &reply->length, " ", 1);
	smtp_reply_text(reply->text, sizeof(reply->text), &reply->length, line + skip, size - skip);
	if (first && reply->length > 3 && reply->text[3] == '-')
		reply->text[3] = ' ';
	return 0;
}

static bool id_character(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
	       c == '-' || c == '_' || c == '.';
}

static void copy_id(const char *from, size_t length, char ret_id[QUEUE_ID_SIZE])
{
	if (length >= QUEUE_ID_SIZE)
		length = 0; /* a cut name finds nothing */
	memcpy(ret_id, from, length);
	ret_id[length] = '\0';
}

void smtp_reply_queue_id(const char *text, char ret_id[QUEUE_ID_SIZE])
{
	/* Postfix and many others; exim, and Exchange's InternalId=. */
	static const char *const before[] = {"queued as ", "id="};
	/* sendmail and OpenSMTPD. */
	static const char behind[] = " Message accepted for delivery";

	ret_id[0] = '\0';
	for (size_t i = 0; i < COUNT(before); i++) {
		const char *id = strcasestr(text, before[i]);
		size_t length = 0;

		if (!id)
			continue;
		id += strlen(before[i]);
		while (id_character(id[length]))
			length++;
		copy_id(id, length, ret_id);
		return;
	}

	const char *end = strcasestr(text, behind), *id = end;

	while (id && id > text && id_character(id[-1]))
		id--;
	if (id && id > text && strchr(id, '.') != id + 1) /* "2.0.0" is an enhanced code */
		copy_id(id, (size_t)(end - id), ret_id);
}
