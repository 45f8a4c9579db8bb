/* The files of accounts' states: damaged and reused ones stand aside, a failed save changes
 * nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "store/entry.h"

struct fixture {
	char path[64];
	int state_fd, fd;
};

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	strcpy(fixture->path, "/tmp/vsee-test-account-XXXXXX");
	if (!mkdtemp(fixture->path))
		return -1;
	fixture->state_fd = open(fixture->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	fixture->fd = vsee_accounts_open(fixture->state_fd, getuid(), true);
	*state = fixture;
	return fixture->fd < 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;
	DIR *dir = fdopendir(fixture->fd);

	rewinddir(dir);
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
		(void)unlinkat(dirfd(dir), entry->d_name, 0); /* "." and ".." stay by themselves */
	(void)closedir(dir);
	(void)unlinkat(fixture->state_fd, "accounts", AT_REMOVEDIR);
	(void)close(fixture->state_fd);
	(void)rmdir(fixture->path);
	free(fixture);
	return 0;
}

static size_t count_files(const struct fixture *fixture)
{
	DIR *dir = fdopendir(openat(fixture->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
	size_t count = 0;

	assert_non_null(dir);
	for (const struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
		count += entry->d_name[0] != '.';
	(void)closedir(dir);
	return count;
}

static void write_file(const struct fixture *fixture, const char *name, const char *text)
{
	autoclose int fd =
		openat(fixture->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void assert_file(const struct fixture *fixture, const char *name, const char *text)
{
	autoclose int fd = openat(fixture->fd, name, O_RDONLY | O_CLOEXEC);
	char read_text[4096] = {0};

	assert_true(fd >= 0);
	assert_true(read(fd, read_text, sizeof(read_text) - 1) >= 0);
	assert_string_equal(read_text, text);
}

static enum vsee_account_news load(const struct fixture *fixture, const char *name, uid_t uid,
				   struct vsee_account *ret_account)
{
	enum vsee_account_news news = VSEE_ACCOUNT_GOOD;

	assert_int_equal(vsee_account_load(fixture->fd, getuid(), name, uid, ret_account, &news),
			 0);
	return news;
}

static void save_then_load(void **state)
{
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0}, read = {0};
	struct stat st;

	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_NEW);
	assert_string_equal(account.name, "alice");
	assert_int_equal(account.uid, 7);
	assert_int_equal(vsee_entry_insert(&account, 0, 5, "$5$a$b", 6), 0);
	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_NEW), 0);
	assert_int_equal(load(fixture, "alice", 7, &read), VSEE_ACCOUNT_GOOD);
	assert_int_equal(read.entry_count, 1);
	assert_int_equal(fstatat(fixture->fd, "alice", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	assert_int_equal(count_files(fixture), 1);
}

static void odd_name_stays_in_the_folder(void **state)
{
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = vsee_account_empty("a.damaged.1", 7), read = {0};
	enum vsee_account_news news;

	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_NEW), 0);
	assert_int_equal(faccessat(fixture->fd, "a.damaged.1", F_OK, 0), -1);
	assert_int_equal(load(fixture, "a.damaged.1", 7, &read), VSEE_ACCOUNT_GOOD);
	strcpy(account.name, "../x");
	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_NEW), -EINVAL);
	assert_int_equal(vsee_account_load(fixture->fd, getuid(), "../x", 7, &read, &news),
			 -EINVAL);
}

static void damaged_file_counts_and_stands_aside(void **state)
{
	static const char text[] = "vsee-account 1\nuid 7\nentry 1 $5$a$b\nentry broken\nend\n";
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0}, read = {0};

	write_file(fixture, "alice", text);
	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_DAMAGED);
	assert_int_equal(account.entry_count, 1);
	assert_int_equal(count_files(fixture), 1);
	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_DAMAGED), 0);
	assert_file(fixture, "alice.damaged.1", text);
	assert_int_equal(load(fixture, "alice", 7, &read), VSEE_ACCOUNT_GOOD);
	assert_int_equal(read.entry_count, 1);
	assert_int_equal(count_files(fixture), 2);
}

static void damaged_uid_line_keeps_the_rest(void **state)
{
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0};

	write_file(fixture, "alice", "vsee-account 1\nuid x7\nentry 1 $5$a$b\nend\n");
	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_DAMAGED);
	assert_int_equal(account.uid, 7);
	assert_int_equal(account.entry_count, 1);
}

static void other_uid_starts_afresh(void **state)
{
	static const char text[] = "vsee-account 1\nuid 8\nentry 1 $5$a$b\nend\n";
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0}, read = {0};

	write_file(fixture, "alice", text);
	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_REUSED);
	assert_int_equal(account.entry_count, 0);
	assert_int_equal(account.uid, 7);
	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_REUSED), 0);
	assert_file(fixture, "alice.reused.1", text);
	assert_int_equal(load(fixture, "alice", 7, &read), VSEE_ACCOUNT_GOOD);
}

