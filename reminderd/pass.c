#include "pass.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/plural.h"
#include "line.h"
#include "log.h"
#include "notify.h"
#include "pass_tell.h"
#include "store/lock.h"
#include "target.h"

struct pass {
	struct scan *scan;
	const char *path;
	struct stat identity; /* of shadow as we read it: others replace it at any time */
	struct vsee_passwd_cursor passwd;
	struct vsee_passwd person; /* the passwd line found last */
	struct line_log log;
	unsigned overwritten; /* warnings of maximum ages that somebody else set */
};

/* getspnam(3) stops at the first line of a name, so a bad one also hides what comes after it. */
static void reject_line(struct pass *pass, const struct vsee_line *line,
			enum vsee_record_fault fault)
{
	char name[VSEE_NAME_SIZE], file_name[VSEE_FILE_NAME_SIZE];
	struct scan *scan = pass->scan;

	/* "+" lines are directions to NSS (compat), no accounts. */
	if (line->fault == VSEE_LINE_OK && line->size > 0 && line->text[0] == '+')
		return;
	line_warn(&pass->log, line->number, line_fault_text(fault, line));
	if (!line_name(line, name) ||
	    !vsee_cover_possible(&scan->policy, &scan->members, name, strlen(name)))
		return;
	scan->failed++;
	vsee_name_escape(name, file_name);
	seen_add(&scan->seen, file_name);
}

static bool is_duplicate(struct pass *pass, const char *name, uint64_t number)
{
	char file_name[VSEE_FILE_NAME_SIZE];
	struct scan *scan = pass->scan;

	vsee_name_escape(name, file_name);
	if (!seen_test(&scan->seen, file_name)) {
		seen_add(&scan->seen, file_name);
		return false;
	}
	/* The filter may be wrong, the file is not. */
	if (line_count(pass->path, name) == 1)
		return false;
	line_warn(&pass->log, number,
		  "this account has a line further up, which counts; this one is "
		  "passed over");
	return true;
}

/*
 * The password may have been changed since the line was read: then the hash that our state knows is
 * the newer one, and to take the older for a change would spoil the history.
 */
static int reread_if_stale(struct pass *pass, struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	const struct scan *scan = pass->scan;
	struct stat now;

	if (subject->facts.hash_known || subject->news != VSEE_ACCOUNT_GOOD)
		return 0;
	if (stat(pass->path, &now) == 0 && now.st_ino == pass->identity.st_ino &&
	    now.st_dev == pass->identity.st_dev && now.st_size == pass->identity.st_size &&
	    now.st_mtim.tv_sec == pass->identity.st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == pass->identity.st_mtim.tv_nsec)
		return 0;

	char name[VSEE_NAME_SIZE];

	memcpy(name, subject->shadow.name, sizeof(name));
	const int r = vsee_shadow_find(pass->path, name, &subject->shadow, NULL, NULL);

	if (r == 0)
		vsee_subject_refresh(subject, scan->today);
	return r;
}

static int handle_locked(struct pass *pass, struct target *target)
{
	struct scan *scan = pass->scan;
	enum vsee_mirror mirror;
	int r;

	r = target_load(scan, target);
	if (r == 0)
		r = reread_if_stale(pass, target);
	if (r < 0)
		return r;
	mirror = target->subject.account.enrolment.mirror;
	if (scan->view && scan->view->in_force) {
		target_judge(scan, target);
		return 0;
	}
	r = target_enrol(scan, target);
	if (r < 0)
		return r;
	pass_tell_news(target, mirror, &pass->overwritten);
	if (!target->changed || scan->view)
		return 0;
	r = target_save(scan, target);
	scan->saved += r == 0;
	return r;
}

static int handle(struct pass *pass, struct target *target)
{
	struct scan *scan = pass->scan;
	autoclose int lock_fd = -1;

	if (!scan->view) {
		lock_fd = vsee_lock_take(scan->state_fd, target->subject.shadow.name,
					 VSEE_LOCK_TIMEOUT_MS);
		if (lock_fd < 0)
			return lock_fd;
	}
	return handle_locked(pass, target);
}

/* What becomes of an account after its state is saved. 0, or negative errno that ends the run. */
static int report(struct pass *pass, const struct target *target)
{
	struct scan *scan = pass->scan;
	const struct vsee_subject *subject = &target->subject;
	const bool restore = target->plan.step == VSEE_MIRROR_RESTORE;
	int r;

	tally_add(&scan->tally, target);
	mailing_note(scan, target);
	if (scan->view)
		return scan->view->add(scan->view, scan, target);
	r = snapshot_add(scan, target);
	if (r < 0) {
		log_error("cannot write the snapshot: %s", strerror(-r));
		return r;
	}
	if (target->plan.step == VSEE_MIRROR_KEEP)
		return 0;
	/* What is no longer wanted goes first: it may be what keeps somebody out. */
	return queue_push(&scan->queue, restore ? 0 : subject->account.enrolment.deadline,
			  subject->shadow.name);
}

/* Where few can be covered their ids are known already; else, and for GECOS, passwd is read beside
 * shadow. */
static int find_ids(struct pass *pass, struct vsee_subject *subject)
{
	const struct vsee_members *members = &pass->scan->members;
	int r;

	if (members->complete && !mailing_wants_gecos(pass->scan))
		return vsee_members_ids(members, subject->shadow.name, &subject->uid,
					&subject->gid);
	r = vsee_passwd_cursor_find(&pass->passwd, subject->shadow.name, &pass->person);
	if (r < 0)
		return r;
	subject->uid = pass->person.uid;
	subject->gid = pass->person.gid;
	return 0;
}

