#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "folder.h"
#include "base/file.h"

static void make(const char *name, const char *text, size_t size, mode_t mode)
{
	autoclose int fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, size), size);
	assert_int_equal(fchmod(fd, mode), 0);
}

static struct row {
	const char *name, *file;
	mode_t mode;
	size_t max;
	int result;
} rows[] = {
	{"readable by all, writable by us", "f", 0644, 5, 0},
	{"no byte too many", "f", 0600, 4, -EFBIG},
	{"writable by the group", "f", 0620, 100, -EPERM},
	{"writable by all", "f", 0602, 100, -EPERM},
	{"a symlink", "link", 0600, 100, -ELOOP},
	{"a FIFO", "fifo", 0600, 100, -EINVAL},
	{"a folder", "dir", 0600, 100, -EINVAL},
	{"missing", "missing", 0600, 100, -ENOENT},
};

static void check_read(void **state)
{
	const struct row *row = *state;
	autosecret struct vsee_secret text = {0};

	make("f", "a\0b\nc", 5, row->mode);
	(void)unlinkat(folder_fd, "link", 0); /* there from the row before, as are the others */
	assert_int_equal(symlinkat("f", folder_fd, "link"), 0);
	(void)mkfifoat(folder_fd, "fifo", 0600);
	(void)mkdirat(folder_fd, "dir", 0700);
	assert_int_equal(vsee_file_read(folder_fd, row->file, geteuid(), row->max, &text),
			 row->result);
	if (row->result == 0) {
		assert_int_equal(text.length, 5);
		assert_memory_equal(text.text, "a\0b\nc", 6);
	} else {
		assert_null(text.text);
	}
}

static void foreign_files_are_not_trusted(void **state)
{
	autosecret struct vsee_secret text = {0};

	(void)state;
	if (geteuid() == 0) {
		print_message("skipped: root owns whatever it makes, and is always trusted\n");
		skip();
	}
	make("f", "a", 1, 0600);
	assert_int_equal(vsee_file_read(folder_fd, "f", geteuid() + 1, 10, &text), -EPERM);
	assert_int_equal(vsee_dir_open(AT_FDCWD, folder, geteuid() + 1), -EPERM);
}

static void foreign_files_as_root(void **state)
{
	autosecret struct vsee_secret text = {0};

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: only root can give a file away\n");
		skip();
	}
	make("f", "a", 1, 0600);
	assert_int_equal(fchownat(folder_fd, "f", 1, 1, 0), 0);
	assert_int_equal(vsee_file_read(folder_fd, "f", 0, 10, &text), -EPERM);
	assert_int_equal(vsee_file_read(folder_fd, "f", 2, 10, &text), -EPERM);
	assert_int_equal(vsee_file_read(folder_fd, "f", 1, 10, &text), 0);
	assert_int_equal(fchownat(folder_fd, "f", 0, 0, 0), 0);
}

/* /proc says size 0 for a regular file that has bytes: as a file that grew after fstat(2). */
static void a_growing_file_is_read_up_to_max(void **state)
{
	autosecret struct vsee_secret text = {0};

	(void)state;
	assert_int_equal(vsee_file_read(AT_FDCWD, "/proc/self/status", geteuid(), 65536, &text), 0);
	assert_true(text.length > 300);
	assert_int_equal(strlen(text.text), text.length);
	vsee_secret_clear(&text);
	assert_int_equal(vsee_file_read(AT_FDCWD, "/proc/self/status", geteuid(), 300, &text),
			 -EFBIG);
}

static struct dir_row {
	const char *name, *path;
	mode_t mode;
	int result;
} dir_rows[] = {
	{"a folder of ours", "dir", 0755, 0},
	{"a folder the group writes", "dir", 0775, -EPERM},
	{"a folder all write", "dir", 0757, -EPERM},
	{"a symlink to a folder", "link", 0755, -ENOTDIR},
	{"a file", "f", 0755, -ENOTDIR},
	{"no folder", "missing", 0755, -ENOENT},
};

static void check_dir(void **state)
{
	const struct dir_row *row = *state;

	make("f", "", 0, 0600);
	(void)mkdirat(folder_fd, "dir", 0700); /* there from the row before */
	(void)unlinkat(folder_fd, "link", 0);
	assert_int_equal(symlinkat("dir", folder_fd, "link"), 0);
	assert_int_equal(fchmodat(folder_fd, "dir", row->mode, 0), 0);

	const int fd = vsee_dir_open(folder_fd, row->path, geteuid());

	if (row->result < 0) {
		assert_int_equal(fd, row->result);
		return;
	}
	assert_true(fd >= 0);
	assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	(void)close(fd);
}

