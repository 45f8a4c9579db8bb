#include "store/account.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/file.h"
#include "store/entry.h"
#include "store/fact.h"

#define FOLDER "accounts"
#define ASIDE_MAX 8
#define ASIDE_NAME_SIZE (VSEE_FILE_NAME_SIZE + 16)

/* Kinds of files set aside. The '.' keeps them apart from every account's file. */
static const char *const aside_kinds[] = {"damaged", "reused"};

struct vsee_account vsee_account_empty(const char *name, uid_t uid)
{
	struct vsee_account account = {
		.uid = uid,
		.seen = VSEE_UNSET,
		.enrolment = vsee_enrolment_empty(),
		.extension_by = VSEE_NO_UID,
	};

	memcpy(account.name, name, strnlen(name, sizeof(account.name) - 1));
	return account;
}

void vsee_account_clear(struct vsee_account *account)
{
	vsee_entry_drop(account, 0, account->entry_count);
	free(account->entries);
	explicit_bzero(account, sizeof(*account));
}

int vsee_accounts_open(int state_fd, uid_t owner, bool create)
{
	if (create) {
		if (mkdirat(state_fd, FOLDER, 0700) == 0) {
			if (fsync(state_fd) < 0)
				return -errno;
		} else if (errno != EEXIST) {
			return -errno;
		}
	}
	return vsee_dir_open(state_fd, FOLDER, owner);
}

/* What was read of the file, judged against the account that asks for it. */
static enum vsee_account_news take_account(struct vsee_account *read, bool damaged,
					   const char *name, uid_t uid,
					   struct vsee_account *ret_account)
{
	struct vsee_account empty = vsee_account_empty(name, uid);

	if (read->uid != uid && read->uid != VSEE_NO_UID) {
		vsee_account_clear(read);
		*ret_account = empty;
		return VSEE_ACCOUNT_REUSED;
	}
	/* The file's own name is for people; one that was renamed along with its account counts. */
	memcpy(read->name, empty.name, sizeof(read->name));
	read->uid = uid;
	*ret_account = *read;
	explicit_bzero(read, sizeof(*read));
	return damaged ? VSEE_ACCOUNT_DAMAGED : VSEE_ACCOUNT_GOOD;
}

int vsee_account_load(int accounts_fd, uid_t owner, const char *name, uid_t uid,
		      struct vsee_account *ret_account, enum vsee_account_news *ret_news)
{
	autosecret struct vsee_secret text = {0};
	char file_name[VSEE_FILE_NAME_SIZE];
	struct vsee_account read;
	unsigned line;
	int r;

	if (!vsee_name_valid(name))
		return -EINVAL;
	vsee_name_escape(name, file_name);
	r = vsee_file_read(accounts_fd, file_name, owner, VSEE_ACCOUNT_BYTES_MAX, &text);
	if (r == -ENOENT) {
		*ret_account = vsee_account_empty(name, uid);
		*ret_news = VSEE_ACCOUNT_NEW;
		return 0;
	}
	if (r < 0)
		return r;

	r = vsee_account_parse(text.text, text.length, &read, &line);
	if (r < 0 && r != -EBADMSG)
		return r;
	*ret_news = take_account(&read, r == -EBADMSG, name, uid, ret_account);
	return 0;
}

static void aside_name(const char *file_name, const char *kind, unsigned number,
		       char ret_name[ASIDE_NAME_SIZE])
{
	(void)snprintf(ret_name, ASIDE_NAME_SIZE, "%s.%s.%u", file_name, kind,
		       number); /* has room for the longest */
}

/*
 * The number to set a file aside under: the first free one, else the one written longest ago.
 * 0: this very file stands aside already, since an earlier save failed behind it.
 */
static int aside_number(int accounts_fd, const char *file_name, const char *kind,
			const struct stat *file, unsigned *ret_number)
{
	struct timespec oldest = {0};
	unsigned chosen = 0;

	for (unsigned number = 1; number <= ASIDE_MAX; number++) {
		char name[ASIDE_NAME_SIZE];
		struct stat st;

		aside_name(file_name, kind, number, name);
		if (fstatat(accounts_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno != ENOENT)
				return -errno;
			*ret_number = number;
			return 0;
		}
		if (st.st_ino == file->st_ino && st.st_dev == file->st_dev) {
			*ret_number = 0;
			return 0;
		}
		if (chosen == 0 || st.st_mtim.tv_sec < oldest.tv_sec ||
		    (st.st_mtim.tv_sec == oldest.tv_sec && st.st_mtim.tv_nsec < oldest.tv_nsec)) {
			chosen = number;
			oldest = st.st_mtim;
		}
	}
	*ret_number = chosen;
	return 0;
}

/* A second link, so that there is a file under the account's own name at any moment. */
static int set_aside(int accounts_fd, const char *file_name, const char *kind)
{
	char name[ASIDE_NAME_SIZE];
	struct stat file;
	unsigned number;
	int r;

	if (fstatat(accounts_fd, file_name, &file, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	r = aside_number(accounts_fd, file_name, kind, &file, &number);
	if (r < 0 || number == 0)
		return r;
	aside_name(file_name, kind, number, name);
	if (unlinkat(accounts_fd, name, 0) < 0 && errno != ENOENT)
		return -errno;
	return linkat(accounts_fd, file_name, accounts_fd, name, 0) < 0 ? -errno : 0;
}

int vsee_account_save(int accounts_fd, const struct vsee_account *account,
		      enum vsee_account_news news)
{
	autosecret struct vsee_secret text = {0};
	char file_name[VSEE_FILE_NAME_SIZE];
	int r;

	if (!vsee_name_valid(account->name) || account->uid == VSEE_NO_UID)
		return -EINVAL;
	r = vsee_account_print(account, &text);
	if (r < 0)
		return r;
	vsee_name_escape(account->name, file_name);
	switch (news) {
	case VSEE_ACCOUNT_GOOD:
	case VSEE_ACCOUNT_NEW:
		break;
	case VSEE_ACCOUNT_DAMAGED:
		r = set_aside(accounts_fd, file_name, aside_kinds[0]);
		break;
	case VSEE_ACCOUNT_REUSED:
		r = set_aside(accounts_fd, file_name, aside_kinds[1]);
		break;
	}
	if (r < 0)
		return r;
	return vsee_file_replace(accounts_fd, file_name, 0600, text.text, text.length);
}

int vsee_accounts_writable(int accounts_fd)
{
	struct statvfs fs;

	if (faccessat(accounts_fd, ".", W_OK | X_OK, AT_EACCESS) < 0)
		return -errno;
	/* Where the kernel lacks faccessat2(2), libc looks at the mode alone. */
	if (fstatvfs(accounts_fd, &fs) < 0)
		return -errno;
	return (fs.f_flag & ST_RDONLY) != 0 ? -EROFS : 0;
}