enum identity { IDENTITY_UNKNOWN, IDENTITY_UNCOVERED, IDENTITY_COVERED };

/* Find out who the account is and whether it is covered. */
static enum identity identify(struct pass *pass, const struct vsee_line *line,
			      struct target *target)
{
	struct vsee_subject *subject = &target->subject;
	struct scan *scan = pass->scan;
	const int r = find_ids(pass, subject);

	if (r < 0) {
		line_warn(&pass->log, line->number,
			  r == -ENOENT ? "this account has no passwd line; it is not covered"
				       : "the passwd line of this account can't be read");
		scan->failed += r != -ENOENT && r != -EBADMSG; /* it may be covered */
		return IDENTITY_UNKNOWN;
	}
	subject->section = vsee_cover(&scan->policy, &scan->members, subject->shadow.name,
				      subject->uid, subject->gid, &subject->exempt);
	if (!subject->section || subject->section->rules.mode == VSEE_MODE_OFF)
		return IDENTITY_UNCOVERED;
	return is_duplicate(pass, subject->shadow.name, line->number) ? IDENTITY_UNKNOWN
								      : IDENTITY_COVERED;
}

/* Only a view of everybody comes to see these. */
static int show_uncovered(struct pass *pass, struct target *target)
{
	struct scan *scan = pass->scan;

	if (!scan->view || !scan->view->everybody)
		return 0;
	vsee_subject_refresh(&target->subject, scan->today);
	target->judgement = vsee_judge(&target->subject.facts);
	return scan->view->add(scan->view, scan, target);
}

static int take_line(struct pass *pass, const struct vsee_line *line)
{
	autotarget struct target target = {0};
	const enum vsee_record_fault fault = vsee_shadow_parse(line, &target.subject.shadow);
	int r;

	if (fault != VSEE_RECORD_OK) {
		reject_line(pass, line, fault);
		return 0;
	}
	switch (identify(pass, line, &target)) {
	case IDENTITY_UNKNOWN:
		return 0;
	case IDENTITY_UNCOVERED:
		return show_uncovered(pass, &target);
	case IDENTITY_COVERED:
		break;
	}
	pass->scan->covered++;
	mailing_reach(pass->scan, pass->person.gecos, &target);
	r = handle(pass, &target);
	if (r < 0) {
		pass->scan->failed++;
		if (r == -EPROTONOSUPPORT)
			tally_name(&pass->scan->tally.newer, target.subject.shadow.name);
		pass_tell_failure(&target, r);
		return 0;
	}
	return report(pass, &target);
}

/* Lines without a name in reach stay: they may be malformed. */
static bool wanted(const void *context, const char *text, size_t size)
{
	return vsee_filter_wants(context, text, size);
}

static int next_line(struct vsee_lines *lines, const struct vsee_filter *filter,
		     struct vsee_line *ret_line)
{
	return filter ? vsee_lines_next_wanted(lines, wanted, filter, ret_line)
		      : vsee_lines_next(lines, ret_line);
}

static void tell_progress(const struct pass *pass, int fd)
{
	const off_t read = lseek(fd, 0, SEEK_CUR), all = pass->identity.st_size;

	notify_status("%" PRIu64 " account%s judged, %lld%% of %s read", pass->scan->covered,
		      vsee_plural(pass->scan->covered),
		      all > 0 ? (long long)(100 * read / all) : 100LL, pass->path);
}

static int each_line(struct pass *pass, int fd)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {0};
	const struct scan *scan = pass->scan;
	struct vsee_filter filter;
	const bool all = scan->view && scan->view->everybody;
	const bool few = !all && vsee_cover_filter(&scan->policy, &scan->members, &filter);
	struct vsee_line line;
	int r;

	r = vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	while (r >= 0 && (r = next_line(&lines, few ? &filter : NULL, &line)) > 0) {
		const char *colon = memchr(line.text, ':', line.size);

		if (!all && line.fault == VSEE_LINE_OK && colon &&
		    !vsee_cover_possible(&scan->policy, &scan->members, line.text,
					 (size_t)(colon - line.text)))
			continue;
		r = take_line(pass, &line);
		if (notify_alive())
			tell_progress(pass, fd);
	}
	return r;
}

static void pass_clear(struct pass *pass)
{
	vsee_passwd_cursor_clear(&pass->passwd);
}

int pass_run(struct scan *scan)
{
	CLEANUP(pass_clear)
	struct pass pass = {
		.scan = scan,
		.path = scan->paths.shadow,
		.log = {.path = scan->paths.shadow},
		.passwd = {.fd = -1},
	};
	autoclose int fd = vsee_file_open(pass.path);
	int r;

	if (fd < 0 || fstat(fd, &pass.identity) < 0) {
		log_error("%s: %s", pass.path, strerror(fd < 0 ? -fd : errno));
		return fd < 0 ? fd : -EIO;
	}
	r = vsee_passwd_cursor_open(scan->paths.passwd, &pass.passwd);
	if (r < 0) {
		log_error("%s: %s", scan->paths.passwd, strerror(-r));
		return r;
	}
	r = each_line(&pass, fd);
	if (r < 0)
		log_error("%s was not gone through to its end: %s", pass.path, strerror(-r));
	return r;
}
