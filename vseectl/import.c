#include "import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/lines.h"
#include "base/number.h"
#include "base/plural.h"
#include "state.h"
#include "say.h"
#include "store/history.h"
#include "store/records.h"

#define LINE_MAX_BYTES VSEE_ACCOUNT_BYTES_MAX
#define UID_LIMIT (INT64_C(0xffffffff) - 1)

struct import {
	const struct context *context;
	const char *path, *only;
	struct vsee_passwd_cursor passwd;
	uint64_t accounts, entries, skipped;
	bool failed, met; /* a file could not be written; the one account was there */
};

struct opasswd {
	char name[VSEE_NAME_SIZE];
	uid_t uid;
	const char *list;
	size_t size;
};

static void skip(struct import *import, uint64_t number, const char *why)
{
	import->skipped++;
	say_warning("%s:%" PRIu64 ": %s; the line is passed over", import->path, number, why);
}

/* What stands before the next colon; false when there is none. */
static bool take(const char **text, size_t *size, const char **ret_field, size_t *ret_size)
{
	const char *colon = memchr(*text, ':', *size);

	if (!colon)
		return false;
	*ret_field = *text;
	*ret_size = (size_t)(colon - *text);
	*size -= *ret_size + 1;
	*text = colon + 1;
	return true;
}

/* "user:uid:count:list"; count is pam_pwhistory's own and may be wrong. */
static bool parse(const struct vsee_line *line, struct opasswd *ret)
{
	const char *text = line->text, *name, *field;
	size_t size = line->size, name_size, field_size;
	int64_t uid, count;

	if (line->fault != VSEE_LINE_OK || !take(&text, &size, &name, &name_size) ||
	    name_size >= VSEE_NAME_SIZE)
		return false;
	if (!take(&text, &size, &field, &field_size) ||
	    vsee_number_parse(field, field_size, 0, UID_LIMIT, &uid) < 0)
		return false;
	if (!take(&text, &size, &field, &field_size) ||
	    vsee_number_parse(field, field_size, 0, INT64_MAX, &count) < 0)
		return false;
	memcpy(ret->name, name, name_size);
	ret->name[name_size] = '\0';
	ret->uid = (uid_t)uid;
	ret->list = text;
	ret->size = size;
	return vsee_name_valid(ret->name) && !memchr(text, ':', size);
}

static int save(struct import *import, const struct opasswd *line, uint64_t number)
{
	autostate struct state state = STATE_CLOSED;
	const char *what;
	int added, r;

	r = state_open(import->context, line->name, line->uid, true, &state, &what);
	if (r < 0) {
		/* counted by the caller */
		(void)state_complain(import->context, line->name, what, r);
		return r;
	}
	added = vsee_history_import(&state.account, line->list, line->size);
	if (added == -EBADMSG) {
		skip(import, number, "the list of hashes is malformed");
		return 0;
	}
	if (added > 0) {
		what = "the account's state";
		r = vsee_account_save(state.accounts_fd, &state.account, state.news);
	}
	if (added < 0 || r < 0) {
		r = added < 0 ? added : r;
		(void)state_complain(import->context, line->name, what, r);
		return r;
	}
	import->accounts += added > 0;
	import->entries += (uint64_t)added;
	return 0;
}

static void import_line(struct import *import, const struct vsee_line *line)
{
	struct vsee_passwd passwd;
	struct opasswd opasswd;
	int r;

	if (!parse(line, &opasswd)) {
		skip(import, line->number, "it is not of the form user:uid:count:hash,hash,...");
		return;
	}
	if (import->only && strcmp(import->only, opasswd.name) != 0)
		return;
	import->met = true;
	r = vsee_passwd_cursor_find(&import->passwd, opasswd.name, &passwd);
	if (r < 0)
		skip(import, line->number, "no account of that name is in passwd");
	else if (passwd.uid != opasswd.uid)
		skip(import, line->number, "the account's uid is another one in passwd");
	else if (save(import, &opasswd, line->number) < 0)
		import->failed = true;
}

static int each_line(struct import *import)
{
	CLEANUP(vsee_lines_clear) struct vsee_lines lines = {.fd = -1};
	autoclose int fd = vsee_file_open(import->path);
	struct vsee_line line;
	int r;

	if (fd < 0)
		return fd;
	r = vsee_lines_open(fd, LINE_MAX_BYTES, &lines);
	while (r >= 0 && (r = vsee_lines_next(&lines, &line)) > 0)
		import_line(import, &line);
	return r;
}

static void import_clear(struct import *import)
{
	vsee_passwd_cursor_clear(&import->passwd);
}

enum exit_code import_run(const struct context *context, const char *path, const char *only)
{
	CLEANUP(import_clear)
	struct import import = {
		.context = context,
		.path = path,
		.only = only,
		.passwd = {.fd = -1},
	};
	int r;

	r = vsee_passwd_cursor_open(context->paths.passwd, &import.passwd);
	if (r < 0) {
		say_error("%s: %s", context->paths.passwd, strerror(-r));
		return EXIT_FILES;
	}
	r = each_line(&import);
	if (r < 0) {
		say_error("%s: %s", path, strerror(-r));
		return EXIT_FILES;
	}
	if (only && !import.met) {
		say_error("%s has no good line for user %s", path, only);
		return EXIT_UNKNOWN;
	}
	(void)printf("%" PRIu64 " old password%s of %" PRIu64 " account%s taken over, %" PRIu64
		     " line%s passed over\n",
		     import.entries, vsee_plural(import.entries), import.accounts,
		     vsee_plural(import.accounts), import.skipped, vsee_plural(import.skipped));
	return import.failed ? EXIT_FILES : EXIT_GOOD;
}