static void opens_only_regular_files(void **state)
{
	char path[sizeof(folder) + 8];

	(void)state;
	assert_int_equal(vsee_file_open(folder), -EINVAL);
	assert_int_equal(vsee_file_open("/dev/null"), -EINVAL);
	(void)mkfifoat(folder_fd, "fifo", 0600); /* there from a row before */
	(void)snprintf(path, sizeof(path), "%s/fifo", folder);
	assert_int_equal(vsee_file_open(path), -EINVAL);
	(void)snprintf(path, sizeof(path), "%s/none", folder);
	assert_int_equal(vsee_file_open(path), -ENOENT);
}

static void assert_file(const char *name, const char *expected, mode_t mode)
{
	autosecret struct vsee_secret text = {0};
	struct stat st;

	assert_int_equal(vsee_file_read(folder_fd, name, geteuid(), 1000, &text), 0);
	assert_string_equal(text.text, expected);
	assert_int_equal(fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, S_IFREG | mode);
	assert_int_equal(faccessat(folder_fd, ".new.tmp", F_OK, 0), -1);
}

static void replaces_whole_whatever_the_umask(void **state)
{
	const mode_t old = umask(0077);

	(void)state;
	assert_int_equal(vsee_file_replace(folder_fd, "new", 0644, "first", 5), 0);
	assert_file("new", "first", 0644);
	(void)umask(0);
	make(".new.tmp", "left by a crash", 15, 0600);
	assert_int_equal(vsee_file_replace(folder_fd, "new", 0600, "", 0), 0);
	assert_file("new", "", 0600);
	(void)umask(old);
}

static void a_link_is_replaced_not_followed(void **state)
{
	(void)state;
	make("f", "target", 6, 0600);
	(void)unlinkat(folder_fd, "new", 0);
	assert_int_equal(symlinkat("f", folder_fd, "new"), 0);
	assert_int_equal(symlinkat("f", folder_fd, ".new.tmp"), 0);
	assert_int_equal(vsee_file_replace(folder_fd, "new", 0600, "ours", 4), 0);
	assert_file("new", "ours", 0600);
	assert_file("f", "target", 0600);
}

static void a_failed_rename_is_told_and_leaves_nothing(void **state)
{
	(void)state;
	(void)mkdirat(folder_fd, "dir", 0700); /* there from a row before */
	assert_int_equal(vsee_file_replace(folder_fd, "dir", 0600, "x", 1), -EISDIR);
	assert_int_equal(faccessat(folder_fd, ".dir.tmp", F_OK, 0), -1);
}

static void too_long_a_name(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(vsee_file_replace(folder_fd, name, 0600, "x", 1), -ENAMETOOLONG);
}

int main(void)
{
	const CMUnitTestFunction functions[] = {
		foreign_files_are_not_trusted,
		foreign_files_as_root,
		a_growing_file_is_read_up_to_max,
		opens_only_regular_files,
		replaces_whole_whatever_the_umask,
		a_link_is_replaced_not_followed,
		a_failed_rename_is_told_and_leaves_nothing,
		too_long_a_name,
	};
	static const char *const names[COUNT(functions)] = {
		"files of others are not trusted",
		"files of others are not trusted, as root",
		"a growing file is read up to max",
		"opens only regular files",
		"replaces whole, whatever the umask",
		"a link is replaced, not followed",
		"a failed rename is told and leaves nothing",
		"too long a name",
	};
	struct CMUnitTest tests[COUNT(rows) + COUNT(dir_rows) + COUNT(functions)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		tests[count++] = (struct CMUnitTest){
			.name = rows[i].name, .test_func = check_read, .initial_state = &rows[i]};
	for (size_t i = 0; i < COUNT(dir_rows); i++)
		tests[count++] = (struct CMUnitTest){.name = dir_rows[i].name,
						     .test_func = check_dir,
						     .initial_state = &dir_rows[i]};
	for (size_t i = 0; i < COUNT(functions); i++)
		tests[count++] = (struct CMUnitTest){.name = names[i], .test_func = functions[i]};
	return cmocka_run_group_tests_name("file", tests, folder_make, folder_remove);
}
