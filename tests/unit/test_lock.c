#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "folder.h"
#include "store/lock.h"

static struct row {
	const char *name, *held, *wanted; /* NULL: the host's */
	int result;
} rows[] = {
	{"an account excludes itself", "alice", "alice", -EBUSY},
	{"two accounts don't wait", "alice", "bob", 0},
	{"the host excludes itself", NULL, NULL, -EBUSY},
	{"the host doesn't exclude accounts", NULL, "alice", 0},
	{"accounts don't exclude the host", "alice", NULL, 0},
};

static void check(void **state)
{
	const struct row *row = *state;
	autoclose int held = vsee_lock_take(folder_fd, row->held, 0);
	autoclose int wanted = vsee_lock_take(folder_fd, row->wanted, 0);

	assert_true(held >= 0);
	if (row->result < 0)
		assert_int_equal(wanted, row->result);
	else
		assert_true(wanted >= 0);
}

static void closing_gives_it_back(void **state)
{
	const int first = vsee_lock_take(folder_fd, "alice", 0);

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(vsee_lock_take(folder_fd, "alice", 30), -EBUSY);
	(void)close(first);

	autoclose int second = vsee_lock_take(folder_fd, "alice", 0);

	assert_true(second >= 0);
	assert_int_equal(fcntl(second, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
}

/* The child gives it back by ending, which needs no timing: the parent waits long enough. */
static void a_waiter_gets_it_when_the_holder_dies(void **state)
{
	int ready[2];
	char byte;
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
	child = fork();
	if (child == 0) {
		const int held = vsee_lock_take(folder_fd, "alice", 0);

		_exit(held >= 0 && write(ready[1], "x", 1) == 1 ? 0 : 1);
	}
	assert_true(child > 0);
	assert_int_equal(read(ready[0], &byte, 1), 1);

	autoclose int fd = vsee_lock_take(folder_fd, "alice", VSEE_LOCK_TIMEOUT_MS);

	assert_true(fd >= 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	(void)close(ready[0]);
	(void)close(ready[1]);
}

static void the_file_is_ours_alone(void **state)
{
	const mode_t old = umask(0);
	struct stat st;

	(void)state;
	(void)unlinkat(folder_fd, "lock", 0);

	autoclose int fd = vsee_lock_take(folder_fd, "alice", 0);

	(void)umask(old);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(st.st_size, 0);
}

static void a_symlink_is_not_followed(void **state)
{
	(void)state;
	(void)unlinkat(folder_fd, "lock", 0);
	assert_int_equal(symlinkat("target", folder_fd, "lock"), 0);
	assert_int_equal(vsee_lock_take(folder_fd, "alice", 0), -ELOOP);
	assert_int_equal(faccessat(folder_fd, "target", F_OK, 0), -1);
	assert_int_equal(unlinkat(folder_fd, "lock", 0), 0);
}

static void no_folder(void **state)
{
	(void)state;
	assert_int_equal(vsee_lock_take(-1, "alice", 0), -EBADF);
}

int main(void)
{
	const struct CMUnitTest others[] = {
		cmocka_unit_test(closing_gives_it_back),
		cmocka_unit_test(a_waiter_gets_it_when_the_holder_dies),
		cmocka_unit_test(the_file_is_ours_alone),
		cmocka_unit_test(a_symlink_is_not_followed),
		cmocka_unit_test(no_folder),
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(others)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(others); i++)
		tests[count++] = others[i];
	return cmocka_run_group_tests_name("lock", tests, folder_make, folder_remove);
}
