/* A snapshot as send gets it: whole and well-formed, or not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "snapshot_read.h"

#define BAD -EBADMSG

static const char whole[] =
	"{\"format\":1,\"version\":\"0.1.0\",\"time\":1795384754,\"day\":20779,"
	"\"policy\":\"9047d2435ac37020\",\"shadow\":{\"inode\":7,\"size\":617,"
	"\"seconds\":1795384754,\"nanoseconds\":5}}      \n"
	"{\"name\":\"alice\",\"uid\":1001,\"mode\":\"remind\",\"last_change\":20679,"
	"\"deadline\":20789,\"verdict\":\"warn\",\"reason\":\"floor\",\"days_left\":10,"
	"\"due_stage\":10,\"address\":\"alice@example.com\",\"language\":\"de\","
	"\"stages\":[10,3,1],\"skipped\":null,\"detail\":null}\n"
	"{\"name\":\"bob\",\"uid\":1002,\"mode\":\"watch\",\"last_change\":20759,"
	"\"deadline\":null,\"verdict\":\"valid\",\"reason\":\"never\",\"days_left\":null,"
	"\"due_stage\":null,\"address\":null,\"language\":\"en\",\"stages\":[],"
	"\"skipped\":\"no-address\",\"detail\":\"text\"}\n"
	"{\"end\":2}\n";

/* One part replaced. opened, read: what open and the first next that is not 1 say. */
static struct row {
	const char *name, *from, *to;
	int opened, read;
} rows[] = {
	{"a whole one", "alice", "alice", 0, 0},
	{"without shadow's mark",
	 "{\"inode\":7,\"size\":617,\"seconds\":1795384754,"
	 "\"nanoseconds\":5}",
	 "null", 0, 0},
	{"a key that is new", "\"name\":\"bob\"", "\"more\":[],\"name\":\"bob\"", 0, 0},
	{"a newer format", "\"format\":1", "\"format\":2", -EPROTONOSUPPORT, 0},
	{"no format", "\"format\":1", "\"from\":1", BAD, 0},
	{"format 0", "\"format\":1", "\"format\":0", BAD, 0},
	{"another file", "{\"format\"", "root:x:0:0", BAD, 0},
	{"a negative time", "\"time\":1", "\"time\":-1", BAD, 0},
	{"a digest too long", "9047d2435ac37020", "9047d2435ac370201", BAD, 0},
	{"a mark without inode", "\"inode\":7,", "", BAD, 0},
	{"no end", "{\"end\":2}\n", "", 0, BAD},
	{"half an end", "{\"end\":2}\n", "{\"end\":2}", 0, BAD},
	{"an account less than the end says", "{\"end\":2}", "{\"end\":3}", 0, BAD},
	{"an account more than the end says", "{\"end\":2}", "{\"end\":1}", 0, BAD},
	{"something behind the end", "{\"end\":2}\n", "{\"end\":2}\n\n", 0, BAD},
	{"an end that is no number", "{\"end\":2}", "{\"end\":null}", 0, BAD},
	{"an empty line", "{\"name\":\"bob\"", "\n{\"name\":\"bob\"", 0, BAD},
	{"no JSON", "{\"name\":\"bob\",", "{\"name\":", 0, BAD},
	{"a key twice", "\"uid\":1002", "\"uid\":1002,\"uid\":0", 0, BAD},
	{"a name that is none", "\"bob\"", "\"../bob\"", 0, BAD},
	{"a name with a line feed", "\"bob\"", "\"b\\nob\"", 0, BAD},
	{"no name", "\"name\":\"bob\",", "", 0, BAD},
	{"a uid that means nobody", "1002", "4294967295", 0, BAD},
	{"a negative uid", "1002", "-1", 0, BAD},
	{"an unknown mode", "\"watch\"", "\"on\"", 0, BAD},
	{"an unknown language", "\"en\"", "\"fr\"", 0, BAD},
	{"an injected recipient", "alice@example.com", "a@b\\r\\nRCPT TO:<x>", 0, BAD},
	{"an address that is none", "alice@example.com", "alice", 0, BAD},
	{"a quoted address", "alice@example.com", "\\\"a\\\"@b.c", 0, BAD},
	{"a deadline that is text", "20789", "\"20789\"", 0, BAD},
	{"shadow's max of ten million days", "20789", "4020779", 0, 0},
	{"a deadline beyond all days", "20789", "8000001", 0, BAD},
	{"rising stages", "[10,3,1]", "[1,3,10]", 0, BAD},
	{"nine stages", "[10,3,1]", "[9,8,7,6,5,4,3,2,1]", 0, BAD},
	{"a stage of 366 days", "[10,3,1]", "[366]", 0, BAD},
	{"stages that are no list", "[10,3,1]", "10", 0, BAD},
	{"a reason that is no word", "no-address", "no\\u001baddress", 0, BAD},
	{"a detail with a control character", "\"text\"", "\"\\u001b[2J\"", 0, BAD},
};

