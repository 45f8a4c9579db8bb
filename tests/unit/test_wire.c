/* Between front and worker: there is one way to write a message, and only that is read. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "wire/strength.h"
#include "wire/wire.h"

#define HEADER 8
#define FIELDS_MAX 8

/* A packet as its fields lie in it. */
struct pieces {
	unsigned count;
	struct {
		size_t at, size;
	} piece[FIELDS_MAX];
};

static char user[VSEE_NAME_SIZE + 1], password[WIRE_PASSWORD_MAX + 2];
static char text[WIRE_TEXT_SIZE];

static struct vsee_secret secret(char *characters)
{
	return (struct vsee_secret){characters, strlen(characters) + 1, strlen(characters)};
}

static struct wire_request request_of(enum wire_op op)
{
	static char current[] = "old one", token[] = "a token", fresh[] = "new \xc3\xa9 one ";
	struct wire_request request = {
		.op = op, .user = "anna", .source = "2001:db8::1", .id = "0123456789abcdef"};

	if (op == WIRE_CHANGE)
		request.current = secret(current);
	else
		request.token = secret(token);
	if (op != WIRE_PEEK_LINK)
		request.fresh = secret(fresh);
	return request;
}

static struct wire_reply reply_of(enum wire_status status)
{
	struct wire_reply reply = {.status = status};

	if (status == WIRE_UNMET)
		reply.criteria = CRITERION_BIT(CRITERION_DIGIT) | CRITERION_BIT(CRITERION_LONG);
	if (status == WIRE_REFUSED)
		strcpy(reply.text, "Too simple: \xe2\x82\xac.");
	if (status == WIRE_TOO_SOON)
		reply.until = 1790000000;
	if (status == WIRE_THROTTLED)
		reply.retry_after = 900;
	return reply;
}

static struct pieces cut(const unsigned char *packet, size_t size)
{
	struct pieces pieces = {0};

	for (size_t at = HEADER; at < size;) {
		const size_t length = 3 + ((size_t)packet[at + 1] << 8) + packet[at + 2];

		assert_true(pieces.count < FIELDS_MAX && at + length <= size);
		pieces.piece[pieces.count].at = at;
		pieces.piece[pieces.count++].size = length;
		at += length;
	}
	return pieces;
}

/* Both kinds: no packet that is bad for one is good for the other. */
static void expect_bad(const unsigned char *packet, size_t size, int error)
{
	struct wire_request request = {.op = 77};
	struct wire_reply reply = {.status = 77};
	unsigned char *copy = malloc(size ? size : 1); /* so that a sanitizer sees its end */

	assert_non_null(copy);
	memcpy(copy, packet, size);
	assert_int_equal(wire_request_parse(copy, size, &request), error);
	assert_int_equal(wire_reply_parse(copy, size, &reply), error);
	assert_true((int)request.op == 77 && !request.fresh.text && (int)reply.status == 77);
	free(copy);
}

static void put_size(unsigned char *packet, size_t size)
{
	packet[6] = (unsigned char)(size >> 8);
	packet[7] = (unsigned char)size;
}

/* The pieces in an order, count of them, each by its number. */
static void expect_bad_order(const unsigned char *packet, const struct pieces *pieces,
			     const unsigned *order, unsigned count)
{
	unsigned char other[2 * WIRE_BYTES_MAX];
	size_t size = HEADER;

	memcpy(other, packet, HEADER);
	for (unsigned i = 0; i < count; i++) {
		memcpy(other + size, packet + pieces->piece[order[i]].at,
		       pieces->piece[order[i]].size);
		size += pieces->piece[order[i]].size;
	}
	put_size(other, size);
	expect_bad(other, size, -EBADMSG);
}

