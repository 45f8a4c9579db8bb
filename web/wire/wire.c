#include "wire/wire.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/day.h"
#include "base/utf8.h"
#include "wire/strength.h"

/*
 * Header: "VSEE", version, kind, size of the whole packet (2 bytes). Field: tag, size of the value
 * (2 bytes), value. Numbers are big-endian, those in fields have 8 bytes. A kind is an op, or a
 * status with ANSWER_BIT: it says which fields there are.
 */
static const unsigned char magic[] = {'V', 'S', 'E', 'E'};

#define VERSION 1
#define HEADER_SIZE 8
#define FIELD_HEADER_SIZE 3
#define NUMBER_SIZE 8
#define ANSWER_BIT 0x80
#define TIME_MAX (VSEE_DAY_MAX * VSEE_SECONDS_PER_DAY)
#define CRITERIA_MAX (CRITERION_BIT(CRITERION_COUNT) - 1)
#define ALWAYS (~0u)
#define WITH(what) (1u << (what))

enum form {
	FORM_TEXT, /* an array of max + 1 characters */
	FORM_SECRET,
	FORM_NUMBER_32,
	FORM_NUMBER_64,
};

/* Tags are the rows' own numbers, from 1. min, max: bytes of a text, or the number itself. */
struct field {
	enum form form;
	unsigned with; /* of what ops or statuses it is part */
	size_t offset;
	int64_t min, max;
	bool (*good)(const char *text, size_t size);
};

static bool source_good(const char *text, size_t size)
{
	unsigned char address[sizeof(struct in6_addr)];

	return strlen(text) == size &&
	       (strcmp(text, "unix") == 0 || inet_pton(AF_INET, text, address) == 1 ||
		inet_pton(AF_INET6, text, address) == 1);
}

static bool id_good(const char *text, size_t size)
{
	return strspn(text, "0123456789abcdef") == size;
}

/* C0, DEL and C1 would move a reader's cursor. */
static bool line_good(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		const unsigned char byte = (unsigned char)text[i];
		const unsigned char next = (unsigned char)text[i + 1]; /* the NUL at least */

		if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && next < 0xa0))
			return false;
	}
	return vsee_utf8_valid(text, size);
}

static bool secret_good(const char *text, size_t size)
{
	return memchr(text, '\0', size) == NULL;
}

#define OF_REQUEST(member) offsetof(struct wire_request, member)
#define OF_REPLY(member) offsetof(struct wire_reply, member)
#define OWN (WITH(WIRE_CHANGE))
#define LINK (WITH(WIRE_CHANGE_LINK))
#define PEEK (WITH(WIRE_PEEK_LINK))

/* clang-format off */
static const struct field request_fields[] = {
	{FORM_TEXT,   ALWAYS,      OF_REQUEST(user),    1,  VSEE_NAME_SIZE - 1,   vsee_name_valid_sized},
	{FORM_TEXT,   ALWAYS,      OF_REQUEST(source),  1,  WIRE_SOURCE_SIZE - 1, source_good},
	{FORM_TEXT,   ALWAYS,      OF_REQUEST(id),      16, WIRE_ID_SIZE - 1,     id_good},
	{FORM_SECRET, OWN,         OF_REQUEST(current), 1,  WIRE_PASSWORD_MAX,    secret_good},
	{FORM_SECRET, LINK | PEEK, OF_REQUEST(token),   1,  WIRE_PASSWORD_MAX,    secret_good},
	{FORM_SECRET, OWN | LINK,  OF_REQUEST(fresh),   1,  WIRE_PASSWORD_MAX,    secret_good},
};

static const struct field reply_fields[] = {
	{FORM_NUMBER_32, WITH(WIRE_UNMET),     OF_REPLY(criteria),    1, CRITERIA_MAX,         NULL},
	{FORM_NUMBER_32, WITH(WIRE_THROTTLED), OF_REPLY(retry_after), 1, VSEE_SECONDS_PER_DAY, NULL},
	{FORM_NUMBER_64, WITH(WIRE_TOO_SOON),  OF_REPLY(until),       0, TIME_MAX,             NULL},
	{FORM_TEXT,      WITH(WIRE_REFUSED),   OF_REPLY(text),        0, WIRE_TEXT_SIZE - 1,   line_good},
};
/* clang-format on */

