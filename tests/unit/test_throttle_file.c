/* The throttle's table: bounded, believed only where it is whole and ours. */
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "throttle_case.h"
#include "throttle_table.h"

#define HEADER_SIZE 96
#define FILE_SIZE (HEADER_SIZE + THROTTLE_ENTRIES * sizeof(struct throttle_entry))
#define BOOT_OFFSET 16

static void write_at(const void *bytes, size_t size, off_t at)
{
	const int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, size, at), size);
	assert_int_equal(close(fd), 0);
}

/* Entries of others, all of them to end at a time. */
static struct throttle_entry *fill(int64_t end)
{
	struct throttle_entry *entries = calloc(THROTTLE_ENTRIES, sizeof(*entries));

	assert_non_null(entries);
	for (size_t i = 0; i < THROTTLE_ENTRIES; i++) {
		entries[i] = (struct throttle_entry){.charges = 1, .begin = START, .end = end};
		(void)snprintf(entries[i].key, sizeof(entries[i].key), "%043zu", i);
	}
	return entries;
}

/* The account's entry never takes the place of the source's, though that ends before all others. */
static void full_of_longer_waits(void **state)
{
	struct throttle_entry *entries = fill(START + 5000);

	(void)state;
	pass(NULL, "192.0.2.9", START, 1);
	write_at(entries, THROTTLE_ENTRIES * sizeof(*entries), HEADER_SIZE);
	pass("anna", "192.0.2.1", START, 3);
	pass(NULL, "192.0.2.1", START, 3);
	assert_int_equal(charge(NULL, "192.0.2.1", START), WINDOW);
	free(entries);
}

/* Full of others that are not over: those that end first give way, and only as many as needed. */
static void full_table(void **state)
{
	struct throttle_entry *entries = fill(START + 500);
	struct throttle_table table;
	int left[3] = {0};

	(void)state;
	pass("anna", "192.0.2.1", START, 1);
	entries[7].end = START + 10;
	entries[4000].end = START + 20;
	entries[4001].end = START + 30;
	write_at(entries, THROTTLE_ENTRIES * sizeof(*entries), HEADER_SIZE);
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(charge("anna", "192.0.2.1", START), WINDOW);
	assert_int_equal(throttle_table_open(path, &table), 0);
	for (size_t i = 0; i < THROTTLE_ENTRIES; i++)
		if (memcmp(entries[i].key, table.entries[i].key, THROTTLE_KEY_SIZE) == 0)
			left[i == 7 ? 0 : i == 4000 ? 1 : 2]++;
	assert_true(left[0] == 0 && left[1] == 0 && left[2] == THROTTLE_ENTRIES - 2);
	throttle_table_clear(&table);
	free(entries);
}

static void expect_anew(off_t size)
{
	struct stat st;

	if (size >= 0)
		assert_int_equal(truncate(path, size), 0);
	assert_int_equal(charge("anna", "192.0.2.1", START), -EBADMSG);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size == FILE_SIZE && (st.st_mode & 07777) == 0600);
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(charge("anna", "192.0.2.1", START), WINDOW);
}

static void damaged(void **state)
{
	const struct throttle_entry bad[] = {
		{.key = "short"},
		{.key = "0123456789012345678901234567890123456789012", .begin = 9, .end = 8},
		{.key = "0123456789012345678901234567890123456789012", .end = INT64_MAX},
		{.key = "0123456789012345678901234567890123456789012", .begin = -1},
	};

	(void)state;
	pass("anna", "192.0.2.1", START, 3);
	for (off_t at = 0; at < 16; at++) { /* magic, version, number of entries */
		write_at("?", 1, at);
		expect_anew(-1);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		write_at(&bad[i], sizeof(bad[i]), (off_t)(FILE_SIZE - sizeof(bad[i])));
		expect_anew(-1);
	}
	write_at("$y$", 3, BOOT_OFFSET + 40); /* another method than ours */
	expect_anew(-1);
	expect_anew(1);
	expect_anew(HEADER_SIZE - 1);
	expect_anew(HEADER_SIZE);
	expect_anew((off_t)FILE_SIZE - 1);
	expect_anew((off_t)FILE_SIZE + 1);
}

static void another_boot(void **state)
{
	(void)state;
	pass("anna", "192.0.2.1", START, 3);
	assert_int_equal(charge("anna", "192.0.2.1", START), WINDOW);
	write_at("00000000-0000", 13, BOOT_OFFSET);
	pass("anna", "192.0.2.1", 5, 3);
	assert_int_equal(charge("anna", "192.0.2.1", 5), WINDOW);
}

static void no_names_inside(void **state)
{
	static const char *const words[] = {"anna", "192.0.2.1", "c0000201"};
	static char text[FILE_SIZE];
	int fd;

	(void)state;
	pass("anna", "192.0.2.1", START, 1);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), sizeof(text));
	assert_int_equal(close(fd), 0);
	for (size_t i = 0; i < COUNT(words); i++)
		assert_null(memmem(text, sizeof(text), words[i], strlen(words[i])));
}

static void not_our_file(void **state)
{
	char other[80];

	(void)snprintf(other, sizeof(other), "%s/other", folder);
	pass("anna", "unix", START, 1);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(charge("anna", "unix", START), -EPERM);
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(link(path, other), 0);
	assert_int_equal(charge("anna", "unix", START), -EPERM);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(symlink(other, path), 0);
	assert_int_equal(charge("anna", "unix", START), -ELOOP);
	assert_int_equal(unlink(other), 0);
	assert_int_equal(charge("anna", "unix", START), -ELOOP);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(begin(state), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(charge("anna", "unix", START), -EPERM);
	assert_int_equal(throttle_charge("/tmp/vsee-none/throttle", &limits, "a", "unix", 1),
			 -ENOENT);
}

/* In a process of its own: the limit holds for all that it writes. */
static int charge_limited(rlim_t bytes)
{
	const pid_t child = fork();
	int status = 0;

	assert_true(child >= 0);
	if (child == 0) {
		const struct rlimit limit = {bytes, bytes};

		(void)signal(SIGXFSZ, SIG_IGN);
		if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
			_exit(1);
		_exit(charge("anna", "unix", START) == -EFBIG ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void disk_full(void **state)
{
	(void)state;
	assert_int_equal(charge_limited(FILE_SIZE / 2), 0);
	pass("anna", "unix", START, 3); /* no damage is told */
	assert_int_equal(charge("anna", "unix", START), WINDOW);
	assert_int_equal(begin(state), 0);
	pass("anna", "unix", START, 1);
	assert_int_equal(charge_limited(1), 0);
	pass("anna", "unix", START, 2);
	assert_int_equal(charge("anna", "unix", START), WINDOW);
}

/* The one wait of these tests: THROTTLE_WAIT_MS. */
static void lock_is_held(void **state)
{
	int fd;

	(void)state;
	pass("anna", "unix", START, 1);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(charge("anna", "unix", START), -EBUSY);
	assert_int_equal(close(fd), 0);
	pass("anna", "unix", START, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(full_table),   TEST(full_of_longer_waits), TEST(damaged),
		TEST(another_boot), TEST(no_names_inside),	TEST(not_our_file),
		TEST(disk_full),    TEST(lock_is_held),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