static void renamed_file_takes_the_new_name(void **state)
{
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0};

	write_file(fixture, "alice", "vsee-account 1\nname bob\nuid 7\nentry 1 $5$a$b\nend\n");
	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_GOOD);
	assert_string_equal(account.name, "alice");
	assert_int_equal(account.entry_count, 1);
}

static void newer_file_is_left_alone(void **state)
{
	const struct fixture *fixture = *state;
	struct vsee_account account;
	enum vsee_account_news news;

	write_file(fixture, "alice", "vsee-account 2\nuid 7\n");
	assert_int_equal(vsee_account_load(fixture->fd, getuid(), "alice", 7, &account, &news),
			 -EPROTONOSUPPORT);
	assert_file(fixture, "alice", "vsee-account 2\nuid 7\n");
}

static void eight_stand_aside_then_the_oldest_goes(void **state)
{
	const struct fixture *fixture = *state;
	const struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	autoaccount struct vsee_account account = vsee_account_empty("alice", 7);
	char text[32];

	for (int i = 1; i <= 9; i++) {
		(void)snprintf(text, sizeof(text), "damage %d\n", i);
		write_file(fixture, "alice", text);
		if (i == 3)
			assert_int_equal(utimensat(fixture->fd, "alice", old, 0), 0);
		assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_DAMAGED), 0);
	}
	assert_int_equal(count_files(fixture), 9);
	assert_file(fixture, "alice.damaged.1", "damage 1\n");
	assert_file(fixture, "alice.damaged.3", "damage 9\n");
	assert_file(fixture, "alice.damaged.8", "damage 8\n");
}

static void full_disk_keeps_the_old_file(void **state)
{
	static const char text[] = "vsee-account 1\nuid 7\nentry 1 $5$a$b\nfoo\nend\n";
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = {0};
	struct rlimit before, small;
	int first, second;

	write_file(fixture, "alice", text);
	assert_int_equal(load(fixture, "alice", 7, &account), VSEE_ACCOUNT_DAMAGED);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	small = (struct rlimit){.rlim_cur = 8, .rlim_max = before.rlim_max};
	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	first = vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_DAMAGED);
	second = vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_DAMAGED);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	(void)signal(SIGXFSZ, SIG_DFL);

	assert_int_equal(first, -EFBIG);
	assert_int_equal(second, -EFBIG);
	assert_file(fixture, "alice", text);
	/* The retry does not stand the same file aside again, and no temporary file is left. */
	assert_int_equal(count_files(fixture), 2);
}

static void unsafe_files_are_refused(void **state)
{
	const struct fixture *fixture = *state;
	struct vsee_account account;
	enum vsee_account_news news;

	assert_int_equal(symlinkat("/etc/passwd", fixture->fd, "alice"), 0);
	assert_int_equal(vsee_account_load(fixture->fd, getuid(), "alice", 7, &account, &news),
			 -ELOOP);
	write_file(fixture, "bob", "vsee-account 1\nuid 7\nend\n");
	assert_int_equal(fchmodat(fixture->fd, "bob", 0666, 0), 0);
	assert_int_equal(vsee_account_load(fixture->fd, getuid(), "bob", 7, &account, &news),
			 -EPERM);
}

static void folder_is_made_and_judged(void **state)
{
	const struct fixture *fixture = *state;
	struct stat st;
	autoclose int again = vsee_accounts_open(fixture->state_fd, getuid(), true);

	assert_true(again >= 0);
	assert_int_equal(fstat(again, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(vsee_accounts_open(fixture->fd, getuid(), false), -ENOENT);
	assert_int_equal(vsee_accounts_writable(fixture->fd), 0);
}

static void read_only_folder_is_told(void **state)
{
	const struct fixture *fixture = *state;
	autoaccount struct vsee_account account = vsee_account_empty("alice", 7);

	if (geteuid() == 0) {
		print_message("skipped: root may write everywhere\n");
		skip();
	}
	assert_int_equal(fchmod(fixture->fd, 0500), 0);
	assert_int_equal(vsee_accounts_writable(fixture->fd), -EACCES);
	assert_int_equal(vsee_account_save(fixture->fd, &account, VSEE_ACCOUNT_NEW), -EACCES);
	assert_int_equal(fchmod(fixture->fd, 0700), 0);
}

#define ROW(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ROW(save_then_load),
		ROW(odd_name_stays_in_the_folder),
		ROW(damaged_file_counts_and_stands_aside),
		ROW(damaged_uid_line_keeps_the_rest),
		ROW(other_uid_starts_afresh),
		ROW(renamed_file_takes_the_new_name),
		ROW(newer_file_is_left_alone),
		ROW(eight_stand_aside_then_the_oldest_goes),
		ROW(full_disk_keeps_the_old_file),
		ROW(unsafe_files_are_refused),
		ROW(folder_is_made_and_judged),
		ROW(read_only_folder_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