struct shape {
	const struct field *fields;
	size_t count;
	unsigned char kind_bit; /* what a kind has besides */
	unsigned last;		/* op or status; the first is 1 */
};

static const struct shape request_shape = {request_fields, COUNT(request_fields), 0,
					   WIRE_PEEK_LINK};
static const struct shape reply_shape = {reply_fields, COUNT(reply_fields), ANSWER_BIT,
					 WIRE_UNCERTAIN};

void wire_request_clear(struct wire_request *request)
{
	vsee_secret_clear(&request->current);
	vsee_secret_clear(&request->token);
	vsee_secret_clear(&request->fresh);
	explicit_bzero(request, sizeof(*request)); /* people type a password for the name */
}

/* What is in force for this message, or left empty, as the row says. */
static bool size_good(const struct field *field, bool wanted, int64_t size)
{
	return wanted ? size >= field->min && size <= field->max : size == 0;
}

struct out {
	unsigned char *next;
	size_t left;
};

static int put(struct out *out, unsigned tag, const void *value, size_t size)
{
	if (out->left < FIELD_HEADER_SIZE + size)
		return -EINVAL;
	out->next[0] = (unsigned char)tag;
	out->next[1] = (unsigned char)(size >> 8);
	out->next[2] = (unsigned char)size;
	memcpy(out->next + FIELD_HEADER_SIZE, value, size);
	out->next += FIELD_HEADER_SIZE + size;
	out->left -= FIELD_HEADER_SIZE + size;
	return 0;
}

static int put_text(struct out *out, unsigned tag, const struct field *field, bool wanted,
		    const char *text, size_t size)
{
	if (!size_good(field, wanted, (int64_t)size) || (wanted && !field->good(text, size)))
		return -EINVAL;
	return wanted ? put(out, tag, text, size) : 0;
}

static int put_number(struct out *out, unsigned tag, const struct field *field, bool wanted,
		      int64_t number)
{
	const uint64_t bytes = htobe64((uint64_t)number);

	if (!size_good(field, wanted, number))
		return -EINVAL;
	return wanted ? put(out, tag, &bytes, sizeof(bytes)) : 0;
}

static int put_field(struct out *out, unsigned tag, const struct field *field, bool wanted,
		     const char *member)
{
	const struct vsee_secret *secret = (const void *)member;
	const size_t room = (size_t)field->max + 1; /* of a text */

	switch (field->form) {
	case FORM_TEXT:
		return put_text(out, tag, field, wanted, member, strnlen(member, room));
	case FORM_SECRET:
		return put_text(out, tag, field, wanted, secret->text, secret->length);
	case FORM_NUMBER_32:
		return put_number(out, tag, field, wanted, *(const uint32_t *)(const void *)member);
	case FORM_NUMBER_64:
		return put_number(out, tag, field, wanted, *(const int64_t *)(const void *)member);
	}
	return -EINVAL;
}

/* what: op or status. */
static int print(const struct shape *shape, unsigned what, const void *message,
		 unsigned char *packet)
{
	struct out out = {packet + HEADER_SIZE, WIRE_BYTES_MAX - HEADER_SIZE};
	size_t size;

	if (what < 1 || what > shape->last)
		return -EINVAL;
	for (unsigned i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		const int r = put_field(&out, i + 1, field, field->with & WITH(what),
					(const char *)message + field->offset);

		if (r < 0)
			return r;
	}
	size = WIRE_BYTES_MAX - out.left;
	memcpy(packet, magic, sizeof(magic));
	packet[4] = VERSION;
	packet[5] = (unsigned char)(what | shape->kind_bit);
	packet[6] = (unsigned char)(size >> 8);
	packet[7] = (unsigned char)size;
	return (int)size;
}

int wire_request_print(const struct wire_request *request, unsigned char *packet)
{
	return print(&request_shape, (unsigned)request->op, request, packet);
}

int wire_reply_print(const struct wire_reply *reply, unsigned char *packet)
{
	return print(&reply_shape, (unsigned)reply->status, reply, packet);
}