static void disarrange(const unsigned char *packet, size_t size)
{
	const struct pieces pieces = cut(packet, size);

	for (unsigned i = 0; i < pieces.count; i++) {
		unsigned missing[FIELDS_MAX], twice[FIELDS_MAX + 1], turned[FIELDS_MAX];

		for (unsigned j = 0; j < pieces.count; j++) {
			missing[j - (j > i)] = j;
			twice[j + (j > i)] = j;
			turned[j] = j == i ? i + 1 : j == i + 1 ? i : j;
		}
		twice[i + 1] = i;
		expect_bad_order(packet, &pieces, missing, pieces.count - 1);
		expect_bad_order(packet, &pieces, twice, pieces.count + 1);
		if (i + 1 < pieces.count)
			expect_bad_order(packet, &pieces, turned, pieces.count);
	}
}

/* Cut at each length, one byte more, and all that a header can say wrongly. */
static void damage(unsigned char *packet, size_t size)
{
	unsigned char copy[WIRE_BYTES_MAX];

	for (size_t i = 0; i < size; i++) {
		memcpy(copy, packet, size);
		expect_bad(copy, i, -EBADMSG);
		if (i >= HEADER) {
			put_size(copy, i);
			expect_bad(copy, i, -EBADMSG);
		}
	}
	memcpy(copy, packet, size);
	copy[size] = 0;
	expect_bad(copy, size + 1, -EBADMSG);
	put_size(copy, size + 1);
	expect_bad(copy, size + 1, -EBADMSG);
	put_size(copy, size + 1);
	expect_bad(copy, size, -EBADMSG);
	put_size(copy, size - 1);
	expect_bad(copy, size, -EBADMSG);
	memcpy(copy, packet, size);
	copy[4]++;
	expect_bad(copy, size, -EPROTONOSUPPORT);
	for (size_t i = 0; i < 4; i++) {
		memcpy(copy, packet, size);
		copy[i] ^= 0x20;
		expect_bad(copy, size, -EBADMSG);
	}
}

static void check_request(void **state)
{
	(void)state;
	for (unsigned op = WIRE_CHANGE; op <= WIRE_PEEK_LINK; op++) {
		const struct wire_request request = request_of((enum wire_op)op);
		autorequest struct wire_request back = {0};
		unsigned char packet[WIRE_BYTES_MAX], again[WIRE_BYTES_MAX];
		const int size = wire_request_print(&request, packet);

		assert_true(size > 0);
		assert_int_equal(wire_request_parse(packet, (size_t)size, &back), 0);
		assert_int_equal(back.op, op);
		assert_string_equal(back.user, "anna");
		assert_string_equal(back.source, "2001:db8::1");
		assert_string_equal(back.id, "0123456789abcdef");
		assert_int_equal(back.fresh.length, request.fresh.length);
		if (request.fresh.text)
			assert_string_equal(back.fresh.text, request.fresh.text);
		assert_true(!back.current.text == !request.current.text);
		assert_true(!back.token.text == !request.token.text);
		assert_int_equal(wire_request_print(&back, again), size);
		assert_memory_equal(packet, again, (size_t)size);
		disarrange(packet, (size_t)size);
		damage(packet, (size_t)size);
	}
}

static void check_reply(void **state)
{
	(void)state;
	for (unsigned status = WIRE_CHANGED; status <= WIRE_UNCERTAIN; status++) {
		const struct wire_reply reply = reply_of((enum wire_status)status);
		struct wire_reply back;
		unsigned char packet[WIRE_BYTES_MAX];
		const int size = wire_reply_print(&reply, packet);

		assert_true(size > 0);
		assert_int_equal(wire_reply_parse(packet, (size_t)size, &back), 0);
		assert_int_equal(back.status, status);
		assert_int_equal(back.criteria, reply.criteria);
		assert_int_equal(back.retry_after, reply.retry_after);
		assert_int_equal(back.until, reply.until);
		assert_string_equal(back.text, reply.text);
		disarrange(packet, (size_t)size);
		damage(packet, (size_t)size);
	}
}

/* Each value of the byte that says what it is, in a packet with the right fields for a CHANGE. */
static void kinds(void **state)
{
	const struct wire_request request = request_of(WIRE_CHANGE);
	unsigned char packet[WIRE_BYTES_MAX];
	const int size = wire_request_print(&request, packet);

	(void)state;
	assert_true(size > 0);
	for (unsigned kind = 0; kind < 256; kind++) {
		packet[5] = (unsigned char)kind;
		if (kind != WIRE_CHANGE)
			expect_bad(packet, (size_t)size, -EBADMSG);
	}
}