static int read_all(FILE *stream, struct snapshot_account *ret_accounts, int *ret_opened)
{
	CLEANUP(snapshot_read_clear) struct snapshot_reader reader = {0};
	struct snapshot_header header;
	size_t count = 0;
	int r;

	*ret_opened = snapshot_read_begin(stream, &reader, &header);
	if (*ret_opened < 0)
		return 0;
	assert_string_equal(header.policy, "9047d2435ac37020");
	assert_int_equal(header.day, 20779);
	while ((r = snapshot_read_next(&reader, &ret_accounts[count])) > 0)
		assert_true(++count < 4);
	return r;
}

static void check(void **state)
{
	const struct row *row = *state;
	const char *at = strstr(whole, row->from);
	struct snapshot_account accounts[4];
	autofree char *text = NULL;
	int opened;

	assert_non_null(at);
	assert_true(asprintf(&text, "%.*s%s%s", (int)(at - whole), whole, row->to,
			     at + strlen(row->from)) > 0);

	FILE *stream = fmemopen(text, strlen(text), "r");

	assert_non_null(stream);
	assert_int_equal(read_all(stream, accounts, &opened), row->read);
	assert_int_equal(opened, row->opened);
}

static void every_shorter_file_is_refused(void **state)
{
	struct snapshot_account accounts[4];

	(void)state;
	for (size_t size = 1; size < strlen(whole); size++) {
		autofree char *cut = strndup(whole, size);
		FILE *stream = fmemopen(cut, size, "r");
		int opened, r;

		assert_non_null(stream);
		r = read_all(stream, accounts, &opened);
		assert_true(opened == BAD || r == BAD);
	}
}

static void values_arrive(void **state)
{
	struct snapshot_account accounts[4];
	autofree char *text = strdup(whole);
	FILE *stream = fmemopen(text, strlen(text), "r");
	int opened;

	(void)state;
	assert_int_equal(read_all(stream, accounts, &opened), 0);
	assert_string_equal(accounts[0].name, "alice");
	assert_string_equal(accounts[0].address, "alice@example.com");
	assert_string_equal(accounts[0].skipped, "");
	assert_int_equal(accounts[0].uid, 1001);
	assert_int_equal(accounts[0].mode, VSEE_MODE_REMIND);
	assert_int_equal(accounts[0].due_stage, 10);
	assert_int_equal(accounts[0].days_left, 10);
	assert_int_equal(accounts[0].stage_count, 3);
	assert_int_equal(accounts[0].stages[2], 1);
	assert_int_equal(accounts[0].language, VSEE_LANGUAGE_DE);
	assert_true(accounts[1].deadline == VSEE_NEVER && accounts[1].days_left == VSEE_NEVER);
	assert_true(accounts[1].due_stage == VSEE_UNSET);
	assert_string_equal(accounts[1].skipped, "no-address");
	assert_string_equal(accounts[1].detail, "text");
}

static void only_a_trusted_file_is_opened(void **state)
{
	char folder[] = "/tmp/vsee-snapshot-XXXXXX";
	CLEANUP(snapshot_read_clear) struct snapshot_reader reader = {0};
	struct snapshot_header header;

	(void)state;
	assert_non_null(mkdtemp(folder));
	autoclose int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(snapshot_read_open(fd, getuid(), &reader, &header), -ENOENT);
	autoclose int file = openat(fd, "snapshot", O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
	assert_int_equal(write(file, whole, strlen(whole)), strlen(whole));
	assert_int_equal(fchmod(file, 0660), 0);
	assert_int_equal(snapshot_read_open(fd, getuid(), &reader, &header), -EPERM);
	assert_int_equal(fchmod(file, 0640), 0);
	assert_int_equal(snapshot_read_open(fd, getuid(), &reader, &header), 0);
	assert_int_equal(header.shadow.inode, 7);
	assert_int_equal(header.shadow.nanoseconds, 5);
	assert_int_equal(unlinkat(fd, "snapshot", 0), 0);
	assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(every_shorter_file_is_refused),
		cmocka_unit_test(values_arrive),
		cmocka_unit_test(only_a_trusted_file_is_opened),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[i] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	memcpy(tests + COUNT(rows), others, sizeof(others));
	return cmocka_run_group_tests(tests, NULL, NULL);
}
