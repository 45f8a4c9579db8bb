/* Our own files on this host: who may touch them, and whether scans keep them up. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "lint_checks.h"
#include "lint_install.h"
#include "lint_sample.h"
#include "policy/mirror.h"
#include "store/account.h"
#include "store/culprit.h"
#include "store/scanday.h"

#define FILES_MAX 10000 /* of accounts; the faults looked for here hit many of them or none */
#define SCAN_DAYS_MAX 2
#define MANAGERS_SIZE 512

#define autofolder CLEANUP(folder_close)

static void folder_close(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder);
}

static bool trusted(const struct lint *lint, const struct stat *st, mode_t forbidden)
{
	return !S_ISLNK(st->st_mode) && !(st->st_mode & forbidden) &&
	       (st->st_uid == 0 || st->st_uid == lint->context->owner);
}

static void check_place(struct lint *lint, const char *folder, const char *name, mode_t mode)
{
	char path[PATH_MAX];
	struct stat st;

	if (snprintf(path, sizeof(path), "%s%s", folder, name) >= (int)sizeof(path))
		return;
	if (lstat(path, &st) < 0) {
		if (errno != ENOENT)
			lint_add(lint, LINT_HOST_FILE, path, 0, "it can't be read: %s",
				 strerror(errno));
		return;
	}
	if (trusted(lint, &st, 07777 & ~mode))
		return;
	lint_add(lint, LINT_HOST_TRUST, path, 0, "%s, owner %lu, mode %04o",
		 S_ISLNK(st.st_mode) ? "a symbolic link" : "not root's alone",
		 (unsigned long)st.st_uid, (unsigned)st.st_mode & 07777);
	lint_remedy(lint, "chown root %s\nchmod %04o %s", path, (unsigned)mode, path);
}

void lint_check_trust(struct lint *lint)
{
	const struct vsee_paths *paths = &lint->context->paths;
	static const struct {
		bool config;
		const char *name;
		mode_t mode; /* as we make them; fewer bits are no finding */
	} places[] = {
		{true, "", 0755},	    {true, "/vsee-expire.conf.d", 0755},
		{false, "", 02755}, /* the group reads the snapshot */
		{false, "/accounts", 0700}, {false, "/policy", 0644},
		{false, "/scan", 0644},
	};

	for (size_t i = 0; i < COUNT(places); i++)
		check_place(lint, places[i].config ? paths->config_dir : paths->state,
			    places[i].name, places[i].mode);
}

struct states {
	struct lint_sample open, overwritten, damaged;
};

static void check_state(const struct lint *lint, int folder_fd, const char *file,
			struct states *states)
{
	autosecret struct vsee_secret text = {0};
	struct vsee_account account;
	char name[VSEE_NAME_SIZE];
	struct stat st;
	unsigned line;
	int r;

	if (fstatat(folder_fd, file, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return; /* gone meanwhile */
	if (!trusted(lint, &st, 0177)) {
		lint_sample_add(&states->open, file, 0);
		return;
	}
	if (vsee_name_unescape(file, name) < 0)
		return; /* set aside by us */
	r = vsee_file_read(folder_fd, file, lint->context->owner, VSEE_ACCOUNT_BYTES_MAX, &text);
	if (r == 0)
		r = vsee_account_parse(text.text, text.length, &account, &line);
	if (r < 0 && r != -ENOENT)
		lint_sample_add(&states->damaged, name, 0);
	if (r < 0 && r != -EBADMSG)
		return;
	if (account.enrolment.mirror == VSEE_MIRROR_OVERWRITTEN &&
	    !vsee_mirror_given_up(&account.enrolment))
		lint_sample_add(&states->overwritten, name, 0);
	vsee_account_clear(&account);
}

static void report_states(struct lint *lint, const char *path, const struct states *states)
{
	char names[LINT_SAMPLE_SIZE], managers[MANAGERS_SIZE];

	if (states->open.count > 0) {
		lint_add(lint, LINT_HOST_TRUST, path, 0, "files that are not root's alone: %s",
			 lint_sample_text(&states->open, names));
		lint_remedy(lint, "chown -R root: %s\nchmod -R u=rwX,go= %s", path, path);
	}
	if (states->damaged.count > 0)
		lint_add(lint, LINT_HOST_FILE, path, 0,
			 "state that is damaged or of a newer version: %s",
			 lint_sample_text(&states->damaged, names));
	if (states->overwritten.count == 0)
		return;
	(void)vsee_culprit_list(lint->context->root, managers, sizeof(managers));
	lint_add(lint, LINT_HOST_OVERWRITTEN, path, 0,
		 "the mirrored days were overwritten for: %s; likely by: %s",
		 lint_sample_text(&states->overwritten, names),
		 managers[0] ? managers : "nothing that was found on this host");
}

void lint_check_states(struct lint *lint)
{
	const struct context *context = lint->context;
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	struct states states = {0};
	autofolder DIR *folder = NULL;
	const struct dirent *entry;
	char path[PATH_MAX];
	int fd;

	if (state_fd < 0)
		return; /* not there, or found not to be trusted already */
	fd = vsee_accounts_open(state_fd, context->owner, false);
	folder = fd < 0 ? NULL : fdopendir(fd);
	if (!folder) {
		vsee_cleanup_close(&fd);
		return;
	}
	for (unsigned i = 0; i < FILES_MAX && (entry = readdir(folder)) != NULL;)
		if (entry->d_name[0] != '.') {
			check_state(lint, dirfd(folder), entry->d_name, &states);
			i++;
		}
	if (snprintf(path, sizeof(path), "%s/accounts", context->paths.state) < (int)sizeof(path))
		report_states(lint, path, &states);
}

static void check_last_scan(struct lint *lint)
{
	const struct context *context = lint->context;
	autoclose int state_fd = vsee_dir_open(AT_FDCWD, context->paths.state, context->owner);
	struct vsee_scanday scanday;
	int r;

	if (state_fd < 0 || lint->published_result < 0)
		return; /* nothing is published: that is told already */
	r = vsee_scanday_load(state_fd, context->owner, &scanday);
	if (r < 0)
		lint_add(lint, LINT_HOST_FILE, context->paths.state, 0,
			 "the day of the last scan can't be read: %s", strerror(-r));
	else if (scanday.last_scan == VSEE_UNSET)
		lint_add(lint, LINT_HOST_SCAN, context->paths.state, 0, "no scan has ever run");
	else if (context->today - scanday.last_scan > SCAN_DAYS_MAX)
		lint_add(lint, LINT_HOST_SCAN, context->paths.state, 0,
			 "the last scan ran %lld days ago",
			 (long long)(context->today - scanday.last_scan));
}

void lint_check_scan(struct lint *lint)
{
	if (!lint->on)
		return;
	check_last_scan(lint);
	if (!lint_has_timer(lint->context->root))
		lint_add(lint, LINT_HOST_TIMER, "/etc/systemd/system/timers.target.wants", 0,
			 "reminderd-scan.timer is not enabled, and no file of cron's names "
			 "reminderd");
	else if (lint->published_result == 0 && vsee_policy_mails(&lint->published) &&
		 !lint_has_sender(lint->context->root))
		lint_add(lint, LINT_HOST_MAIL, "/etc/systemd/system", 0,
			 "[mail] smtp is set, and neither reminderd-send.timer nor cron sends "
			 "anything");
}