/* Every byte of each field's value becomes NUL: none of them is ever good. */
static void nul_inside(void **state)
{
	(void)state;
	for (unsigned op = WIRE_CHANGE; op <= WIRE_PEEK_LINK; op++) {
		const struct wire_request request = request_of((enum wire_op)op);
		unsigned char packet[WIRE_BYTES_MAX];
		const int size = wire_request_print(&request, packet);
		const struct pieces pieces = cut(packet, (size_t)size);

		for (unsigned i = 0; i < pieces.count; i++)
			for (size_t j = 3; j < pieces.piece[i].size; j++) {
				unsigned char *byte = &packet[pieces.piece[i].at + j];
				const unsigned char kept = *byte;

				*byte = 0;
				expect_bad(packet, (size_t)size, -EBADMSG);
				*byte = kept;
			}
	}
}

static int print_request(struct wire_request request)
{
	unsigned char packet[WIRE_BYTES_MAX];

	return wire_request_print(&request, packet);
}

#define EXPECT(op, good, change)                                                                   \
	do {                                                                                       \
		struct wire_request request = request_of(op);                                      \
		change;                                                                            \
		assert_true((good) ? print_request(request) > 0                                    \
				   : print_request(request) == -EINVAL);                           \
	} while (0)

static void requests_not_printed(void **state)
{
	const struct vsee_secret none = {0};

	(void)state;
	memset(user, 'u', VSEE_NAME_SIZE - 1);
	memset(password, 'p', WIRE_PASSWORD_MAX);
	EXPECT(WIRE_CHANGE, true, strcpy(request.user, user));
	EXPECT(WIRE_CHANGE, false, memset(request.user, 'u', sizeof(request.user)));
	EXPECT(WIRE_CHANGE, false, request.user[0] = '\0');
	EXPECT(WIRE_CHANGE, false, strcpy(request.user, "-anna"));
	EXPECT(WIRE_CHANGE, true, strcpy(request.source, "unix"));
	EXPECT(WIRE_CHANGE, true, strcpy(request.source, "192.0.2.1"));
	EXPECT(WIRE_CHANGE, false, strcpy(request.source, "unix2"));
	EXPECT(WIRE_CHANGE, false, strcpy(request.source, "192.0.2.256"));
	EXPECT(WIRE_CHANGE, false, strcpy(request.source, "fe80::1%lo"));
	EXPECT(WIRE_CHANGE, false, request.source[0] = '\0');
	EXPECT(WIRE_CHANGE, false, memset(request.source, '1', sizeof(request.source)));
	EXPECT(WIRE_CHANGE, false, request.id[15] = '\0');
	EXPECT(WIRE_CHANGE, false, request.id[3] = 'A');
	EXPECT(WIRE_CHANGE, false, memset(request.id, '1', sizeof(request.id)));
	EXPECT(WIRE_CHANGE, true, request.fresh = secret(password));
	EXPECT(WIRE_CHANGE, false, request.fresh.length--; request.fresh.text[3] = '\0';);
	EXPECT(WIRE_CHANGE, false, request.fresh = none);
	EXPECT(WIRE_CHANGE, false, request.current = none);
	EXPECT(WIRE_CHANGE, false, request.token = request.fresh);
	EXPECT(WIRE_CHANGE_LINK, false, request.current = request.fresh);
	EXPECT(WIRE_CHANGE_LINK, false, request.token = none);
	EXPECT(WIRE_CHANGE_LINK, false, request.fresh = none);
	EXPECT(WIRE_PEEK_LINK, false, request.fresh = request.token);
	EXPECT(WIRE_PEEK_LINK, false, request.op = WIRE_PEEK_LINK + 1);
	EXPECT(WIRE_PEEK_LINK, false, request.op = 0);
	password[WIRE_PASSWORD_MAX] = 'p';
	EXPECT(WIRE_CHANGE, false, request.fresh = secret(password));
	EXPECT(WIRE_CHANGE, false, request.current = secret(password));
	EXPECT(WIRE_PEEK_LINK, false, request.token = secret(password));
}