static size_t number_16(const unsigned char *bytes)
{
	return (size_t)bytes[0] << 8 | bytes[1];
}

/* Returns the op or status. */
static int parse_header(const struct shape *shape, const unsigned char *packet, size_t size)
{
	unsigned what;

	if (size < HEADER_SIZE || size > WIRE_BYTES_MAX ||
	    memcmp(packet, magic, sizeof(magic)) != 0)
		return -EBADMSG;
	if (packet[4] != VERSION)
		return -EPROTONOSUPPORT;
	what = packet[5] ^ shape->kind_bit;
	if (what < 1 || what > shape->last || number_16(packet + 6) != size)
		return -EBADMSG;
	return (int)what;
}

static int take_secret(const struct field *field, const unsigned char *value, size_t size,
		       struct vsee_secret *ret_secret)
{
	if (!field->good((const char *)value, size))
		return -EBADMSG;
	if (vsee_secret_alloc(size + 1, ret_secret) < 0)
		return -ENOMEM;
	memcpy(ret_secret->text, value, size);
	ret_secret->length = size;
	return 0;
}

static int take_number(const struct field *field, const unsigned char *value, size_t size,
		       int64_t *ret_number)
{
	uint64_t bytes;

	if (size != NUMBER_SIZE)
		return -EBADMSG;
	memcpy(&bytes, value, sizeof(bytes));
	bytes = be64toh(bytes);
	if (bytes > INT64_MAX || !size_good(field, true, (int64_t)bytes))
		return -EBADMSG;
	*ret_number = (int64_t)bytes;
	return 0;
}

static int take_field(const struct field *field, const unsigned char *value, size_t size,
		      char *member)
{
	const bool is_text = field->form == FORM_TEXT || field->form == FORM_SECRET;
	int64_t number = 0;
	int r = 0;

	if (is_text && !size_good(field, true, (int64_t)size))
		return -EBADMSG;
	if (field->form == FORM_SECRET)
		return take_secret(field, value, size, (void *)member);
	if (field->form == FORM_TEXT) {
		memcpy(member, value, size); /* the message was all NUL before */
		return field->good(member, size) ? 0 : -EBADMSG;
	}
	r = take_number(field, value, size, &number);
	if (r == 0 && field->form == FORM_NUMBER_32)
		*(uint32_t *)(void *)member = (uint32_t)number;
	else if (r == 0)
		*(int64_t *)(void *)member = number;
	return r;
}

/* message: all zero but for its first member; the caller clears it, whatever comes back. */
static int parse_fields(const struct shape *shape, unsigned what, const unsigned char *packet,
			size_t size, void *message)
{
	size_t at = HEADER_SIZE;

	for (unsigned i = 0; i < shape->count; i++) {
		const struct field *field = &shape->fields[i];
		size_t length;
		int r;

		if (!(field->with & WITH(what)))
			continue;
		if (size - at < FIELD_HEADER_SIZE || packet[at] != i + 1)
			return -EBADMSG;
		length = number_16(packet + at + 1);
		at += FIELD_HEADER_SIZE;
		if (size - at < length)
			return -EBADMSG;
		r = take_field(field, packet + at, length, (char *)message + field->offset);
		if (r < 0)
			return r;
		at += length;
	}
	return at == size ? 0 : -EBADMSG;
}

int wire_request_parse(const unsigned char *packet, size_t size, struct wire_request *ret_request)
{
	autorequest struct wire_request request = {0};
	int r = parse_header(&request_shape, packet, size);

	if (r < 0)
		return r;
	request.op = (enum wire_op)r;
	r = parse_fields(&request_shape, (unsigned)r, packet, size, &request);
	if (r < 0)
		return r;
	*ret_request = request;
	request = (struct wire_request){0}; /* its secrets are the caller's now */
	return 0;
}

int wire_reply_parse(const unsigned char *packet, size_t size, struct wire_reply *ret_reply)
{
	struct wire_reply reply = {0};
	int r = parse_header(&reply_shape, packet, size);

	if (r < 0)
		return r;
	reply.status = (enum wire_status)r;
	r = parse_fields(&reply_shape, (unsigned)r, packet, size, &reply);
	if (r < 0)
		return r;
	*ret_reply = reply;
	return 0;
}
