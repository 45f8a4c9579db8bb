#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "policy/remind.h"
#include "scan.h"
#include "target.h"

#define TEMPORARY SNAPSHOT_NAME ".new"
#define SNAPSHOT_MODE 0640
#define ONE_LINE (JSON_COMPACT | JSON_ENSURE_ASCII)

static int put_line(FILE *stream, json_t *object)
{
	int r;

	if (!object)
		return -ENOMEM;
	r = json_dumpf(object, stream, ONE_LINE);
	json_decref(object);
	if (r < 0 || fputc('\n', stream) == EOF)
		return errno > 0 ? -errno : -EIO;
	return 0;
}

static int put_header(const struct scan *scan)
{
	return put_line(scan->snapshot.stream,
			json_pack("{s:i, s:s, s:I, s:I, s:s}", "format", SNAPSHOT_FORMAT, "version",
				  VSEE_VERSION, "time", (json_int_t)scan->now, "day",
				  (json_int_t)scan->today, "policy", scan->policy.digest));
}

int snapshot_open(struct scan *scan)
{
	int fd;

	if (unlinkat(scan->state_fd, TEMPORARY, 0) < 0 && errno != ENOENT)
		return -errno;
	fd = openat(scan->state_fd, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    SNAPSHOT_MODE);
	if (fd < 0)
		return -errno;
	scan->snapshot.stream = fdopen(fd, "w");
	if (!scan->snapshot.stream) {
		(void)close(fd); /* nothing was written */
		return -ENOMEM;
	}
	return put_header(scan);
}

/* A day or number of days; null for "none" and "never". */
static json_t *number(vsee_day day)
{
	return day == VSEE_UNSET || day >= VSEE_NEVER ? json_null() : json_integer(day);
}

/* Why no mail goes to this account; NULL: one may. */
static const char *skipped(const struct target *target)
{
	switch (target->judgement.verdict) {
	case VSEE_NOT_COVERED:
		return "not-covered";
	case VSEE_ACCOUNT_EXPIRED:
		return "account-expired";
	case VSEE_NO_PASSWORD:
		return "no-password";
	case VSEE_INACTIVE:
		return "inactive";
	case VSEE_MUST_CHANGE:
	case VSEE_NOT_ENFORCEABLE:
	case VSEE_WARN:
	case VSEE_VALID:
		break;
	}
	return NULL;
}

static json_t *stage(const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;

	if (skipped(target) || judgement->days_left >= VSEE_NEVER)
		return json_null();
	return number(vsee_remind_stage(&target->subject.section->rules, judgement->days_left));
}

json_t *snapshot_object(const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;
	const struct vsee_subject *subject = &target->subject;
	const vsee_day left = judgement->days_left;
	const enum vsee_mode mode = subject->section ? subject->section->rules.mode : VSEE_MODE_OFF;

	return json_pack(
		"{s:s, s:I, s:s, s:o, s:o, s:s, s:s, s:o, s:o}", "name", subject->shadow.name,
		"uid", (json_int_t)subject->uid, "mode", vsee_mode_name(mode), "last_change",
		number(judgement->change.day), "deadline", number(judgement->deadline), "verdict",
		vsee_verdict_name(judgement->verdict), "reason",
		vsee_reason_name(judgement->reason), "days_left",
		left >= VSEE_NEVER ? json_null() : json_integer(left), "due_stage", stage(target));
}

int snapshot_add(struct scan *scan, const struct target *target)
{
	const char *reason = skipped(target);
	json_t *object = snapshot_object(target);

	if (!reason)
		reason = vsee_policy_mails(&scan->policy) ? "no-address" : "no-mail-configured";
	if (object &&
	    json_object_update_new(
		    object, json_pack("{s:n, s:s, s:s}", "address", "language",
				      scan->policy.language == VSEE_LANGUAGE_DE ? "de" : "en",
				      "skipped", reason)) < 0) {
		json_decref(object);
		return -ENOMEM;
	}
	return put_line(scan->snapshot.stream, object);
}

int snapshot_publish(struct scan *scan)
{
	FILE *stream = scan->snapshot.stream;

	if (fflush(stream) != 0 || fchmod(fileno(stream), SNAPSHOT_MODE) < 0 ||
	    fsync(fileno(stream)) < 0)
		return -errno;
	if (renameat(scan->state_fd, TEMPORARY, scan->state_fd, SNAPSHOT_NAME) < 0)
		return -errno;
	(void)fclose(stream); /* synced already */
	scan->snapshot.stream = NULL;
	return fsync(scan->state_fd) < 0 ? -errno : 0;
}

void snapshot_clear(struct scan *scan)
{
	if (!scan->snapshot.stream)
		return;
	(void)fclose(scan->snapshot.stream);	      /* it is thrown away */
	(void)unlinkat(scan->state_fd, TEMPORARY, 0); /* or the next run does it */
	scan->snapshot.stream = NULL;
}
