/* What is kept of an SMTP server's replies, and the queue ids that are found in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/cleanup.h"
#include "smtp_reply.h"

struct row {
	const char *name;
	const char *lines[4];
	int code;
	bool whole;
	const char *text, *id;
};

static struct row rows[] = {
	{"postfix",
	 {"250 2.0.0 Ok: queued as 4XyZ1w2b\r\n"},
	 250,
	 true,
	 "250 2.0.0 Ok: queued as 4XyZ1w2b",
	 "4XyZ1w2b"},
	{"exim", {"250 OK id=1rAb-01-2Z\r\n"}, 250, true, "250 OK id=1rAb-01-2Z", "1rAb-01-2Z"},
	{"sendmail",
	 {"250 2.0.0 4AN01 Message accepted for delivery"},
	 250,
	 true,
	 "250 2.0.0 4AN01 Message accepted for delivery",
	 "4AN01"},
	{"an enhanced code is no queue id",
	 {"250 2.0.0 Message accepted for delivery"},
	 250,
	 true,
	 "250 2.0.0 Message accepted for delivery",
	 ""},
	{"no queue id", {"250 2.0.0 Ok\r\n"}, 250, true, "250 2.0.0 Ok", ""},
	{"a code alone", {"250\r\n"}, 250, true, "250", ""},
	{"unfinished", {"550-5.1.1 one\r\n"}, 550, false, "550 5.1.1 one", ""},
	{"lines become one",
	 {"550-5.1.1 one\r\n", "550-5.1.1 two\r\n", "550 5.7.1 three\r\n"},
	 550,
	 true,
	 "550 5.1.1 one two 5.7.1 three",
	 ""},
	{"the next reply begins anew", {"250 a\r\n", "354 go\n"}, 354, true, "354 go", ""},
	{"another code within a reply begins anew",
	 {"250-a\r\n", "421 gone\r\n"},
	 421,
	 true,
	 "421 gone",
	 ""},
	{"what is no reply is left out",
	 {"250-a\r\n", "hello\r\n", "25\r\n", "250 b\r\n"},
	 250,
	 true,
	 "250 a b",
	 ""},
	{"codes outside 1 to 5", {"650 x\r\n", "050 x\r\n", "2500 x\r\n"}, 0, false, "", ""},
	{"control and broken characters",
	 {"550 a\x1b\x7f\xff\xc2\x9b\xc3\xbc\r\n"},
	 550,
	 true,
	 "550 a?????\xc3\xbc",
	 ""},
};

static void check(void **state)
{
	const struct row *row = *state;
	struct smtp_reply reply = {0};
	char id[QUEUE_ID_SIZE];

	for (size_t i = 0; i < COUNT(row->lines) && row->lines[i]; i++)
		(void)smtp_reply_add(&reply, row->lines[i], strlen(row->lines[i]));
	smtp_reply_queue_id(reply.text, id);
	assert_int_equal(reply.code, row->code);
	assert_int_equal(reply.whole, row->whole);
	assert_string_equal(reply.text, row->text);
	assert_string_equal(id, row->id);
}

/* A character of two bytes never ends up in half. */
static void long_lines_are_cut_between_characters(void **state)
{
	char line[700] = "550 ";
	struct smtp_reply reply = {0};

	(void)state;
	for (size_t i = 4; i + 2 < sizeof(line); i += 2)
		memcpy(line + i, "\xc3\xbc", 3);
	assert_int_equal(smtp_reply_add(&reply, line, strlen(line)), 0);
	assert_int_equal(reply.length, ANSWER_SIZE - 2);
	assert_memory_equal(reply.text, line, reply.length);
}

static void a_queue_id_too_long_is_none(void **state)
{
	char text[200] = "250 queued as ", id[QUEUE_ID_SIZE];

	(void)state;
	memset(text + 14, 'A', QUEUE_ID_SIZE - 1);
	smtp_reply_queue_id(text, id);
	assert_int_equal(strlen(id), QUEUE_ID_SIZE - 1);
	memset(text + 14, 'A', QUEUE_ID_SIZE);
	smtp_reply_queue_id(text, id);
	assert_string_equal(id, "");
}

int main(void)
{
	struct CMUnitTest tests[COUNT(rows) + 2];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	tests[COUNT(rows)] =
		(struct CMUnitTest)cmocka_unit_test(long_lines_are_cut_between_characters);
	tests[COUNT(rows) + 1] = (struct CMUnitTest)cmocka_unit_test(a_queue_id_too_long_is_none);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
