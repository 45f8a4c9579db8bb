#include "restore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "log.h"
#include "message_id.h"
#include "notify.h"
#include "target.h"

/*
 * Whether the state in a file that the pass did not handle notes anything of ours in shadow. 1, 0,
 * or negative errno: damaged or newer, so that nothing could be taken back safely; or unreadable.
 */
static int has_mirrored(const struct scan *scan, const char *file_name)
{
	CLEANUP(vsee_account_clear) struct vsee_account account = vsee_account_empty("", 0);
	autosecret struct vsee_secret text = {0};
	unsigned line;
	int r;

	r = vsee_file_read(scan->accounts_fd, file_name, scan->owner, VSEE_ACCOUNT_BYTES_MAX,
			   &text);
	if (r == 0)
		r = vsee_account_parse(text.text, text.length, &account, &line);
	if (r < 0)
		return r;
	return account.enrolment.mirror != VSEE_MIRROR_NONE ||
	       account.enrolment.zero != VSEE_MIRROR_NONE;
}

/* What is damaged or newer stays so for each scan; who takes everything back must hear of it now.
 */
static void warn_left(struct scan *scan, const char *name, int error)
{
	if (error == -ENOENT) /* the account is gone, its shadow line with it */
		return;
	if (!scan->undo && (error == -EBADMSG || error == -EPROTONOSUPPORT))
		return;
	scan->failed++;
	log_about(MESSAGE_ACCOUNT_SKIPPED, name);
	log_field("VSEE_RESULT", "%s", strerror(-error));
	log_warning("%s: what stood in shadow before is not known: %s. Look at it with chage -l, "
		    "and set what it should be",
		    name,
		    error == -EBADMSG		? "its state is damaged"
		    : error == -EPROTONOSUPPORT ? "its state was written by a newer version"
						: strerror(-error));
}

/* Files that an administrator should look at, and remove. */
static bool is_set_aside(const char *file_name)
{
	return strstr(file_name, ".damaged.") || strstr(file_name, ".reused.");
}

static int consider(struct scan *scan, const char *file_name)
{
	autotarget struct target target = {0};
	char name[VSEE_NAME_SIZE];

	int r;

	if (vsee_name_unescape(file_name, name) < 0)
		return 0;
	r = has_mirrored(scan, file_name);
	if (r > 0)
		r = target_find(scan, name, &target);
	else if (r == 0)
		return 0;
	if (r < 0) {
		warn_left(scan, name, r);
		return 0;
	}
	if (target.subject.section && target.subject.section->rules.mode != VSEE_MODE_OFF)
		return 0; /* it appeared during the pass: the next run's */
	target.subject.section = NULL;
	vsee_subject_refresh(&target.subject, scan->today);
	target.plan = vsee_mirror_plan(&target.subject.facts);
	if (target.plan.step == VSEE_MIRROR_KEEP)
		return 0;
	if (!scan->view)
		return queue_push(&scan->queue, 0, name);
	tally_name(&scan->tally.leftovers, name);
	target.changed = true;
	target.judgement = vsee_judge(&target.subject.facts);
	target.judgement.change = vsee_change_resolve(&target.subject.facts); /* for the table */
	return scan->view->add(scan->view, scan, &target);
}

static int walk(struct scan *scan, DIR *folder)
{
	for (;;) {
		struct dirent *entry;
		int r;

		(void)notify_alive();
		errno = 0;
		entry = readdir(folder);
		if (!entry)
			return -errno;
		if (is_set_aside(entry->d_name))
			tally_name(&scan->tally.set_aside, entry->d_name);
		if (entry->d_name[0] == '.' || seen_test(&scan->seen, entry->d_name))
			continue;
		r = consider(scan, entry->d_name);
		if (r < 0)
			return r;
	}
}

static void close_folder(DIR **folder)
{
	if (*folder)
		(void)closedir(*folder); /* read only */
}

int restore_run(struct scan *scan)
{
	CLEANUP(close_folder) DIR *folder = NULL;
	int fd, r;

	if (scan->accounts_fd < 0)
		return 0;
	fd = openat(scan->accounts_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	folder = fdopendir(fd);
	if (!folder) {
		(void)close(fd); /* read only */
		return -ENOMEM;
	}
	r = walk(scan, folder);
	if (r < 0)
		log_error("%s/accounts: %s", scan->paths.state, strerror(-r));
	return r;
}
