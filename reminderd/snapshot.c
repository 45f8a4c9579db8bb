#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "scan.h"
#include "skip.h"
#include "target.h"

#define TEMPORARY SNAPSHOT_NAME ".new"
#define SNAPSHOT_MODE 0640
#define ONE_LINE (JSON_COMPACT | JSON_ENSURE_ASCII)
#define HEADER_SIZE 512 /* with its newline */

static void release(json_t **json)
{
	json_decref(*json);
}

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

/* As send finds it with stat(2). */
static json_t *shadow_mark(const struct stat *mark)
{
	return json_pack("{s:I, s:I, s:I, s:I}", "inode", (json_int_t)mark->st_ino, "size",
			 (json_int_t)mark->st_size, "seconds", (json_int_t)mark->st_mtim.tv_sec,
			 "nanoseconds", (json_int_t)mark->st_mtim.tv_nsec);
}

/* Of a fixed size, because shadow's mark is known only at the end. */
static int put_header(const struct scan *scan, json_t *shadow)
{
	CLEANUP(release)
	json_t *object =
		json_pack("{s:i, s:s, s:I, s:I, s:s, s:o}", "format", SNAPSHOT_FORMAT, "version",
			  VSEE_VERSION, "time", (json_int_t)scan->now, "day",
			  (json_int_t)scan->today, "policy", scan->policy.digest, "shadow", shadow);
	autofree char *text = object ? json_dumps(object, ONE_LINE) : NULL;

	if (!text)
		return -ENOMEM;
	if (strlen(text) >= HEADER_SIZE)
		return -EFBIG;
	if (fprintf(scan->snapshot.stream, "%-*s\n", HEADER_SIZE - 1, text) < 0)
		return errno > 0 ? -errno : -EIO;
	return 0;
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
	return put_header(scan, json_null());
}

/* A day or number of days; null for "none" and "never". */
static json_t *number(vsee_day day)
{
	return day == VSEE_UNSET || day >= VSEE_NEVER ? json_null() : json_integer(day);
}

json_t *snapshot_object(const struct target *target)
{
	const struct vsee_judgement *judgement = &target->judgement;
	const struct vsee_subject *subject = &target->subject;
	const vsee_day left = judgement->days_left;
	const enum vsee_mode mode = subject->section ? subject->section->rules.mode : VSEE_MODE_OFF;

	return json_pack("{s:s, s:I, s:s, s:o, s:o, s:s, s:s, s:o, s:o}", "name",
			 subject->shadow.name, "uid", (json_int_t)subject->uid, "mode",
			 vsee_mode_name(mode), "last_change", number(judgement->change.day),
			 "deadline", number(judgement->deadline), "verdict",
			 vsee_verdict_name(judgement->verdict), "reason",
			 vsee_reason_name(judgement->reason), "days_left",
			 left >= VSEE_NEVER ? json_null() : json_integer(left), "due_stage",
			 number(skip_stage(target)));
}

/* NULL where there is no memory for all of them: one that is left out would never be mailed. */
static json_t *stages(const struct vsee_rules *rules)
{
	json_t *array = json_array();

	for (size_t i = 0; i < rules->stage_count; i++)
		if (json_array_append_new(array, json_integer(rules->stages[i])) < 0) {
			json_decref(array);
			return NULL;
		}
	return array;
}

int snapshot_add(struct scan *scan, const struct target *target)
{
	const char *address = target->reach == REACH_GOOD ? target->address : NULL;
	const char *detail = skip_detail(target);
	json_t *object = snapshot_object(target);

	if (object && json_object_update_new(
			      object, json_pack("{s:s?, s:s, s:o, s:s?, s:s?}", "address", address,
						"language",
						target->language == VSEE_LANGUAGE_DE ? "de" : "en",
						"stages", stages(&target->subject.section->rules),
						"skipped", skip_reason(scan, target), "detail",
						detail[0] ? detail : NULL)) < 0) {
		json_decref(object);
		return -ENOMEM;
	}
	scan->snapshot.count++;
	return put_line(scan->snapshot.stream, object);
}

/* The end tells a whole file from one that was cut; the mark is of shadow as this run leaves it. */
static int complete(struct scan *scan)
{
	FILE *stream = scan->snapshot.stream;
	struct stat mark;
	int r;

	if (stat(scan->paths.shadow, &mark) < 0)
		return -errno;
	r = put_line(stream, json_pack("{s:I}", "end", (json_int_t)scan->snapshot.count));
	if (r < 0)
		return r;
	if (fseeko(stream, 0, SEEK_SET) < 0)
		return -errno;
	return put_header(scan, shadow_mark(&mark));
}

int snapshot_publish(struct scan *scan)
{
	FILE *stream = scan->snapshot.stream;
	const int r = complete(scan);

	if (r < 0)
		return r;
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