static int print_reply(struct wire_reply reply)
{
	unsigned char packet[WIRE_BYTES_MAX];

	return wire_reply_print(&reply, packet);
}

/* clang-format off */
static const struct {
	struct wire_reply reply;
	bool good;
} replies[] = {
	{{.status = 0}, false},
	{{.status = WIRE_UNCERTAIN + 1}, false},
	{{.status = WIRE_UNMET}, false},
	{{.status = WIRE_UNMET, .criteria = 1}, true},
	{{.status = WIRE_UNMET, .criteria = CRITERION_BIT(CRITERION_COUNT) - 1}, true},
	{{.status = WIRE_UNMET, .criteria = CRITERION_BIT(CRITERION_COUNT)}, false},
	{{.status = WIRE_CHANGED, .criteria = 1}, false},
	{{.status = WIRE_THROTTLED}, false},
	{{.status = WIRE_THROTTLED, .retry_after = 86400}, true},
	{{.status = WIRE_THROTTLED, .retry_after = 86401}, false},
	{{.status = WIRE_WRONG, .retry_after = 1}, false},
	{{.status = WIRE_TOO_SOON}, true},
	{{.status = WIRE_TOO_SOON, .until = -1}, false},
	{{.status = WIRE_TOO_SOON, .until = INT64_MAX}, false},
	{{.status = WIRE_BUSY, .until = 1}, false},
	{{.status = WIRE_REFUSED}, true},
	{{.status = WIRE_REFUSED, .text = "\xff"}, false},
	{{.status = WIRE_REFUSED, .text = "a\nb"}, false},
	{{.status = WIRE_REFUSED, .text = "a\x1b[2J"}, false},
	{{.status = WIRE_REFUSED, .text = "a\x7f"}, false},
	{{.status = WIRE_REFUSED, .text = "a\xc2\x9b"}, false},
	{{.status = WIRE_REFUSED, .text = "a\xc2\xa0"}, true},
	{{.status = WIRE_FAULT, .text = "a"}, false},
};
/* clang-format on */

static void replies_not_printed(void **state)
{
	struct wire_reply reply = {.status = WIRE_REFUSED};

	(void)state;
	for (size_t i = 0; i < COUNT(replies); i++)
		if ((print_reply(replies[i].reply) > 0) != replies[i].good)
			fail_msg("row %zu", i);
	memset(text, 't', sizeof(text) - 1);
	strcpy(reply.text, text);
	assert_true(print_reply(reply) > 0);
	memset(reply.text, 't', sizeof(reply.text));
	assert_int_equal(print_reply(reply), -EINVAL);
}

/* Too long for its field, and numbers of another size, as print never writes them. */
static void read_too_long(void **state)
{
	unsigned char packet[2 * WIRE_BYTES_MAX];
	struct wire_reply reply = reply_of(WIRE_REFUSED);
	size_t size;

	(void)state;
	assert_true(wire_reply_print(&reply, packet) > 0);
	size = HEADER + 3 + WIRE_TEXT_SIZE;
	memset(packet + HEADER + 3, 't', WIRE_TEXT_SIZE);
	packet[HEADER + 1] = WIRE_TEXT_SIZE >> 8;
	packet[HEADER + 2] = WIRE_TEXT_SIZE & 0xff;
	put_size(packet, size);
	expect_bad(packet, size, -EBADMSG);

	reply = reply_of(WIRE_THROTTLED);
	size = (size_t)wire_reply_print(&reply, packet);
	packet[HEADER + 2] = 4; /* the number cut to four bytes */
	put_size(packet, size - 4);
	expect_bad(packet, size - 4, -EBADMSG);
	memset(packet, 0, sizeof(packet));
	expect_bad(packet, WIRE_BYTES_MAX + 1, -EBADMSG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(check_request),
		cmocka_unit_test(check_reply),
		cmocka_unit_test(kinds),
		cmocka_unit_test(nul_inside),
		cmocka_unit_test(requests_not_printed),
		cmocka_unit_test(replies_not_printed),
		cmocka_unit_test(read_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
