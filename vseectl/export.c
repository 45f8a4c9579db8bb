#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/plural.h"
#include "say.h"
#include "state.h"
#include "store/records.h"

struct export
{
	const struct context *context;
	const char *path, *only;
	FILE *stream;
	uint64_t accounts, entries, left_out;
	bool met; /* the one account was there */
};

/* One that holds the list's own separator (SunMD5) can't stand in it. */
static bool can_stand(const struct vsee_entry *entry)
{
	return !strpbrk(entry->hash, ",:");
}

static size_t count_good(const struct vsee_account *account)
{
	size_t count = 0;

	for (size_t i = 0; i < account->entry_count; i++)
		count += can_stand(&account->entries[i]);
	return count;
}

/* "user:uid:count:hash,hash", oldest first. What stream could not take is found at its end. */
static void put(struct export *export, const struct vsee_account *account, const char *name,
		uid_t uid)
{
	const size_t count = count_good(account);
	const char *separator = "";

	export->left_out += account->entry_count - count;
	if (count == 0)
		return;
	(void)fprintf(export->stream, "%s:%lu:%zu:", name, (unsigned long)uid, count);
	for (size_t i = 0; i < account->entry_count; i++) {
		if (!can_stand(&account->entries[i]))
			continue;
		(void)fprintf(export->stream, "%s%s", separator, account->entries[i].hash);
		separator = ",";
	}
	(void)fputc('\n', export->stream);
	export->accounts++;
	export->entries += count;
}

/* 0, or negative errno after a message. */
static int export_account(struct export *export, const char *name, uid_t uid)
{
	autostate struct state state = STATE_CLOSED;
	const char *what;
	const int r = state_open(export->context, name, uid, false, &state, &what);

	if (r == 0)
		put(export, &state.account, name, uid);
	else
		(void)state_complain(export->context, name, what, r); /* r says it as well */
	return r;
}

/* 0, or negative errno after a message. */
static int each_line(struct export *export)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {.fd = -1};
	autoclose int fd = vsee_file_open(export->context->paths.passwd);
	struct vsee_passwd passwd;
	struct vsee_line line;
	int r;

	r = fd < 0 ? fd : vsee_lines_open(fd, VSEE_RECORD_LINE_MAX, &lines);
	while (r >= 0 && (r = vsee_lines_next(&lines, &line)) > 0) {
		if (vsee_passwd_parse(&line, &passwd) != VSEE_RECORD_OK)
			continue;
		if (export->only && strcmp(export->only, passwd.name) != 0)
			continue;
		export->met = true;
		r = export_account(export, passwd.name, passwd.uid);
		if (r < 0)
			return r;
	}
	if (r < 0)
		say_error("%s: %s", export->context->paths.passwd, strerror(-r));
	return r;
}

/* Hashes: for root alone, from the first byte on. */
static int open_file(const char *path, FILE **ret_stream)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	*ret_stream = fdopen(fd, "w");
	if (*ret_stream)
		return 0;
	(void)close(fd); /* nothing was written */
	return -ENOMEM;
}

static int finish(FILE *stream)
{
	if (ferror(stream) || fflush(stream) != 0 || fsync(fileno(stream)) < 0)
		return errno > 0 ? -errno : -EIO;
	return 0;
}

static enum exit_code run(struct export *export)
{
	int r = each_line(export);

	if (r < 0)
		return EXIT_FILES;
	if (export->only && !export->met) {
		say_error("unknown user: %s (not in %s)", export->only,
			  export->context->paths.passwd);
		return EXIT_UNKNOWN;
	}
	r = finish(export->stream);
	if (r < 0)
		say_error("%s: %s", export->path, strerror(-r));
	return r < 0 ? EXIT_FILES : EXIT_GOOD;
}

enum exit_code export_run(const struct context *context, const char *path, const char *only)
{
	struct export export = {.context = context, .path = path, .only = only};
	autofile FILE *stream = NULL;
	enum exit_code code;
	const int r = open_file(path, &stream);

	if (r < 0) {
		say_error("%s: %s%s", path, strerror(-r),
			  r == -EEXIST ? "; it holds hashes and is never written over" : "");
		return EXIT_FILES;
	}
	export.stream = stream;
	code = run(&export);
	if (code != EXIT_GOOD) {
		(void)unlink(path); /* half a history is worse than none: its other half is lost */
		return code;
	}
	(void)printf("%" PRIu64 " old password%s of %" PRIu64 " account%s written to %s\n",
		     export.entries, vsee_plural(export.entries), export.accounts,
		     vsee_plural(export.accounts), path);
	if (export.left_out > 0)
		say_warning("%" PRIu64 " were left out: such hashes can't stand in a list between "
			    "commas",
			    export.left_out);
	return code;
}
